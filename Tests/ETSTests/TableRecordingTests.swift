import Carriers
import ETS
import Foundation
import Heaps
import Processes
import TestKit
import Terms
import Testing

/// Random operations on tables and what Erlang answers, as `Recording/tables.escript` writes them.
@Suite("Tables answer what Erlang answers")
struct TableRecordingTests {
  /// The file that `TENURE_ORACLE_TABLES` names, freshly made; else the recorded one.
  private static var file: URL {
    ProcessInfo.processInfo.environment["TENURE_ORACLE_TABLES"].map { URL(fileURLWithPath: $0) }
      ?? LiveErlang.scripts.appending(path: "tables.etf")
  }

  @Test("recorded once")
  func answersAreThoseRecorded() throws {
    let counts = try check(Data(contentsOf: Self.file))
    #expect(counts.steps > 8000)
    #expect(counts.refused > 400)
    for operation in Self.operations {
      #expect(counts.answered[operation, default: 0] > 5, "\(operation) is hardly there")
    }
    for cause in Self.causes {
      #expect(counts.causes[cause, default: 0] > 2, "\(cause) is hardly there")
    }
  }

  private static let operations = [
    "insert", "insert_new", "lookup", "lookup_element", "member", "take", "delete",
    "delete_object", "update_element", "update_counter", "first", "last", "next", "prev", "walk",
    "walk_back", "match", "match_object", "match_delete", "select", "select_reverse",
    "select_count", "select_delete", "select_replace", "delete_all_objects", "tab2list", "size",
    "rename", "give_away", "safe_fixtable", "setopts", "info",
  ]

  private static let causes = [
    "access", "badkey", "keypos", "none", "not_owner", "owner", "position", "table_type",
  ]

  @Test("of a live Erlang")
  func answersAreThoseOfLiveErlang() throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = Int.random(in: 1...1_000_000)
    let count = environment["TENURE_ORACLE_TABLE_RUNS"].flatMap(Int.init) ?? 60
    let file = FileManager.default.temporaryDirectory.appending(path: "tables-\(UUID()).etf")
    defer { try? FileManager.default.removeItem(at: file) }
    guard
      let status = try LiveErlang.run("tables.escript", [file.path, "\(seed)", "\(count)"])
    else { return }
    print(
      "tables of seed \(seed); to replay: escript Tests/ETSTests/Recording/tables.escript OUT "
        + "\(seed) \(count) && TENURE_ORACLE_TABLES=OUT swift test --filter TableRecordingTests")
    try #require(status == 0, "escript fails with seed \(seed)")
    let counts = try check(Data(contentsOf: file))
    if counts.isOfAnotherRelease {
      print("skipped: the tables of this Erlang are not those of OTP 25")
    } else {
      #expect(counts.steps > 50 * count)
    }
  }

  private struct Counts {
    var isOfAnotherRelease = false
    var steps = 0
    var refused = 0
    var answered: [String: Int] = [:]
    var causes: [String: Int] = [:]
  }

  private func check(_ data: Data) throws -> Counts {
    let system = MemorySystem()
    let decoder = ExternalDecoder(
      atoms: system.atoms, scratch: system.heaps.scratch, binaries: system.heaps.binaries)
    let file = try [UInt8](data).withUnsafeBytes { try DecodedExternalTerm($0, by: decoder) }
    let fields = file.term.tupleElements
    let printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
    var counts = Counts()
    if try printer.text(of: fields[2]) != "[50,53]" {
      counts.isOfAnotherRelease = true
      return counts
    }
    for (number, run) in TableReplay.terms(fields[4]).enumerated() {
      let place = "seed \(fields[3].smallValue), run \(number)"
      try check(Array(run.tupleElements), system, printer, place, &counts)
    }
    withExtendedLifetime(file) {}
    return counts
  }

  private func check(
    _ run: [Term], _ system: MemorySystem, _ printer: TermPrinter, _ place: String,
    _ counts: inout Counts
  ) throws {
    let type = try #require(TableType(rawValue: try printer.text(of: run[0])))
    let protection = try #require(TableProtection(rawValue: try printer.text(of: run[5])))
    var options = TableOptions(
      type: type, protection: protection, keyPosition: run[1].smallValue)
    // Nothing of this changes an answer.
    options.writeConcurrency = counts.steps % 2 == 0 ? .off : .on
    options.isCompressed = counts.steps % 5 < 2
    var replay = try TableReplay(system, options, name: try system.atoms.atom("one"))
    for (number, step) in TableReplay.terms(run[2]).enumerated() {
      let (operation, expected) = (step.tupleElements[0], step.tupleElements[1])
      try replay.sweep()
      let answer = try replay.answer(operation)
      let texts = try Texts(answer, type, printer)
      let wanted = try Texts(recorded: expected, like: answer, type, printer)
      if texts != wanted {
        Issue.record(
          """
          \(type), key at \(run[1].smallValue), \(place), step \(number), \
          \(try printer.text(of: operation).prefix(1500)): \(texts), not \(wanted)
          """)
        return try replay.end()
      }
      counts.steps += 1
      if case .badArgument(let cause) = answer {
        counts.refused += 1
        counts.causes[cause, default: 0] += 1
      }
      let isOthers = try operation.isTuple && printer.text(of: operation.tupleElements[0]) == "as"
      let done = isOthers ? operation.tupleElements[2] : operation
      let name = done.isTuple ? done.tupleElements[0] : done
      counts.answered[try printer.text(of: name), default: 0] += 1
    }
    for (key, objects) in zip(TableReplay.terms(run[3]), TableReplay.terms(run[4])) {
      let found = try printer.text(of: try replay.kept(key))
      let expected = try printer.text(of: objects)
      let text = try printer.text(of: key)
      #expect(found == expected, "at the end, \(type), \(place), \(text)")
    }
    try replay.end()
  }
}

