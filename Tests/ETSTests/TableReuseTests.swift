import Carriers
import Foundation
import Heaps
import Processes
import Terms
import TestKit
import Testing

@testable import ETS

/// What belongs to a table beside its objects: it goes with the table, and with nothing else.
@Suite struct TableReuseTests {
  /// What is deleted with all objects once was the heir's data, too.
  @Test(arguments: TableType.allCases)
  func theDataOfTheHeirOutlivesAllObjects(type: TableType) throws {
    let listener = TransferNotes()
    let system = MemorySystem()
    let tables = TableRegistry(
      environment: system.heaps, atoms: system.atoms, listener: listener)
    let reader = TermReader(words: 1 << 14, atoms: system.atoms)
    let table = try tables.makeTable(
      named: .ok, options: TableOptions(type: type), owner: .pid(1))
    try table.setHeir(.pid(2), data: reader.read("{data,[1,2,3]}"), by: .pid(1))
    for number in 0..<100 { try table.insert(reader.read("{\(number),[a]}"), by: .pid(1)) }
    try table.deleteAllObjects(by: .pid(1))
    for number in 0..<100 { try table.insert(reader.read("{\(number),[b]}"), by: .pid(1)) }
    listener.use(system)
    tables.end(owner: .pid(1))
    #expect(listener.texts == ["1>2 {data,[1,2,3]}"])
    try table.setHeir(nil, data: .nil, by: .pid(2))
    #expect(table.heir == nil)
  }

  /// The key at which an edit of many objects goes on is its own: others may delete all of them.
  @Test func anEditOutlivesTheDeletionOfAllObjects() throws {
    let system = MemorySystem()
    let reader = TermReader(words: 1 << 10, atoms: system.atoms)
    let all = try MatchSpecification(
      compiling: reader.read("[{'_',[],[true]}]"), atoms: system.atoms, environment: system.heaps)
    let table = try system.tables.makeTable(
      named: .ok, options: TableOptions(type: .orderedSet, protection: .public), owner: .pid(1))
    for round in 0..<40 {
      let keys = TermReader(words: 1 << 17, atoms: system.atoms)
      for number in 0..<3000 {
        let key = keys.cursor.makeTuple(.small(number), .small(round))
        try table.insert(keys.cursor.makeTuple(key, key), by: .pid(1))
      }
      let group = DispatchGroup()
      group.enter()
      Thread.detachNewThread {
        try? table.deleteAllObjects(by: .pid(1))
        group.leave()
      }
      _ = try table.selectDelete(all, by: .pid(2))
      group.wait()
      #expect(try table.objectCount() == 0)
    }
  }

  /// Tables end and are made all the time, while others do what concerns a table that may have ended:
  /// it does not concern the one that has its record now.
  @Test func whatConcernsATableThatEndedConcernsNoOther() throws {
    let listener = TransferNotes()
    let system = MemorySystem()
    let tables = TableRegistry(
      environment: system.heaps, atoms: system.atoms, listener: listener)
    let current = Guarded<Table?>(nil)
    let isOver = Guarded(false)
    let group = DispatchGroup()
    for number in UInt(2)...4 {
      group.enter()
      Thread.detachNewThread {
        let pid = Term.pid(number)
        while !isOver.withLock({ $0 }) {
          guard let table = current.withLock({ $0 }) else { continue }
          try? table.fix(by: pid)
          try? table.release(by: pid)
          try? table.setHeir(.pid(9), data: .small(Int(table.number)), by: .pid(1))
          try? table.giveAway(to: .pid(8), data: .small(Int(table.number)), by: .pid(1))
          if (try? table.information())?.number ?? table.number != table.number {
            listener.note("a table tells of another")
          }
        }
        group.leave()
      }
    }
    for round in 0..<4000 {
      let type = TableType.allCases[round % 4]
      let table = try tables.makeTable(
        named: .ok, options: TableOptions(type: type, protection: .public), owner: .pid(1))
      current.withLock { $0 = table }
      try table.delete(by: .pid(1))
    }
    isOver.withLock { $0 = true }
    group.wait()
    let last = try tables.makeTable(named: .ok, owner: .pid(1))
    #expect(last.owner == .pid(1) && last.heir == nil && last.fixations.isEmpty)
    #expect(listener.texts.allSatisfy { $0.hasPrefix("1>8 ") })
  }

  /// Who gives a process a table that ended ends it, too: the two that end it tell the heir once, and
  /// leave the table to it.
  @Test func twoThatEndAProcessTellTheHeirOnce() throws {
    let listener = TransferNotes()
    let system = MemorySystem()
    let tables = TableRegistry(
      environment: system.heaps, atoms: system.atoms, listener: listener)
    let reader = TermReader(words: 1 << 10, atoms: system.atoms)
    let table = try tables.makeTable(named: .ok, owner: .pid(1))
    try table.setHeir(.pid(2), data: reader.read("{data,1}"), by: .pid(1))
    listener.use(system)
    // As the one asks for the heir, the other one gets in between.
    listener.onQuestion = { pid in
      listener.onQuestion = { _ in }
      if pid == .pid(2) { tables.end(owner: .pid(1)) }
    }
    tables.end(owner: .pid(1))
    #expect(listener.texts == ["1>2 {data,1}"])
    #expect(table.isAlive && table.owner == .pid(2))
  }

