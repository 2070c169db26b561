import Carriers
import ETS
import Heaps
import Processes
import Synchronization
import Terms
import TestKit
import Testing

/// Who owns tables, and what becomes of them.
@Suite struct OwnershipTests {
  private final class Listener: OwnershipListener {
    let dead = Mutex<Set<Term>>([])
    let heard = Mutex<[String]>([])
    func isAlive(_ pid: Term) -> Bool { dead.withLock { !$0.contains(pid) } }
    func tableChangedOwner(_ transfer: TableTransfer) {
      let data = transfer.data.isSmall ? "\(transfer.data.smallValue)" : "?"
      heard.withLock {
        $0.append(
          "\(transfer.from.identifierNumber)>\(transfer.to.identifierNumber) \(data)")
      }
    }
  }

  private let system = MemorySystem()
  private let listener = Listener()
  private let registry: TableRegistry

  init() {
    registry = TableRegistry(
      environment: system.heaps, atoms: system.atoms, listener: listener)
  }

  private func makeTable(_ options: TableOptions = TableOptions()) throws -> Table {
    try registry.makeTable(named: .ok, options: options, owner: .pid(1))
  }

  private func object(_ reader: TermReader, _ text: String) -> Term { reader.read(text) }

  /// What the heir is to be told is memory of the table.
  @Test func whatAnHeirIsToldIsCounted() throws {
    let reader = TermReader(words: 3000, atoms: system.atoms)
    let list = reader.cursor.makeList((0..<1000).map { Term.small($0) })
    let allocated = system.allocator.memory(by: .ets).byteCount
    let table = try makeTable()
    let before = try table.information().words
    let blocks = system.allocator.memory(by: .ets).byteCount
    try table.setHeir(.pid(2), data: list, by: .pid(1))
    let grown = system.allocator.memory(by: .ets).byteCount - blocks
    #expect(grown >= 16_000)
    #expect(try table.information().words == before + grown / 8)
    try table.setHeir(nil, data: .nil, by: .pid(1))
    #expect(try table.information().words == before)
    try table.delete(by: .pid(1))
    #expect(system.allocator.memory(by: .ets).byteCount <= allocated + 400)
  }

  @Test func aTableEndsWithItsOwner() throws {
    let table = try makeTable()
    let other = try registry.makeTable(named: .ok, owner: .pid(2))
    registry.end(owner: .pid(1))
    #expect(!table.isAlive)
    #expect(other.isAlive)
    #expect(throws: TableError.noTable) { try table.objectCount() }
    #expect(registry.tables == [other])
  }

  @Test func anHeirGetsTheTableAndItsData() throws {
    let table = try makeTable()
    try table.setHeir(.pid(2), data: .small(7), by: .pid(1))
    registry.end(owner: .pid(1))
    #expect(table.isAlive && table.owner == .pid(2) && table.heir == .pid(2))
    #expect(listener.heard.withLock { $0 } == ["1>2 7"])
    // The heir is still itself: so its end is the table's.
    registry.end(owner: .pid(2))
    #expect(!table.isAlive)
  }

  @Test func aDeadHeirGetsNothing() throws {
    let table = try makeTable()
    try table.setHeir(.pid(2), data: .nil, by: .pid(1))
    listener.dead.withLock { _ = $0.insert(.pid(2)) }
    registry.end(owner: .pid(1))
    #expect(!table.isAlive)
    #expect(listener.heard.withLock { $0.isEmpty })
  }

