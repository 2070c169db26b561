// How large the result of an operation can be, from the bits of its operands.

extension IntegerArithmetic {
  /// An upper bound of the words that ``compute(_:_:_:into:scratch:)`` takes; 0 where the result is
  /// certainly small.
  ///
  /// Exact for two smalls, but a word too large for some products. Of long operands it is at most a
  /// word too large; of differences, remainders and bitwise operations it is what the bits of the
  /// operands allow.
  /// - Throws: ``ArithmeticError/badArgument``, or ``ArithmeticError/systemLimit`` where it is
  ///   certain already.
  public static func words(
    _ operation: IntegerOperation, _ a: Term, _ b: Term
  ) throws(ArithmeticError) -> Int {
    if a.isSmall && b.isSmall {
      switch operation {
      case .add: return wordsForInteger(a.smallValue &+ b.smallValue)
      case .subtract: return wordsForInteger(a.smallValue &- b.smallValue)
      case .multiply:
        let (product, over) = a.smallValue.multipliedReportingOverflow(by: b.smallValue)
        return over ? 3 : wordsForInteger(product)
      case .divide:
        if b.smallValue == 0 { throw .badArgument }
        return wordsForInteger(a.smallValue / b.smallValue)
      case .remainder:
        if b.smallValue == 0 { throw .badArgument }
        return 0
      case .and, .or, .xor: return 0
      case .shiftLeft:
        if shiftedSmall(a.smallValue, by: b.smallValue) != nil { return 0 }
      case .shiftRight:
        if shiftedSmall(a.smallValue, by: 0 &- b.smallValue) != nil { return 0 }
      }
    }
    return try wordsOfLong(operation, a, b)
  }

  /// An upper bound of the words that ``compute(_:_:into:)`` takes.
  /// - Throws: ``ArithmeticError/badArgument``.
  public static func words(
    _ operation: IntegerUnaryOperation, _ a: Term
  ) throws(ArithmeticError) -> Int {
    if a.isSmall {
      if operation == .complement { return 0 }
      return a.smallValue == Term.smallMinimum ? 2 : 0
    }
    return try withMagnitude(a) { (x) throws(ArithmeticError) in
      try words(bits: x.bitLength &+ (operation == .complement ? 1 : 0))
    }
  }

  @inline(never)
  private static func wordsOfLong(
    _ operation: IntegerOperation, _ a: Term, _ b: Term
  ) throws(ArithmeticError) -> Int {
    try withMagnitudes(a, b) { (x, y) throws(ArithmeticError) in
      switch operation {
      case .add, .subtract:
        let isSum = (x.isNegative == y.isNegative) == (operation == .add)
        return try words(bits: max(x.bitLength, y.bitLength) &+ (isSum ? 1 : 0))
      case .multiply:
        if x.count == 0 || y.count == 0 { return 0 }
        let bits = x.bitLength &+ y.bitLength
        if bits &- 1 > Limbs.bitLimit { throw .systemLimit }
        return bits < 60 ? 0 : 1 &+ x.count &+ y.count
      case .divide:
        if y.count == 0 { throw .badArgument }
        return try words(bits: max(0, x.bitLength &- y.bitLength &+ 1))
      case .remainder:
        if y.count == 0 { throw .badArgument }
        return try words(bits: min(x.bitLength, y.bitLength))
      case .and, .or, .xor:
        return try words(bits: bitwiseBits(operation, x, y))
      case .shiftLeft: return try words(bits: shiftedBits(x, by: y))
      case .shiftRight: return try words(bits: shiftedBits(x, by: y.negated))
      }
    }
  }

  /// The most bits of the absolute value of a bitwise result.
  static func bitwiseBits(
    _ operation: IntegerOperation, _ x: IntegerMagnitude, _ y: IntegerMagnitude
  ) -> Int {
    let longer = max(x.bitLength, y.bitLength)
    let shorter = min(x.bitLength, y.bitLength)
    switch (operation, x.isNegative, y.isNegative) {
    case (.and, false, false), (.or, true, true): return shorter
    case (.and, false, true), (.or, true, false): return x.bitLength
    case (.and, true, false), (.or, false, true): return y.bitLength
    case (.or, false, false), (.xor, false, false), (.xor, true, true): return longer
    default: return longer &+ 1
    }
  }

  /// The bits of the absolute value of a number shifted left, exactly but for negative numbers that
  /// are shifted right, which may have one less.
  static func shiftedBits(
    _ x: IntegerMagnitude, by y: IntegerMagnitude
  ) throws(ArithmeticError) -> Int {
    if x.count == 0 { return 0 }
    if y.isNegative {
      let kept = y.count == 1 ? max(0, x.bitLength &- Int(clamping: y.limbs[0])) : 0
      return x.isNegative ? kept &+ 1 : kept
    }
    if y.count > 1 || y[0] > UInt(Limbs.bitLimit) { throw .systemLimit }
    let bits = x.bitLength &+ Int(bitPattern: y[0])
    if bits > Limbs.bitLimit { throw .systemLimit }
    return bits
  }
}
