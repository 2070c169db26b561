import Carriers
import Heaps
import Processes
import TestKit
import Terms
import Testing

/// Messages between processes of one thread.
@Suite struct MailboxTests {
  private static func makeSystem(
    _ listener: ProcessRecorder? = nil, heap: HeapOptions = HeapOptions()
  ) -> MemorySystem {
    MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: true), heapOptions: heap, processListener: listener))
  }

  @Test(arguments: [false, true])
  func messagesComeInTheOrderInWhichTheyWereSent(onHeap: Bool) throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system)
    receiver.process.setKeepsMessagesOnHeap(onHeap)
    for number in 0..<1000 {
      try sender.ensureFree(words: 4)
      let term = sender.build {
        $0.makeTuple(.small(number), $0.makeCons(.small(-number), .nil))
      }
      #expect(try sender.send(term, to: receiver.pid) == .delivered)
      if number % 7 == 3 {
        // Some are fetched, and collections happen in between.
        _ = try receiver.nextMessage()
        try receiver.collectGarbage(fully: number % 2 == 0)
      }
    }
    for number in 0..<1000 {
      #expect(try receiver.receiveText() == "{\(number),[\(-number)]}")
      if number % 100 == 0 { try receiver.collectGarbage() }
    }
    #expect(try receiver.nextMessage() == nil)
    try receiver.collectGarbage()
    #expect(receiver.process.heap.figures.youngUsedWords == 0)
  }

  @Test func aReceiveTakesTheFirstThatMatches() throws {
    let system = Self.makeSystem()
    let process = try TestProcess(system)
    for number in 1...6 { _ = try process.send(number, to: process.pid) }
    func receive(_ wanted: Int) throws -> Bool {
      while let message = try process.nextMessage() {
        if message.smallValue == wanted {
          process.process.removeMessage()
          return true
        }
        process.process.skipMessage()
      }
      return false
    }
    #expect(try receive(4))
    #expect(try receive(2))
    #expect(try !receive(7))
    // What was skipped stays skipped until the receive ends.
    _ = try process.send(7, to: process.pid)
    #expect(try process.nextMessage() == .small(7))
    process.process.restartReceive()
    for number in [1, 3, 5, 6, 7] { #expect(try process.receiveText() == "\(number)") }
    #expect(process.process.fetchedMessageCount == 0)
  }

  @Test func whoIsParkedIsToldOnce() throws {
    let recorder = ProcessRecorder()
    let system = Self.makeSystem(recorder)
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system)
    _ = try sender.send(1, to: receiver.pid)
    #expect(recorder.heard.runnable.isEmpty)
    #expect(!receiver.park())
    #expect(try receiver.receiveText() == "1")
    #expect(receiver.park())
    _ = try sender.send(2, to: receiver.pid)
    _ = try sender.send(3, to: receiver.pid)
    #expect(recorder.heard.runnable == [receiver.pid])
    #expect(!receiver.unpark())
    #expect(try receiver.receiveText() == "2")
    #expect(try receiver.receiveText() == "3")
    #expect(receiver.park())
    #expect(receiver.unpark())
    _ = try sender.send(4, to: receiver.pid)
    #expect(recorder.heard.runnable == [receiver.pid])
  }

  @Test func whatIsSentToNobodyIsNoErrorAndNoLeak() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let gone = try TestProcess(system).pid
    let blocks = system.allocator.allocatedBlockCount
    #expect(try sender.send(1, to: gone) == .noProcess)
    #expect(try sender.send(1, to: .pid(77)) == .noProcess)
    #expect(throws: SendError.badReceiver(.small(1))) { try sender.send(1, to: .small(1)) }
    #expect(throws: SendError.badReceiver(.ok)) { try sender.send(1, to: .ok) }
    #expect(system.allocator.allocatedBlockCount == blocks)
    // The place is used again, with another serial.
    let next = try TestProcess(system)
    #expect(next.pid != gone)
    #expect(
      LocalIdentifier.identifier(of: next.pid.identifierNumber)
        == LocalIdentifier.identifier(of: gone.identifierNumber))
    #expect(try sender.send(1, to: gone) == .noProcess)
  }

  @Test func namesAndAliasesLeadToTheirProcess() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system)
    let name = try system.atoms.atom("receiver")
    #expect(try system.register(name, as: receiver.pid))
    #expect(try !system.register(name, as: sender.pid))
    #expect(system.pid(named: name) == receiver.pid)
    _ = try sender.send(1, to: name)
    #expect(try receiver.receiveText() == "1")
    let alias = try receiver.makeAlias()
    _ = try receiver.send(alias, to: sender.pid)
    let known = try #require(try sender.nextMessage())
    sender.process.removeMessage()
    _ = try sender.send(2, to: known)
    #expect(try receiver.receiveText() == "2")
    _ = try sender.send(3, to: known)
    // To itself, too: whether the alias is there is asked when the message is fetched.
    _ = try receiver.send(4, to: alias)
    #expect(receiver.removeAlias(alias))
    #expect(!receiver.removeAlias(alias))
    #expect(try receiver.nextMessage() == nil)
    receiver.end(reason: .normal)
    #expect(system.pid(named: name) == nil)
    #expect(try system.register(name, as: sender.pid))
    #expect(system.unregister(name))
    #expect(!system.unregister(name))
  }

  @Test func aSendTellsWhatItsSharingSaved() throws {
    let recorder = ProcessRecorder(wantsMessages: true)
    let system = Self.makeSystem(recorder, heap: HeapOptions(minimumWords: 2000))
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system)
    let list = sender.build { cursor in
      let shared = cursor.makeList((0..<50).map { Term.small($0) })
      return cursor.makeList([Term](repeating: shared, count: 100))
    }
    let levels = sender.build { cursor in
      (0..<80).reduce(Term.small(1)) { inner, _ in cursor.makeTuple(inner, inner) }
    }
    _ = try sender.send(list, to: receiver.pid)
    _ = try sender.send(levels, to: receiver.pid)
    _ = try sender.send(list, to: receiver.pid, copying: .flattening())
    _ = try sender.send(list, to: sender.pid)
    let events = recorder.heard.messages
    #expect(events.map(\.words) == [300, 240, 10_200, 0])
    #expect(events.map(\.graphWords) == [300, 240, 300, 300])
    #expect(events.map(\.flatWords) == [10_200, .max, 10_200, 10_200])
    #expect(events.map(\.sharedReferences) == [99, 79, 99, 99])
    #expect(events.map(\.lostWords) == [0, 0, 9_900, 0])
  }

  /// A message to oneself is the term itself, in its order with others.
  @Test(arguments: [false, true]) func aMessageToOneselfIsNotCopied(onHeap: Bool) throws {
    let system = Self.makeSystem()
    let process = try TestProcess(system)
    let other = try TestProcess(system)
    process.process.setKeepsMessagesOnHeap(onHeap)
    let term = process.build { $0.makeList([.small(1), .small(2)]) }
    _ = try other.send(7, to: process.pid)
    let blocks = system.allocator.allocatedBlockCount
    _ = try process.send(term, to: process.pid)
    _ = try process.send(8, to: process.pid)
    #expect(system.allocator.allocatedBlockCount <= blocks + 1)
    #expect(try process.receiveText() == "7")
    #expect(try process.nextMessage() == term)
    try process.collectGarbage()
    try process.collectGarbage()
    #expect(try process.receiveText() == "[1,2]")
    #expect(try process.receiveText() == "8")
    #expect(try process.receiveText() == nil)
    process.end(reason: .normal)
    #expect(try process.send(term, to: process.pid) == .noProcess)
  }

  /// `flush` takes out what a monitor has told, and nothing else.
  @Test(arguments: [false, true], 0..<4)
  func monitorsAreFlushed(onHeap: Bool, skipped: Int) throws {
    let system = Self.makeSystem()
    let process = try TestProcess(system)
    process.process.setKeepsMessagesOnHeap(onHeap)
    let first = try TestProcess(system)
    let second = try TestProcess(system)
    let reference = try process.monitor(first.pid)
    let other = try process.monitor(second.pid)
    let kept = try process.process.keep(reference)
    _ = try second.send(1, to: process.pid)
    first.end(reason: .ok)
    _ = try second.send(2, to: process.pid)
    for _ in 0..<skipped {
      if try process.nextMessage() != nil { process.process.skipMessage() }
    }
    #expect(try process.handleSignals())
    // Nothing to look for where it was still there.
    #expect(try process.process.demonitor(other, flushing: true))
    let moved = try process.process.term(of: kept)
    #expect(try !process.process.demonitor(moved, flushing: true))
    #expect(process.process.fetchedMessageCount == 2)
    var left = try (0..<3).compactMap { _ in try process.receiveText() }
    if skipped == 3 {
      #expect(left.isEmpty)
      process.process.restartReceive()
      left = try (0..<3).compactMap { _ in try process.receiveText() }
    }
    // What was looked at is looked at still.
    #expect(left == (skipped == 1 || skipped == 2 ? ["2", "1"] : ["1", "2"]))
    #expect(try !process.process.demonitor(moved, flushing: true))
  }

  @Test func longQueuesAreTold() throws {
    let recorder = ProcessRecorder(longQueueMessages: 10)
    let system = Self.makeSystem(recorder)
    let process = try TestProcess(system)
    for number in 0..<9 { _ = try process.send(number, to: process.pid) }
    _ = try process.nextMessage()
    #expect(recorder.heard.longQueues.isEmpty)
    for number in 9..<12 { _ = try process.send(number, to: process.pid) }
    #expect(try process.handleSignals())
    #expect(recorder.heard.longQueues == [12])
    // Once, until it has come down to half of what is long.
    _ = try process.send(12, to: process.pid)
    #expect(try process.handleSignals())
    for _ in 0..<7 { _ = try process.receiveText() }
    _ = try process.send(13, to: process.pid)
    #expect(try process.handleSignals())
    for _ in 0..<3 { _ = try process.receiveText() }
    for (sent, told) in [(1, [12]), (4, [12]), (1, [12, 10])] {
      for number in 0..<sent { _ = try process.send(number, to: process.pid) }
      #expect(try process.handleSignals())
      #expect(recorder.heard.longQueues == told)
    }
  }

  /// A queue that was long, or of a process that hibernates, gives its block back when it is empty.
  @Test func theBlockOfAQueueIsGivenBack() throws {
    let system = Self.makeSystem()
    let process = try TestProcess(system)
    func messageBytes() -> Int { system.allocator.memory(by: .message).byteCount }
    for number in 0..<5_000 { _ = try process.send(number, to: process.pid) }
    #expect(messageBytes() >= 40_000)
    for _ in 0..<5_000 { _ = try process.receiveText() }
    #expect(messageBytes() == 0)
    _ = try process.send(1, to: process.pid)
    #expect(try process.receiveText() == "1")
    #expect(messageBytes() > 0)
    var roots = NoRoots()
    try process.process.hibernate(roots: &roots)
    #expect(messageBytes() == 0)
    _ = try process.send(2, to: process.pid)
    try process.process.hibernate(roots: &roots)
    #expect(try process.receiveText() == "2")
  }

  @Test func whatIsNotReceivedGoesWithItsProcess() throws {
    let system = Self.makeSystem()
    let sender = try TestProcess(system)
    let blocks = system.allocator.allocatedBlockCount
    do {
      let receiver = try TestProcess(system)
      let binary = try system.heaps.binaries.makeBinary(byteCount: 1000)
      try sender.ensureFree(words: 20)
      let term = sender.process.heap.buildLinked { cursor, list in
        cursor.makeTuple(cursor.makeBinaryHandle(binary, byteCount: 1000, list: &list), .ok)
      }
      for _ in 0..<10 { _ = try sender.send(term, to: receiver.pid) }
      _ = try receiver.nextMessage()
      for _ in 0..<10 { _ = try sender.send(term, to: receiver.pid) }
      #expect(binary.references == 21)
    }
    // The binary is the sender's still.
    #expect(system.allocator.allocatedBlockCount == blocks + 1)
  }
}
