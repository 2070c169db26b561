extension IntegerArithmetic {
  /// An upper bound of the words of an integer of so many digits; 0 where it is certainly small.
  /// - Parameters:
  ///   - digits: characters, a sign or zeros in front may be counted.
  ///   - base: 2 to 36.
  public static func wordsForText(digits: Int, base: Int) -> Int {
    guard let radix = Radix(base), digits > 0 else { return 0 }
    // No base has more than 6 bits a digit, or less than 1.
    if digits > Limbs.bitLimit { return 1 &+ Limbs.limit }
    let bits = radix.bits(digits: digits)
    return bits < 60 ? 0 : 1 &+ min(Limbs.count(bits: bits), Limbs.limit)
  }

  /// Makes the integer that digits of a base spell, after an optional sign: about n^1.585 steps,
  /// linear for bases that are powers of two.
  /// - Parameters:
  ///   - digits: characters, letters in either case.
  ///   - base: 2 to 36.
  ///   - cursor: has the words that ``wordsForText(digits:base:)`` told of all characters.
  /// - Returns: nothing where the text or the base is malformed.
  /// - Throws: ``ArithmeticError/systemLimit``, ``ArithmeticError/scratch(_:)``.
  public static func parse(
    _ digits: UnsafeRawBufferPointer, base: Int, into cursor: inout WordCursor,
    scratch: any ScratchProvider
  ) throws(ArithmeticError) -> Term? {
    guard let radix = Radix(base), var next = digits.baseAddress else { return nil }
    let end = next + digits.count
    var isNegative = false
    if next < end {
      let first = next.load(as: UInt8.self)
      isNegative = first == 0x2D
      if isNegative || first == 0x2B { next += 1 }
    }
    if next == end { return nil }
    var wrong = false
    var at = next
    while at < end {
      if Radix.value(at.load(as: UInt8.self)) >= radix.base { wrong = true }
      at += 1
    }
    if wrong { return nil }
    while next < end, next.load(as: UInt8.self) == 0x30 { next += 1 }
    let count = end - next
    let characters = next.assumingMemoryBound(to: UInt8.self)
    if count <= radix.digitsPerLimb {
      let limb = DigitReader.limb(characters, count, radix.base)
      return makeInteger(limb: limb, isNegative: isNegative, into: &cursor)
    }
    return try parseLong(characters, count, radix, isNegative, into: &cursor, scratch: scratch)
  }

  private static func parseLong(
    _ characters: UnsafePointer<UInt8>, _ count: Int, _ radix: Radix, _ isNegative: Bool,
    into cursor: inout WordCursor, scratch: any ScratchProvider
  ) throws(ArithmeticError) -> Term {
    if count > Limbs.bitLimit || radix.leastBits(digits: count) >= Limbs.bitLimit {
      throw .systemLimit
    }
    let limbs = count / radix.digitsPerLimb &+ 1
    let isLong = limbs >= DigitReader.recursiveThreshold && radix.bitsPerDigit == 0
    let levels = isLong ? RadixPowers.count(digits: count, radix) : 0
    let needed = DigitReader.scratch(limbs, levels: levels)
    return try withScratch(words: needed, scratch) { (scratch) throws(ArithmeticError) in
      var inner = scratch
      let number = inner.take(limbs)
      let limbCount: Int
      if radix.bitsPerDigit > 0 {
        limbCount = DigitReader.readBits(
          number, characters, count, bitsPerDigit: radix.bitsPerDigit)
      } else {
        let powers = RadixPowers(radix, count: levels, isShifted: false, scratch: &inner)
        limbCount = DigitReader(radix: radix, powers: powers)
          .read(number, characters, count, level: levels, scratch: inner)
      }
      return try makeInteger(
        magnitude: number, count: limbCount, isNegative: isNegative, into: &cursor)
    }
  }
}

/// Reads naturals: long strings as a high half times a power of the base plus a low half, short
/// ones a limb's digits at a time.
struct DigitReader {
  let radix: Radix
  let powers: RadixPowers

  /// From how many limbs on halving is cheaper.
  static var recursiveThreshold: Int { 60 }

