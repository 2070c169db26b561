/// The limbs of a signed number in two's complement, lowest first, made of sign and magnitude as
/// they are asked for: there is no end to them, only repetitions of the sign.
struct TwosComplement {
  private let limbs: UnsafePointer<UInt>
  private let count: Int
  private let mask: UInt
  private var carry: UInt
  private var index = 0

  /// Begins at the lowest limb of a number.
  @inline(__always)
  init(_ number: IntegerMagnitude) {
    limbs = number.limbs
    count = number.count
    mask = number.isNegative ? UInt.max : 0
    carry = number.isNegative ? 1 : 0
  }

  /// The next limb.
  @inline(__always)
  mutating func next() -> UInt {
    let magnitude = index < count ? limbs[index] : 0
    index &+= 1
    let (limb, over) = (magnitude ^ mask).addingReportingOverflow(carry)
    carry = over ? 1 : 0
    return limb
  }
}

extension Limbs {
  /// Combines two signed numbers bit by bit and writes the magnitude of the result.
  /// - Parameters:
  ///   - count: the limbs to write; the magnitude must fit them.
  ///   - isNegative: whether the result is negative.
  @inline(__always)
  static func combine(
    _ r: Target, _ count: Int, isNegative: Bool, _ a: IntegerMagnitude, _ b: IntegerMagnitude,
    _ operation: (UInt, UInt) -> UInt
  ) {
    var aLimbs = TwosComplement(a)
    var bLimbs = TwosComplement(b)
    let mask: UInt = isNegative ? UInt.max : 0
    var carry: UInt = isNegative ? 1 : 0
    var index = 0
    while index < count {
      let combined = operation(aLimbs.next(), bLimbs.next())
      let (limb, over) = (combined ^ mask).addingReportingOverflow(carry)
      r[index] = limb
      carry = over ? 1 : 0
      index &+= 1
    }
  }
}
