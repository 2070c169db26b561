// The operations on integers of any length. Results are written where the object's digits will
// stand, behind the word for its header.

extension IntegerArithmetic {
  /// a + b.
  static func sum(
    _ a: IntegerMagnitude, _ b: IntegerMagnitude, into cursor: inout WordCursor
  ) throws(ArithmeticError) -> Term {
    let (x, y) = a.count >= b.count ? (a, b) : (b, a)
    let target = cursor.top + 1
    var isNegative = x.isNegative
    var count = x.count
    if x.isNegative == y.isNegative {
      let carry = Limbs.add(target, x.limbs, x.count, y.limbs, y.count)
      if carry > 0 {
        target[count] = carry
        count &+= 1
      }
    } else {
      if count == 1 { return difference(x, y, into: &cursor) }
      if Limbs.distance(target, x.limbs, x.count, y.limbs, y.count) { isNegative.toggle() }
    }
    return try makeInteger(
      magnitude: target, count: count, isNegative: isNegative, into: &cursor)
  }

  /// The sum of single limbs with different signs, which may need no words at all.
  private static func difference(
    _ x: IntegerMagnitude, _ y: IntegerMagnitude, into cursor: inout WordCursor
  ) -> Term {
    let isLess = x[0] < y[0]
    let distance = isLess ? y[0] &- x[0] : x[0] &- y[0]
    return makeInteger(limb: distance, isNegative: x.isNegative != isLess, into: &cursor)
  }

  /// Makes an integer of a single limb.
  static func makeInteger(
    limb: UInt, isNegative: Bool, into cursor: inout WordCursor
  ) -> Term {
    let smalls = UInt(bitPattern: Term.smallMaximum) &+ (isNegative ? 1 : 0)
    if limb <= smalls {
      let value = Int(bitPattern: limb)
      return .small(isNegative ? 0 &- value : value)
    }
    let words = cursor.reserve(2)
    words[0] = Header.bigInteger(digits: 1, isNegative: isNegative).bits
    words[1] = limb
    return .boxed(at: words)
  }

  /// a * b.
  static func product(
    _ x: IntegerMagnitude, _ y: IntegerMagnitude, into cursor: inout WordCursor,
    scratch: any ScratchProvider
  ) throws(ArithmeticError) -> Term {
    if x.count == 0 || y.count == 0 { return .small(0) }
    let isNegative = x.isNegative != y.isNegative
    let count = x.count &+ y.count
    if x.bitLength &+ y.bitLength &- 1 > Limbs.bitLimit { throw .systemLimit }
    if count == 2 {
      let product = x.limbs[0].multipliedFullWidth(by: y.limbs[0])
      if product.high == 0 {
        return makeInteger(limb: product.low, isNegative: isNegative, into: &cursor)
      }
      let words = cursor.reserve(3)
      words[0] = Header.bigInteger(digits: 2, isNegative: isNegative).bits
      words[1] = product.low
      words[2] = product.high
      return .boxed(at: words)
    }
    let target = cursor.top + 1
    assert(1 &+ count <= cursor.remainingWords, "a product needs the words that were told")
    let needed = Limbs.multiplyScratch(x.count, y.count)
    if needed == 0 {
      Limbs.multiply(
        target, x.limbs, x.count, y.limbs, y.count, scratch: LimbScratch(start: target, words: 0))
    } else {
      try withScratch(words: needed, scratch) { (words) throws(ArithmeticError) in
        Limbs.multiply(target, x.limbs, x.count, y.limbs, y.count, scratch: words)
      }
    }
    return try makeInteger(
      magnitude: target, count: count, isNegative: isNegative, into: &cursor)
  }

  /// a div b or a rem b.
  static func quotient(
    _ x: IntegerMagnitude, _ y: IntegerMagnitude, wantsRemainder: Bool, dividend: Term,
    into cursor: inout WordCursor, scratch: any ScratchProvider
  ) throws(ArithmeticError) -> Term {
    if y.count == 0 { throw .badArgument }
    let isNegative = wantsRemainder ? x.isNegative : x.isNegative != y.isNegative
    if Limbs.compare(x.limbs, x.count, y.limbs, y.count) < 0 {
      return wantsRemainder ? dividend : .small(0)
    }
    let steps = x.count &- y.count &+ 1
    // Quotient, dividend, divisor.
    let words = steps &+ x.count &+ 1 &+ y.count
    let needed = words &+ Limbs.divideScratch(steps: steps, count: y.count)
    return try withScratch(words: needed, scratch) { (scratch) throws(ArithmeticError) in
      var inner = scratch
      let quotient = inner.take(steps)
      if y.count == 1 {
        let remainder = Limbs.divide(
          quotient, x.limbs, x.count, by: LimbDivisor(y.limbs[0]))
        if wantsRemainder {
          return makeInteger(limb: remainder, isNegative: isNegative, into: &cursor)
        }
      } else {
        let rest = inner.take(x.count &+ 1)
        let divisor = inner.take(y.count)
        let shift = y.limbs[y.count &- 1].leadingZeroBitCount
        _ = Limbs.shiftLeft(divisor, y.limbs, y.count, bits: shift)
        rest[x.count] = Limbs.shiftLeft(rest, x.limbs, x.count, bits: shift)
        Limbs.divide(quotient, rest, steps: steps, by: divisor, y.count, scratch: inner)
        if wantsRemainder {
          Limbs.shiftRight(rest, rest, y.count, bits: shift)
          return try makeInteger(
            magnitude: rest, count: y.count, isNegative: isNegative, into: &cursor)
        }
      }
      return try makeInteger(
        magnitude: quotient, count: steps, isNegative: isNegative, into: &cursor)
    }
  }

