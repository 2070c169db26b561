import Carriers
import ETS
import Heaps
import Synchronization
import TestKit
import Terms
import Testing

@testable import Processes

/// Budgets of groups of processes.
@Suite struct GroupTests {
  private let system = MemorySystem(
    configuration: SystemConfiguration(levers: HeapLevers(verifies: true)))

  private func group(_ limitBytes: Int) -> ProcessGroup {
    ProcessGroup(budget: MemoryBudget(limitBytes: limitBytes))
  }

  /// Whatever is charged is in use of the budget, and the parts add up.
  private func checkSum(_ group: ProcessGroup) {
    #expect(group.usage.totalBytes == group.budget.usedBytes)
  }

  @Test func heapsAreCharged() throws {
    let group = group(1 << 30)
    do {
      var one = try system.makeProcess(group: group)
      let other = try system.makeProcess(group: group)
      #expect(group.usage.processCount == 2)
      let both = one.heap.information.memoryByteCount + other.heap.information.memoryByteCount
      #expect(group.usage.heapBytes == both)
      let handle = try one.keep(.list((0..<10_000).map { .integer($0) }))
      var roots = NoRoots()
      try one.collectGarbage(roots: &roots)
      let grown = one.heap.information.memoryByteCount + other.heap.information.memoryByteCount
      #expect(grown > 160_000)
      #expect(group.usage.heapBytes == grown)
      checkSum(group)
      _ = handle
    }
    #expect(group.usage == ProcessGroup(budget: group.budget).usage)
    #expect(group.budget.usedBytes == 0)
  }

  @Test func aBinaryIsChargedOnceHoweverManyShareIt() throws {
    let group = group(1 << 30)
    var one = try system.makeProcess(group: group)
    do {
      var other = try system.makeProcess(group: group)
      let binary = try one.keep(.binary(Array(repeating: 1, count: 100_000)))
      try one.settle()
      #expect(group.usage.binaryBytes == 100_000)
      try one.send(binary, to: other.pid)
      _ = try other.receive()
      try other.settle()
      #expect(group.usage.binaryBytes == 100_000)
      _ = binary
    }
    #expect(group.usage.binaryBytes == 100_000)
    var roots = NoRoots()
    try one.collectGarbage(roots: &roots)
    #expect(group.usage.binaryBytes == 0)
    checkSum(group)
  }

  @Test func tablesAreCharged() throws {
    let group = group(1 << 30)
    var process = try system.makeProcess(group: group)
    let table = try system.tables.makeTable(named: .ok, owner: process.pid)
    let before = group.usage.tableBytes
    for key in 0..<100 {
      let object = try process.term(of: try process.keep(.tuple([.integer(key), "a text"])))
      try table.insert(object, by: process.pid)
    }
    // At once, nobody settles: all that the table has of the system, which is more than its objects.
    let words = try table.information().words
    #expect(group.usage.tableBytes >= 8 * words && group.usage.tableBytes > before)
    checkSum(group)
    try table.delete(by: process.pid)
    #expect(group.usage.tableBytes == 0)
    checkSum(group)
  }

  /// The heap that goes to another member is charged once, as what it becomes.
  @Test func aResultHandedOverIsChargedOnce() throws {
    let group = group(1 << 20)
    var parent = try system.makeProcess(group: group)
    do {
      var child = try system.makeProcess(group: group)
      let list = try child.keep(.list((0..<40_000).map { .integer($0) }))
      var roots = NoRoots()
      try child.collectGarbage(roots: &roots)
      #expect(group.budget.usedBytes > 1 << 19)
      let result = try child.term(of: list)
      let outcome = try child.end(handing: result, to: parent.pid)
      #expect(outcome == .delivered)
      #expect(group.usage.mailboxBytes > 1 << 19)
    }
    checkSum(group)
    let message = try parent.nextMessage()
    #expect(message != nil)
    parent.removeMessage()
    #expect(group.usage.mailboxBytes == 0)
    checkSum(group)
  }

