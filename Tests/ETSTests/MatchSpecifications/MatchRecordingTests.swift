import ETS
import Foundation
import TestKit
import Terms
import Testing

/// Random specifications and what Erlang makes of them, as `Recording/match.escript` writes them.
@Suite("Match specifications give what Erlang gives")
struct MatchRecordingTests {
  private static var folder: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Recording")
  }

  @Test("recorded once")
  func matchesTheRecording() throws {
    let bench = MatchBench()
    let before = bench.usedBlocks
    let counts = try check(Data(contentsOf: Self.folder.appending(path: "match.etf")), bench)
    #expect(counts.cases > 2000)
    #expect(counts.refused > 200)
    #expect(counts.matches > 2000)
    #expect(counts.mismatches > 1000)
    #expect(counts.keeping > 100)
    #expect(bench.usedBlocks == before)
  }

  @Test("of a live Erlang")
  func matchesLiveErlang() throws {
    let seed = Int.random(in: 1...1_000_000)
    let file = FileManager.default.temporaryDirectory.appending(path: "match-\(UUID()).etf")
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Foundation.Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "escript", Self.folder.appending(path: "match.escript").path, file.path, "\(seed)", "1500",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus == 127 {
      print("skipped: no escript on the search path")
      return
    }
    #expect(process.terminationStatus == 0)
    let counts = try check(Data(contentsOf: file), MatchBench())
    #expect(counts.cases > 1500)
  }

  private struct Counts {
    var cases = 0
    var refused = 0
    var matches = 0
    var mismatches = 0
    var keeping = 0
  }

  private func check(_ data: Data, _ bench: MatchBench) throws -> Counts {
    let file = try bench.decode([UInt8](data))
    let fields = file.term.tupleElements
    var counts = Counts()
    var cases = fields[5]
    while cases.isCons {
      let note = "seed \(fields[3].smallValue), case \(counts.cases)"
      try check(cases.cons[0].tupleElements, self: fields[4], bench, note, &counts)
      counts.cases += 1
      cases = cases.cons[1]
    }
    withExtendedLifetime(file) {}
    return counts
  }

  private func check(
    _ recorded: UnsafeMutableBufferPointer<Term>, self pid: Term, _ bench: MatchBench,
    _ note: String, _ counts: inout Counts
  ) throws {
    func told() throws -> String { try "\(note): \(bench.text(of: recorded[0]).prefix(2000))" }
    let specification: MatchSpecification
    do {
      specification = try bench.compile(recorded[0])
    } catch {
      counts.refused += 1
      let isExpected = recorded[2] == .badArgument
      if !isExpected { Issue.record("\(error); \(try told())") }
      return
    }
    guard recorded[2] != .badArgument else {
      Issue.record("badarg was expected; \(try told())")
      return
    }
    var machine = try MatchMachine(for: specification, self: pid)
    var (objects, answers) = (recorded[1], recorded[2])
    while objects.isCons {
      let (object, answer) = (objects.cons[0], answers.cons[0])
      let result = try machine.run(on: object)
      if answer.isCons { counts.matches += 1 } else { counts.mismatches += 1 }
      let isExpected =
        if let result, answer.isCons {
          // The text tells `0.0` from `-0.0`.
          try bench.isEqual(result, answer.cons[0])
            && bench.text(of: result) == bench.text(of: answer.cons[0])
        } else {
          result == nil && answer.isNil
        }
      if !isExpected {
        let found = try result.map { try bench.text(of: $0) } ?? "nothing"
        Issue.record(
          """
          \(try told()) on \(try bench.text(of: object)): \(found), not \
          \(try bench.text(of: answer))
          """)
      }
      (objects, answers) = (objects.cons[1], answers.cons[1])
    }
    for position in 1...2 {
      let keeps = recorded[3].tupleElements[position - 1] == .true
      if keeps { counts.keeping += 1 }
      let isExpected = try specification.keepsKey(at: position) == keeps
      if !isExpected { Issue.record("keeps the key at \(position): \(keeps); \(try told())") }
    }
  }
}
