/// The powers that halve long digit strings: power k is the base to `digitsPerLimb * 2^k`.
struct RadixPowers {
  /// Of each power its address, its limbs and the shift that makes its highest bit 1.
  private let table: UnsafeMutablePointer<UInt>
  /// The number of powers.
  let count: Int

  /// How many powers it takes so that the highest halves a string of so many digits.
  static func count(digits: Int, _ radix: Radix) -> Int {
    var count = 0
    while radix.digitsPerLimb << count < digits { count += 1 }
    return count
  }

  /// The words that so many powers take; making them takes a product's working memory too.
  static func scratch(_ count: Int) -> Int { 3 * count + 1 << count }

  /// Squares its way up to the highest power.
  /// - Parameter isShifted: whether the powers are shifted left so that the highest bit is 1, as
  ///   divisors must be.
  init(_ radix: Radix, count: Int, isShifted: Bool, scratch: inout LimbScratch) {
    self.count = count
    table = scratch.take(3 &* count)
    var previous = scratch.take(1)
    previous[0] = radix.limbPower
    var limbs = 1
    for level in 0..<count {
      if level > 0 {
        let square = scratch.take(2 &* limbs)
        Limbs.multiply(square, previous, limbs, previous, limbs, scratch: scratch)
        previous = square
        limbs = Limbs.normalised(square, 2 &* limbs)
      }
      table[3 &* level] = UInt(bitPattern: previous)
      table[3 &* level &+ 1] = UInt(bitPattern: limbs)
      table[3 &* level &+ 2] = UInt(bitPattern: previous[limbs &- 1].leadingZeroBitCount)
    }
    if isShifted {
      for level in 0..<count {
        let power = self[level]
        let out = Limbs.shiftLeft(power.limbs, power.limbs, power.count, bits: power.shift)
        assert(out == 0, "a power was shifted out of its limbs")
      }
    }
  }

  /// A power.
  @inline(__always)
  subscript(_ level: Int) -> (limbs: UnsafeMutablePointer<UInt>, count: Int, shift: Int) {
    let entry = table + 3 &* level
    return (
      UnsafeMutablePointer(bitPattern: entry[0]).unsafelyUnwrapped, Int(bitPattern: entry[1]),
      Int(bitPattern: entry[2])
    )
  }
}
