import TestKit
import Testing

@testable import Terms

/// Laws that hold for integers of any length; seeds are printed with each failure.
@Suite struct IntegerAlgebraTests {
  let bench = IntegerBench()

  static let lengths = [1, 2, 3, 5, 8, 20, 47, 48, 49, 70, 97, 130]

  func random(_ seed: UInt64, limbs: Int) -> Term {
    var generator = SeededGenerator(seed: seed)
    return bench.random(limbs: limbs, using: &generator)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func quotientTimesDivisorPlusRemainder(seed: UInt64) throws {
    for (x, long) in Self.lengths.enumerated() {
      for (y, short) in Self.lengths.enumerated() {
        let a = random(seed &* 1000 &+ UInt64(x), limbs: long)
        let b = random(seed &* 2000 &+ UInt64(y), limbs: short)
        if b == .small(0) { continue }
        let quotient = try bench.compute(.divide, a, b)
        let remainder = try bench.compute(.remainder, a, b)
        let product = try bench.compute(.multiply, quotient, b)
        let sum = try bench.compute(.add, product, remainder)
        #expect(bench.hex(sum) == bench.hex(a), "seed \(seed), limbs \(long) by \(short)")
        let rest = try bench.compute(.absolute, remainder)
        let divisor = try bench.compute(.absolute, b)
        #expect(IntegerArithmetic.compare(rest, divisor) < 0, "seed \(seed) \(long) \(short)")
        let isNegative = IntegerArithmetic.compare(remainder, .small(0)) < 0
        if remainder != .small(0) {
          #expect(isNegative == (IntegerArithmetic.compare(a, .small(0)) < 0), "seed \(seed)")
        }
      }
    }
  }

  /// Dividends just beside a multiple of the divisor, and divisors whose highest limbs repeat in
  /// the dividend, reach the corrections of each estimate.
  @Test(arguments: [(2, 2), (3, 2), (5, 3), (60, 55), (110, 60), (120, 120), (150, 51)])
  func quotientsBesideMultiples(quotientLimbs: Int, divisorLimbs: Int) throws {
    let ones = [UInt](repeating: .max, count: quotientLimbs)
    var high = [UInt](repeating: 0, count: divisorLimbs)
    high[divisorLimbs - 1] = 1 << 63
    var low = high
    low[0] = 1
    let full = [UInt](repeating: .max, count: divisorLimbs)
    for divisorDigits in [high, low, full] {
      for quotientDigits in [ones, IntegerBench.randomLimbs(quotientLimbs, seed: 7)] {
        let (q, d) = (bench.term(quotientDigits), bench.term(divisorDigits))
        let product = try bench.compute(.multiply, q, d)
        let below = try bench.compute(.subtract, d, .small(1))
        #expect(bench.hex(try bench.compute(.divide, product, d)) == bench.hex(q))
        #expect(try bench.compute(.remainder, product, d) == .small(0))
        let largest = try bench.compute(.add, product, below)
        #expect(bench.hex(try bench.compute(.divide, largest, d)) == bench.hex(q))
        #expect(bench.hex(try bench.compute(.remainder, largest, d)) == bench.hex(below))
        let less = try bench.compute(.subtract, product, .small(1))
        #expect(bench.hex(try bench.compute(.remainder, less, d)) == bench.hex(below))
      }
    }
  }

  @Test(arguments: [(32, 32), (33, 33), (63, 64), (100, 37), (257, 256), (300, 33), (500, 1)])
  func productsByHalvesAndByRows(long: Int, short: Int) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let a = IntegerBench.randomLimbs(long, seed: seed)
      let b = IntegerBench.randomLimbs(short, seed: seed &+ 100)
      var rows = [UInt](repeating: 0, count: long + short)
      Limbs.multiplyByRows(&rows, a, long, b, short)
      let product = try bench.compute(.multiply, bench.term(a), bench.term(b))
      #expect(bench.hex(product) == bench.hex(bench.term(rows)), "seed \(seed)")
      let swapped = try bench.compute(.multiply, bench.term(b), bench.term(a))
      #expect(bench.hex(swapped) == bench.hex(product), "seed \(seed)")
    }
  }

  @Test(arguments: [1, 2, 7, 31, 32, 65, 200])
  func squaresAreProducts(limbs: Int) throws {
    let digits = IntegerBench.randomLimbs(limbs, seed: UInt64(limbs))
    let (a, same) = (bench.term(digits), bench.term(digits))
    let square = try bench.compute(.multiply, a, a)
    let product = try bench.compute(.multiply, a, same)
    #expect(bench.hex(square) == bench.hex(product))
    let full = [UInt](repeating: .max, count: limbs)
    let (b, sameB) = (bench.term(full), bench.term(full))
    #expect(
      bench.hex(try bench.compute(.multiply, b, b))
        == bench.hex(try bench.compute(.multiply, b, sameB)))
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func sumsShiftsAndBits(seed: UInt64) throws {
    for (index, limbs) in Self.lengths.enumerated() {
      let a = random(seed &+ UInt64(index), limbs: limbs)
      let b = random(seed &* 3 &+ UInt64(index), limbs: Self.lengths[(index + 5) % 12])
      let sum = try bench.compute(.add, a, b)
      #expect(bench.hex(try bench.compute(.subtract, sum, b)) == bench.hex(a), "seed \(seed)")
      // a + b = (a xor b) + 2 (a and b), and a or b = (a xor b) + (a and b).
      let both = try bench.compute(.and, a, b)
      let either = try bench.compute(.xor, a, b)
      let twice = try bench.compute(.shiftLeft, both, .small(1))
      #expect(bench.hex(try bench.compute(.add, either, twice)) == bench.hex(sum), "seed \(seed)")
      #expect(
        bench.hex(try bench.compute(.add, either, both))
          == bench.hex(try bench.compute(.or, a, b)), "seed \(seed)")
      // -a - 1 = bnot a
      let negated = try bench.compute(.negate, a)
      #expect(
        bench.hex(try bench.compute(.subtract, negated, .small(1)))
          == bench.hex(try bench.compute(.complement, a)), "seed \(seed)")
      for count in [1, 5, 59, 63, 64, 65, 200] {
        let shifted = try bench.compute(.shiftLeft, a, .small(count))
        #expect(
          bench.hex(try bench.compute(.shiftRight, shifted, .small(count))) == bench.hex(a),
          "seed \(seed), count \(count)")
        // bsr rounds down: a = (a bsr n) * 2^n + (a band (2^n - 1))
        let kept = try bench.compute(
          .shiftLeft, try bench.compute(.shiftRight, a, .small(count)), .small(count))
        let mask = try bench.compute(
          .subtract, try bench.compute(.shiftLeft, .small(1), .small(count)), .small(1))
        let lost = try bench.compute(.and, a, mask)
        #expect(
          bench.hex(try bench.compute(.add, kept, lost)) == bench.hex(a),
          "seed \(seed), count \(count)")
      }
    }
  }

  @Test func orderAgreesWithDifference() throws {
    var generator = SeededGenerator(seed: 5)
    var terms = (0..<40).map { bench.random(limbs: $0 / 10, using: &generator) }
    terms += [Term.smallMinimum, Term.smallMaximum, 0, -1].map(Term.small)
    for a in terms {
      for b in terms {
        let difference = try bench.compute(.subtract, a, b)
        let order = IntegerArithmetic.compare(a, b)
        #expect(order == IntegerArithmetic.compare(difference, .small(0)))
        #expect(IntegerArithmetic.isEqual(a, b) == (order == 0))
        #expect((bench.hex(a) == bench.hex(b)) == (order == 0))
      }
    }
  }
}

extension IntegerBench {
  static func randomLimbs(_ count: Int, seed: UInt64) -> [UInt] {
    var generator = SeededGenerator(seed: seed)
    var limbs = randomLimbs(count, using: &generator)
    limbs[count - 1] |= 1
    return limbs
  }
}
