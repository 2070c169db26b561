import Terms
import TestKit
import Testing

@Suite struct FloatTextTests {
  private func short(_ value: Double) -> String {
    var output: [UInt8] = []
    FloatText.appendShortest(value, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private func long(_ value: Double) -> String {
    var output: [UInt8] = []
    FloatText.appendLong(value, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private func parse(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBytes { FloatText.parse($0) }
  }

  @Test func textsAreThoseOfErlang() {
    #expect(recordedFloats.count > 300)
    for record in recordedFloats {
      let value = Double(bitPattern: record.bits)
      #expect(short(value) == record.short)
      #expect(long(value) == record.long)
    }
  }

  @Test func textsReadBackAsTheSameFloat() {
    var generator = SeededGenerator(seed: 11)
    for record in recordedFloats {
      #expect(parse(record.short)?.bitPattern == record.bits)
      #expect(parse(record.long).map(short) != nil)
    }
    for _ in 0..<2_000 {
      let value = Double(bitPattern: generator.next())
      if value.isFinite { #expect(parse(short(value))?.bitPattern == value.bitPattern) }
    }
  }

  @Test(arguments: [
    ("+1.0", 1.0), ("01.5", 1.5), ("1.0E1", 10.0), ("1.0e+1", 10.0), ("1.0e0001", 10.0),
    ("1,0", 1.0), ("1.0e-400", 0.0), ("1.0e-99999999999999999999", 0.0), ("0.0e999999999", 0.0),
    ("1.7976931348623157e308", 1.7976931348623157e308), ("4.9e-324", .leastNonzeroMagnitude),
    ("2.0e-324", 0.0),
  ])
  func formsThatErlangReads(text: String, value: Double) {
    #expect(parse(text) == value)
  }

  @Test(arguments: [
    "", "1", "1.", ".5", "1.0e", "1.0e+", "1.0e+-1", "1e5", "1.e5", "--1.0", " 1.0", "1.0 ",
    "1_0.0", "1.0_1", "inf", "nan", "0x1.0p1", "1.0e400", "1.0e99999999999999999999",
    "1.7976931348623159e308", "-", "1.0.0", "1.0e1.0", "1.0\0",
  ])
  func formsThatErlangRefuses(text: String) {
    #expect(parse(text) == nil)
  }
}
