/// How a float becomes an integer.
public enum FloatRounding: Sendable, CaseIterable {
  /// `trunc/1`: toward zero.
  case truncate
  /// `round/1`: to the nearest, halves away from zero.
  case nearest
  /// `floor/1`
  case floor
  /// `ceil/1`
  case ceiling

  /// Rounds a float of less than 2^62.
  @inline(__always)
  func apply(_ float: Double) -> Int {
    // Both steps are exact, and no function of the C library is called.
    let whole = Int(float)
    let fraction = float - Double(whole)
    switch self {
    case .truncate: return whole
    case .nearest: return fraction >= 0.5 ? whole &+ 1 : fraction <= -0.5 ? whole &- 1 : whole
    case .floor: return fraction < 0 ? whole &- 1 : whole
    case .ceiling: return fraction > 0 ? whole &+ 1 : whole
    }
  }
}

extension IntegerArithmetic {
  /// The float of an integer, or nothing where the integer is beyond the floats.
  ///
  /// Smalls are rounded to the nearest, halves to even. Big integers are rounded digit by digit
  /// from the highest, as OTP 25 does (`big_to_double` of `big.c`), so that a float may be the
  /// second nearest.
  /// - Precondition: `a` is an integer.
  public static func toDouble(_ a: Term) -> Double? {
    if a.isSmall { return Double(a.smallValue) }
    let header = a.header
    var index = header.arity
    // 2^1024 has 17 digits.
    if index > 17 { return nil }
    let limbs = a.boxed + 1
    var float = 0.0
    while index > 0 {
      index &-= 1
      float = float * 0x1p64 + Double(limbs[index])
    }
    if !float.isFinite { return nil }
    return header.isNegative ? -float : float
  }

  /// The words of the integer that a float is rounded to.
  /// - Precondition: `float` is finite.
  public static func wordsFromDouble(
    _ float: Double, rounding: FloatRounding = .truncate
  ) -> Int {
    assert(float.isFinite, "\(float) is no Erlang float")
    if float.magnitude < 0x1p58 { return 0 }
    // No fraction: nothing is rounded.
    let bits = FloatMagnitude(float.magnitude).bitLength
    return bits < 60 || float == -0x1p59 ? 0 : 1 &+ Limbs.count(bits: bits)
  }

  /// Makes the integer that a float is rounded to: ``wordsFromDouble(_:rounding:)`` words.
  /// - Precondition: `float` is finite.
  public static func fromDouble(
    _ float: Double, rounding: FloatRounding = .truncate, into cursor: inout WordCursor
  ) -> Term {
    assert(float.isFinite, "\(float) is no Erlang float")
    if float.magnitude < 0x1p62 {
      return makeInteger(rounding.apply(float), into: &cursor)
    }
    let magnitude = FloatMagnitude(float.magnitude)
    let count = Limbs.count(bits: magnitude.bitLength)
    let words = cursor.reserve(1 &+ count)
    words[0] = Header.bigInteger(digits: count, isNegative: float < 0).bits
    var index = 0
    while index < count {
      words[1 &+ index] = magnitude.limb(index)
      index &+= 1
    }
    return .boxed(at: words)
  }
}
