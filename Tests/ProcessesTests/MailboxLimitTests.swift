import Carriers
import Heaps
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
    // What was looked at stays, as its term is valid until it is skipped or removed.
    #expect(received == (oldest ? ["497", "997", "998", "999"] : ["0", "1", "2", "3"]))
  }

  /// What the process before looked at, whose record it has, keeps nothing of this one's.
  @Test func aProcessLooksAtNothingAsItBegins() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    do {
      let before = try TestProcess(system)
      _ = try sender.send(0, to: before.pid)
      _ = try before.nextMessage()
    }
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 2, policy: .dropOldest))
    for number in 0..<4 { _ = try sender.send(number, to: receiver.pid) }
    #expect(try receiver.receiveText() == "2")
    #expect(try receiver.receiveText() == "3")
  }

  @Test(arguments: [false, true])
  func whatTheSystemSaysIsNotDropped(onHeap: Bool) throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 2, policy: .dropOldest))
    receiver.process.setKeepsMessagesOnHeap(onHeap)
    do {
      let watched = try TestProcess(system)
      _ = try receiver.process.monitor(watched.pid)
      let goesOn = try watched.process.handleSignals()
      #expect(goesOn)
    }
    for number in 0..<3 { _ = try sender.send(number, to: receiver.pid) }
    _ = try receiver.process.handleSignals()
    for number in 3..<6 { _ = try sender.send(number, to: receiver.pid) }
    let first = try #require(try receiver.receiveText())
    #expect(first.hasPrefix("{'DOWN',") && first.hasSuffix(",normal}"))
    #expect(try receiver.receiveText() == "5")
    #expect(try receiver.receiveText() == nil)
  }

  /// What the system says stays where its message became a term of the heap.
  @Test(arguments: ["kept on the heap", "attached", "refers to literals"])
  func whatTheSystemSaidIsNotDroppedAsATerm(why: String) throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 2, policy: .dropOldest))
    var said = Term.small(7)
    let area = try system.heaps.literals.build(words: 3) { cursor, _ in
      said = cursor.makeTuple(.small(7), .small(8))
    }
    _ = try sender.send(0, to: receiver.pid)
    try system.send(to: receiver.pid, words: 4) { cursor in cursor.makeTuple(said, said, .nil) }
    #expect(try receiver.receiveText() == "0")
    #expect(try receiver.nextMessage() != nil)
    switch why {
    case "attached": receiver.process.attachMessage()
    case "kept on the heap": receiver.process.setKeepsMessagesOnHeap(true)
    default:
      var roots = NoRoots()
      _ = try receiver.process.copyLiterals(of: area, roots: &roots)
    }
    receiver.process.skipMessage()
    for number in 1..<9 {
      _ = try sender.send(number, to: receiver.pid)
      _ = try receiver.process.handleSignals()
    }
    receiver.process.restartReceive()
    #expect(try receiver.receiveText() == "{{7,8},{7,8},[]}")
    #expect(try receiver.receiveText() == "8")
    #expect(try receiver.receiveText() == nil)
  }

  /// One that is equal to what is looked at is not that.
  @Test func onlyWhatIsLookedAtStays() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 2, policy: .dropOldest))
    _ = try sender.send(1, to: receiver.pid)
    #expect(try receiver.nextMessage() == .small(1))
    for _ in 0..<5 {
      _ = try sender.send(1, to: receiver.pid)
      _ = try receiver.process.handleSignals()
    }
    #expect(receiver.process.fetchedMessageCount == 2)
  }

  @Test func sendersThatEndedAreForgotten() throws {
    let system = Self.makeSystem()
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 1, policy: .suspendSender))
    let patient = try TestProcess(system)
    #expect(try patient.send(0, to: receiver.pid) == .delivered)
    #expect(try patient.send(1, to: receiver.pid) == .suspended)
    for number in 0..<200 {
      let sender = try TestProcess(system)
      #expect(try sender.send(number, to: receiver.pid) == .suspended)
    }
    let waiting = try #require(receiver.process.record.pointee.limit?.waitingCount)
    #expect(waiting <= 32)
    #expect(patient.park())
    #expect(try receiver.receiveText() == "0")
    // It was woken.
    #expect(!patient.unpark())
  }

  /// Nobody would hear that there is room.
  @Test func aResultThatWouldHaveToWaitIsRefused() throws {
    let system = Self.makeSystem()
    let receiver = try TestProcess(
      system, mailboxLimit: MailboxLimit(messages: 1, policy: .suspendSender))
    let child = try TestProcess(system)
    #expect(try child.send(0, to: receiver.pid) == .delivered)
    let result = child.build { $0.makeTuple(.small(1), .small(2)) }
    #expect(throws: SendError.mailboxFull(receiver.pid)) {
      try child.process.end(handing: result, to: receiver.pid)
    }
    #expect(receiver.process.record.pointee.limit?.waitingCount == 0)
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
}