  @Test func givingAwayNeedsTheOwnerAndALivingProcess() throws {
    let table = try makeTable()
    #expect(throws: TableError.noAccess) {
      try table.giveAway(to: .pid(3), data: .nil, by: .pid(2))
    }
    #expect(throws: TableError.notOwner) {
      try makeTable(TableOptions(protection: .public)).giveAway(
        to: .pid(3), data: .nil, by: .pid(2))
    }
    listener.dead.withLock { _ = $0.insert(.pid(4)) }
    #expect(throws: TableError.noProcess(.pid(4))) {
      try table.giveAway(to: .pid(4), data: .nil, by: .pid(1))
    }
    #expect(throws: TableError.isOwner) {
      try table.giveAway(to: .pid(1), data: .nil, by: .pid(1))
    }
    try table.giveAway(to: .pid(3), data: .small(5), by: .pid(1))
    #expect(table.owner == .pid(3))
    #expect(listener.heard.withLock { $0 } == ["1>3 5"])
  }

  @Test func namesAreUniqueAndCanChange() throws {
    var options = TableOptions()
    options.isNamed = true
    let table = try makeTable(options)
    #expect(throws: TableError.nameTaken(.ok)) { try makeTable(options) }
    #expect(registry.table(named: .ok) == table)
    try table.rename(to: .error, by: .pid(1))
    #expect(registry.table(named: .ok) == nil)
    #expect(registry.table(named: .error) == table)
    let second = try makeTable(options)
    #expect(throws: TableError.nameTaken(.error)) { try second.rename(to: .error, by: .pid(1)) }
    try table.delete(by: .pid(1))
    #expect(registry.table(named: .error) == nil)
    let unnamed = try makeTable()
    try unnamed.rename(to: .exit, by: .pid(1))
    #expect(unnamed.name == .exit && !unnamed.isNamed)
    #expect(registry.table(named: .exit) == nil)
    // A name that finds nothing takes no other from anybody.
    try unnamed.rename(to: .ok, by: .pid(1))
    try unnamed.delete(by: .pid(1))
    #expect(registry.table(named: .ok) == second)
  }

  /// A private table is used without a lock until somebody else may come to it.
  @Test(arguments: TableType.allCases) func protectionChanges(_ type: TableType) throws {
    let reader = TermReader(words: 100, atoms: system.atoms)
    let (first, second) = (reader.read("{1,2}"), reader.read("{2,<<3>>}"))
    for protection in TableProtection.allCases {
      let table = try makeTable(TableOptions(type: type, protection: protection))
      try table.insert(first, by: .pid(1))
      for next in TableProtection.allCases + TableProtection.allCases.reversed() {
        try table.setOptions(protection: next, by: .pid(1))
        #expect(try table.information().options.protection == next)
        try table.insert(second, by: .pid(1))
        #expect(try table.contains(.small(2), by: .pid(1)))
        try table.delete(.small(2), by: .pid(1))
        if next == .private {
          #expect(throws: TableError.noAccess) { try table.contains(.small(1), by: .pid(2)) }
          #expect(throws: TableError.noAccess) { try table.makeSnapshot(by: .pid(2)) }
          #expect(throws: TableError.noAccess) { try table.fix(by: .pid(2)) }
        } else {
          #expect(try table.contains(.small(1), by: .pid(2)))
        }
        if next == .public {
          try table.insert(second, by: .pid(2))
          try table.delete(.small(2), by: .pid(2))
          #expect(throws: TableError.notOwner) {
            try table.setOptions(protection: .public, by: .pid(2))
          }
        } else {
          #expect(throws: TableError.noAccess) { try table.insert(second, by: .pid(2)) }
          #expect(throws: TableError.noAccess) { try table.setOptions(by: .pid(2)) }
        }
        #expect(try table.objectCount() == 1)
      }
      try table.delete(by: .pid(1))
    }
  }

  /// What is read of a table of one process is noted from when others come too.
  @Test func aLimitedTableIsOpenedToOthers() throws {
    let reader = TermReader(words: 1000, atoms: system.atoms)
    var options = TableOptions(protection: .private)
    options.limit = TableLimit(objects: 10, policy: .evictLeastRecentlyUsed)
    let table = try makeTable(options)
    try table.setOptions(protection: .public, by: .pid(1))
    for number in 0..<50 {
      try table.insert(reader.cursor.makeTuple(.small(number), .small(1)), by: .pid(2))
      #expect(try table.contains(.small(0), by: .pid(2)))
    }
    #expect(try table.objectCount() == 10)
    try table.delete(by: .pid(1))
  }

  /// Who has fixed a private table releases it, or ends, while the next owner writes.
  @Test(arguments: TableType.allCases) func aFixationOutlivesGivingAway(_ type: TableType) throws {
    let reader = TermReader(words: 10000, atoms: system.atoms)
    let table = try makeTable(TableOptions(type: type, protection: .private))
    for number in 0..<200 {
      try table.insert(reader.cursor.makeTuple(.small(number)), by: .pid(1))
    }
    try table.fix(by: .pid(1))
    try table.giveAway(to: .pid(2), data: .nil, by: .pid(1))
    #expect(table.fixations.map(\.process) == [.pid(1)])
    #expect(throws: TableError.noAccess) { try table.release(by: .pid(1)) }
    try table.release(by: .pid(2))
    #expect(table.fixations.map(\.count) == [1])
    let registry = registry
    let failures = TestThreads.run(2, of: system) { thread, _ in
      if thread == 0 { return registry.end(owner: .pid(1)) }
      for number in 0..<200 { try table.delete(.small(number), by: .pid(2)) }
    }
    #expect(failures.isEmpty)
    #expect(table.fixations.isEmpty)
    #expect(try table.objectCount() == 0)
    if type != .orderedSet { #expect(try table.indexStatistics().keyCount == 0) }
  }

  /// The data for an heir is charged to the owner, whoever that is.
  @Test(arguments: TableProtection.allCases)
  func whatAnHeirIsToldIsCharged(_ protection: TableProtection) throws {
    let budgets = [MemoryBudget(limitBytes: 1 << 20), MemoryBudget(limitBytes: 1 << 20)]
    let registry = TableRegistry(
      environment: system.heaps, atoms: system.atoms, listener: BudgetListener(budgets: budgets))
    let reader = TermReader(words: 300_000, atoms: system.atoms)
    let list = reader.cursor.makeList((0..<1000).map { Term.small($0) })
    let table = try registry.makeTable(
      named: .ok, options: TableOptions(protection: protection), owner: .pid(1))
    let empty = budgets[0].usedBytes
    try table.setHeir(.pid(2), data: list, by: .pid(1))
    let full = budgets[0].usedBytes
    #expect(full >= empty + 16_000)
    let long = reader.cursor.makeList((0..<100_000).map { Term.small($0) })
    #expect(throws: TableError.self) { try table.setHeir(.pid(2), data: long, by: .pid(1)) }
    #expect(budgets[0].usedBytes == full && table.heir == .pid(2))
    try table.giveAway(to: .pid(2), data: .nil, by: .pid(1))
    #expect(budgets.map(\.usedBytes) == [0, full])
    try table.setHeir(nil, data: .nil, by: .pid(2))
    #expect(budgets[1].usedBytes == empty)
    try table.delete(by: .pid(2))
    #expect(budgets[1].usedBytes == 0)
  }

  private final class BudgetListener: OwnershipListener {
    let budgets: [MemoryBudget]
    init(budgets: [MemoryBudget]) { self.budgets = budgets }
    func isAlive(_ pid: Term) -> Bool { true }
    func tableBudget(of pid: Term) -> MemoryBudget? { budgets[Int(pid.identifierNumber) - 1] }
    func tableChangedOwner(_ transfer: TableTransfer) {}
  }

  @Test(arguments: TableProtection.allCases) func protectionIsKept(_ protection: TableProtection)
    throws
  {
    let reader = TermReader(words: 100, atoms: system.atoms)
    let object = reader.read("{1,2}")
    let table = try makeTable(TableOptions(protection: protection))
    try table.insert(object, by: .pid(1))
    var process = try system.makeProcess()
    if protection == .public {
      try table.insert(object, by: .pid(2))
    } else {
      #expect(throws: TableError.noAccess) { try table.insert(object, by: .pid(2)) }
      #expect(throws: TableError.noAccess) { try table.delete(.small(1), by: .pid(2)) }
      #expect(throws: TableError.noAccess) { try table.deleteAllObjects(by: .pid(2)) }
      #expect(throws: TableError.noAccess) { try table.delete(by: .pid(2)) }
    }
    if protection == .private {
      #expect(throws: TableError.noAccess) {
        try table.lookup(.small(1), by: .pid(2), on: &process.heap)
      }
    } else {
      #expect(try table.contains(.small(1), by: .pid(2)))
    }
    #expect(try table.objectCount() == 1)
  }

  @Test func allMemoryReturns() throws {
    let before = system.memory().total
    let reader = TermReader(words: 1 << 16, atoms: system.atoms)
    for type in TableType.allCases {
      let table = try makeTable(TableOptions(type: type))
      for number in 0..<1000 { try table.insert(reader.read("{\(number),[a,b]}"), by: .pid(1)) }
      for number in 0..<500 { try table.delete(.small(number), by: .pid(1)) }
      let information = try table.information()
      #expect(information.objectCount == 500)
      #expect(information.words > 500 * 8)
    }
    #expect(system.memory().ets > 4 * 500 * 64)
    registry.end(owner: .pid(1))
    // The records stay for the next tables: four of them.
    #expect(system.memory().ets < 4 * 512)
    #expect(system.memory().total - before < 4 * 512)
  }

  @Test func fixationKeepsDeletedKeysInPlace() throws {
    let reader = TermReader(words: 1 << 16, atoms: system.atoms)
    let table = try makeTable()
    for number in 0..<300 { try table.insert(reader.read("{\(number)}"), by: .pid(1)) }
    var process = try system.makeProcess()
    try table.fix(by: .pid(1))
    var met: Set<Int> = []
    var key = try table.firstKey(by: .pid(1), on: &process.heap)
    while let current = key {
      let number = current.smallValue
      #expect(met.insert(number).inserted)
      try table.delete(current, by: .pid(1))
      if number < 300 { try table.insert(reader.read("{\(number + 1000)}"), by: .pid(1)) }
      key = try table.nextKey(after: current, by: .pid(1), on: &process.heap)
    }
    #expect(met.filter { $0 < 300 }.count == 300)
    #expect(table.fixations.map(\.count) == [1])
    try table.release(by: .pid(1))
    #expect(table.fixations.isEmpty)
    let left = try table.objectCount()
    #expect(try table.indexStatistics().keyCount == left)
    #expect(throws: TableError.noKey) {
      try table.nextKey(after: .small(0), by: .pid(1), on: &process.heap)
    }
  }
}
