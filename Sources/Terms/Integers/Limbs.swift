/// Arithmetic on naturals kept as little-endian digits of 64 bits, called limbs.
///
/// A natural is an address and a count. "Normalised" means that its highest limb is not 0, so zero
/// has no limbs at all. Nothing here allocates: a function that needs working memory takes it from
/// a ``LimbScratch`` whose words its sibling `...Scratch(...)` counted beforehand. Recursive
/// functions halve their operand at each step, so with ``Limbs/limit`` they go 20 levels deep.
enum Limbs {
  /// A natural to read from.
  typealias Source = UnsafePointer<UInt>
  /// A natural to write to.
  typealias Target = UnsafeMutablePointer<UInt>

  /// The most limbs that an integer of OTP 25 has (`BIG_ARITY_MAX` of `big.h`).
  static var limit: Int { (1 << 19) - 1 }
  /// The most bits of an integer's absolute value.
  static var bitLimit: Int { limit * UInt.bitWidth }

  /// The limbs that so many bits fill.
  @inline(__always)
  static func count(bits: Int) -> Int { (bits &+ 63) &>> 6 }

  /// The count without the zero limbs at the high end.
  @inline(__always)
  static func normalised(_ a: Source, _ count: Int) -> Int {
    var count = count
    while count > 0, a[count &- 1] == 0 { count &-= 1 }
    return count
  }

  /// The bits of a normalised natural up to its highest 1.
  @inline(__always)
  static func bitLength(_ a: Source, _ count: Int) -> Int {
    count == 0 ? 0 : count &* 64 &- a[count &- 1].leadingZeroBitCount
  }

  /// Fills with zeros.
  @inline(__always)
  static func clear(_ r: Target, _ count: Int) { r.update(repeating: 0, count: count) }

  /// Copies; the ranges may overlap.
  @inline(__always)
  static func copy(_ a: Source, _ count: Int, to r: Target) { r.update(from: a, count: count) }

  /// The order of two naturals of equally many limbs: -1, 0 or 1.
  @inline(__always)
  static func compare(_ a: Source, _ b: Source, _ count: Int) -> Int {
    var index = count
    while index > 0 {
      index &-= 1
      if a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
    }
    return 0
  }

  /// The order of two normalised naturals: -1, 0 or 1.
  static func compare(_ a: Source, _ aCount: Int, _ b: Source, _ bCount: Int) -> Int {
    if aCount != bCount { return aCount < bCount ? -1 : 1 }
    return compare(a, b, aCount)
  }
}

/// Working memory of limb functions, handed down by value: what a callee takes is free again for
/// its caller's next call.
struct LimbScratch {
  private var next: UnsafeMutablePointer<UInt>
  private let limit: UnsafeMutablePointer<UInt>

  /// Makes working memory of the words from `start` on.
  init(start: UnsafeMutablePointer<UInt>, words: Int) {
    next = start
    limit = start + words
  }

  /// Takes words, uninitialised.
  @inline(__always)
  mutating func take(_ words: Int) -> UnsafeMutablePointer<UInt> {
    assert(words <= limit - next, "\(words) words taken where \(limit - next) were counted")
    let start = next
    next = start + words
    return start
  }
}
