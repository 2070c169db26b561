import Foundation
import Carriers
import Heaps
import Synchronization
import TestKit
import Terms
import Testing

@testable import Processes

/// Messages that a sender writes onto the heap of a receiver that is parked.
@Suite struct EnteringTests {
  /// A receiver that is parked, after it has received one message, and a sender.
  private struct Pair {
    let recorder = ProcessRecorder()
    let system: MemorySystem
    let sender: TestProcess
    let receiver: TestProcess

    init(
      levers: HeapLevers = HeapLevers(verifies: true), limit: MailboxLimit? = nil,
      group: ProcessGroup? = nil, prepare: (inout SystemProcess) throws -> Void = { _ in }
    ) throws {
      system = MemorySystem(
        configuration: SystemConfiguration(levers: levers, processListener: recorder))
      sender = try TestProcess(system)
      receiver = try TestProcess(system, mailboxLimit: limit, group: group)
      try prepare(&receiver.process)
      // From here on its queue has room.
      _ = try sender.send(0, to: receiver.pid)
      #expect(try receiver.receiveText() == "0")
    }

    /// Sends a term to the receiver while it is parked.
    /// - Returns: whether it was written onto its heap.
    func enters(_ term: Term, to name: Term? = nil) throws -> Bool {
      #expect(receiver.park())
      let used = receiver.process.heap.figures.youngUsedWords
      let told = recorder.heard.runnable.count
      #expect(try sender.send(term, to: name ?? receiver.pid) == .delivered)
      #expect(recorder.heard.runnable.dropFirst(told) == [receiver.pid])
      let isQueued = receiver.process.record.pointee.isAnythingUnfetched
      #expect(isQueued || receiver.process.fetchedMessageCount == 1)
      #expect(!isQueued || receiver.process.heap.figures.youngUsedWords == used)
      return !isQueued
    }

    func enter() -> Bool { receiver.process.record.pointee.enter() }
    func leaveParked() -> Bool { receiver.process.record.pointee.leaveParked() }

    func makePair() throws -> Term {
      try sender.ensureFree(words: 3)
      return sender.build { $0.makeTuple(.small(1), .small(2)) }
    }
  }

  @Test func aSmallMessageIsATermOfTheReceiversHeapAtOnce() throws {
    let pair = try Pair()
    let blocks = pair.system.allocator.allocatedBlockCount
    #expect(try pair.enters(try pair.makePair()))
    #expect(pair.system.allocator.allocatedBlockCount == blocks)
    #expect(pair.receiver.process.heap.figures.youngUsedWords == 3)
    // What comes after it stays behind it, and it is a root.
    _ = try pair.sender.send(7, to: pair.receiver.pid)
    try pair.receiver.collectGarbage()
    #expect(try pair.receiver.receiveText() == "{1,2}")
    #expect(try pair.receiver.receiveText() == "7")
    for term in [Term.small(3), .nil, .emptyTuple] {
      #expect(try pair.enters(term))
      #expect(try pair.receiver.nextMessage() == term)
      pair.receiver.process.removeMessage()
    }
    #expect(pair.receiver.park())
    #expect(pair.receiver.unpark())
  }

  @Test func binariesOutsideTheHeapAreCounted() throws {
    let pair = try Pair()
    let binary = try pair.system.heaps.binaries.makeBinary(byteCount: 1000)
    let term = pair.sender.process.heap.buildLinked { cursor, list in
      cursor.makeBinaryHandle(binary, byteCount: 1000, list: &list)
    }
    #expect(try pair.enters(term))
    #expect(binary.references == 2)
    #expect(pair.receiver.process.heap.figures.virtualWords > 0)
    pair.receiver.process.removeMessage()
    try pair.receiver.collectGarbage()
    #expect(binary.references == 1)
  }

