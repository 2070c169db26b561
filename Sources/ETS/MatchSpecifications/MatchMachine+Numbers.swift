import Terms

// Arithmetic of guards and bodies. No value stands for an exception.

extension MatchMachine {
  /// Computes a function of numbers.
  mutating func compute(
    _ function: MatchFunction, _ a: Term, _ b: Term
  ) throws(MatchRunError) -> Term {
    switch function {
    case .plus: return a.isNumber ? a : .none
    case .negate:
      return a.isFloat ? try makeFloat(-a.floatValue) : try integer(.negate, a)
    case .complement: return try integer(.complement, a)
    case .absolute:
      // `-0.0` stays what it is, as in OTP 25.
      if a.isFloat { return a.floatValue < 0 ? try makeFloat(-a.floatValue) : a }
      return try integer(.absolute, a)
    case .float:
      if a.isFloat { return a }
      guard let value = Self.double(a) else { return .none }
      return try makeFloat(value)
    default: break
    }
    if let rounding = function.rounding {
      if a.isInteger { return a }
      return a.isFloat ? try rounded(a, rounding) : .none
    }
    if a.isFloat || b.isFloat || function == .floatDivide {
      return try floatArithmetic(function, a, b)
    }
    guard a.isInteger && b.isInteger, let operation = function.integerOperation else {
      return .none
    }
    return try integer(operation, a, b)
  }

  private mutating func integer(
    _ operation: IntegerOperation, _ a: Term, _ b: Term
  ) throws(MatchRunError) -> Term {
    let words: Int
    do throws(ArithmeticError) {
      words = try IntegerArithmetic.words(operation, a, b)
    } catch {
      return try Self.exception(error)
    }
    var cursor = try cursor(words: words)
    do throws(ArithmeticError) {
      let result = try IntegerArithmetic.compute(
        operation, a, b, into: &cursor, scratch: scratch)
      results.commit(cursor)
      return result
    } catch {
      return try Self.exception(error)
    }
  }

  private mutating func integer(
    _ operation: IntegerUnaryOperation, _ a: Term
  ) throws(MatchRunError) -> Term {
    guard a.isInteger else { return .none }
    let words: Int
    do throws(ArithmeticError) {
      words = try IntegerArithmetic.words(operation, a)
    } catch {
      return try Self.exception(error)
    }
    var cursor = try cursor(words: words)
    do throws(ArithmeticError) {
      let result = try IntegerArithmetic.compute(operation, a, into: &cursor)
      results.commit(cursor)
      return result
    } catch {
      return try Self.exception(error)
    }
  }

  /// No value for what is an exception in Erlang; that memory was refused is none.
  private static func exception(_ error: ArithmeticError) throws(MatchRunError) -> Term {
    if case .scratch(let exhausted) = error { throw MatchRunError(exhausted) }
    return .none
  }

  private mutating func floatArithmetic(
    _ function: MatchFunction, _ a: Term, _ b: Term
  ) throws(MatchRunError) -> Term {
    guard let left = Self.double(a), let right = Self.double(b) else { return .none }
    switch function {
    case .add: return try makeFloat(left + right)
    case .subtract: return try makeFloat(left - right)
    case .multiply: return try makeFloat(left * right)
    case .floatDivide: return right == 0 ? .none : try makeFloat(left / right)
    default: return .none
    }
  }

  /// The value of a number, or nothing for what is none or beyond the floats.
  private static func double(_ term: Term) -> Double? {
    if term.isFloat { return term.floatValue }
    return term.isInteger ? IntegerArithmetic.toDouble(term) : nil
  }

  private mutating func makeFloat(_ value: Double) throws(MatchRunError) -> Term {
    guard value.isFinite else { return .none }
    var cursor = try cursor(words: 2)
    defer { results.commit(cursor) }
    return cursor.makeFloat(value)
  }

  private mutating func rounded(
    _ float: Term, _ rounding: FloatRounding
  ) throws(MatchRunError) -> Term {
    let value = float.floatValue
    let words = IntegerArithmetic.wordsFromDouble(value, rounding: rounding)
    var cursor = try cursor(words: words)
    defer { results.commit(cursor) }
    return IntegerArithmetic.fromDouble(value, rounding: rounding, into: &cursor)
  }
}

extension MatchFunction {
  /// How a float becomes an integer.
  fileprivate var rounding: FloatRounding? {
    switch self {
    case .round: .nearest
    case .truncate: .truncate
    case .ceiling: .ceiling
    case .floor: .floor
    default: nil
    }
  }

  /// The operation on integers.
  fileprivate var integerOperation: IntegerOperation? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .remainder: .remainder
    case .bitAnd: .and
    case .bitOr: .or
    case .bitXor: .xor
    case .shiftLeft: .shiftLeft
    case .shiftRight: .shiftRight
    default: nil
    }
  }
}
