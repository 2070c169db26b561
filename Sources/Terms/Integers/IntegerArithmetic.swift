/// Why integer arithmetic has no result.
public enum ArithmeticError: Error, Equatable, Sendable {
  /// An operand is no integer, or a divisor is zero: Erlang's `badarith`.
  case badArgument
  /// The result has more than 2^19 - 1 digits of 64 bits: Erlang's `system_limit`.
  case systemLimit
  /// The provider of working memory had none to give.
  case scratch(ScratchExhausted)
}

/// An operation on two integers.
public enum IntegerOperation: Sendable, CaseIterable {
  /// `A + B`
  case add
  /// `A - B`
  case subtract
  /// `A * B`
  case multiply
  /// `A div B`, rounded toward zero.
  case divide
  /// `A rem B`, with the sign of A.
  case remainder
  /// `A band B`, of two's complements without end, as all bitwise operations.
  case and
  /// `A bor B`
  case or
  /// `A bxor B`
  case xor
  /// `A bsl B`; a negative B shifts right.
  case shiftLeft
  /// `A bsr B`, rounded down; a negative B shifts left.
  case shiftRight
}

/// An operation on one integer.
public enum IntegerUnaryOperation: Sendable, CaseIterable {
  /// `-A`
  case negate
  /// `bnot A`, which is -A - 1.
  case complement
  /// `abs(A)`
  case absolute
}

/// Arithmetic on integer terms, small and big, without limits but that of Erlang.
///
/// Two steps, because only the caller can make room: `words` tells how many words the result may
/// take, and after the caller has ensured them, `compute` builds it. Operands may stand anywhere;
/// they are read while the result is written, so nothing may move in between.
public enum IntegerArithmetic {}

// MARK: - Building

extension IntegerArithmetic {
  /// The heap words of an integer: 0 for a small, else 2.
  @inlinable @inline(__always)
  public static func wordsForInteger(_ value: Int) -> Int { Term.fitsSmall(value) ? 0 : 2 }

  /// Makes an integer: ``wordsForInteger(_:)`` words.
  @inlinable @inline(__always)
  public static func makeInteger(_ value: Int, into cursor: inout WordCursor) -> Term {
    if Term.fitsSmall(value) { return .small(value) }
    let words = cursor.reserve(2)
    words[0] = Header.bigInteger(digits: 1, isNegative: value < 0).bits
    words[1] = value.magnitude
    return .boxed(at: words)
  }

  /// Makes an integer of an absolute value and a sign: a small where it fits, else 1 word and one
  /// for each digit but zeros at the high end.
  /// - Parameters:
  ///   - magnitude: digits of 64 bits, lowest first; they may be the words behind the cursor's top.
  ///   - count: the number of digits.
  /// - Throws: ``ArithmeticError/systemLimit``.
  public static func makeInteger(
    magnitude: UnsafePointer<UInt>, count: Int, isNegative: Bool, into cursor: inout WordCursor
  ) throws(ArithmeticError) -> Term {
    let digits = Limbs.normalised(magnitude, count)
    if digits == 0 { return .small(0) }
    if digits == 1 {
      let digit = magnitude[0]
      if digit <= UInt(bitPattern: Term.smallMaximum) {
        return .small(isNegative ? 0 &- Int(bitPattern: digit) : Int(bitPattern: digit))
      }
      if isNegative, digit == 1 << 59 { return .small(Term.smallMinimum) }
    }
    if digits > Limbs.limit { throw .systemLimit }
    let words = cursor.reserve(1 &+ digits)
    if magnitude != UnsafePointer(words + 1) { Limbs.copy(magnitude, digits, to: words + 1) }
    words[0] = Header.bigInteger(digits: digits, isNegative: isNegative).bits
    return .boxed(at: words)
  }

  /// The words of an integer of so many bits at most: 0 where each such integer is small.
  @inline(__always)
  static func words(bits: Int) throws(ArithmeticError) -> Int {
    if bits < 60 { return 0 }
    return 1 &+ min(Limbs.count(bits: bits), Limbs.limit &+ 1)
  }
}