  /// A result that is copied after all leaves the heap where it is, and charged.
  @Test func aResultThatIsNoPartOfTheHeapLeavesItCharged() throws {
    let group = group(1 << 20)
    var parent = try system.makeProcess(group: group)
    do {
      var child = try system.makeProcess(group: group)
      let list = try child.keep(.list((0..<10_000).map { .integer($0) }))
      var roots = NoRoots()
      try child.collectGarbage(roots: &roots)
      let outcome = try withExtendedLifetime(list) {
        try child.end(handing: .small(1), to: parent.pid)
      }
      #expect(outcome == .delivered)
      let held = child.heap.information.memoryByteCount
      #expect(held > 80_000 && group.usage.heapBytes >= held)
    }
    checkSum(group)
    #expect(group.usage.heapBytes == parent.heap.information.memoryByteCount)
    let message = try parent.nextMessage()
    #expect(message == .small(1))
  }

  /// Whoever hears of a budget may send: nothing is read or locked meanwhile.
  @Test(arguments: [nil, MailboxLimit(messages: 4, policy: .dropOldest)])
  func whoHearsOfABudgetMaySend(limit: MailboxLimit?) throws {
    let teller = Teller()
    let group = ProcessGroup(
      budget: MemoryBudget(limitBytes: 30_000, warnBytes: 6_000, listener: teller))
    let supervisor = try TestProcess(system)
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system, mailboxLimit: limit, group: group)
    teller.tell = { [system] level in
      _ = try? system.send(to: supervisor.pid, words: 0) { _ in .small(level.rawValue) }
      _ = try? system.send(to: receiver.pid, words: 0) { _ in .nil }
    }
    let list = sender.build { $0.makeList((0..<40).map { Term.small($0) }) }
    for _ in 0..<100 {
      do { _ = try sender.process.send(list, to: receiver.pid) } catch SendError.mailboxFull {}
    }
    while try receiver.receiveText() != nil {}
    var levels: Set<String> = []
    while let text = try supervisor.receiveText() { levels.insert(text) }
    // Warned and refused; or warned, and normal again when the oldest were dropped.
    #expect(levels.isSuperset(of: limit == nil ? ["1", "3"] : ["1", "0"]))
    teller.tell = { _ in }
    checkSum(group)
  }

  private final class Teller: MemoryBudgetListener, @unchecked Sendable {
    // Unchecked: set and called by the test's thread.
    var tell: (MemoryBudget.Level) -> Void = { _ in }
    func budget(_ budget: MemoryBudget, changedTo level: MemoryBudget.Level) { tell(level) }
  }

  /// Every kind of table: what is charged is all that it takes from the allocator.
  @Test(arguments: [TableType.set, .orderedSet, .bag, .duplicateBag])
  func aTableIsChargedWhatItTakes(_ type: TableType) throws {
    let group = group(1 << 30)
    var process = try system.makeProcess(group: group)
    // The registry's own memory, which is no table's.
    let first = try system.tables.makeTable(named: .ok, owner: .nil)
    try first.delete(by: .nil)
    var roots = NoRoots()
    let others = system.allocator.memory(by: .ets).byteCount
    let table = try system.tables.makeTable(
      named: .ok, options: TableOptions(type: type), owner: process.pid)
    for key in 0..<5000 {
      try process.ensureFree(words: 3, roots: &roots)
      let object = process.heap.build { $0.makeTuple(.small(key), .small(key)) }
      try table.insert(object, by: process.pid)
    }
    #expect(group.usage.tableBytes == system.allocator.memory(by: .ets).byteCount - others)
    try table.delete(by: process.pid)
    #expect(group.usage.tableBytes == 0)
  }

  @Test func anInsertionBeyondTheBudgetIsRefused() throws {
    let group = group(100_000)
    var process = try system.makeProcess(group: group)
    let other = try system.makeProcess()
    var roots = NoRoots()
    let table = try system.tables.makeTable(
      named: .ok, options: TableOptions(protection: .public), owner: process.pid)
    var inserted = 0
    var refusal: TableError?
    while refusal == nil {
      try process.ensureFree(words: 3, roots: &roots)
      let object = process.heap.build { $0.makeTuple(.small(inserted), .small(inserted)) }
      do throws(TableError) {
        try table.insert(object, by: process.pid)
        inserted += 1
      } catch { refusal = error }
    }
    guard case .outOfMemory(.budgetExceeded) = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(inserted > 1000)
    #expect(try table.information().objectCount == inserted)
    #expect(group.budget.usedBytes <= 100_000)
    checkSum(group)
    // Whoever writes.
    #expect(throws: TableError.self) {
      for key in 0..<1000 {
        let object = process.heap.build { $0.makeTuple(.small(-1 - key), .small(0)) }
        try table.insert(object, by: other.pid)
      }
    }
    try table.delete(by: process.pid)
    #expect(group.usage.tableBytes == 0)
  }

  /// With its owner a table's charge changes, whatever the limit.
  @Test func aTableThatIsGivenAwayIsChargedToItsNewOwner() throws {
    var roots = NoRoots()
    let one = group(1 << 20)
    let other = group(4000)
    var giver = try system.makeProcess(group: one)
    let heir = try system.makeProcess()
    let table = try system.tables.makeTable(named: .ok, owner: giver.pid)
    for key in 0..<1000 {
      try giver.ensureFree(words: 3, roots: &roots)
      try table.insert(
        giver.heap.build { $0.makeTuple(.small(key), .small(key)) }, by: giver.pid)
    }
    let held = one.usage.tableBytes
    #expect(held > 0)
    do {
      let taker = try system.makeProcess(group: other)
      let pid = taker.pid
      try table.giveAway(to: pid, data: .nil, by: giver.pid)
      #expect(one.usage.tableBytes == 0)
      #expect(other.usage.tableBytes == held)
      #expect(other.budget.usedBytes > other.budget.limitBytes)
      checkSum(one)
      checkSum(other)
      try table.setHeir(heir.pid, data: .nil, by: pid)
    }
    #expect(other.usage.totalBytes == 0 && other.budget.usedBytes == 0)
    #expect(table.owner == heir.pid)
    try table.delete(by: heir.pid)
    checkSum(one)
  }

  @Test func aMailboxIsChargedBeforeItGrows() throws {
    let group = group(40_000)
    var sender = try system.makeProcess()
    do {
      var receiver = try system.makeProcess(group: group)
      let message = try sender.keep(.list((0..<100).map { .integer($0) }))
      var sent = 0
      var refusal: SendError?
      while refusal == nil {
        do {
          try sender.send(message, to: receiver.pid)
          sent += 1
        } catch { refusal = error as? SendError }
      }
      #expect(refusal == .mailboxFull(receiver.pid))
      #expect(sent > 10 && sent < 30)
      #expect(group.usage.mailboxBytes >= sent * 1600)
      #expect(group.budget.usedBytes <= 40_000)
      #expect(group.budget.level == .refuse)
      checkSum(group)
      // What is received is the heap's, and goes when it is dead.
      let before = group.usage
      for _ in 0..<sent { _ = try receiver.receive() }
      #expect(group.usage.mailboxBytes == 0)
      #expect(group.usage.totalBytes == before.totalBytes)
      var roots = NoRoots()
      try receiver.collectGarbage(roots: &roots)
      #expect(group.usage.totalBytes < 20_000)
      let outcome = try sender.send(message, to: receiver.pid)
      #expect(outcome == .delivered)
      checkSum(group)
    }
    #expect(group.budget.usedBytes == 0)
  }

  /// A binary's identifier is its address, where another may stand before all members have settled.
  @Test func aBinaryInThePlaceOfAnotherIsChargedAsItIs() {
    let group = group(1 << 30)
    #expect(group.exchange(binaries: [], for: [1: 8]) == 8)
    #expect(group.exchange(binaries: [], for: [1: 16]) == 8)
    #expect(group.exchange(binaries: [1], for: [1: 24, 2: 5]) == 13)
    #expect(group.usage.binaryBytes == 29)
    #expect(group.exchange(binaries: [1], for: [:]) == 0)
    #expect(group.exchange(binaries: [1, 2], for: [:]) == -29)
    #expect(group.usage.binaryBytes == 0)
  }

  /// Both limits of a mailbox at once, and messages that nobody is charged for.
  @Test(arguments: [MailboxLimit.Policy.reject, .dropNewest, .dropOldest], [false, true])
  func limitsAndGroupsCountAlike(policy: MailboxLimit.Policy, onHeap: Bool) throws {
    let group = group(1 << 30)
    var sender = try system.makeProcess()
    do {
      var receiver = try system.makeProcess(
        mailboxLimit: MailboxLimit(messages: 3, policy: policy), group: group)
      receiver.trapsExits = true
      receiver.setKeepsMessagesOnHeap(onHeap)
      let message = try sender.keep(["text"])
      let alias = try receiver.makeAlias()
      for round in 0..<50 {
        do { try sender.send(message, to: receiver.pid) } catch SendError.mailboxFull {}
        if round % 6 == 0 { try system.send(try sender.prepare(.ok), to: receiver.pid) }
        if round % 5 == 0 { try sender.askToEnd(receiver.pid, reason: .ok) }
        if round == 20 {
          do { try sender.send(message, to: alias) } catch SendError.mailboxFull {}
          _ = receiver.removeAlias(alias)
        }
        if round % 7 == 0 { _ = try receiver.receive() }
        if round % 11 == 0 { try receiver.settle() }
        checkSum(group)
      }
      while try receiver.receive() != nil {}
      #expect(group.usage.mailboxBytes == 0)
      // Exactly three find room again: nothing was counted out that had not been counted in.
      var delivered = 0
      for _ in 0..<5 {
        do {
          if try sender.send(message, to: receiver.pid) == .delivered { delivered += 1 }
        } catch SendError.mailboxFull {}
      }
      #expect(delivered == (policy == .dropOldest ? 5 : 3))
    }
    #expect(group.budget.usedBytes == 0)
  }

  @Test func aHeapThatOutgrowsItsGroupIsToldAndWhole() throws {
    let group = group(100_000)
    var process = try system.makeProcess(group: group)
    var kept: [TermHandle] = []
    var refusal: HeapError?
    while refusal == nil && kept.count < 1000 {
      kept.append(try process.keep(.list((0..<100).map { .integer($0) })))
      var roots = NoRoots()
      do { try process.ensureFree(words: 100, roots: &roots) } catch { refusal = error }
    }
    guard case .outOfMemory(.budgetExceeded(_, budget: 100_000)) = refusal else {
      Issue.record("\(kept.count) lists: \(String(describing: refusal))")
      return
    }
    #expect(kept.count < 100)
    for handle in kept {
      let value = try process.value(of: handle)
      #expect(value == .list((0..<100).map { .integer($0) }))
    }
    kept = []
    var roots = NoRoots()
    try process.collectGarbage(roots: &roots)
    #expect(group.budget.usedBytes < 50_000)
    checkSum(group)
  }

  /// Garbage alone is no reason to fail: it is swept before anybody is told.
  @Test func garbageIsSweptFirst() throws {
    let group = group(200_000)
    var process = try system.makeProcess(group: group)
    for _ in 0..<500 {
      _ = try process.keep(.list((0..<100).map { .integer($0) }))
      var roots = NoRoots()
      try process.ensureFree(words: 100, roots: &roots)
    }
    #expect(process.heap.counters.allocatedWords >= 100_000)
  }

  @Test func groupsStandInOneAnother() throws {
    let outer = MemoryBudget(limitBytes: 10_000)
    let one = ProcessGroup(budget: MemoryBudget(limitBytes: 1 << 20, parent: outer))
    let other = ProcessGroup(budget: MemoryBudget(limitBytes: 1 << 20, parent: outer))
    var processes: [TestProcess] = []
    var refusal: HeapError?
    while refusal == nil && processes.count < 100 {
      do {
        let group = processes.count % 2 == 0 ? one : other
        processes.append(try TestProcess(system, group: group))
      } catch { refusal = error as? HeapError }
    }
    #expect(processes.count >= 3 && processes.count <= 5)
    #expect(one.budget.usedBytes + other.budget.usedBytes == outer.usedBytes)
    processes = []
    #expect(outer.usedBytes == 0)
    #expect(one.usage.processCount == 0)
  }
}
