import ETS
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// Tables that hold no more than they may.
@Suite struct TableLimitTests {
  private static func keys(_ table: Table, by owner: Term) throws -> [Int] {
    var keys: [Int] = []
    try table.forEachObject(by: owner) { keys.append($0.tupleElements[0].smallValue) }
    return keys.sorted()
  }

  private static func table(
    _ bench: borrowing TableBench, _ type: TableType, _ limit: TableLimit,
    protection: TableProtection = .public
  ) throws -> Table {
    var options = TableOptions(type: type, protection: protection)
    options.limit = limit
    options.writeConcurrency = .on
    return try bench.table(options)
  }

  private static func insert(
    _ key: Int, _ value: Int = 0, into table: Table, _ bench: borrowing TableBench
  ) throws(TableError) {
    try table.insert(
      bench.reader.cursor.makeTuple(.small(key), .small(value)), by: bench.owner)
  }

  /// Whether a table has no room for an object, which else is inserted.
  private static func isRefused(
    _ object: Term, by table: Table, _ bench: borrowing TableBench
  ) throws -> Bool {
    do throws(TableError) {
      try table.insert(object, by: bench.owner)
      return false
    } catch {
      if case .full = error { return true }
      throw error
    }
  }

  @Test(arguments: TableType.allCases)
  func aFullTableRefuses(type: TableType) throws {
    var bench = try TableBench()
    let table = try Self.table(bench, type, TableLimit(objects: 5))
    for key in 1...5 { try Self.insert(key, into: table, bench) }
    let before = try table.information().words
    for key in 6...8 {
      do {
        try Self.insert(key, into: table, bench)
        Issue.record("a sixth object")
      } catch {
        guard case .full(5, _) = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
    #expect(try Self.keys(table, by: bench.owner) == [1, 2, 3, 4, 5])
    #expect(try table.information().words == before)
    // All or none of a list.
    let list = bench.term("[{5,x},{6,y}]")
    #expect(throws: TableError.self) { try table.insert(contentsOf: list, by: bench.owner) }
    #expect(try table.objectCount() == 5)
    let fifth = try table.lookup(.small(5), by: bench.owner, on: &bench.process.heap)
    #expect(try bench.text(fifth) == "[{5,0}]")
    // What replaces an object needs no more room; what was deleted makes some.
    if !type.isBag { try Self.insert(3, 7, into: table, bench) }
    try table.delete(.small(1), by: bench.owner)
    try Self.insert(9, into: table, bench)
    #expect(try Self.keys(table, by: bench.owner) == [2, 3, 4, 5, 9])
    if !type.isBag {
      #expect(throws: TableError.self) {
        try table.updateCounter(
          .small(77), step: CounterStep(position: 2, increment: .small(1)),
          default: bench.term("{77,0}"), by: bench.owner, on: &bench.process.heap)
      }
    }
    try table.deleteAllObjects(by: bench.owner)
    for key in 1...5 { try Self.insert(key, into: table, bench) }
  }

  @Test(arguments: TableType.allCases, [TableProtection.public, .private])
  func theOldestGo(type: TableType, protection: TableProtection) throws {
    let bench = try TableBench(words: 1 << 18)
    let limit = TableLimit(objects: 100, policy: .evictOldest)
    let table = try Self.table(bench, type, limit, protection: protection)
    var model: [Int] = []
    var random = SeededGenerator(seed: 31)
    for step in 0..<5000 {
      let key = Int.random(in: 0..<300, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<7:
        // A bag takes no second object that is equal.
        if type == .bag && model.contains(key) { continue }
        try Self.insert(key, into: table, bench)
        // Nothing is written where the same stands there already... but it is young again.
        if !type.isBag { model.removeAll { $0 == key } }
        model.append(key)
        if model.count > 100 { model.removeFirst() }
      default:
        try table.delete(.small(key), by: bench.owner)
        model.removeAll { $0 == key }
      }
      if step % 50 == 0 {
        #expect(try Self.keys(table, by: bench.owner) == model.sorted(), "step \(step)")
      }
    }
    #expect(model.count > 60)
  }

  @Test(arguments: TableType.allCases, [TableLimit.Policy.reject, .evictOldest])
  func bytesAreCounted(type: TableType, policy: TableLimit.Policy) throws {
    let bench = try TableBench(words: 1 << 18)
    let table = try Self.table(bench, type, TableLimit(byteCount: 20_000, policy: policy))
    let list = bench.term("[1,2,3,4,5,6,7,8,9,10]")
    var refused = 0
    for key in 0..<500 {
      let object = bench.reader.cursor.makeTuple(.small(key), list)
      if try Self.isRefused(object, by: table, bench) { refused += 1 }
    }
    // 23 words and 3 before them.
    let expected = 20_000 / (26 * 8)
    #expect(try table.objectCount() == expected)
    #expect(refused == (policy == .reject ? 500 - expected : 0))
    // What is larger than the table may be is refused always, and makes nothing go.
    let large = bench.reader.cursor.makeList((0..<2000).map { Term.small($0) })
    let object = bench.reader.cursor.makeTuple(.small(1000), large)
    #expect(try Self.isRefused(object, by: table, bench))
    #expect(try table.objectCount() == expected)
  }

  @Test(arguments: [TableType.set, .bag, .duplicateBag], [TableProtection.public, .private])
  func whatIsReadStays(type: TableType, protection: TableProtection) throws {
    var bench = try TableBench(words: 1 << 18)
    let limit = TableLimit(objects: 50, policy: .evictLeastRecentlyUsed)
    let table = try Self.table(bench, type, limit, protection: protection)
    for key in 0..<50 { try Self.insert(key, into: table, bench) }
    for key in 50..<1000 {
      // These five are read between any two insertions, in each of three ways.
      for favourite in 0..<5 {
        switch key % 3 {
        case 0:
          _ = try table.lookup(.small(favourite), by: bench.owner, on: &bench.process.heap)
        case 1: _ = try table.contains(.small(favourite), by: bench.owner)
        default:
          _ = try table.lookupElement(
            .small(favourite), 2, by: bench.owner, on: &bench.process.heap)
        }
      }
      try Self.insert(key, into: table, bench)
      if key % 100 == 0 { try bench.sweep() }
    }
    #expect(try Self.keys(table, by: bench.owner) == Array(0..<5) + Array(955..<1000))
  }

  @Test func fixedTablesKeepTheirLimitAndTheirPlaces() throws {
    var bench = try TableBench()
    let table = try Self.table(bench, .set, TableLimit(objects: 10, policy: .evictOldest))
    for key in 0..<10 { try Self.insert(key, into: table, bench) }
    try table.fix(by: bench.owner)
    let first = try #require(
      try table.firstKey(by: bench.owner, on: &bench.process.heap))
    for key in 10..<30 { try Self.insert(key, into: table, bench) }
    #expect(try Self.keys(table, by: bench.owner) == Array(20..<30))
    // The key went, but a traversal goes on from it.
    _ = try table.nextKey(after: first, by: bench.owner, on: &bench.process.heap)
    try table.release(by: bench.owner)
    for key in 30..<40 { try Self.insert(key, into: table, bench) }
    #expect(try Self.keys(table, by: bench.owner) == Array(30..<40))
  }

