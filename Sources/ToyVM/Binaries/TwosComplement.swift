import Tenure

/// An integer as endless words in two's complement, the lowest first.
struct TwosComplement {
  private let digits: UnsafeBufferPointer<UInt>
  /// The only word of a small, and the sign of all.
  private let small: UInt
  private let isNegative: Bool
  /// The digits of a negative number that are zero at the low end: negated they stay so.
  private let zeroDigits: Int

  /// Views an integer.
  /// - Important: valid until the next call that takes roots.
  init(_ term: Term) {
    if term.isSmall {
      digits = UnsafeBufferPointer(start: nil, count: 0)
      small = UInt(bitPattern: term.smallValue)
      isNegative = term.smallValue < 0
      zeroDigits = 0
    } else {
      digits = term.bigIntegerDigits
      small = 0
      isNegative = term.header.isNegative
      zeroDigits = isNegative ? digits.prefix { $0 == 0 }.count : 0
    }
  }

  /// The word with an index.
  func word(_ index: Int) -> UInt {
    if digits.isEmpty { return index == 0 ? small : isNegative ? .max : 0 }
    guard index < digits.count else { return isNegative ? .max : 0 }
    if !isNegative { return digits[index] }
    return index < zeroDigits ? 0 : index == zeroDigits ? 0 &- digits[index] : ~digits[index]
  }

  /// The byte with an index.
  func byte(_ index: Int) -> UInt {
    word(index >> 3) >> (UInt(index & 7) &* 8) & 0xFF
  }
}
