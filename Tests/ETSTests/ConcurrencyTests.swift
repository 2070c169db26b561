import Carriers
import ETS
import Heaps
import Processes
import Synchronization
import TestKit
import Terms
import Testing

/// Threads on one table. Run under the thread sanitizer as well.
@Suite struct ConcurrencyTests {
  /// What a thread found that must not be.
  private final class Findings: Sendable {
    private let texts = Mutex<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
  }

  private let system = MemorySystem()
  private let registry: TableRegistry
  private let findings = Findings()
  private let everybody = Term.pid(1)

  init() { registry = TableRegistry(environment: system.heaps, atoms: system.atoms) }

  /// Runs a piece of work on so many threads, each with a heap of its own.
  private func onThreads(
    _ count: Int, _ body: @escaping @Sendable (Int, inout ProcessHeap) throws -> Void
  ) {
    for failure in TestThreads.run(count, of: system, body) { findings.add(failure) }
  }

  /// The key of a number: itself, or of each third a tuple.
  private static func withKey(_ number: Int, _ body: (Term) throws -> Void) rethrows {
    if number % 3 != 0 { return try body(.small(number)) }
    var words = (Header.tuple(arity: 1).bits, Term.small(number).bits)
    try withUnsafeMutableBytes(of: &words) { bytes in
      let start = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt.self)
      try body(.boxed(at: start))
    }
  }

  private static func withObject(_ key: Int, _ value: Int, _ body: (Term) throws -> Void) rethrows {
    try withObject(.small(key), value, body)
  }

  private static func withObject(
    _ key: Term, _ value: Int, _ body: (Term) throws -> Void
  ) rethrows {
    var words = (Header.tuple(arity: 2).bits, key.bits, Term.small(value).bits)
    try withUnsafeMutableBytes(of: &words) { bytes in
      let start = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt.self)
      try body(.boxed(at: start))
    }
  }

  private func makeTable(_ type: TableType, parallel: Bool) throws -> Table {
    var options = TableOptions(type: type, protection: .public)
    if parallel { options.writeConcurrency = .on }
    return try registry.makeTable(named: .ok, options: options, owner: everybody)
  }

  /// What a reader of a bag has measured is what it copies, though larger objects take the place of
  /// those of its key meanwhile.
  @Test func replacementsAndReadersOfABag() throws {
    let table = try makeTable(.duplicateBag, parallel: false)
    let reader = TermReader(words: 1 << 12, atoms: system.atoms)
    let doubling = try MatchSpecification(
      compiling: reader.read("[{{'$1','$2'},[],[{{'$1',{{'$2','$2'}}}}]}]"), atoms: system.atoms,
      environment: system.heaps)
    let caller = everybody
    let (objects, rounds) = (12, 150)
    let (done, findings, scratch) = (DoneFlag(), findings, system.heaps.scratch)
    onThreads(2) { number, heap in
      if number == 0 {
        defer { done.isSet.store(true, ordering: .releasing) }
        for _ in 0..<rounds {
          try table.delete(.small(1), by: caller)
          for _ in 0..<objects {
            try Self.withObject(1, 2) { try table.insert($0, by: caller) }
          }
          for _ in 0..<6 { _ = try table.selectReplace(doubling, by: caller) }
        }
      } else {
        while !done.isSet.load(ordering: .acquiring) {
          var list = try table.lookup(.small(1), by: caller, on: &heap)
          while list.isCons {
            var value = list.cons[0].tupleElements[1]
            while value.isTuple(arity: 2) {
              if value.tupleElements[0] != value.tupleElements[1],
                try !TermEquality.isExactlyEqual(
                  value.tupleElements[0], value.tupleElements[1], scratch: scratch)
              {
                findings.add("an object that nobody wrote")
              }
              value = value.tupleElements[0]
            }
            if value != .small(2) { findings.add("a value that nobody wrote") }
            list = list.cons[1]
          }
          var roots = NoRoots()
          try heap.collectGarbage(roots: &roots)
        }
      }
    }
    #expect(findings.all == [])
  }

  /// Each key has one writer, whose values only grow; nobody may see one go back, or an object of
  /// another key.
  @Test(arguments: [TableType.set, .orderedSet], [false, true])
  func valuesOfAKeyNeverGoBack(type: TableType, parallel: Bool) throws {
    let table = try makeTable(type, parallel: parallel)
    let findings = findings
    let caller = everybody
    let (keys, rounds) = (400, 15)
    onThreads(4) { number, heap in
      var last = [Int](repeating: -1, count: 2 * keys)
      for round in 0..<rounds {
        for key in 0..<2 * keys {
          var roots = NoRoots()
          if number < 2 && key % 2 == number {
            if round % 5 == 4 {
              try table.delete(.small(key), by: caller)
            } else {
              try Self.withObject(key, round) { try table.insert($0, by: caller) }
            }
            continue
          }
          try heap.ensureFree(words: 5, roots: &roots)
          let list = try table.lookup(.small(key), by: caller, on: &heap)
          if list.isNil { continue }
          let object = list.cons[0].tupleElements
          if object[0] != .small(key) { findings.add("key \(key) gives \(object[0].bits)") }
          let value = object[1].smallValue
          if value < last[key] { findings.add("key \(key): \(value) after \(last[key])") }
          last[key] = value
        }
      }
    }
    #expect(findings.all.isEmpty)
  }

  /// While others come and go, so that the index grows and shrinks, keys that stay are found, and what was
  /// never there is not. Each reader looks at few keys, so that it often does while they move.
  @Test(arguments: [TableType.set, .bag, .orderedSet])
  func keysThatStayAreFoundWhileOthersMove(type: TableType) throws {
    let table = try makeTable(type, parallel: false)
    let (caller, findings, done) = (everybody, findings, DoneFlag())
    let stayCount = 1_100
    for number in 0..<stayCount {
      try Self.withKey(number) { key in
        try Self.withObject(key, number) { try table.insert($0, by: caller) }
      }
    }
    onThreads(3) { number, heap in
      if number == 0 {
        defer { done.isSet.store(true, ordering: .releasing) }
        for wave in 0..<30 {
          for other in stayCount..<5 * stayCount {
            if wave % 2 == 1 {
              try table.delete(.small(other), by: caller)
            } else {
              try Self.withObject(other, other) { try table.insert($0, by: caller) }
            }
          }
        }
        return
      }
      var first = number
      var round = 0
      while !done.isSet.load(ordering: .acquiring) {
        round += 1
        if round % 500 == 0 { first = (first + 37) % (stayCount - 8) }
        for stays in first..<first + 8 {
          try Self.withKey(stays) { key in
            if try !table.contains(key, by: caller) { findings.add("key \(stays) is not there") }
          }
        }
        if round % 100 > 0 { continue }
        var roots = NoRoots()
        try heap.ensureFree(words: 16, roots: &roots)
        try Self.withKey(first) { key in
          let list = try table.lookup(key, by: caller, on: &heap)
          if list.isNil || list.cons[0].tupleElements[1] != .small(first) {
            findings.add("key \(first): \(list.isNil ? "none" : "another object")")
          }
          let value = try table.lookupElement(key, 2, by: caller, on: &heap)
          let isValue = type == .bag ? value.isCons : value == .small(first)
          if !isValue { findings.add("key \(first): a value of another") }
        }
        try Self.withKey(-1 - first) { key in
          if try table.contains(key, by: caller) { findings.add("key \(-1 - first) is there") }
        }
      }
    }
    #expect(findings.all.isEmpty)
    #expect(try table.objectCount() == stayCount)
  }

  /// A list of objects is inserted at once: who sees the first of them sees the second.
  @Test(arguments: [TableType.set, .orderedSet], [false, true])
  func listsAreInsertedAtOnce(type: TableType, parallel: Bool) throws {
    let table = try makeTable(type, parallel: parallel)
    let findings = findings
    let caller = everybody
    onThreads(3) { number, heap in
      for round in 0..<300 {
        var roots = NoRoots()
        try heap.ensureFree(words: 16, roots: &roots)
        if number == 0 {
          let list = heap.build { cursor in
            let second = cursor.makeTuple(.small(2), .small(round))
            let first = cursor.makeTuple(.small(1), .small(round))
            return cursor.makeList([first, second])
          }
          try table.insert(contentsOf: list, by: caller)
          continue
        }
        let first = try table.lookup(.small(1), by: caller, on: &heap)
        let second = try table.lookup(.small(2), by: caller, on: &heap)
        if first.isNil { continue }
        let older = first.cons[0].tupleElements[1].smallValue
        let newer = second.isNil ? -1 : second.cons[0].tupleElements[1].smallValue
        if newer < older { findings.add("\(older) of the first, then \(newer) of the second") }
      }
    }
    #expect(findings.all.isEmpty)
  }

  @Test(arguments: [TableType.set, .orderedSet], [false, true])
  func countersLoseNothing(type: TableType, parallel: Bool) throws {
    let table = try makeTable(type, parallel: parallel)
    let caller = everybody
    for key in 0..<8 { try Self.withObject(key, 0) { try table.insert($0, by: caller) } }
    onThreads(4) { _, heap in
      for round in 0..<2000 {
        _ = try table.updateCounter(
          .small(round % 8), step: CounterStep(position: 2, increment: .small(1)), by: caller,
          on: &heap)
      }
    }
    var process = try system.makeProcess()
    var sum = 0
    for key in 0..<8 {
      sum += try table.lookupElement(.small(key), 2, by: caller, on: &process.heap).smallValue
    }
    #expect(sum == 8000)
    #expect(findings.all.isEmpty)
  }

  /// Tables end while others use them: what those are told is that there is no table.
  @Test(arguments: TableType.allCases)
  func aTableEndsUnderItsUsers(type: TableType) throws {
    for _ in 0..<20 {
      let table = try makeTable(type, parallel: type != .orderedSet)
      let caller = everybody
      let findings = findings
      onThreads(3) { number, heap in
        do throws(TableError) {
          var roots = NoRoots()
          for round in 0..<2000 {
            do throws(HeapError) { try heap.ensureFree(words: 64, roots: &roots) } catch {
              throw .heap(error)
            }
            if number == 0 {
              if round == 200 { return try table.delete(by: caller) }
              do {
                try Self.withObject(round, round) { try table.insert($0, by: caller) }
              } catch let error as TableError {
                throw error
              } catch {
                findings.add("\(error)")
              }
            } else if round % 50 == 49 {
              _ = try table.list(by: caller, on: &heap)
            } else {
              _ = try table.lookup(.small(round % 200), by: caller, on: &heap)
            }
          }
        } catch .noTable {
          if number == 0 { findings.add("the one who ends it finds it ended") }
        }
      }
      #expect(!table.isAlive)
    }
    #expect(findings.all.isEmpty)
    #expect(registry.tables.isEmpty)
  }

  /// Traversals of a table that changes meet each object that stays once.
  @Test(arguments: [TableType.set, .orderedSet, .bag])
  func walksMeetWhatStaysOnce(type: TableType) throws {
    let table = try makeTable(type, parallel: false)
    let caller = everybody
    let findings = findings
    for key in 0..<1000 { try Self.withObject(2 * key, 0) { try table.insert($0, by: caller) } }
    onThreads(3) { number, heap in
      for round in 0..<(number == 0 ? 3000 : 10) {
        if number == 0 {
          let key = 2 * (round % 1500) + 1
          if round % 3 == 0 {
            try table.delete(.small(key - 2), by: caller)
            try Self.withObject(key - 2, 1) { try table.insert($0, by: caller) }
          }
          try Self.withObject(key, 1) { try table.insert($0, by: caller) }
          continue
        }
        var met: [Int: Int] = [:]
        try table.forEachObject(by: caller) { object in
          met[object.tupleElements[0].smallValue, default: 0] += 1
        }
        for key in 0..<1000 where met[2 * key] != 1 {
          findings.add("key \(2 * key) is met \(met[2 * key] ?? 0) times")
        }
        for (key, count) in met where count > 1 { findings.add("key \(key) is met \(count) times") }
        var roots = NoRoots()
        try heap.ensureFree(words: 0, roots: &roots)
      }
    }
    #expect(findings.all.isEmpty)
  }
}
