// Products by rows: each row is one limb of the second factor times all of the first.

extension Limbs {
  /// a times one limb, plus `carry`; the target may be a.
  /// - Returns: the limb beyond a's limbs.
  @inline(__always)
  static func multiply(
    _ r: Target, _ a: Source, _ count: Int, limb: UInt, carry: UInt = 0
  ) -> UInt {
    var carry = carry
    var index = 0
    while index < count {
      let product = a[index].multipliedFullWidth(by: limb)
      let (low, over) = product.low.addingReportingOverflow(carry)
      r[index] = low
      carry = product.high &+ (over ? 1 : 0)
      index &+= 1
    }
    return carry
  }

  /// One limb of r + a times a limb: takes and leaves the carry.
  @inline(__always)
  private static func addProduct(_ r: Target, _ a: UInt, _ limb: UInt, _ carry: inout UInt) {
    // The sum fits: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
    let sum =
      UInt128(truncatingIfNeeded: a) &* UInt128(truncatingIfNeeded: limb)
      &+ UInt128(truncatingIfNeeded: r[0]) &+ UInt128(truncatingIfNeeded: carry)
    r[0] = UInt(truncatingIfNeeded: sum)
    carry = UInt(truncatingIfNeeded: sum &>> 64)
  }

  /// r + a times one limb.
  /// - Returns: the limb beyond a's limbs.
  @inline(__always)
  static func addProduct(_ r: Target, _ a: Source, _ count: Int, limb: UInt) -> UInt {
    var carry: UInt = 0
    var index = 0
    while index &+ 4 <= count {
      addProduct(r + index, a[index], limb, &carry)
      addProduct(r + (index &+ 1), a[index &+ 1], limb, &carry)
      addProduct(r + (index &+ 2), a[index &+ 2], limb, &carry)
      addProduct(r + (index &+ 3), a[index &+ 3], limb, &carry)
      index &+= 4
    }
    while index < count {
      addProduct(r + index, a[index], limb, &carry)
      index &+= 1
    }
    return carry
  }

  /// r - a times one limb.
  /// - Returns: what is still to be subtracted beyond a's limbs.
  @inline(__always)
  static func subtractProduct(_ r: Target, _ a: Source, _ count: Int, limb: UInt) -> UInt {
    var borrow: UInt = 0
    var index = 0
    while index < count {
      let product = a[index].multipliedFullWidth(by: limb)
      let (low, over) = product.low.addingReportingOverflow(borrow)
      let high = product.high &+ (over ? 1 : 0)
      let (difference, under) = r[index].subtractingReportingOverflow(low)
      r[index] = difference
      borrow = high &+ (under ? 1 : 0)
      index &+= 1
    }
    return borrow
  }

  /// a times b by rows, in the sum of their limbs: quadratic.
  ///
  /// Both have at least one limb; the target overlaps neither.
  static func multiplyByRows(
    _ r: Target, _ a: Source, _ aCount: Int, _ b: Source, _ bCount: Int
  ) {
    r[aCount] = multiply(r, a, aCount, limb: b[0])
    var row = 1
    while row < bCount {
      r[aCount &+ row] = addProduct(r + row, a, aCount, limb: b[row])
      row &+= 1
    }
  }

  /// The square of a by rows: the products of different limbs once, doubled, and the squares of
  /// the limbs.
  static func squareByRows(_ r: Target, _ a: Source, _ count: Int) {
    r[0] = 0
    if count > 1 {
      r[count] = multiply(r + 1, a + 1, count &- 1, limb: a[0])
      var row = 1
      while row < count &- 1 {
        r[count &+ row] = addProduct(
          r + (2 &* row &+ 1), a + (row &+ 1), count &- row &- 1, limb: a[row])
        row &+= 1
      }
    }
    r[2 &* count &- 1] = 0
    var index = 0
    var carry: UInt = 0
    var shifted: UInt = 0
    while index < count {
      let square = a[index].multipliedFullWidth(by: a[index])
      let low = r[2 &* index]
      let high = r[2 &* index &+ 1]
      let (first, over) = (low &<< 1 | shifted).addingReportingOverflow(square.low)
      let (firstSum, overAgain) = first.addingReportingOverflow(carry)
      let (second, over2) = (high &<< 1 | low &>> 63).addingReportingOverflow(square.high)
      let (secondSum, over2Again) = second.addingReportingOverflow(over || overAgain ? 1 : 0)
      r[2 &* index] = firstSum
      r[2 &* index &+ 1] = secondSum
      carry = over2 || over2Again ? 1 : 0
      shifted = high &>> 63
      index &+= 1
    }
  }
}
