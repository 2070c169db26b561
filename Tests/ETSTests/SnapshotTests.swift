import ETS
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// Snapshots stay what they were, whatever happens to the table.
@Suite struct SnapshotTests {
  /// The texts of a list's terms.
  private static func texts(
    _ list: Term, _ bench: borrowing TableBench
  ) throws -> [String] {
    var (texts, rest) = ([String](), list)
    while rest.isCons {
      texts.append(try bench.text(rest.cons[0]))
      rest = rest.cons[1]
    }
    return texts
  }

  /// Writes to a table at random: in place, by replacement, growing, shrinking, emptying.
  private static func write(
    _ table: Table, _ bench: inout TableBench, _ random: inout SeededGenerator, steps: Int
  ) throws {
    let (reader, owner) = (bench.reader, bench.owner)
    let isBag = try table.information().options.type.isBag
    for _ in 0..<steps {
      let key = Term.small(Int.random(in: 0..<400, using: &random))
      let value = Term.small(Int.random(in: 0..<1000, using: &random))
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<30: try table.insert(reader.cursor.makeTuple(key, value), by: owner)
      case 30..<45:
        let list = reader.cursor.makeCons(value, .nil)
        try table.insert(reader.cursor.makeTuple(key, list), by: owner)
      case 45..<70: try table.delete(key, by: owner)
      case 70..<80 where !isBag:
        _ = try? table.updateCounter(
          key, step: CounterStep(position: 2, increment: .small(1)), by: owner,
          on: &bench.process.heap)
      case 80..<90 where !isBag:
        _ = try table.updateElements(key, [ElementUpdate(position: 2, value: value)], by: owner)
      case 90..<98:
        try table.insert(
          contentsOf: reader.cursor.makeCons(
            reader.cursor.makeTuple(key, value),
            reader.cursor.makeCons(reader.cursor.makeTuple(value, key), .nil)), by: owner)
      case 98: try table.deleteAllObjects(by: owner)
      default: break
      }
    }
  }

  /// A binary outside the heaps.
  private static func largeBinary(_ bench: inout TableBench) throws -> Term {
    let binary = try bench.system.heaps.binaries.makeBinary(byteCount: 100)
    binary.bytes.initializeMemory(as: UInt8.self, repeating: 7, count: 100)
    return try bench.process.heap.buildInPlace(words: BinaryHandle.words) { cursor, list in
      cursor.makeBinaryHandle(binary, byteCount: 100, list: &list)
    }
  }

  @Test(arguments: TableType.allCases, [TableProtection.public, .private])
  func staysAsItWas(type: TableType, protection: TableProtection) throws {
    var bench = try TableBench(words: 1 << 20)
    var options = TableOptions(type: type, protection: protection)
    if protection == .public { options.writeConcurrency = .on }
    let table = try bench.table(options)
    var random = SeededGenerator(seed: 77)
    for round in 0..<12 {
      try Self.write(table, &bench, &random, steps: 200)
      let large = try Self.largeBinary(&bench)
      try table.insert(bench.reader.cursor.makeTuple(.small(-round), large), by: bench.owner)
      let expected = try Self.texts(
        try table.list(by: bench.owner, on: &bench.process.heap), bench)
      do {
        let snapshot = try table.makeSnapshot(by: bench.owner)
        #expect(snapshot.objectCount == expected.count)
        for _ in 0..<3 {
          try Self.write(table, &bench, &random, steps: 150)
          let list = try snapshot.list(by: bench.owner, on: &bench.process.heap)
          #expect(try Self.texts(list, bench) == expected, "\(type), round \(round)")
        }
        var count = 0
        try snapshot.forEachObject(by: bench.owner) { object in
          #expect(object.isTuple)
          count += 1
        }
        #expect(count == expected.count)
      }
      try bench.sweep()
    }
    // What was kept for snapshots goes with them.
    try table.deleteAllObjects(by: bench.owner)
    let empty = try bench.table(options)
    #expect(try table.information().words <= empty.information().words + 128)
  }

  @Test func severalAtOnce() throws {
    var bench = try TableBench(words: 1 << 18)
    let table = try bench.table(TableOptions(type: .orderedSet, protection: .public))
    var snapshots: [TableSnapshot] = []
    for number in 0..<50 {
      try table.insert(
        bench.reader.cursor.makeTuple(.small(number % 7), .small(number)), by: bench.owner)
      snapshots.append(try table.makeSnapshot(by: bench.owner))
    }
    while !snapshots.isEmpty {
      let number = snapshots.count - 1
      let list = try snapshots[number].list(by: bench.owner, on: &bench.process.heap)
      let expected = (0..<7).compactMap { key -> String? in
        let last = (0...number).last { $0 % 7 == key }
        return last.map { "{\(key),\($0)}" }
      }
      #expect(try Self.texts(list, bench) == expected)
      snapshots.removeLast()
    }
  }

  @Test func endsWithItsTable() throws {
    var bench = try TableBench()
    let table = try bench.table(TableOptions(type: .set))
    try table.insert(bench.term("{1,2}"), by: bench.owner)
    let snapshot = try table.makeSnapshot(by: bench.owner)
    #expect(throws: TableError.invalidPosition(2)) {
      try snapshot.list(of: 0..<2, by: bench.owner, on: &bench.process.heap)
    }
    try table.delete(by: bench.owner)
    #expect(throws: TableError.noTable) {
      try snapshot.list(by: bench.owner, on: &bench.process.heap)
    }
    #expect(throws: TableError.noTable) { try table.makeSnapshot(by: bench.owner) }
  }

  /// Transfers between accounts keep their sum: a snapshot that is one moment has it too.
  @Test(arguments: [TableType.set, .orderedSet], [WriteConcurrency.off, .on])
  func isOneMomentAmongWriters(type: TableType, concurrency: WriteConcurrency) async throws {
    let system = MemorySystem()
    var options = TableOptions(type: type, protection: .public)
    options.writeConcurrency = concurrency
    let table = try system.tables.makeTable(named: .ok, options: options, owner: .pid(1))
    let reader = TermReader(words: 4096, atoms: system.atoms)
    for account in 0..<200 {
      try table.insert(
        reader.cursor.makeTuple(.small(account), .small(100)), by: .pid(1))
    }
    await withTaskGroup(of: Void.self) { group in
      for seed in 0..<2 {
        group.addTask { Self.transfer(table, system, seed: UInt64(seed)) }
      }
      group.addTask {
        for _ in 0..<100 {
          guard let snapshot = try? table.makeSnapshot(by: .pid(1)) else {
            Issue.record("no snapshot")
            return
          }
          var sum = 0
          try? snapshot.forEachObject(by: .pid(1)) { sum += $0.tupleElements[1].smallValue }
          #expect(sum == 200 * 100 && snapshot.objectCount == 200)
        }
      }
    }
    try table.delete(by: .pid(1))
  }

  /// Moves money from account to account, each time by one insertion of both.
  private static func transfer(_ table: Table, _ system: MemorySystem, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Each writer has accounts of its own, so that no transfer is lost.
    let accounts = (0..<200).filter { UInt64($0 % 2) == seed }
    var balances = Dictionary(uniqueKeysWithValues: accounts.map { ($0, 100) })
    for _ in 0..<2000 {
      guard let from = accounts.randomElement(using: &random),
        let to = accounts.randomElement(using: &random), from != to
      else { continue }
      balances[from, default: 0] -= 1
      balances[to, default: 0] += 1
      let reader = TermReader(words: 64, atoms: system.atoms)
      let pair = [from, to].map {
        reader.cursor.makeTuple(.small($0), .small(balances[$0, default: 0]))
      }
      let list = reader.cursor.makeCons(pair[0], reader.cursor.makeCons(pair[1], .nil))
      do {
        try table.insert(contentsOf: list, by: .pid(1))
      } catch {
        Issue.record("\(error)")
      }
    }
  }
}
