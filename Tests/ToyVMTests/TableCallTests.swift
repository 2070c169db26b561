import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Random calls of module `ets`, bad ones among them, by processes that own tables, give them away, inherit
/// them and end: on the machine and on the installed Erlang both must answer the same.
///
/// `Fixtures/table_calls.erl` makes the calls of a seed. More, with other seeds:
/// `TENURE_TABLE_SEED=7 TENURE_TABLE_RUNS=200 swift test --filter TableCallTests`.
@Suite struct TableCallTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seed =
    environment["TENURE_TABLE_SEED"].flatMap(Int.init) ?? Int.random(in: 1...1_000_000)
  private static let runs = environment["TENURE_TABLE_RUNS"].flatMap(Int.init) ?? 3
  private static let count = environment["TENURE_TABLE_CALLS"].flatMap(Int.init) ?? 600

  @Test func answersAsErlang() throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed to compare with")
      return
    }
    // In the first one what options imply depends on their order, in the second one an ordered table is
    // asked what comes before '$end_of_table'.
    for seed in [1032, 800034] + Array(Self.seed..<Self.seed + Self.runs) {
      let expected = try InstalledErlang.evaluate(
        "io:format(\"~w\", [table_calls:main(\(seed), \(Self.count))])")
      try #require(expected.utf8.count > 20 * Self.count, "seed \(seed)")
      for schedulers in [1, 4] {
        try InstalledErlang.expect(
          "table_calls", "run", ["\(seed)", "\(Self.count)"], toReturn: expected,
          schedulers: schedulers,
          "TENURE_TABLE_SEED=\(seed) TENURE_TABLE_RUNS=1 TENURE_TABLE_CALLS=\(Self.count), "
            + "\(schedulers) schedulers")
      }
    }
  }

  /// What is said of names of files, good ones and bad ones.
  @Test func namesOfFilesAreThoseOfErlang() throws {
    guard InstalledErlang.isThere else {
      print("left out: no Erlang of release 25 is installed to compare with")
      return
    }
    var answers: [String] = []
    for isOurs in [false, true] {
      let folder = FileManager.default.temporaryDirectory.appending(path: "tables-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      if isOurs {
        try InstalledErlang.expect(
          "table_calls", "files", [folder.path], toReturn: answers[0], "names of files")
      } else {
        answers.append(
          try InstalledErlang.evaluate(
            "io:format(\"~w\", [table_calls:files([\"\(folder.path)\"])])"))
      }
    }
  }
}