  @Test func whatIsLargeOrSharedIsCopiedAside() throws {
    let pair = try Pair()
    let large = pair.sender.build { $0.makeList((0..<40).map { Term.small($0) }) }
    #expect(try !pair.enters(large))
    #expect(try pair.receiver.receiveText()?.hasPrefix("[0,1,") == true)
    let shared = pair.sender.build { cursor in
      let part = cursor.makeTuple(.small(1), .small(2))
      return cursor.makeTuple(part, part)
    }
    #expect(try !pair.enters(shared))
    #expect(try pair.receiver.receiveText() == "{{1,2},{1,2}}")
  }

  @Test func whereThereIsNoRoomItIsCopiedAside() throws {
    let pair = try Pair()
    let free = pair.receiver.process.heap.state.pointee.freeWords
    pair.receiver.process.heap.build { cursor in
      _ = cursor.makeTuple(of: [Term](repeating: .nil, count: free - 4))
      return ()
    }
    #expect(try !pair.enters(try pair.makePair()))
    #expect(try pair.receiver.receiveText() == "{1,2}")
  }

  @Test func aHeapThatIsToCollectIsLeftAlone() throws {
    let pair = try Pair(levers: HeapLevers(zeal: 1, verifies: true))
    #expect(try !pair.enters(try pair.makePair()))
    #expect(try pair.receiver.receiveText() == "{1,2}")
    let other = try Pair()
    other.receiver.process.heap.delayCollections()
    #expect(try !other.enters(try other.makePair()))
    other.receiver.process.heap.allowCollections()
  }

  /// Whether messages are to be kept on the heap or off it, and whether some wait, decides it too.
  @Test func whereMessagesAreKeptDecides() throws {
    let off = try Pair { $0.setKeepsMessagesOnHeap(false) }
    #expect(try !off.enters(.small(1)))
    for keeps in [false, true] {
      let pair = try Pair { if keeps { $0.setKeepsMessagesOnHeap(true) } }
      _ = try pair.sender.send(1, to: pair.receiver.pid)
      #expect(try pair.receiver.nextMessage() == .small(1))
      pair.receiver.process.skipMessage()
      #expect(pair.receiver.park())
      _ = try pair.sender.send(2, to: pair.receiver.pid)
      #expect(pair.receiver.process.record.pointee.isAnythingUnfetched == !keeps)
    }
  }

  @Test func limitsGroupsAndAliasesAreLookedAfter() throws {
    let limited = try Pair(limit: MailboxLimit(messages: 10, policy: .reject))
    #expect(try !limited.enters(.small(1)))
    let grouped = try Pair(group: ProcessGroup(budget: MemoryBudget(limitBytes: 1 << 30)))
    #expect(try !grouped.enters(.small(1)))
    let pair = try Pair()
    let alias = try pair.receiver.makeAlias()
    let known = try pair.sender.process.heap.buildInPlace(words: 4) { cursor, _ in
      cursor.makeReference(number: alias.referenceNumber, leadingTo: pair.receiver.pid)
    }
    #expect(try !pair.enters(.small(1), to: known))
    #expect(try pair.receiver.receiveText() == "1")
  }

  @Test func aProcessThatIsToEndTakesNothing() throws {
    let pair = try Pair()
    try pair.sender.process.askToEnd(pair.receiver.pid, reason: .kill)
    #expect(try !pair.receiver.handleSignals())
    #expect(try !pair.enters(.small(1)))
    pair.receiver.end(reason: .normal)
    #expect(try pair.sender.send(1, to: pair.receiver.pid) == .noProcess)
  }

