import Carriers
import Heaps
import Synchronization
import TestKit
import Terms
import Testing

@testable import Processes

/// Mailboxes with a limit, and what becomes of messages beyond it.
@Suite struct MailboxLimitTests {
  private static func makeSystem(
    _ listener: (any ProcessListener)? = nil, heap: HeapOptions = HeapOptions()
  ) -> MemorySystem {
    MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: true), heapOptions: heap, processListener: listener))
  }

  @Test func aFullMailboxRejects() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 3, policy: .reject))
    for number in 0..<3 { _ = try sender.send(number, to: receiver.pid) }
    #expect(throws: SendError.mailboxFull(receiver.pid)) { try sender.send(3, to: receiver.pid) }
    #expect(try receiver.receiveText() == "0")
    #expect(try sender.send(4, to: receiver.pid) == .delivered)
    #expect(throws: SendError.mailboxFull(receiver.pid)) { try sender.send(5, to: receiver.pid) }
    for number in [1, 2, 4] { #expect(try receiver.receiveText() == "\(number)") }
  }

  @Test(arguments: [false, true])
  func aFullMailboxDropsTheNewestOrTheOldest(oldest: Bool) throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 4, policy: oldest ? .dropOldest : .dropNewest))
    for number in 0..<1000 {
      #expect(
        try sender.send(number, to: receiver.pid)
          == (oldest || number < 4 ? .delivered : .dropped))
      if number == 500 { _ = try receiver.nextMessage() }
    }
    var received: [String] = []
    while let text = try receiver.receiveText() { received.append(text) }
    #expect(received == (oldest ? ["996", "997", "998", "999"] : ["0", "1", "2", "3"]))
  }

  @Test func aFullMailboxSuspendsWhoSends() throws {
    let recorder = ProcessRecorder()
    let system = Self.makeSystem(recorder)
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 2, policy: .suspendSender))
    for number in 0..<2 { _ = try sender.send(number, to: receiver.pid) }
    #expect(try sender.send(2, to: receiver.pid) == .suspended)
    #expect(sender.park())
    #expect(recorder.heard.runnable.isEmpty)
    #expect(try receiver.receiveText() == "0")
    #expect(recorder.heard.runnable == [sender.pid])
    #expect(try sender.send(2, to: receiver.pid) == .delivered)
    #expect(try receiver.receiveText() == "1")
    #expect(try receiver.receiveText() == "2")
  }

  @Test func bytesAreLimitedToo() throws {
    let system = Self.makeSystem(heap: HeapOptions(minimumWords: 2000))
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(byteCount: 6000, policy: .dropNewest))
    let term = sender.build { $0.makeList((0..<100).map { Term.small($0) }) }
    let outcomes = try (0..<5).map { _ in try sender.send(term, to: receiver.pid) }
    #expect(outcomes.prefix(2) == [.delivered, .delivered])
    #expect(outcomes.last == .dropped)
    _ = try receiver.receiveText()
    #expect(try sender.send(term, to: receiver.pid) == .delivered)
  }

  /// Who waits for room is told by a signal: once, whatever else comes, and not where it has not
  /// parked yet.
  @Test func whoWaitsForRoomIsMadeRunnableOnce() throws {
    let recorder = ProcessRecorder()
    let system = Self.makeSystem(recorder)
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 1, policy: .suspendSender))
    _ = try sender.send(0, to: receiver.pid)
    #expect(try sender.send(1, to: receiver.pid) == .suspended)
    #expect(sender.park())
    #expect(try receiver.receiveText() == "0")
    _ = try receiver.send(7, to: sender.pid)
    #expect(recorder.heard.runnable == [sender.pid])
    #expect(try sender.receiveText() == "7")
    #expect(try sender.send(1, to: receiver.pid) == .delivered)
    // Room before it parks; asked for twice, told once.
    #expect(try sender.send(2, to: receiver.pid) == .suspended)
    #expect(try sender.send(2, to: receiver.pid) == .suspended)
    #expect(try receiver.receiveText() == "1")
    #expect(!sender.park())
    #expect(try sender.nextMessage() == nil)
    #expect(sender.park())
    #expect(recorder.heard.runnable == [sender.pid])
  }

  @Test func whoWaitsForRoomIsToldOfTheEnd() throws {
    let recorder = ProcessRecorder()
    let system = Self.makeSystem(recorder)
    let sender = try TestProcess(system)
    let blocks = system.allocator.allocatedBlockCount
    do {
      let receiver = try TestProcess(
        system, mailboxLimit: MailboxLimit(messages: 1, policy: .suspendSender))
      _ = try sender.send(0, to: receiver.pid)
      #expect(try sender.send(1, to: receiver.pid) == .suspended)
      #expect(sender.park())
      receiver.end(reason: .normal)
      #expect(recorder.heard.runnable == [sender.pid])
      #expect(try sender.send(1, to: receiver.pid) == .noProcess)
      #expect(try sender.nextMessage() == nil)
    }
    // And who waits for itself, or for one that ends after it, leaves nothing.
    do {
      let receiver = try TestProcess(
        system, mailboxLimit: MailboxLimit(messages: 1, policy: .suspendSender))
      _ = try receiver.send(0, to: receiver.pid)
      #expect(try receiver.send(1, to: receiver.pid) == .suspended)
      let other = try TestProcess(system)
      #expect(try other.send(1, to: receiver.pid) == .suspended)
    }
    #expect(system.allocator.allocatedBlockCount == blocks + 1)
  }

  /// Bytes that become part of the heap make room for those who wait.
  @Test func whatIsFetchedOntoTheHeapMakesRoom() throws {
    let recorder = ProcessRecorder()
    let system = Self.makeSystem(recorder, heap: HeapOptions(minimumWords: 2000))
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(byteCount: 3000, policy: .suspendSender))
    receiver.process.setKeepsMessagesOnHeap(true)
    let term = sender.build { $0.makeList((0..<100).map { Term.small($0) }) }
    #expect(try sender.send(term, to: receiver.pid) == .delivered)
    #expect(try sender.send(term, to: receiver.pid) == .suspended)
    #expect(sender.park())
    #expect(try receiver.nextMessage() != nil)
    #expect(recorder.heard.runnable == [sender.pid])
    #expect(try sender.send(term, to: receiver.pid) == .delivered)
  }

  @Test(arguments: [
    MailboxLimit.Policy.reject, .dropNewest, .dropOldest, .suspendSender,
  ])
  func whatIsLargerThanAllRoomNeverWaits(policy: MailboxLimit.Policy) throws {
    let system = Self.makeSystem(heap: HeapOptions(minimumWords: 2000))
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(byteCount: 500, policy: policy))
    let term = sender.build { $0.makeList((0..<100).map { Term.small($0) }) }
    _ = try sender.send(1, to: receiver.pid)
    if policy == .dropNewest {
      #expect(try sender.send(term, to: receiver.pid) == .dropped)
    } else {
      #expect(throws: SendError.mailboxFull(receiver.pid)) {
        try sender.send(term, to: receiver.pid)
      }
    }
    // What was there stays.
    #expect(try receiver.receiveText() == "1")
  }

  /// A signal that comes while the oldest messages are dropped stays behind what its sender sent
  /// before.
  @Test func whatIsDroppedLeavesTheOrderAsItIs() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let watched = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 3, policy: .dropOldest))
    _ = try receiver.monitor(watched.pid)
    #expect(try watched.handleSignals())
    for number in 0..<6 { _ = try sender.send(number, to: receiver.pid) }
    let record = receiver.process.record
    let mailbox = record.pointee.limit
    let limit = try #require(mailbox)
    var dropped: [Int] = []
    let (seventh, _) = try sender.process.heap.makeMessage(of: .small(6))
    _ = limit.push(seventh, to: record) { message in
      if dropped.isEmpty { watched.end(reason: .normal) }
      dropped.append(message.term.smallValue)
      system.heaps.free(message)
    }
    #expect(dropped == [3, 2, 1, 0])
    // What the system tells counts, so one more of them has to go.
    for number in 5...6 { #expect(try receiver.receiveText() == "\(number)") }
    #expect(try receiver.receiveText()?.hasPrefix("{'DOWN',") == true)
    #expect(try receiver.receiveText() == nil)
  }

  /// Where it is known before that a message goes nowhere, nothing is copied.
  @Test func nothingIsCopiedForNobody() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let gone = try TestProcess(system).pid
    let full = try TestProcess(system, mailboxLimit: MailboxLimit(messages: 1, policy: .reject))
    let dropping = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 1, policy: .dropNewest))
    let waiting = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 1, policy: .suspendSender))
    let budget = MemoryBudget(limitBytes: 100_000)
    let poor = try TestProcess(system, group: ProcessGroup(budget: budget))
    try budget.charge(byteCount: budget.limitBytes - budget.usedBytes)
    // A copy fails.
    let levels = sender.build { cursor in
      (0..<40).reduce(Term.small(1)) { inner, _ in cursor.makeTuple(inner, inner) }
    }
    let copying = MessageCopying.flattening(limitWords: 1000)
    for process in [full, dropping, waiting] {
      #expect(throws: SendError.message(.flatteningBeyondLimit(limitWords: 1000))) {
        try sender.send(levels, to: process.pid, copying: copying)
      }
      _ = try sender.send(1, to: process.pid)
    }
    #expect(try sender.send(levels, to: gone, copying: copying) == .noProcess)
    #expect(throws: SendError.mailboxFull(full.pid)) {
      try sender.send(levels, to: full.pid, copying: copying)
    }
    #expect(throws: SendError.mailboxFull(poor.pid)) {
      try sender.send(levels, to: poor.pid, copying: copying)
    }
    #expect(try sender.send(levels, to: dropping.pid, copying: copying) == .dropped)
    #expect(try sender.send(levels, to: waiting.pid, copying: copying) == .suspended)
    #expect(try waiting.receiveText() == "1")
    #expect(!sender.park())
  }

  // MARK: - Threads

  /// Senders that wait for room, on several threads: each is run by one thread at a time, and every
  /// message arrives, in its order.
  @Test(arguments: [1, 2, 3]) func sendersWaitForRoom(room: Int) throws {
    let (senders, messages) = (6, 3_000)
    let scheduler = TestScheduler()
    let system = MemorySystem(
      configuration: SystemConfiguration(heapOptions: .tiny(), processListener: scheduler))
    let processes = UnsafeMutablePointer<SystemProcess>.allocate(capacity: senders + 1)
    defer { processes.deallocate() }
    for index in 0...senders {
      let limit = index == 0 ? MailboxLimit(messages: room, policy: .suspendSender) : nil
      (processes + index).initialize(to: try system.makeProcess(mailboxLimit: limit))
      processes[index].context = UnsafeMutableRawPointer(processes + index)
    }
    let receiver = processes[0].pid
    let none = [Int](repeating: 0, count: senders + 1)
    let state = Guarded((running: Set<Int>(), sent: none, next: none))
    let faults = Atomic<Int>(0)
    for index in 0...senders { scheduler.add(processes + index) }
    let base = Int(bitPattern: processes)
    scheduler.run(threads: 4) { process in
      let index = (Int(bitPattern: process) - base) / MemoryLayout<SystemProcess>.stride
      let isAlone = state.withLock { $0.running.insert(index).inserted }
      if !isAlone { faults.add(1, ordering: .relaxed) }
      // Before it parks: then another thread may run it.
      func park() -> Bool {
        state.withLock { _ = $0.running.remove(index) }
        if process.pointee.park() { return true }
        state.withLock { _ = $0.running.insert(index) }
        return false
      }
      do {
        while true {
          if index == 0 {
            while let message = try process.pointee.nextMessage() {
              let elements = message.tupleElements
              let (sender, number) = (elements[0].smallValue, elements[1].smallValue)
              process.pointee.removeMessage()
              let left = state.withLock { state in
                if state.next[sender] != number { faults.add(1, ordering: .relaxed) }
                state.next[sender] = number + 1
                return state.next.reduce(0, +)
              }
              if left == senders * messages { scheduler.end() }
            }
          } else {
            _ = try process.pointee.handleSignals()
            while true {
              let number = state.withLock { $0.sent[index] }
              if number == messages { break }
              var roots = NoRoots()
              try process.pointee.ensureFree(words: 3, roots: &roots)
              let term = process.pointee.heap.build { $0.makeTuple(.small(index), .small(number)) }
              guard try process.pointee.send(term, to: receiver) == .delivered else { break }
              state.withLock { $0.sent[index] += 1 }
            }
          }
          if park() { return }
        }
      } catch {
        faults.add(1, ordering: .relaxed)
        scheduler.end()
      }
    }
    #expect(faults.load(ordering: .relaxed) == 0)
    processes.deinitialize(count: senders + 1)
    #expect(system.processCount == 0)
  }
}