  /// a band, bor or bxor b.
  static func bitwise(
    _ operation: IntegerOperation, _ x: IntegerMagnitude, _ y: IntegerMagnitude,
    into cursor: inout WordCursor
  ) throws(ArithmeticError) -> Term {
    let bits = bitwiseBits(operation, x, y)
    if bits < 60 {
      return .small(smallBitwise(operation, x, y))
    }
    let count = Limbs.count(bits: bits)
    let target = cursor.top + 1
    let isNegative: Bool
    switch operation {
    case .and:
      isNegative = x.isNegative && y.isNegative
      Limbs.combine(target, count, isNegative: isNegative, x, y) { $0 & $1 }
    case .or:
      isNegative = x.isNegative || y.isNegative
      Limbs.combine(target, count, isNegative: isNegative, x, y) { $0 | $1 }
    default:
      isNegative = x.isNegative != y.isNegative
      Limbs.combine(target, count, isNegative: isNegative, x, y) { $0 ^ $1 }
    }
    return try makeInteger(
      magnitude: target, count: count, isNegative: isNegative, into: &cursor)
  }

  /// A bitwise result of less than 60 bits: its lowest limb says all.
  private static func smallBitwise(
    _ operation: IntegerOperation, _ x: IntegerMagnitude, _ y: IntegerMagnitude
  ) -> Int {
    var xLimbs = TwosComplement(x)
    var yLimbs = TwosComplement(y)
    let (a, b) = (xLimbs.next(), yLimbs.next())
    switch operation {
    case .and: return Int(bitPattern: a & b)
    case .or: return Int(bitPattern: a | b)
    default: return Int(bitPattern: a ^ b)
    }
  }

  /// x shifted left by y bits, right by a negative y, rounded down.
  static func shifted(
    _ x: IntegerMagnitude, by y: IntegerMagnitude, into cursor: inout WordCursor
  ) throws(ArithmeticError) -> Term {
    let bits = try shiftedBits(x, by: y)
    if x.count == 0 { return .small(0) }
    let target = cursor.top + 1
    if !y.isNegative {
      let (whole, part) = Int(bitPattern: y[0]).quotientAndRemainder(dividingBy: 64)
      let count = Limbs.count(bits: bits)
      if count == 1 {
        return makeInteger(
          limb: x.limbs[0] &<< UInt(bitPattern: part), isNegative: x.isNegative, into: &cursor)
      }
      Limbs.clear(target, whole)
      let carry = Limbs.shiftLeft(target + whole, x.limbs, x.count, bits: part)
      if carry > 0 { target[whole &+ x.count] = carry }
      return try makeInteger(
        magnitude: target, count: count, isNegative: x.isNegative, into: &cursor)
    }
    return try shiftedRight(
      x, by: y.count == 1 ? Int(clamping: y.limbs[0]) : Int.max, into: &cursor)
  }

  /// x shifted right, rounded down.
  private static func shiftedRight(
    _ x: IntegerMagnitude, by distance: Int, into cursor: inout WordCursor
  ) throws(ArithmeticError) -> Term {
    if distance >= x.bitLength { return .small(x.isNegative ? -1 : 0) }
    let (whole, part) = distance.quotientAndRemainder(dividingBy: 64)
    var count = Limbs.count(bits: x.bitLength &- distance)
    // Rounding down is away from zero for a negative number, unless the lost bits are all 0.
    let isRounded =
      x.isNegative
      && (Limbs.normalised(x.limbs, whole) > 0
        || x.limbs[whole] & ((1 &<< UInt(bitPattern: part)) &- 1) != 0)
    // The highest limb may get its bits from the limb beyond; a shift by 64 gives 0.
    let beyond = x[whole &+ count] << UInt(bitPattern: 64 &- part)
    if count == 1 {
      let limb = x.limbs[whole] &>> UInt(bitPattern: part) | beyond
      if limb < UInt.max || !isRounded {
        return makeInteger(
          limb: limb &+ (isRounded ? 1 : 0), isNegative: x.isNegative, into: &cursor)
      }
    }
    let target = cursor.top + 1
    Limbs.shiftRight(target, x.limbs + whole, count, bits: part)
    target[count &- 1] |= beyond
    if isRounded, Limbs.add(target, target, count, limb: 1) > 0 {
      target[count] = 1
      count &+= 1
    }
    return try makeInteger(
      magnitude: target, count: count, isNegative: x.isNegative, into: &cursor)
  }
}
