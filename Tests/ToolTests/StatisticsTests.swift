import Foundation
import Testing

@Suite struct StatisticsTests {
  private static let keys: [String: Set<String>] = [
    "collections": ["minor", "full"],
    "words": ["allocated", "copied", "promoted", "freed"],
    "pause_us": ["p50", "p99", "max"],
    "time": ["run_us", "collections_us", "collections_percent"],
    "peak_bytes": [
      "process_heap", "old_heap", "binary", "literal", "atom", "code", "scratch", "fixed",
      "ets", "message", "embedder",
    ],
    "system": [
      "requests", "failed_requests", "reserved_bytes", "committed_bytes", "peak_committed_bytes",
    ],
    "objects": ["processes", "tables"],
  ]

  private func statistics(_ arguments: [String]) throws -> [String: [String: Double]] {
    let run = try ToolProcess(["run", "--stats=json"] + arguments)
    let line = try #require(run.errorLines.last, "nothing on standard error")
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    return try #require(object as? [String: [String: Double]], "\(line)")
  }

  @Test func jsonHasEveryKeyAndNoOther() throws {
    let statistics = try statistics([Repository.fixture("endings.beam")])
    #expect(Set(statistics.keys) == Set(Self.keys.keys))
    for (section, fields) in statistics {
      #expect(Set(fields.keys) == Self.keys[section], "\(section)")
    }
  }

  @Test func theNumbersOfABusyRunAgree() throws {
    let statistics = try statistics(["--zeal", Repository.program("nrev"), "15"])
    func number(_ section: String, _ key: String) throws -> Double {
      try #require(statistics[section]?[key])
    }
    #expect(try number("collections", "minor") + number("collections", "full") > 100)
    #expect(try number("words", "allocated") >= 2 * 15 * 16 / 2)
    #expect(try number("words", "freed") <= number("words", "allocated"))
    #expect(try number("words", "promoted") <= number("words", "copied"))
    #expect(try number("pause_us", "p50") > 0)
    #expect(try number("pause_us", "p50") <= number("pause_us", "p99"))
    #expect(try number("pause_us", "p99") <= number("pause_us", "max"))
    #expect(try number("pause_us", "max") <= number("time", "collections_us"))
    #expect(try number("time", "collections_us") <= number("time", "run_us"))
    #expect(try number("time", "collections_percent") <= 100)
    #expect(try number("peak_bytes", "process_heap") >= 233 * 8)
    #expect(try number("peak_bytes", "code") > 0)
    #expect(try number("system", "requests") > 0)
    #expect(
      try number("system", "committed_bytes") <= number("system", "peak_committed_bytes"))
    #expect(try number("objects", "processes") == 1)
    #expect(try number("objects", "tables") == 0)
  }

  @Test func textNamesEveryNumberWithItsUnit() throws {
    let run = try ToolProcess(["run", "--stats", Repository.fixture("endings.beam")])
    #expect(run.exitCode == 0)
    #expect(run.output == "")
    let fieldCount = Self.keys.values.reduce(0) { $0 + $1.count }
    #expect(run.errorLines.filter { $0.hasPrefix("  ") }.count == fieldCount)
    for ending in [" words", " us", " bytes", " %"] {
      #expect(run.errorLines.contains { $0.hasSuffix(ending) }, "\(run.errors)")
    }
  }
}