  /// What is sent while a sender is inside wakes nobody, and stays behind what that one writes.
  @Test func othersSendWhileOneIsInside() throws {
    let pair = try Pair()
    let record = pair.receiver.process.record
    for isLeftAsItWas in [false, true] {
      #expect(pair.receiver.park())
      #expect(pair.enter())
      #expect(!pair.enter())
      let told = pair.recorder.heard.runnable.count
      _ = try pair.sender.send(2, to: pair.receiver.pid)
      _ = try pair.sender.send(3, to: pair.receiver.pid)
      #expect(pair.recorder.heard.runnable.count == told)
      // Who is inside will wake it.
      #expect(!pair.receiver.unpark())
      if isLeftAsItWas {
        #expect(!pair.leaveParked())
      } else {
        record.pointee.queue.append(.small(1))
        record.pointee.leave()
        #expect(try pair.receiver.receiveText() == "1")
      }
      #expect(!pair.receiver.takeBack())
      #expect(try pair.receiver.receiveText() == "2")
      #expect(try pair.receiver.receiveText() == "3")
    }
    #expect(pair.receiver.park())
    #expect(pair.enter())
    #expect(pair.leaveParked())
    #expect(pair.receiver.takeBack())
  }

  // MARK: - Threads

  /// A process that is parked is taken back though senders enter and leave it as it was.
  @Test(arguments: [false, true]) func whoEntersInVainKeepsNobodyFromTakingBack(wakes: Bool) throws
  {
    let pair = try Pair()
    nonisolated(unsafe) let record = pair.receiver.process.record
    let count = EnteringCount()
    let group = DispatchGroup()
    group.enter()
    Thread.detachNewThread {
      while !count.isDone.load(ordering: .acquiring) {
        if record.pointee.enter() {
          count.entered.wrappingAdd(1, ordering: .relaxed)
          _ = record.pointee.leaveParked()
        }
      }
      group.leave()
    }
    var rounds = 0
    while rounds < 20_000 || count.entered.load(ordering: .relaxed) < 100 {
      rounds += 1
      if !record.pointee.park(isOpen: true) { break }
      if rounds % 1000 == 0 { sched_yield() }
      if !(wakes ? record.pointee.unpark() : record.pointee.takeBack()) { break }
    }
    count.isDone.store(true, ordering: .releasing)
    group.wait()
    #expect(record.pointee.outer.load(ordering: .relaxed) == ProcessRecord.empty)
    #expect(pair.receiver.park())
    #expect(pair.receiver.takeBack())
  }

  /// Many senders to receivers that park, on several threads, some of which are looked at or end while
  /// they wait: every message comes whole and in its order, and nobody sleeps on one.
  @Test(arguments: UInt64(0)..<3) func sendersEnterAndOthersLook(seed: UInt64) throws {
    let (threads, messages) = (3, 4_000)
    let system = MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: seed == 0), heapOptions: .tiny(),
        processListener: ParkedReceivers.Listener()))
    let receivers = try ParkedReceivers(system, count: 4, seed: seed)
    let group = DispatchGroup()
    for thread in 0..<threads {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        do {
          var random = SeededGenerator(seed: seed &* 77 &+ UInt64(thread))
          var sender = try system.makeProcess()
          for number in 0..<messages {
            let words = 2 + Int(random.next() % 20)
            var roots = NoRoots()
            try sender.ensureFree(words: 2 * words + 4, roots: &roots)
            let term = sender.heap.build {
              $0.makeTuple(
                .small(thread), .small(number), $0.makeList((0..<words).map { Term.small($0) }))
            }
            let receiver = Int(random.next() % 4)
            _ = try sender.send(term, to: receivers.pid(receiver))
          }
        } catch { receivers.complain("\(error)") }
        receivers.senderIsDone()
      }
    }
    for _ in 0..<2 {
      group.enter()
      Thread.detachNewThread {
        receivers.run(until: threads)
        group.leave()
      }
    }
    group.wait()
    #expect(receivers.complaints == [])
    receivers.end()
    #expect(system.processCount == 0)
    for kind in [MemoryKind.processHeap, .oldHeap, .message, .scratch] {
      #expect(system.allocator.memory(by: kind).byteCount == 0)
    }
  }
}

/// How often a sender entered, and whether it is to go on.
private final class EnteringCount: Sendable {
  let entered = Atomic(0)
  let isDone = Atomic(false)
}
