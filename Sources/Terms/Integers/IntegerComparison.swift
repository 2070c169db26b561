extension IntegerArithmetic {
  /// The order of two integers: -1, 0 or 1.
  /// - Precondition: both are integers.
  @inlinable @inline(__always)
  public static func compare(_ a: Term, _ b: Term) -> Int {
    if a.isSmall && b.isSmall {
      // Smalls of equal tags are in the order of their words.
      let (x, y) = (Int(bitPattern: a.bits), Int(bitPattern: b.bits))
      return x < y ? -1 : x == y ? 0 : 1
    }
    return compareLong(a, b)
  }

  /// Whether two integers are the same number.
  /// - Precondition: both are integers.
  @inlinable @inline(__always)
  public static func isEqual(_ a: Term, _ b: Term) -> Bool {
    // No number is both a small and a big integer.
    if a.isSmall || b.isSmall { return a == b }
    return compareLong(a, b) == 0
  }

  @usableFromInline @inline(never)
  static func compareLong(_ a: Term, _ b: Term) -> Int {
    // A big integer lies beyond every small, on the side of its sign.
    if a.isSmall { return b.header.isNegative ? 1 : -1 }
    let x = a.header
    if b.isSmall { return x.isNegative ? -1 : 1 }
    let y = b.header
    if x.isNegative != y.isNegative { return x.isNegative ? -1 : 1 }
    let order = Limbs.compare(a.boxed + 1, x.arity, b.boxed + 1, y.arity)
    return x.isNegative ? 0 &- order : order
  }

  /// The order of an integer and a float: -1, 0 or 1, as exact numbers, so that 2^53 + 1 and
  /// 2.0^53 differ, as in OTP 25.
  /// - Precondition: `a` is an integer, `float` is finite.
  public static func compare(_ a: Term, toFloat float: Double) -> Int {
    assert(float.isFinite, "\(float) is no Erlang float")
    if a.isSmall {
      guard float.magnitude < 0x1p60 else { return float < 0 ? 1 : -1 }
      let (x, whole) = (a.smallValue, Int(float))
      if x != whole { return x < whole ? -1 : 1 }
      let fraction = float - Double(whole)
      return fraction > 0 ? -1 : fraction < 0 ? 1 : 0
    }
    let header = a.header
    if header.isNegative != (float < 0) || float.magnitude < 0x1p59 {
      return header.isNegative ? -1 : 1
    }
    let order = compareMagnitude(
      a.boxed + 1, header.arity, FloatMagnitude(float.magnitude))
    return header.isNegative ? 0 &- order : order
  }

  private static func compareMagnitude(
    _ limbs: UnsafePointer<UInt>, _ count: Int, _ float: FloatMagnitude
  ) -> Int {
    let bits = Limbs.bitLength(limbs, count)
    if bits != float.bitLength { return bits < float.bitLength ? -1 : 1 }
    var index = count
    while index > 0 {
      index &-= 1
      let limb = float.limb(index)
      if limbs[index] != limb { return limbs[index] < limb ? -1 : 1 }
    }
    return 0
  }
}

/// The limbs of a float of at least 2^52, which has no fraction.
struct FloatMagnitude {
  private let significand: UInt
  /// The zero bits below the significand.
  private let shift: Int

  init(_ float: Double) {
    assert(float >= 0x1p52, "\(float) may have a fraction")
    significand = UInt(float.significandBitPattern) | 1 << 52
    shift = Int(float.exponent) - 52
  }

  /// The bits up to the highest 1.
  var bitLength: Int { shift &+ 53 }

  /// The limb at an index.
  func limb(_ index: Int) -> UInt {
    // Swift's smart shifts give 0 beyond the width and turn round below 0.
    significand << (shift &- index &* 64)
  }
}
