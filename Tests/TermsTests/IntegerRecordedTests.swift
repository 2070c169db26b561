import Testing

@testable import Terms

/// Agreement with real Erlang.
@Suite struct IntegerRecordedTests {
  let bench = IntegerBench()

  static func lines(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: " ") }
  }

  func answer(_ body: () throws(ArithmeticError) -> Term) -> String {
    do throws(ArithmeticError) {
      return bench.hex(try body())
    } catch {
      switch error {
      case .badArgument: return "badarith"
      case .systemLimit: return "system_limit"
      case .scratch: return "scratch"
      }
    }
  }

  func double(_ bits: Substring) throws -> Double {
    Double(bitPattern: try #require(UInt64(bits, radix: 16)))
  }

  @Test func operationsOnTwoIntegers() throws {
    let operations = Dictionary(
      uniqueKeysWithValues: IntegerOperation.allCases.map { ("\($0)", $0) })
    for line in Self.lines(RecordedIntegers.binary) {
      let operation = try #require(operations[String(line[0])])
      let (a, b) = (bench.term(hex: line[1]), bench.term(hex: line[2]))
      #expect(
        answer { () throws(ArithmeticError) in try bench.compute(operation, a, b) }
          == line[3], "\(line)")
    }
  }

  @Test func operationsOnOneInteger() throws {
    let operations = Dictionary(
      uniqueKeysWithValues: IntegerUnaryOperation.allCases.map { ("\($0)", $0) })
    for line in Self.lines(RecordedIntegers.unary) {
      let operation = try #require(operations[String(line[0])])
      let a = bench.term(hex: line[1])
      #expect(
        answer { () throws(ArithmeticError) in try bench.compute(operation, a) }
          == line[2], "\(line)")
    }
  }

  @Test func floatsOfIntegers() throws {
    for line in Self.lines(RecordedIntegers.toFloat) {
      let float = IntegerArithmetic.toDouble(bench.term(hex: line[0]))
      if line[1] == "badarg" {
        #expect(float == nil, "\(line)")
      } else {
        let expected = try double(line[1])
        #expect(float?.bitPattern == expected.bitPattern, "\(line)")
      }
    }
  }

  @Test func integersOfFloats() throws {
    for line in Self.lines(RecordedIntegers.fromFloat) {
      let float = try double(line[0])
      for (index, rounding) in FloatRounding.allCases.enumerated() {
        let words = IntegerArithmetic.wordsFromDouble(float, rounding: rounding)
        let result = bench.build(words: words) { cursor in
          IntegerArithmetic.fromDouble(float, rounding: rounding, into: &cursor)
        }
        #expect(bench.hex(result) == line[1 + index], "\(rounding) \(line)")
      }
    }
  }

  @Test func orderOfIntegersAndFloats() throws {
    for line in Self.lines(RecordedIntegers.comparedToFloat) {
      let a = bench.term(hex: line[0])
      let order = IntegerArithmetic.compare(a, toFloat: try double(line[1]))
      #expect(order == Int(line[2]), "\(line)")
    }
  }

  @Test func textsInAllBases() throws {
    for line in Self.lines(RecordedIntegers.texts) {
      let a = bench.term(hex: line[0])
      let base = try #require(Int(line[1]))
      #expect(try bench.text(a, base: base) == line[2], "\(line)")
      let parsed = try #require(try bench.parse(String(line[2]), base: base))
      #expect(bench.hex(parsed) == line[0], "\(line)")
      let lowercase = try #require(try bench.parse(line[2].lowercased(), base: base))
      #expect(IntegerArithmetic.isEqual(lowercase, a), "\(line)")
    }
  }
}
