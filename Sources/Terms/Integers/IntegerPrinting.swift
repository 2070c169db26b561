extension IntegerArithmetic {
  /// Appends the digits of an integer in a base, `-` in front of a negative one, letters in upper
  /// case: about n^1.585 steps, linear for bases that are powers of two.
  /// - Parameter base: 2 to 36.
  /// - Throws: ``ArithmeticError/badArgument`` where `a` is no integer or the base none of these;
  ///   ``ArithmeticError/scratch(_:)``, the text then unchanged.
  public static func appendText(
    _ a: Term, base: Int, to text: inout [UInt8], scratch: any ScratchProvider
  ) throws(ArithmeticError) {
    guard let radix = Radix(base) else { throw .badArgument }
    if a.isSmall { return appendSmall(a.smallValue, base: UInt(base), to: &text) }
    try withMagnitude(a) { (x) throws(ArithmeticError) in
      let bits = x.bitLength
      let width = radix.digits(bits: bits)
      let isLong = x.count >= DigitWriter.recursiveThreshold && radix.bitsPerDigit == 0
      let levels = isLong ? RadixPowers.count(digits: width, radix) : 0
      let byteWords = (width &+ 8) / 8
      let needed = byteWords &+ DigitWriter.scratch(x.count, levels: levels)
      try withScratch(words: needed, scratch) { (scratch) throws(ArithmeticError) in
        var inner = scratch
        let bytes = UnsafeMutableRawPointer(inner.take(byteWords))
          .bindMemory(to: UInt8.self, capacity: byteWords &* 8)
        // The byte in front is for the sign.
        let digits = bytes + 1
        if radix.bitsPerDigit > 0 {
          writeBits(x, bitsPerDigit: radix.bitsPerDigit, width: width, at: digits)
        } else {
          let number = inner.take(x.count)
          Limbs.copy(x.limbs, x.count, to: number)
          let powers = RadixPowers(radix, count: levels, isShifted: true, scratch: &inner)
          let writer = DigitWriter(
            radix: radix, divisor: LimbDivisor(radix.limbPower), powers: powers)
          writer.write(number, x.count, level: levels, width: width, at: digits, scratch: inner)
        }
        var start = 0
        while start < width &- 1, digits[start] == 0x30 { start &+= 1 }
        if x.isNegative {
          start &-= 1
          digits[start] = 0x2D
        }
        text.append(
          contentsOf: UnsafeBufferPointer(start: digits + start, count: width &- start))
      }
    }
  }

  /// Appends a number of 60 bits, digit by digit from the last.
  private static func appendSmall(_ value: Int, base: UInt, to text: inout [UInt8]) {
    let mostBytes = 64
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: mostBytes) { bytes in
      var rest = value.magnitude
      var start = mostBytes
      repeat {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: base)
        start &-= 1
        bytes[start] = UInt8(truncatingIfNeeded: digit &+ (digit < 10 ? 0x30 : 0x37))
        rest = quotient
      } while rest > 0
      if value < 0 {
        start &-= 1
        bytes[start] = 0x2D
      }
      text.append(contentsOf: bytes[start...])
    }
  }

  /// Writes the digits of a base that is a power of two, taken from the bits.
  private static func writeBits(
    _ x: IntegerMagnitude, bitsPerDigit: Int, width: Int, at out: UnsafeMutablePointer<UInt8>
  ) {
    let mask: UInt = (1 &<< UInt(bitPattern: bitsPerDigit)) &- 1
    var bit = 0
    var index = width
    while index > 0 {
      index &-= 1
      let (limb, shift) = (bit &>> 6, UInt(bitPattern: bit & 63))
      let value = x[limb] &>> shift | x[limb &+ 1] << (64 &- shift)
      out[index] = Radix.character(value & mask)
      bit &+= bitsPerDigit
    }
  }
}

/// Writes naturals as strings of a fixed width, zeros in front: long ones are halved by a power of
/// the base (Knuth, The Art of Computer Programming 2, 4.4), short ones lose a limb's digits at a
/// time.
struct DigitWriter {
  let radix: Radix
  let divisor: LimbDivisor
  let powers: RadixPowers

  /// From how many limbs on halving is cheaper.
  static var recursiveThreshold: Int { 30 }

  /// The words for a number of so many limbs: itself, the powers, and the working memory.
  static func scratch(_ count: Int, levels: Int) -> Int {
    if levels == 0 { return count + 1 }
    // Dividends and quotients of all levels are a geometric series below 4 times the number.
    return count + RadixPowers.scratch(levels) + 4 * count + 4 * levels
      + max(
        Limbs.divideScratch(steps: count + 1, count: count + 1),
        Limbs.multiplyScratch(count, count)) + 8
  }

  /// Writes a number, which is destroyed.
  /// - Parameters:
  ///   - level: the powers that may be of use: power `level - 1` and those below.
  ///   - width: the digits to write; the number has no more.
  func write(
    _ number: UnsafeMutablePointer<UInt>, _ count: Int, level: Int, width: Int,
    at out: UnsafeMutablePointer<UInt8>, scratch: LimbScratch
  ) {
    let count = Limbs.normalised(number, count)
    var level = level
    while level > 0, radix.digitsPerLimb &<< (level &- 1) >= width { level &-= 1 }
    if level == 0 || count < Self.recursiveThreshold {
      return writeByLimbs(number, count, width: width, at: out)
    }
    level &-= 1
    let power = powers[level]
    let low = radix.digitsPerLimb &<< level
    if count < power.count {
      out.update(repeating: 0x30, count: width &- low)
      return write(
        number, count, level: level, width: low, at: out + (width &- low), scratch: scratch)
    }
    var inner = scratch
    let rest = inner.take(count &+ 1)
    rest[count] = Limbs.shiftLeft(rest, number, count, bits: power.shift)
    let steps = count &- power.count &+ 1
    let quotient = inner.take(steps)
    Limbs.divide(quotient, rest, steps: steps, by: power.limbs, power.count, scratch: inner)
    Limbs.shiftRight(rest, rest, power.count, bits: power.shift)
    write(quotient, steps, level: level, width: width &- low, at: out, scratch: inner)
    write(
      rest, power.count, level: level, width: low, at: out + (width &- low), scratch: inner)
  }

  private func writeByLimbs(
    _ number: UnsafeMutablePointer<UInt>, _ count: Int, width: Int,
    at out: UnsafeMutablePointer<UInt8>
  ) {
    var count = count
    var width = width
    while count > 1 || (count == 1 && width > radix.digitsPerLimb) {
      let digits = Limbs.divide(number, number, count, by: divisor)
      width &-= radix.digitsPerLimb
      radix.write(digits, radix.digitsPerLimb, at: out + width)
      if number[count &- 1] == 0 { count &-= 1 }
    }
    if count == 1 {
      let digits = min(width, radix.digitsPerLimb)
      width &-= digits
      radix.write(number[0], digits, at: out + width)
    }
    out.update(repeating: 0x30, count: width)
  }
}