  /// Another thread may have passed it on since it was seen to be somebody's.
  @Test(arguments: [TableProtection.private, .public])
  func aTableThatHasAnotherOwnerDoesNotEndWithTheOldOne(protection: TableProtection) throws {
    let tables = MemorySystem().tables
    let table = try tables.makeTable(
      named: .ok, options: TableOptions(protection: protection), owner: .pid(1))
    #expect(throws: TableError.noTable) { try tables.delete(table, ownedBy: .pid(2)) }
    #expect(table.isAlive)
    #expect(try table.contains(.small(1), by: .pid(1)) == false)
    try tables.delete(table, ownedBy: .pid(1))
    #expect(!table.isAlive)
  }

  /// What is deleted from a private table that was fixed before it was given away goes as who fixed it
  /// ends.
  @Test(arguments: TableType.allCases)
  func aPrivateTableGoesFixed(type: TableType) throws {
    let system = MemorySystem()
    let reader = TermReader(words: 1 << 10, atoms: system.atoms)
    let options = TableOptions(type: type, protection: .private)
    let (giver, next) = (Term.pid(1), Term.pid(2))
    let tables = TableRegistry(environment: system.heaps, atoms: system.atoms)
    let table = try tables.makeTable(named: .ok, options: options, owner: giver)
    for number in 0..<20 { try table.insert(reader.read("{\(number),[a]}"), by: giver) }
    let filled = try table.information().words
    for _ in 0..<2 { try table.fix(by: giver) }
    for number in 0..<20 { try table.delete(.small(number), by: giver) }
    try table.giveAway(to: next, data: .nil, by: giver)
    #expect(table.fixations.map(\.count) == [2])
    try table.insert(reader.read("{1,[b]}"), by: next)
    tables.end(owner: giver)
    #expect(table.fixations.isEmpty)
    #expect(try table.information().words < filled)
    #expect(try table.objectCount() == 1)
  }

  /// Names keep memory for the next ones only until they are asked for it.
  @Test func trimmingGivesBackWhatNamesNeeded() throws {
    let system = MemorySystem()
    let reader = TermReader(words: 64, atoms: system.atoms)
    var options = TableOptions()
    options.isNamed = true
    var blocks = 0
    for round in 0..<2 {
      for number in 0..<100 {
        let table = try system.tables.makeTable(
          named: reader.read("name\(number)"), options: options, owner: .pid(1))
        try table.delete(by: .pid(1))
      }
      let kept = system.allocator.memory(by: .ets).blockCount
      system.trim()
      let left = system.allocator.memory(by: .ets).blockCount
      #expect(left < kept)
      if round > 0 { #expect(left == blocks) }
      blocks = left
    }
  }

  /// A process may end while it is given a table: the table must not be left to it.
  @Test func noTableIsLeftToAProcessThatEnded() throws {
    let listener = TransferNotes()
    let system = MemorySystem()
    let tables = TableRegistry(
      environment: system.heaps, atoms: system.atoms, listener: listener)
    listener.onTransfer = { pid in listener.end(pid) }
    let given = try tables.makeTable(named: .ok, owner: .pid(1))
    try given.giveAway(to: .pid(2), data: .nil, by: .pid(1))
    #expect(!given.isAlive)
    let inherited = try tables.makeTable(named: .ok, owner: .pid(1))
    try inherited.setHeir(.pid(3), data: .nil, by: .pid(1))
    tables.end(owner: .pid(1))
    #expect(!inherited.isAlive)
    #expect(tables.tables.isEmpty)
  }
}

/// Notes which tables go to whom, and knows who ended.
private final class TransferNotes: OwnershipListener, @unchecked Sendable {
  // Unchecked: what threads share is under a lock; the rest is set before they begin.
  private let dead = Guarded<Set<Term>>([])
  private let notes = Guarded<[String]>([])
  private var printer: TermPrinter?
  /// Called with who is asked for.
  var onQuestion: (Term) -> Void = { _ in }
  /// Called with who gets a table.
  var onTransfer: (Term) -> Void = { _ in }

  var texts: [String] { notes.withLock { $0 } }
  func note(_ text: String) { notes.withLock { $0.append(text) } }
  func end(_ pid: Term) { dead.withLock { _ = $0.insert(pid) } }
  func use(_ system: MemorySystem) {
    printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
  }

  func isAlive(_ pid: Term) -> Bool {
    onQuestion(pid)
    return dead.withLock { !$0.contains(pid) }
  }

  func tableChangedOwner(_ transfer: TableTransfer) {
    let data = (try? printer?.text(of: transfer.data)) ?? ""
    note("\(transfer.from.identifierNumber)>\(transfer.to.identifierNumber) \(data)")
    onTransfer(transfer.to)
  }
}
