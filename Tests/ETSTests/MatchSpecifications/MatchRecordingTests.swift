import Carriers
import ETS
import Foundation
import TestKit
import Terms
import Testing

/// Random specifications and what Erlang makes of them, as `Recording/match.escript` writes them.
@Suite("Match specifications give what Erlang gives")
struct MatchRecordingTests {
  /// The file that `TENURE_ORACLE_MATCH` names, freshly made; else the recorded one.
  private static var file: URL {
    ProcessInfo.processInfo.environment["TENURE_ORACLE_MATCH"].map { URL(fileURLWithPath: $0) }
      ?? LiveErlang.scripts.appending(path: "match.etf")
  }

  @Test("recorded once")
  func matchesTheRecording() throws {
    let bench = MatchBench()
    let before = bench.allocator.allocatedBlockCount
    let counts = try check(Data(contentsOf: Self.file), bench)
    #expect(counts.cases > 2000)
    #expect(counts.refused > 200)
    #expect(counts.matches > 2000)
    #expect(counts.mismatches > 1000)
    #expect(counts.keeping > 100)
    #expect(bench.allocator.allocatedBlockCount == before)
  }

  @Test("of a live Erlang")
  func matchesLiveErlang() throws {
    let seed = Int.random(in: 1...1_000_000)
    let file = FileManager.default.temporaryDirectory.appending(path: "match-\(UUID()).etf")
    defer { try? FileManager.default.removeItem(at: file) }
    guard let status = try LiveErlang.run("match.escript", [file.path, "\(seed)", "1500"]) else {
      return
    }
    #expect(status == 0)
    let bench = MatchBench()
    let data = try Data(contentsOf: file)
    let recorded = try bench.decode([UInt8](data))
    guard try bench.text(of: recorded.term.tupleElements[2]) == "[50,53]" else {
      print("skipped: the functions of this Erlang are not those of OTP 25")
      return
    }
    let counts = try check(data, bench)
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
      if result != nil { try checkDemands(of: specification, on: object, bench, told) }
      (objects, answers) = (objects.cons[1], answers.cons[1])
    }
    for position in 1...2 {
      let keeps = recorded[3].tupleElements[position - 1] == .true
      if keeps { counts.keeping += 1 }
      let isExpected = try specification.keepsKey(at: position) == keeps
      if !isExpected { Issue.record("keeps the key at \(position): \(keeps); \(try told())") }
    }
  }

  /// The key of an object that matches is one of those that the heads demand.
  private func checkDemands(
    of specification: MatchSpecification, on object: Term, _ bench: MatchBench,
    _ told: () throws -> String
  ) throws {
    guard object.isTuple else { return }
    for (index, key) in object.tupleElements.enumerated() {
      // A map in a head matches larger ones, but a key without variables is looked up as it is.
      if try bench.text(of: key).contains("#{") { continue }
      for isOrdered in [false, true] {
        let isDemanded: Bool
        switch try specification.keyDemand(at: 1 + index, isOrdered: isOrdered) {
        case .anything: isDemanded = true
        case .never: isDemanded = false
        case .keys(let keys):
          // Of keys that are one in an ordered set, only one is told.
          isDemanded = try keys.contains { told in
            try isOrdered
              ? bench.order.compare(told, key) == 0 : bench.isEqual(told, key)
          }
        case .range(let range):
          isDemanded = try range.place(of: key, order: bench.order) == .inside
        }
        if !isDemanded {
          let text = try bench.text(of: object)
          Issue.record("key \(1 + index) of \(text), which matches, is not demanded; \(try told())")
        }
      }
    }
  }
}
