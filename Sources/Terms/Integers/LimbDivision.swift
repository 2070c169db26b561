// Quotients and remainders. A long divisor is shifted so that its highest bit is 1, the dividend
// with it, and stands below one more limb, so that each step's quotient fits.

extension Limbs {
  /// From how many quotient limbs on dividing by halves is cheaper than limb by limb.
  static var recursiveDivisionThreshold: Int { 48 }

  /// a by one limb; the target may be a.
  /// - Returns: the remainder.
  static func divide(_ q: Target, _ a: Source, _ count: Int, by divisor: LimbDivisor) -> UInt {
    if count == 0 { return 0 }
    let left = UInt(bitPattern: divisor.shift)
    let right = 64 &- left
    var index = count &- 1
    var limb = a[index]
    // Swift's smart shift gives 0 for a shift by 64, which a divisor without shift needs.
    var remainder = limb >> right
    while index > 0 {
      let next = a[index &- 1]
      let low = limb &<< left | next >> right
      (q[index], remainder) = divisor.divide(remainder, low)
      limb = next
      index &-= 1
    }
    (q[0], remainder) = divisor.divide(remainder, limb &<< left)
    return remainder &>> left
  }

  /// Divides in place: `u` becomes the remainder, `q` gets the quotient.
  /// - Parameters:
  ///   - q: `steps` limbs.
  ///   - u: `steps` + `count` limbs, whose highest `count` are less than `d`.
  ///   - d: `count` limbs, the highest bit 1.
  ///   - scratch: ``divideScratch(steps:count:)`` words.
  static func divide(
    _ q: Target, _ u: Target, steps: Int, by d: Source, _ count: Int, scratch: LimbScratch
  ) {
    if count == 1 {
      var remainder = u[steps]
      let divisor = LimbDivisor(d[0])
      var index = steps
      while index > 0 {
        index &-= 1
        (q[index], remainder) = divisor.divide(remainder, u[index])
        u[index &+ 1] = 0
      }
      u[0] = remainder
      return
    }
    if min(steps, count) < recursiveDivisionThreshold {
      return divideByLimbs(q, u, steps: steps, by: d, count)
    }
    // The highest block is the odd one, so that all others are square.
    var left = steps
    let odd = steps % count
    if odd > 0 {
      left &-= odd
      divideBlock(q + left, u + left, steps: odd, by: d, count, scratch: scratch)
    }
    while left > 0 {
      left &-= count
      divideSquare(q + left, u + left, by: d, count, scratch: scratch)
    }
  }

  /// The words that ``divide(_:_:steps:by:_:scratch:)`` takes.
  static func divideScratch(steps: Int, count: Int) -> Int {
    if min(steps, count) < recursiveDivisionThreshold { return 0 }
    // Each block's correction is a product of at most `count` limbs in all; blocks inside blocks
    // are done before it. A product of fewer limbs never takes more than twice this.
    return count + 2 * multiplyScratch((count + 1) / 2, (count + 1) / 2) + 2 * count + 64
  }

  /// Long division limb by limb (Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D):
  /// `count` is at least 2.
  private static func divideByLimbs(
    _ q: Target, _ u: Target, steps: Int, by d: Source, _ count: Int
  ) {
    let divisor = LimbPairDivisor(high: d[count &- 1], low: d[count &- 2])
    var step = steps
    while step > 0 {
      step &-= 1
      let window = u + step
      let first = window[count]
      let second = window[count &- 1]
      var quotient = UInt.max
      if _fastPath(first != divisor.high || second != divisor.low) {
        quotient = divisor.quotient(first, second, window[count &- 2])
      }
      let borrow = subtractProduct(window, d, count, limb: quotient)
      if _slowPath(borrow > first) {
        quotient &-= 1
        _ = add(window, window, d, count)
      }
      window[count] = 0
      q[step] = quotient
    }
  }

  /// 2n limbs by n, as two blocks of half the steps (Burnikel and Ziegler: "Fast recursive
  /// division", 1998).
  private static func divideSquare(
    _ q: Target, _ u: Target, by d: Source, _ count: Int, scratch: LimbScratch
  ) {
    if count < recursiveDivisionThreshold {
      return divideByLimbs(q, u, steps: count, by: d, count)
    }
    let low = count / 2
    divideBlock(q + low, u + low, steps: count &- low, by: d, count, scratch: scratch)
    divideBlock(q, u, steps: low, by: d, count, scratch: scratch)
  }

  /// A block of fewer steps than the divisor has limbs: estimates the quotient with the highest
  /// limbs of the divisor, then subtracts what the rest of the divisor takes.
  private static func divideBlock(
    _ q: Target, _ u: Target, steps: Int, by d: Source, _ count: Int, scratch: LimbScratch
  ) {
    if steps < recursiveDivisionThreshold {
      return divideByLimbs(q, u, steps: steps, by: d, count)
    }
    let rest = count &- steps
    let top = d + rest
    // The remainder of the estimate: u[0 ..< count], with `overflow` above.
    var overflow: UInt = 0
    if compare(u + count, top, steps) < 0 {
      divideSquare(q, u + rest, by: top, steps, scratch: scratch)
    } else {
      // Equal: the quotient is the largest that fits, and the remainder the next limbs + top.
      q.update(repeating: UInt.max, count: steps)
      clear(u + count, steps)
      overflow = add(u + rest, u + rest, top, steps)
    }
    var inner = scratch
    let product = inner.take(count)
    multiply(product, q, steps, d, rest, scratch: inner)
    overflow &-= subtract(u, u, product, count)
    while overflow != 0 {
      _ = subtract(q, q, steps, limb: 1)
      overflow &+= add(u, u, d, count)
    }
  }
}
