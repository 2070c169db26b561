import TestKit
import Testing

@testable import Terms

/// Texts of integers.
@Suite struct IntegerTextTests {
  let bench = IntegerBench()

  @Test(arguments: 2...36)
  func printAndParseRoundTrip(base: Int) throws {
    for limbs in [1, 2, 7, 29, 31, 61, 90, 140] {
      var generator = SeededGenerator(seed: UInt64(base * 1000 + limbs))
      let a = bench.random(limbs: limbs, using: &generator)
      let text = try bench.text(a, base: base)
      let parsed = try #require(try bench.parse(text, base: base))
      #expect(bench.hex(parsed) == bench.hex(a), "base \(base), \(limbs) limbs")
    }
  }

  /// Powers of the base have a text that is known, and so have the numbers below them.
  @Test(arguments: [3, 7, 10, 16, 36])
  func powersOfTheBase(base: Int) throws {
    let highest = String(base - 1, radix: base, uppercase: true)
    for digits in [17, 18, 19, 20, 38, 76, 577, 1216, 1217, 2000] {
      let text = "1" + String(repeating: "0", count: digits)
      let power = try #require(try bench.parse(text, base: base))
      #expect(try bench.text(power, base: base) == text)
      let below = try bench.compute(.subtract, power, .small(1))
      #expect(try bench.text(below, base: base) == String(repeating: highest, count: digits))
      let negated = try bench.compute(.negate, power)
      #expect(try bench.text(negated, base: base) == "-" + text)
    }
  }

  /// The sum over chunks is a second way to read a long text.
  @Test func parsingAgreesWithHorner() throws {
    var generator = SeededGenerator(seed: 77)
    let text = (0..<3000).map { _ in "\(Int.random(in: 0...9, using: &generator))" }.joined()
    var sum = Term.small(0)
    for start in stride(from: 0, to: 3000, by: 15) {
      let characters = text.utf8.dropFirst(start).prefix(15)
      let chunk = try #require(Int(String(decoding: characters, as: UTF8.self)))
      let product = try bench.compute(.multiply, sum, .small(1_000_000_000_000_000))
      sum = try bench.compute(.add, product, .small(chunk))
    }
    let parsed = try #require(try bench.parse(text, base: 10))
    #expect(bench.hex(parsed) == bench.hex(sum))
  }

  @Test(arguments: [
    ("", 10), ("-", 10), ("+", 10), ("12a", 10), ("2", 2), ("--1", 10), ("1 ", 10), (" 1", 10),
    ("g", 16), ("1_000", 10), ("1", 1), ("1", 37), ("1", 0), ("1", -10), ("é", 36), ("{", 36),
    ("@", 36), ("/", 10), (":", 10),
    ("99999999999999999999999999999999999999999999999999999x", 10),
  ])
  func malformedTexts(text: String, base: Int) throws {
    #expect(try bench.parse(text, base: base) == nil)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("+7", 7), ("-12", -12), ("0000000000000000000000000000000000042", 42),
    ("-576460752303423488", Term.smallMinimum), ("576460752303423487", Term.smallMaximum),
  ])
  func smallTexts(text: String, value: Int) throws {
    let parsed = try #require(try bench.parse(text, base: 10))
    #expect(parsed == .small(value))
    #expect(try bench.text(parsed, base: 10) == "\(value)")
  }

  @Test func textIsAppendedOrUnchanged() throws {
    let big = bench.term(IntegerBench.randomLimbs(200, seed: 1))
    var text = Array("x=".utf8)
    try IntegerArithmetic.appendText(.small(-5), base: 10, to: &text, scratch: bench.scratch)
    #expect(text == Array("x=-5".utf8))
    bench.scratch.refused = bench.scratch.requests + 1
    #expect(throws: ArithmeticError.self) {
      try IntegerArithmetic.appendText(big, base: 10, to: &text, scratch: bench.scratch)
    }
    #expect(text == Array("x=-5".utf8))
    for (term, base) in [(Term.nil, 10), (.small(1), 1), (.small(1), 37)] {
      #expect(throws: ArithmeticError.badArgument) {
        try IntegerArithmetic.appendText(term, base: base, to: &text, scratch: bench.scratch)
      }
    }
  }
}
