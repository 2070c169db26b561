/// A one-limb divisor with its reciprocal, so that a quotient costs multiplications only
/// (Möller and Granlund: "Improved division by invariant integers", 2011, algorithms 2 and 4).
struct LimbDivisor {
  /// The divisor, shifted left so that its highest bit is 1.
  let limb: UInt
  /// The bits of that shift.
  let shift: Int
  /// (2^128 - 1) / limb - 2^64.
  let reciprocal: UInt

  /// Makes a divisor of a limb that is not 0.
  @inline(__always)
  init(_ divisor: UInt) {
    shift = divisor.leadingZeroBitCount
    limb = divisor &<< UInt(bitPattern: shift)
    reciprocal = limb.dividingFullWidth((~limb, UInt.max)).quotient
  }

  /// The quotient and remainder of two limbs, the higher less than ``limb``.
  @inline(__always)
  func divide(_ high: UInt, _ low: UInt) -> (quotient: UInt, remainder: UInt) {
    let product = reciprocal.multipliedFullWidth(by: high)
    let (fraction, over) = product.low.addingReportingOverflow(low)
    var quotient = product.high &+ high &+ (over ? 1 : 0) &+ 1
    var remainder = low &- quotient &* limb
    if remainder > fraction {
      quotient &-= 1
      remainder &+= limb
    }
    if _slowPath(remainder >= limb) {
      quotient &+= 1
      remainder &-= limb
    }
    return (quotient, remainder)
  }
}

/// The two highest limbs of a long divisor with their reciprocal (the same paper, algorithms 5
/// and 6): a quotient of them is the long quotient or at most one above it.
struct LimbPairDivisor {
  /// The highest limb of the divisor, its highest bit 1.
  let high: UInt
  /// The limb below.
  let low: UInt
  private let reciprocal: UInt

  /// Makes a divisor of the two highest limbs, shifted so that the highest bit is 1.
  init(high: UInt, low: UInt) {
    self.high = high
    self.low = low
    var reciprocal = LimbDivisor(high).reciprocal
    var (rest, over) = (high &* reciprocal).addingReportingOverflow(low)
    if over {
      reciprocal &-= 1
      if rest >= high {
        reciprocal &-= 1
        rest &-= high
      }
      rest &-= high
    }
    let product = reciprocal.multipliedFullWidth(by: low)
    (rest, over) = rest.addingReportingOverflow(product.high)
    if over {
      reciprocal &-= 1
      if rest > high || (rest == high && product.low >= low) { reciprocal &-= 1 }
    }
    self.reciprocal = reciprocal
  }

  /// The quotient of three limbs, of which the higher two are less than the divisor.
  @inline(__always)
  func quotient(_ first: UInt, _ second: UInt, _ third: UInt) -> UInt {
    let product = reciprocal.multipliedFullWidth(by: first)
    let (fraction, over) = product.low.addingReportingOverflow(second)
    var quotient = product.high &+ first &+ (over ? 1 : 0)
    let partial = second &- quotient &* high
    let below = low.multipliedFullWidth(by: quotient)
    var (restLow, restHigh) = Self.subtract(partial, third, below.high, below.low)
    (restLow, restHigh) = Self.subtract(restHigh, restLow, high, low)
    quotient &+= 1
    if restHigh >= fraction {
      quotient &-= 1
      let (sum, carry) = restLow.addingReportingOverflow(low)
      restLow = sum
      restHigh = restHigh &+ high &+ (carry ? 1 : 0)
    }
    if _slowPath(restHigh > high || (restHigh == high && restLow >= low)) { quotient &+= 1 }
    return quotient
  }

  @inline(__always)
  private static func subtract(
    _ high: UInt, _ low: UInt, _ byHigh: UInt, _ byLow: UInt
  ) -> (low: UInt, high: UInt) {
    let (difference, borrow) = low.subtractingReportingOverflow(byLow)
    return (difference, high &- byHigh &- (borrow ? 1 : 0))
  }
}
