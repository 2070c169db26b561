import Tenure

/// Arithmetic of two operands as the instructions name it.
enum BinaryArithmetic: UInt8 {
  case add, subtract, multiply, floatDivide, divide, remainder
  case and, or, xor, shiftLeft, shiftRight

  /// The Erlang name.
  var name: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .floatDivide: "/"
    case .divide: "div"
    case .remainder: "rem"
    case .and: "band"
    case .or: "bor"
    case .xor: "bxor"
    case .shiftLeft: "bsl"
    case .shiftRight: "bsr"
    }
  }

  /// The operation on integers; division with `/` has none.
  var integerOperation: IntegerOperation? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .floatDivide: nil
    case .divide: .divide
    case .remainder: .remainder
    case .and: .and
    case .or: .or
    case .xor: .xor
    case .shiftLeft: .shiftLeft
    case .shiftRight: .shiftRight
    }
  }
}

extension Interpreter {
  /// Arithmetic beyond what the loop does with small integers.
  ///
  /// - Parameter live: the X registers that hold terms.
  /// - Returns: the result, or no value after an exception was made pending.
  @inline(never)
  func arithmetic(_ operation: BinaryArithmetic, _ a: Term, _ b: Term, live: Int) -> Term {
    if a.isFloat || b.isFloat || operation == .floatDivide {
      return floatArithmetic(operation, a, b, live: live)
    }
    guard let operation = operation.integerOperation else { return badArithmetic() }
    kept[0] = a
    kept[1] = b
    defer {
      kept[0] = .nil
      kept[1] = .nil
    }
    let words: Int
    do {
      words = try IntegerArithmetic.words(operation, a, b)
    } catch {
      return raise(error)
    }
    do {
      guard ensure(words, live: live) else { return .none }
      var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
      let result = try IntegerArithmetic.compute(
        operation, kept[0], kept[1], into: &cursor, scratch: scratch)
      heap.pointee.top = cursor.top
      return result
    } catch {
      _ = raise(error)
      exception.beginning = .place  // The operands may have moved.
      return .none
    }
  }

  /// Makes the exception of failed integer arithmetic pending.
  func raise(_ error: ArithmeticError) -> Term {
    switch error {
    case .badArgument: raise(.error, .badArithmetic)
    case .systemLimit:
      memoryRefusal = nil  // No memory was refused: the result is beyond any integer.
      raise(.error, .systemLimit)
    case .scratch(let error): raiseScratchExhausted(error)
    }
    return .none
  }

  func badArithmetic() -> Term {
    raise(.error, .badArithmetic)
    return .none
  }

  private func floatArithmetic(
    _ operation: BinaryArithmetic, _ a: Term, _ b: Term, live: Int
  ) -> Term {
    guard let left = double(a), let right = double(b) else { return badArithmetic() }
    let result: Double
    switch operation {
    case .add: result = left + right
    case .subtract: result = left - right
    case .multiply: result = left * right
    case .floatDivide:
      if right == 0 { return badArithmetic() }
      result = left / right
    default: return badArithmetic()
    }
    return makeFloat(result, live: live)
  }

  /// The value of a number as a double, or nothing for what is no number or too large.
  func double(_ term: Term) -> Double? {
    if term.isFloat { return term.floatValue }
    if term.isSmall { return Double(term.smallValue) }
    return term.isBigInteger ? IntegerArithmetic.toDouble(term) : nil
  }

  /// Builds a float, or makes `badarith` pending if it is not finite.
  func makeFloat(_ value: Double, live: Int) -> Term {
    guard value.isFinite else { return badArithmetic() }
    guard ensure(2, live: live) else { return .none }
    return build { $0.makeFloat(value) }
  }

  /// Compares two terms in the standard order.
  ///
  /// - Returns: a number below, at or above 0; nothing after an exception was made pending.
  @inline(never)
  func compare(_ a: Term, _ b: Term) -> Int? {
    do {
      return try order.compare(a, b)
    } catch {
      raiseScratchExhausted(error)
      return nil
    }
  }

  /// Whether two terms are equal, `=:=` or `==`.
  @inline(never)
  func isEqual(_ a: Term, _ b: Term, exactly: Bool) -> Bool? {
    if exactly, let known = TermEquality.areExactlyEqualAtSight(a, b) { return known }
    do {
      return exactly
        ? try TermEquality.isExactlyEqual(a, b, scratch: scratch)
        : try TermEquality.isEqual(a, b, scratch: scratch)
    } catch {
      raiseScratchExhausted(error)
      return nil
    }
  }
}
