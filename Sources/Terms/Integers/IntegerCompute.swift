extension IntegerArithmetic {
  /// Computes an operation on two integers.
  ///
  /// Sums, differences and bitwise operations are linear; products take about n^1.585 steps;
  /// quotients are a small multiple of a product.
  /// - Parameters:
  ///   - cursor: has the words that ``words(_:_:_:)`` told; what the result does not need is left.
  ///   - scratch: gives working memory for long products and quotients.
  public static func compute(
    _ operation: IntegerOperation, _ a: Term, _ b: Term, into cursor: inout WordCursor,
    scratch: any ScratchProvider
  ) throws(ArithmeticError) -> Term {
    if a.isSmall && b.isSmall {
      let x = a.smallValue
      let y = b.smallValue
      switch operation {
      case .add: return makeInteger(x &+ y, into: &cursor)
      case .subtract: return makeInteger(x &- y, into: &cursor)
      case .multiply:
        let (product, over) = x.multipliedReportingOverflow(by: y)
        if !over { return makeInteger(product, into: &cursor) }
      case .divide:
        if y == 0 { throw .badArgument }
        return makeInteger(x / y, into: &cursor)
      case .remainder:
        if y == 0 { throw .badArgument }
        return .small(x % y)
      case .and: return .small(x & y)
      case .or: return .small(x | y)
      case .xor: return .small(x ^ y)
      case .shiftLeft:
        if let result = shiftedSmall(x, by: y) { return .small(result) }
      case .shiftRight:
        if let result = shiftedSmall(x, by: 0 &- y) { return .small(result) }
      }
    }
    return try computeLong(operation, a, b, into: &cursor, scratch: scratch)
  }

  /// Computes an operation on one integer.
  /// - Parameter cursor: has the words that ``words(_:_:)`` told.
  public static func compute(
    _ operation: IntegerUnaryOperation, _ a: Term, into cursor: inout WordCursor
  ) throws(ArithmeticError) -> Term {
    if a.isSmall {
      let x = a.smallValue
      switch operation {
      case .negate: return makeInteger(0 &- x, into: &cursor)
      case .complement: return .small(~x)
      case .absolute: return makeInteger(x < 0 ? 0 &- x : x, into: &cursor)
      }
    }
    return try withMagnitude(a) { (x) throws(ArithmeticError) in
      switch operation {
      case .negate:
        return try makeInteger(
          magnitude: x.limbs, count: x.count, isNegative: !x.isNegative, into: &cursor)
      case .absolute:
        if !x.isNegative { return a }
        return try makeInteger(
          magnitude: x.limbs, count: x.count, isNegative: false, into: &cursor)
      case .complement:
        let one: UInt = 1
        return try withUnsafePointer(to: one) { (one) -> Result<Term, ArithmeticError> in
          let unit = IntegerMagnitude(limbs: one, count: 1, isNegative: true)
          do throws(ArithmeticError) {
            return .success(try sum(x.negated, unit, into: &cursor))
          } catch {
            return .failure(error)
          }
        }.get()
      }
    }
  }

  /// A small shifted left (right by a negative count), where the result is small.
  @inline(__always)
  static func shiftedSmall(_ x: Int, by count: Int) -> Int? {
    if count <= 0 { return count > -63 ? x &>> (0 &- count) : (x < 0 ? -1 : 0) }
    if x == 0 { return 0 }
    if count > 59 { return nil }
    let shifted = x &<< count
    return shifted &>> count == x && Term.fitsSmall(shifted) ? shifted : nil
  }

  @inline(never)
  private static func computeLong(
    _ operation: IntegerOperation, _ a: Term, _ b: Term, into cursor: inout WordCursor,
    scratch: any ScratchProvider
  ) throws(ArithmeticError) -> Term {
    try withMagnitudes(a, b) { (x, y) throws(ArithmeticError) in
      switch operation {
      case .add: return try sum(x, y, into: &cursor)
      case .subtract: return try sum(x, y.negated, into: &cursor)
      case .multiply: return try product(x, y, into: &cursor, scratch: scratch)
      case .divide, .remainder:
        return try quotient(
          x, y, wantsRemainder: operation == .remainder, dividend: a, into: &cursor,
          scratch: scratch)
      case .and, .or, .xor: return try bitwise(operation, x, y, into: &cursor)
      case .shiftLeft: return try shifted(x, by: y, into: &cursor)
      case .shiftRight: return try shifted(x, by: y.negated, into: &cursor)
      }
    }
  }
}