  /// The words for a number of so many limbs: itself, the powers, and the working memory.
  static func scratch(_ limbs: Int, levels: Int) -> Int {
    if levels == 0 { return limbs }
    // The halves of all levels are a geometric series below twice the number. A product of n
    // limbs in all takes less than 4 n.
    return limbs + RadixPowers.scratch(levels) + 2 * limbs + 2 * levels
      + 4 * limbs + 64
  }

  /// The number of a limb's digits at most.
  @inline(__always)
  static func limb(_ characters: UnsafePointer<UInt8>, _ count: Int, _ base: UInt) -> UInt {
    var limb: UInt = 0
    var index = 0
    while index < count {
      limb = limb &* base &+ Radix.value(characters[index])
      index &+= 1
    }
    return limb
  }

  /// Reads digits whose base is a power of two.
  /// - Returns: the limbs written.
  static func readBits(
    _ number: UnsafeMutablePointer<UInt>, _ characters: UnsafePointer<UInt8>, _ count: Int,
    bitsPerDigit: Int
  ) -> Int {
    var limbCount = 0
    var limb: UInt = 0
    var filled = 0
    var index = count
    while index > 0 {
      index &-= 1
      let value = Radix.value(characters[index])
      limb |= value &<< UInt(bitPattern: filled)
      filled &+= bitsPerDigit
      if filled >= 64 {
        number[limbCount] = limb
        limbCount &+= 1
        filled &-= 64
        limb = value >> UInt(bitPattern: bitsPerDigit &- filled)
      }
    }
    if filled > 0, limb > 0 {
      number[limbCount] = limb
      limbCount &+= 1
    }
    return limbCount
  }

  /// Reads digits into at most a limb for each `digitsPerLimb` begun.
  /// - Parameter level: the powers that may be of use: power `level - 1` and those below.
  /// - Returns: the limbs of the number.
  func read(
    _ number: UnsafeMutablePointer<UInt>, _ characters: UnsafePointer<UInt8>, _ count: Int,
    level: Int, scratch: LimbScratch
  ) -> Int {
    var level = level
    while level > 0, radix.digitsPerLimb &<< (level &- 1) >= count { level &-= 1 }
    if level == 0 || count < radix.digitsPerLimb &* Self.recursiveThreshold {
      return readByLimbs(number, characters, count)
    }
    level &-= 1
    let power = powers[level]
    let low = radix.digitsPerLimb &<< level
    var inner = scratch
    let high = inner.take((count &- low) / radix.digitsPerLimb &+ 1)
    let highCount = read(high, characters, count &- low, level: level, scratch: inner)
    let lowCharacters = characters + (count &- low)
    if highCount == 0 {
      return read(number, lowCharacters, low, level: level, scratch: scratch)
    }
    Limbs.multiply(number, high, highCount, power.limbs, power.count, scratch: inner)
    let product = highCount &+ power.count
    // The high half is no longer needed.
    inner = scratch
    let rest = inner.take(1 &<< level)
    let restCount = read(rest, lowCharacters, low, level: level, scratch: inner)
    let carry = Limbs.add(number, number, product, rest, restCount)
    assert(carry == 0, "a number outgrew the limbs of its digits")
    return Limbs.normalised(number, product)
  }

  private func readByLimbs(
    _ number: UnsafeMutablePointer<UInt>, _ characters: UnsafePointer<UInt8>, _ count: Int
  ) -> Int {
    // The first limb takes what is left over, so that all others are full.
    let first = count % radix.digitsPerLimb
    var done = first
    let limb = DigitReader.limb(characters, first, radix.base)
    number[0] = limb
    var limbCount = limb == 0 ? 0 : 1
    while done < count {
      let next = DigitReader.limb(characters + done, radix.digitsPerLimb, radix.base)
      let carry = Limbs.multiply(
        number, number, limbCount, limb: radix.limbPower, carry: next)
      if carry > 0 {
        number[limbCount] = carry
        limbCount &+= 1
      }
      done &+= radix.digitsPerLimb
    }
    return limbCount
  }
}