  /// What was deleted from a fixed table is no part of what its limit holds.
  @Test(arguments: [TableLimit.Policy.evictOldest, .evictLeastRecentlyUsed])
  func aFixedTableKeepsWhatItsBytesAllow(policy: TableLimit.Policy) throws {
    let bench = try TableBench()
    let table = try Self.table(bench, .set, TableLimit(byteCount: 20_000, policy: policy))
    for key in 0..<2_000 { try Self.insert(key, into: table, bench) }
    let count = try table.objectCount()
    #expect(count > 100 && count < 2_000)
    try table.fix(by: bench.owner)
    for key in 2_000..<2_000 + count { try Self.insert(key, into: table, bench) }
    #expect(try table.objectCount() == count)
    #expect(try Self.keys(table, by: bench.owner) == Array(2_000..<2_000 + count))
    try table.deleteAllObjects(by: bench.owner)
    for key in 0..<count { try Self.insert(key, into: table, bench) }
    #expect(try table.objectCount() == count)
    try table.release(by: bench.owner)
    for key in 0..<3 * count { try Self.insert(key, into: table, bench) }
    #expect(try table.objectCount() == count)
  }

  @Test func aFixedTableThatRefusesHasRoomForWhatWasDeleted() throws {
    let bench = try TableBench()
    let table = try Self.table(bench, .set, TableLimit(objects: 10, policy: .reject))
    for key in 0..<10 { try Self.insert(key, into: table, bench) }
    try table.fix(by: bench.owner)
    for key in 0..<10 {
      try table.delete(.small(key), by: bench.owner)
      try Self.insert(key + 10, into: table, bench)
    }
    try table.release(by: bench.owner)
    #expect(try Self.keys(table, by: bench.owner) == Array(10..<20))
  }

  @Test func whatIsNoLimitIsRefused() throws {
    let bench = try TableBench()
    for limit in [TableLimit(), TableLimit(objects: 0), TableLimit(byteCount: 0)] {
      #expect(throws: TableError.self) { try Self.table(bench, .set, limit) }
    }
    #expect(throws: TableError.self) {
      try Self.table(
        bench, .orderedSet, TableLimit(objects: 5, policy: .evictLeastRecentlyUsed))
    }
  }

  /// Threads that read and write a cache: it never holds more than it may, and all memory comes back.
  @Test(arguments: [TableLimit.Policy.evictOldest, .evictLeastRecentlyUsed])
  func threadsShareACache(policy: TableLimit.Policy) async throws {
    let system = MemorySystem()
    var options = TableOptions(type: .set, protection: .public)
    options.limit = TableLimit(objects: 200, policy: policy)
    let table = try system.tables.makeTable(named: .ok, options: options, owner: .pid(1))
    let empty = try table.information().words
    await withTaskGroup(of: Void.self) { group in
      for seed in 0..<4 {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(seed))
          let reader = TermReader(words: 1 << 16, atoms: system.atoms)
          do {
            for _ in 0..<3000 {
              let key = Int.random(in: 0..<1000, using: &random)
              if try !table.contains(.small(key), by: .pid(1)) {
                try table.insert(
                  reader.cursor.makeTuple(.small(key), .small(seed)), by: .pid(1))
              }
              #expect(try table.objectCount() <= 201)
            }
          } catch {
            Issue.record("\(error)")
          }
        }
      }
    }
    #expect(try table.objectCount() == 200)
    try table.deleteAllObjects(by: .pid(1))
    #expect(try table.information().words == empty)
  }
}
