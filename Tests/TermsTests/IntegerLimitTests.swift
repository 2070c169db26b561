import TestKit
import Testing

@testable import Terms

/// What has no result: beyond the limit, no memory, no integers.
@Suite struct IntegerLimitTests {
  let bench = IntegerBench()

  /// The limit is 2^19 - 1 digits: 2^33554368 is the first power of two beyond.
  @Test func shiftsToTheLimit() throws {
    let largest = try bench.compute(.shiftLeft, .small(1), .small(33_554_367))
    #expect(largest.header.arity == (1 << 19) - 1)
    let smaller = try bench.compute(.shiftRight, largest, .small(33_554_366))
    #expect(smaller == .small(2))
    for (a, count) in [(1, 33_554_368), (-1, 33_554_368), (1, 1_000_000_000_000), (2, 33_554_367)] {
      #expect(throws: ArithmeticError.systemLimit) {
        try IntegerArithmetic.words(.shiftLeft, .small(a), .small(count))
      }
      #expect(throws: ArithmeticError.systemLimit) {
        try IntegerArithmetic.words(.shiftRight, .small(a), .small(-count))
      }
    }
    #expect(bench.scratch.requests == 0)
  }

  @Test func sumsAndProductsAtTheLimit() throws {
    let all = bench.term([UInt](repeating: .max, count: Limbs.limit))
    #expect(throws: ArithmeticError.systemLimit) { try bench.compute(.add, all, .small(1)) }
    #expect(throws: ArithmeticError.systemLimit) { try bench.compute(.subtract, all, .small(-1)) }
    #expect(throws: ArithmeticError.systemLimit) { try bench.compute(.complement, all) }
    #expect(throws: ArithmeticError.systemLimit) { try bench.compute(.multiply, all, .small(2)) }
    #expect(throws: ArithmeticError.systemLimit) {
      try IntegerArithmetic.words(.multiply, all, all)
    }
    let negated = try bench.compute(.negate, all)
    #expect(try bench.compute(.add, all, negated) == .small(0))
    // The product of 2^a and 2^b has a + b + 1 bits: the last that fits, and the first beyond.
    let long = bench.term([UInt](repeating: 0, count: Limbs.limit - 2) + [1])
    let product = try bench.compute(.multiply, long, bench.term([0, 1 << 63]))
    #expect(product.header.arity == Limbs.limit)
    #expect(throws: ArithmeticError.systemLimit) {
      try IntegerArithmetic.words(.multiply, long, bench.term([0, 0, 1]))
    }
    // No operand tells whether the product of all ones fits: computing it does.
    let ones = bench.term([UInt](repeating: .max, count: Limbs.limit - 1))
    #expect(throws: ArithmeticError.systemLimit) {
      try bench.compute(.multiply, ones, bench.term([.max, 1]))
    }
  }

  @Test func textsBeyondTheLimit() throws {
    let text = String(repeating: "f", count: Limbs.limit * 16)
    let largest = try #require(try bench.parse(text, base: 16))
    #expect(largest.header.arity == Limbs.limit)
    #expect(throws: ArithmeticError.systemLimit) { try bench.parse("1" + text, base: 16) }
    let decimals = String(repeating: "9", count: 11_000_000)
    #expect(throws: ArithmeticError.systemLimit) { try bench.parse(decimals, base: 10) }
  }

  @Test func operandsThatAreNoIntegers() throws {
    let words = UnsafeMutablePointer<UInt>.allocate(capacity: 2)
    defer { words.deallocate() }
    var cursor = WordCursor(top: words, limit: words + 2)
    let boxed = cursor.makeFloat(1.5)
    let big = bench.term([0, 1])
    for operation in IntegerOperation.allCases {
      for other in [Term.nil, .atom(3), boxed, .emptyTuple] {
        for integer in [Term.small(1), big] {
          for (a, b) in [(other, integer), (integer, other), (other, other)] {
            #expect(throws: ArithmeticError.badArgument) {
              try IntegerArithmetic.words(operation, a, b)
            }
            var none = WordCursor(top: words, limit: words)
            #expect(throws: ArithmeticError.badArgument) {
              try IntegerArithmetic.compute(
                operation, a, b, into: &none, scratch: bench.scratch)
            }
          }
        }
      }
    }
    for operation in IntegerUnaryOperation.allCases {
      #expect(throws: ArithmeticError.badArgument) {
        try IntegerArithmetic.words(operation, boxed)
      }
    }
  }

  /// Each operation that takes scratch memory is refused its n-th request, for each n.
  @Test func refusedScratchIsAnErrorAndNothingLeaks() throws {
    let a = bench.term(IntegerBench.randomLimbs(400, seed: 1))
    let b = bench.term(IntegerBench.randomLimbs(150, seed: 2))
    let text = try bench.text(a, base: 10)
    let operations: [(String, (IntegerBench) throws -> Void)] = [
      ("multiply", { _ = try $0.compute(.multiply, a, b) }),
      ("divide", { _ = try $0.compute(.divide, a, b) }),
      ("remainder", { _ = try $0.compute(.remainder, a, b) }),
      ("print", { _ = try $0.text(a, base: 10) }),
      ("print 32", { _ = try $0.text(a, base: 32) }),
      ("parse", { _ = try $0.parse(text, base: 10) }),
    ]
    for (name, operation) in operations {
      let whole = IntegerBench()
      try operation(whole)
      #expect(whole.scratch.requests > 0, "\(name) takes no scratch memory")
      #expect(whole.scratch.outstanding.isEmpty, "\(name) leaks")
      for request in 1...max(1, whole.scratch.requests) {
        let refusing = IntegerBench()
        refusing.scratch.refused = request
        do {
          try operation(refusing)
          Issue.record("\(name) did not notice that request \(request) was refused")
        } catch let error as ArithmeticError {
          guard case .scratch(let exhausted) = error else {
            Issue.record("\(name) threw \(error)")
            continue
          }
          #expect(exhausted.requestedBytes > 0)
        }
        #expect(refusing.scratch.outstanding.isEmpty, "\(name) leaks when refused")
      }
    }
  }

  @Test func wordsOfResultsAreTight() throws {
    let edge = bench.term([0, 1])  // 2^64
    #expect(try IntegerArithmetic.words(.add, .small(1), .small(2)) == 0)
    #expect(try IntegerArithmetic.words(.add, .small(Term.smallMaximum), .small(1)) == 2)
    #expect(try IntegerArithmetic.words(.multiply, .small(1 << 40), .small(1 << 40)) == 3)
    #expect(try IntegerArithmetic.words(.shiftLeft, .small(1), .small(63)) == 2)
    #expect(try IntegerArithmetic.words(.shiftLeft, .small(1), .small(64)) == 3)
    #expect(try IntegerArithmetic.words(.shiftRight, edge, .small(10)) == 0)
    #expect(try IntegerArithmetic.words(.remainder, edge, .small(10)) == 0)
    #expect(try IntegerArithmetic.words(.and, edge, .small(10)) == 0)
    #expect(try IntegerArithmetic.words(.divide, edge, .small(1 << 10)) == 0)
    #expect(IntegerArithmetic.wordsForText(digits: 17, base: 10) == 0)
    #expect(IntegerArithmetic.wordsForText(digits: 20, base: 10) == 3)
    #expect(IntegerArithmetic.wordsForInteger(1 << 59) == 2)
    #expect(IntegerArithmetic.wordsForInteger(-(1 << 59)) == 0)
  }
}