/// What was answered, as text: in the order that is the same in each Erlang.
private struct Texts: Equatable, CustomStringConvertible {
  private let texts: [String]

  init(_ answer: TableReplay.Answer, _ type: TableType, _ printer: TermPrinter) throws {
    switch answer {
    case .badArgument(let cause): texts = ["badarg", cause]
    case .value(let term): texts = [try printer.text(of: term)]
    case .list(let terms): texts = try Self.list(terms, type, printer)
    case .slices(let slices): texts = try Self.slices(slices, type, printer)
    }
  }

  /// - Parameter answer: what ours is like: it tells how to take the recorded term.
  init(
    recorded: Term, like answer: TableReplay.Answer, _ type: TableType, _ printer: TermPrinter
  ) throws {
    let term = recorded.tupleElements[1]
    guard recorded.tupleElements[0] == .ok else {
      texts = ["badarg", try printer.text(of: term)]
      return
    }
    switch answer {
    case .badArgument, .value: texts = [try printer.text(of: term)]
    case .list: texts = try Self.list(TableReplay.terms(term), type, printer)
    case .slices:
      texts = try Self.slices(TableReplay.terms(term).map(TableReplay.terms), type, printer)
    }
  }

  private static func list(
    _ terms: [Term], _ type: TableType, _ printer: TermPrinter
  ) throws -> [String] {
    let texts = try terms.map { try printer.text(of: $0) }
    return type == .orderedSet ? texts : texts.sorted()
  }

  /// Where slices begin is told of an ordered table only.
  private static func slices(
    _ slices: [[Term]], _ type: TableType, _ printer: TermPrinter
  ) throws -> [String] {
    if type != .orderedSet { return try list(slices.flatMap { $0 }, type, printer) }
    return try slices.map { try list($0, type, printer).joined(separator: " ") }
  }

  var description: String { String("\(texts)".prefix(1500)) }
}
