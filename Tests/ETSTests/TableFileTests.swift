import Carriers
import ETS
import Foundation
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// Tables in files: there and back, damaged in every way, and to real Erlang and back.
@Suite struct TableFileTests {
  /// A folder that goes with this value.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "tables-\(UUID())")
    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: url) }
    func path(_ name: String) -> String { url.appending(path: name).path }
  }

  /// The type, the key's place and the protection, then the objects, sorted, one a line.
  private static func description(
    _ table: Table, _ bench: inout TableBench
  ) throws -> String {
    let options = try table.information().options
    var lines: [[UInt8]] = []
    try table.forEachObject(by: bench.owner) { object in
      lines.append(Array(try bench.text(object).utf8) + [UInt8(ascii: "\n")])
    }
    lines.sort { $0.lexicographicallyPrecedes($1) }
    let head =
      "\(options.type.rawValue) \(options.keyPosition) \(options.protection.rawValue)\n"
    return head + lines.map { String(decoding: $0, as: UTF8.self) }.joined()
  }

  private static func fill(
    _ bench: borrowing TableBench, _ options: TableOptions, seed: UInt64
  ) throws -> Table {
    let table = try bench.table(options)
    var random = SeededGenerator(seed: seed)
    for number in 0..<60 {
      let texts = ["a", "[1,2.5,b]", "<<1,2,3>>", "#{a => {b}}", "-1180591620717411303424", "[]"]
      let value = bench.term(texts.randomElement(using: &random) ?? "x")
      try table.insert(
        bench.reader.cursor.makeTuple(.small(number / 2), .small(number), value), by: bench.owner)
    }
    return table
  }

  /// Threads that write one file at once: it is always one table's, whole.
  @Test func writersOfOneFileDoNotMix() throws {
    let bench = try TableBench(words: 1 << 16)
    let folder = try Folder()
    let path = folder.path("table")
    let tables = try (0..<3).map {
      try Self.fill(bench, TableOptions(protection: .public), seed: $0)
    }
    var options = TableFileOptions()
    (options.tellsObjectCount, options.tellsDigest) = (true, true)
    let (owner, fileOptions) = (bench.owner, options)
    let failures = TestThreads.run(3, of: bench.system) { number, _ in
      for _ in 0..<40 { try tables[number].write(toFile: path, options: fileOptions, by: owner) }
    }
    #expect(failures == [])
    for table in tables { try table.delete(by: bench.owner) }
    let read = try bench.registry.makeTable(fromFile: path, verifies: true, owner: bench.owner)
    #expect(try read.objectCount() == 30)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["table"])
  }

  @Test(
    arguments: TableType.allCases,
    [(false, false), (true, false), (false, true), (true, true)])
  func thereAndBack(type: TableType, tells: (count: Bool, digest: Bool)) throws {
    var bench = try TableBench(words: 1 << 16)
    let folder = try Folder()
    var tableOptions = TableOptions(type: type, protection: .public, keyPosition: 2)
    tableOptions.readConcurrency = true
    let table = try Self.fill(bench, tableOptions, seed: 5)
    var options = TableFileOptions()
    (options.tellsObjectCount, options.tellsDigest) = (tells.count, tells.digest)
    options.synchronizes = tells.digest
    let path = folder.path("t.tab")
    try table.write(toFile: path, options: options, by: bench.owner)
    let found = try bench.registry.information(ofFile: path)
    #expect(found.objectCount == 60 && found.options.type == type)
    #expect(found.tellsObjectCount == tells.count && found.tellsDigest == tells.digest)
    #expect(found.name == table.name && found.version == (1, 0))
    for verifies in [false, true] {
      let other = try bench.registry.makeTable(
        fromFile: path, verifies: verifies, owner: bench.owner)
      #expect(try Self.description(other, &bench) == Self.description(table, &bench))
      #expect(try other.information().options.readConcurrency)
    }
    // Nothing else was left in the folder.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["t.tab"])
  }

  /// One bit of any byte is another, or the file ends early: an error, or a table that lacks
  /// nothing; never a table of damaged objects where the file has a digest.
  @Test func damageIsFound() throws {
    let bench = try TableBench(words: 1 << 12)
    let folder = try Folder()
    let table = try bench.table(TableOptions(type: .set, protection: .public))
    for text in ["{1,a}", "{2,\"list\"}", "{3,<<1,2,3>>}"] {
      try table.insert(bench.term(text), by: bench.owner)
    }
    var options = TableFileOptions()
    options.tellsDigest = true
    let path = folder.path("whole.tab")
    try table.write(toFile: path, options: options, by: bench.owner)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let damaged = folder.path("damaged.tab")
    func read(_ bytes: [UInt8]) throws -> Int? {
      try Data(bytes).write(to: URL(fileURLWithPath: damaged))
      let tables = bench.registry.tables.count
      do {
        let table = try bench.registry.makeTable(
          fromFile: damaged, verifies: true, owner: bench.owner)
        defer { try? table.delete(by: bench.owner) }
        return try table.objectCount()
      } catch is TableFileError {
        #expect(bench.registry.tables.count == tables)
        return nil
      }
    }
    #expect(try read(bytes) == 3)
    for length in 0..<bytes.count { #expect(try read(Array(bytes[..<length])) == nil) }
    for place in bytes.indices {
      for bit in [0, 7] {
        var other = bytes
        other[place] ^= 1 << bit
        #expect(try read(other) == nil, "byte \(place), bit \(bit)")
      }
    }
    #expect(try read(bytes + [0]) == nil)
    // A log that was left open is one too.
    #expect(try read(Array(bytes[..<4]) + [6, 7, 8, 9] + bytes[8...]) == 3)
  }

  @Test func errorsNameTheFile() throws {
    let bench = try TableBench(words: 1 << 12)
    let folder = try Folder()
    let table = try bench.table(TableOptions(type: .set))
    let missing = folder.path("missing/t.tab")
    #expect(throws: TableFileError.self) { try table.write(toFile: missing, by: bench.owner) }
    do {
      _ = try bench.registry.makeTable(fromFile: missing, owner: bench.owner)
      Issue.record("a table of no file")
    } catch {
      guard case .system(missing, ENOENT, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
    let junk = folder.path("junk")
    try Data("no log at all".utf8).write(to: URL(fileURLWithPath: junk))
    #expect(throws: TableFileError.notALog(path: junk)) {
      try bench.registry.information(ofFile: junk)
    }
    try table.delete(by: bench.owner)
    #expect(throws: TableFileError.table(.noTable)) {
      try table.write(toFile: folder.path("t.tab"), by: bench.owner)
    }
  }

  /// A count that is not the one of the objects, where there is no digest.
  @Test func missingObjectsAreCounted() throws {
    let bench = try TableBench(words: 1 << 12)
    let folder = try Folder()
    let table = try bench.table(TableOptions(type: .set))
    for number in 1...3 {
      try table.insert(bench.term("{\(number),x}"), by: bench.owner)
    }
    let path = folder.path("t.tab")
    try table.write(toFile: path, by: bench.owner)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let lastItem = 8 + 9
    bytes.removeLast(lastItem)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(throws: TableFileError.wrongCount(path: path, expected: 3, found: 2)) {
      try bench.registry.makeTable(fromFile: path, verifies: true, owner: bench.owner)
    }
    let read = try bench.registry.makeTable(fromFile: path, owner: bench.owner)
    #expect(try read.objectCount() == 2)
  }

  /// A refusal of memory at any point leaves no table and no half file.
  @Test func refusalsLeaveNothing() throws {
    let folder = try Folder()
    let path = folder.path("t.tab")
    do {
      let bench = try TableBench(words: 1 << 16)
      try Self.fill(bench, TableOptions(type: .set), seed: 9).write(toFile: path, by: bench.owner)
    }
    var refusals = 0
    for request in 1...12 {
      var memory = MemoryConfiguration()
      memory.failingRequest = request
      guard let bench = try? TableBench(memory: memory, words: 1 << 12) else { continue }
      do {
        let table = try bench.registry.makeTable(fromFile: path, owner: bench.owner)
        #expect(try table.objectCount() == 30)
      } catch is TableFileError {
        refusals += 1
        #expect(bench.registry.tables.isEmpty)
      }
    }
    print("refused \(refusals) times")
  }

  @Test func realErlangReadsAndWritesTheSame() throws {
    var bench = try TableBench(words: 1 << 20)
    let folder = try Folder()
    let seed = Int.random(in: 1...1_000_000)
    guard try Self.runErlang(["write", folder.url.path, "\(seed)"]) else { return }
    for number in 0...11 {
      let table = try bench.registry.makeTable(
        fromFile: folder.path("\(number).tab"), verifies: true, owner: bench.owner)
      let told = try String(contentsOfFile: folder.path("\(number).txt"), encoding: .utf8)
      #expect(try Self.description(table, &bench) == told, "seed \(seed), table \(number)")
      var options = TableFileOptions()
      (options.tellsObjectCount, options.tellsDigest) = (number % 2 == 0, number % 3 == 0)
      try table.write(
        toFile: folder.path("\(number).tab"), options: options, by: bench.owner)
    }
    #expect(try Self.runErlang(["read", folder.url.path]))
    for number in 0...11 {
      let told = try String(contentsOfFile: folder.path("\(number).txt"), encoding: .utf8)
      let read = try String(contentsOfFile: folder.path("\(number).out"), encoding: .utf8)
      #expect(read == told, "seed \(seed), table \(number)")
    }
  }

  /// Runs the script; `false` where there is no Erlang.
  private static func runErlang(_ arguments: [String]) throws -> Bool {
    guard let status = try LiveErlang.run("files.escript", arguments) else { return false }
    #expect(status == 0)
    return true
  }
}
