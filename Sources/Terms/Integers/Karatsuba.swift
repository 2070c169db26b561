// Products of long naturals by three half-size products instead of four (Karatsuba and Ofman 1962,
// in the form with differences, whose half products need no extra limb).

extension Limbs {
  /// From how many limbs of the shorter factor on three half-size products are cheaper than rows.
  static var karatsubaThreshold: Int { 32 }

  /// a times b, in the sum of their limbs: about n^1.585.
  ///
  /// Both have at least one limb; the target overlaps neither.
  static func multiply(
    _ r: Target, _ a: Source, _ aCount: Int, _ b: Source, _ bCount: Int, scratch: LimbScratch
  ) {
    if aCount < bCount { return multiply(r, b, bCount, a, aCount, scratch: scratch) }
    if bCount < karatsubaThreshold {
      if a == b, aCount == bCount { return squareByRows(r, a, aCount) }
      return multiplyByRows(r, a, aCount, b, bCount)
    }
    if aCount == bCount { return multiplyEqual(r, a, b, aCount, scratch: scratch) }
    multiplyUnequal(r, a, aCount, b, bCount, scratch: scratch)
  }

  /// The words that ``multiply(_:_:_:_:_:scratch:)`` takes.
  static func multiplyScratch(_ aCount: Int, _ bCount: Int) -> Int {
    var long = max(aCount, bCount)
    var short = min(aCount, bCount)
    var words = 0
    var deepest = 0
    while short >= karatsubaThreshold {
      let isEqual = long == short
      if !isEqual { words += 2 * short }
      deepest = max(deepest, words + equalScratch(short))
      if isEqual { break }
      (long, short) = (short, long % short)
    }
    return max(words, deepest)
  }

  /// The words that ``multiplyEqual(_:_:_:_:scratch:)`` takes.
  private static func equalScratch(_ count: Int) -> Int {
    var count = count
    var words = 0
    var deepest = 0
    while count >= karatsubaThreshold {
      let half = (count + 1) / 2
      deepest = max(deepest, words + 4 * half + 1)
      words += 2 * half
      count = half
    }
    return deepest
  }

  /// The product of factors of equally many limbs.
  ///
  /// With a = a1 * B + a0 and b alike:
  /// `a * b = a1 b1 * B^2 + (a1 b1 + a0 b0 - (a0 - a1)(b0 - b1)) * B + a0 b0`.
  private static func multiplyEqual(
    _ r: Target, _ a: Source, _ b: Source, _ count: Int, scratch: LimbScratch
  ) {
    if count < karatsubaThreshold {
      return multiply(r, a, count, b, count, scratch: scratch)
    }
    let half = (count &+ 1) / 2
    let rest = count &- half
    var inner = scratch
    let cross = inner.take(2 &* half)
    var isNegative = false
    if a == b {
      _ = distance(r, a, half, a + half, rest)
      multiplyEqual(cross, r, r, half, scratch: inner)
    } else {
      isNegative = distance(r, a, half, a + half, rest)
      if distance(r + half, b, half, b + half, rest) { isNegative.toggle() }
      multiplyEqual(cross, r, r + half, half, scratch: inner)
    }
    multiplyEqual(r, a, b, half, scratch: inner)
    multiplyEqual(r + 2 &* half, a + half, b + half, rest, scratch: inner)

    let middle = inner.take(2 &* half &+ 1)
    middle[2 &* half] = add(middle, r, 2 &* half, r + 2 &* half, 2 &* rest)
    if isNegative {
      middle[2 &* half] &+= add(middle, middle, cross, 2 &* half)
    } else {
      middle[2 &* half] &-= subtract(middle, middle, cross, 2 &* half)
    }
    let middleCount = normalised(middle, 2 &* half &+ 1)
    let carry = add(r + half, r + half, 2 &* count &- half, middle, middleCount)
    assert(carry == 0, "a product outgrew the limbs of its factors")
  }

  /// The product by pieces of the longer factor, each as long as the shorter one.
  private static func multiplyUnequal(
    _ r: Target, _ a: Source, _ aCount: Int, _ b: Source, _ bCount: Int, scratch: LimbScratch
  ) {
    var inner = scratch
    let piece = inner.take(2 &* bCount)
    multiplyEqual(r, a, b, bCount, scratch: inner)
    var done = bCount
    while done < aCount {
      let count = min(bCount, aCount &- done)
      multiply(piece, b, bCount, a + done, count, scratch: inner)
      // The high half of what stands in r is added to the piece that continues it.
      let carry = add(r + done, r + done, piece, bCount)
      let high = add(r + (done &+ bCount), piece + bCount, count, limb: carry)
      assert(high == 0, "a product outgrew the limbs of its factors")
      done &+= count
    }
  }
}
