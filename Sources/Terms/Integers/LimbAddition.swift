// Sums and differences. Targets may be one of the operands, at the same address.

extension Limbs {
  /// One limb of a sum: takes and leaves the carry.
  @inline(__always)
  private static func add(_ a: UInt, _ b: UInt, _ carry: inout Bool) -> UInt {
    let (partial, over) = a.addingReportingOverflow(b)
    let (sum, overAgain) = partial.addingReportingOverflow(carry ? 1 : 0)
    carry = over != overAgain
    return sum
  }

  /// One limb of a difference: takes and leaves the borrow.
  @inline(__always)
  private static func subtract(_ a: UInt, _ b: UInt, _ borrow: inout Bool) -> UInt {
    let (partial, under) = a.subtractingReportingOverflow(b)
    let (difference, underAgain) = partial.subtractingReportingOverflow(borrow ? 1 : 0)
    borrow = under != underAgain
    return difference
  }

  /// a + b for equally many limbs.
  /// - Returns: the carry, 0 or 1.
  @inline(__always)
  static func add(_ r: Target, _ a: Source, _ b: Source, _ count: Int) -> UInt {
    var carry = false
    var index = 0
    // Four at a time keep the carry in the processor's flag.
    while index &+ 4 <= count {
      r[index] = add(a[index], b[index], &carry)
      r[index &+ 1] = add(a[index &+ 1], b[index &+ 1], &carry)
      r[index &+ 2] = add(a[index &+ 2], b[index &+ 2], &carry)
      r[index &+ 3] = add(a[index &+ 3], b[index &+ 3], &carry)
      index &+= 4
    }
    while index < count {
      r[index] = add(a[index], b[index], &carry)
      index &+= 1
    }
    return carry ? 1 : 0
  }

  /// a - b for equally many limbs.
  /// - Returns: the borrow, 0 or 1.
  @inline(__always)
  static func subtract(_ r: Target, _ a: Source, _ b: Source, _ count: Int) -> UInt {
    var borrow = false
    var index = 0
    while index &+ 4 <= count {
      r[index] = subtract(a[index], b[index], &borrow)
      r[index &+ 1] = subtract(a[index &+ 1], b[index &+ 1], &borrow)
      r[index &+ 2] = subtract(a[index &+ 2], b[index &+ 2], &borrow)
      r[index &+ 3] = subtract(a[index &+ 3], b[index &+ 3], &borrow)
      index &+= 4
    }
    while index < count {
      r[index] = subtract(a[index], b[index], &borrow)
      index &+= 1
    }
    return borrow ? 1 : 0
  }

  /// a + one limb.
  /// - Returns: the carry, 0 or 1, or the limb itself where a has no limbs.
  @inline(__always)
  static func add(_ r: Target, _ a: Source, _ count: Int, limb: UInt) -> UInt {
    var carry = limb
    var index = 0
    while index < count {
      let (sum, over) = a[index].addingReportingOverflow(carry)
      r[index] = sum
      carry = over ? 1 : 0
      index &+= 1
      if carry == 0 { break }
    }
    if index < count, UnsafePointer(r) != a { copy(a + index, count - index, to: r + index) }
    return carry
  }

  /// a - one limb.
  /// - Returns: the borrow, 0 or 1, or the limb itself where a has no limbs.
  @inline(__always)
  static func subtract(_ r: Target, _ a: Source, _ count: Int, limb: UInt) -> UInt {
    var borrow = limb
    var index = 0
    while index < count {
      let (difference, under) = a[index].subtractingReportingOverflow(borrow)
      r[index] = difference
      borrow = under ? 1 : 0
      index &+= 1
      if borrow == 0 { break }
    }
    if index < count, UnsafePointer(r) != a { copy(a + index, count - index, to: r + index) }
    return borrow
  }

  /// a + b where a has at least as many limbs.
  /// - Returns: the carry out of a's limbs.
  static func add(_ r: Target, _ a: Source, _ aCount: Int, _ b: Source, _ bCount: Int) -> UInt {
    assert(aCount >= bCount, "the longer addend comes first")
    let carry = add(r, a, b, bCount)
    return add(r + bCount, a + bCount, aCount &- bCount, limb: carry)
  }

  /// a - b where a has at least as many limbs.
  /// - Returns: the borrow out of a's limbs; 1 means a < b.
  @discardableResult
  static func subtract(
    _ r: Target, _ a: Source, _ aCount: Int, _ b: Source, _ bCount: Int
  ) -> UInt {
    assert(aCount >= bCount, "the longer operand comes first")
    let borrow = subtract(r, a, b, bCount)
    return subtract(r + bCount, a + bCount, aCount &- bCount, limb: borrow)
  }

  /// The distance of a and b, where a has at least as many limbs, in a's limbs.
  /// - Returns: whether a < b.
  static func distance(
    _ r: Target, _ a: Source, _ aCount: Int, _ b: Source, _ bCount: Int
  ) -> Bool {
    if compare(a, normalised(a, aCount), b, normalised(b, bCount)) >= 0 {
      subtract(r, a, aCount, b, bCount)
      return false
    }
    // a is less, so its limbs beyond b's are zeros.
    _ = subtract(r, b, a, bCount)
    clear(r + bCount, aCount &- bCount)
    return true
  }
}
