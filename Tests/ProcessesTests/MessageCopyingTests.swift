import Carriers
import Heaps
import TestKit
import Terms
import Testing

@testable import Processes

/// How terms are copied that leave a process, and where they may go.
@Suite struct MessageCopyingTests {
  /// So many levels of `{X, X}`.
  private func makeLevels(_ count: Int, by process: TestProcess) throws -> Term {
    try process.ensureFree(words: 3 * count)
    return process.build { cursor in
      (0..<count).reduce(Term.small(1)) { inner, _ in cursor.makeTuple(inner, inner) }
    }
  }

  private func sharedWords(_ process: TestProcess, _ term: Term) throws -> Int {
    try TermSize.sharedWords(of: term, scratch: process.system.heaps.scratch)
  }

  /// A copy beyond the limit is refused in the time of the graph, however large the limit is.
  @Test(.timeLimit(.minutes(1))) func aTermThatUnfoldsBeyondAllMemoryIsRefusedAtOnce() throws {
    let system = MemorySystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system)
    let usual = MessageCopying.usualLimitWords
    for (levels, limit) in [(40, 1 << 40), (80, 1 << 40), (30, usual), (2_000, Int.max - 1)] {
      let term = try makeLevels(levels, by: sender)
      #expect(throws: SendError.message(.flatteningBeyondLimit(limitWords: limit))) {
        try sender.send(term, to: receiver.pid, copying: .flattening(limitWords: limit))
      }
    }
    #expect(MessageCopying.flattening().flatteningLimitWords == usual)
    // Exactly the limit, found by unfolding: 16 levels have 3 * (2^16 - 1) words.
    let term = try makeLevels(16, by: sender)
    let words = 3 * (1 << 16 - 1)
    #expect(throws: SendError.message(.flatteningBeyondLimit(limitWords: words - 1))) {
      try sender.send(term, to: receiver.pid, copying: .flattening(limitWords: words - 1))
    }
    let outcome = try sender.send(
      term, to: receiver.pid, copying: .flattening(limitWords: words))
    #expect(outcome == .delivered)
  }

  /// A process that does not keep sharing loses it in all that leaves it, and a system's processes are as
  /// it says.
  @Test(arguments: [false, true]) func sharingIsKeptOrLostInAllThatLeaves(keeps: Bool) throws {
    let system = MemorySystem(
      configuration: SystemConfiguration(
        messageCopying: MessageCopying(keepsSharing: keeps, flatteningLimitWords: 100)))
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system)
    #expect(
      sender.process.copying == MessageCopying(keepsSharing: keeps, flatteningLimitWords: 100))
    let expected = keeps ? 12 : 3 * 15
    let term = try makeLevels(4, by: sender)
    func received() throws -> Term {
      let message = try #require(try receiver.nextMessage())
      receiver.process.removeMessage()
      return message
    }
    _ = try sender.send(term, to: receiver.pid)
    #expect(try sharedWords(receiver, try received()) == expected)
    try system.send(try sender.process.prepare(term), to: receiver.pid)
    #expect(try sharedWords(receiver, try received()) == expected)
    let attached = try receiver.process.attach(try sender.process.prepare(term))
    #expect(try sharedWords(receiver, attached) == expected)
    // Beyond the limit, which is the system's.
    let larger = try makeLevels(6, by: sender)
    if keeps {
      _ = try sender.process.prepare(larger)
    } else {
      #expect(throws: MessageError.flatteningBeyondLimit(limitWords: 100)) {
        _ = try sender.process.prepare(larger)
      }
    }
    // One process otherwise, or one message.
    sender.process.keepsSharing = !keeps
    let other = try sender.process.prepare(term, copying: sender.process.copying)
    #expect(try sharedWords(receiver, try receiver.process.attach(other)) == (keeps ? 45 : 12))
    sender.process.keepsSharing = keeps
    receiver.process.trapsExits = true
    try receiver.link(to: sender.pid)
    #expect(try sender.handleSignals())
    sender.end(reason: term)
    let exit = try received()
    #expect(try sharedWords(receiver, exit.tupleElements[2]) == expected)
  }

  /// What was prepared in one system goes to no process of another, and its memory goes back to where it came
  /// from.
  @Test func whatWasPreparedGoesToNoOtherSystem() throws {
    let (one, other) = (MemorySystem(), MemorySystem())
    let sender = try TestProcess(one)
    // Its pid is that of the sender.
    let receiver = try TestProcess(other)
    let term = sender.build { $0.makeList([.small(1), .small(2)]) }
    let (blocks, otherBlocks) = (
      one.allocator.allocatedBlockCount, other.allocator.allocatedBlockCount
    )
    #expect(throws: PreparedMessageError.otherSystem) {
      try other.send(try sender.process.prepare(term), to: receiver.pid)
    }
    #expect(throws: PreparedMessageError.otherSystem) {
      _ = try receiver.process.attach(try sender.process.prepare(term))
    }
    #expect(try receiver.receiveText() == nil)
    #expect(one.allocator.allocatedBlockCount == blocks)
    #expect(other.allocator.allocatedBlockCount == otherBlocks)
  }

  /// A message beyond what the receiver's heap may have arrives; the collection that finds it there is
  /// refused, and the process is whole.
  @Test func aMessageMayBeBeyondTheReceiversLimit() throws {
    let system = MemorySystem()
    let sender = try TestProcess(system)
    var receiver = try system.makeProcess(
      options: HeapOptions(limit: HeapLimit(words: 2_000)))
    try sender.ensureFree(words: 8_000)
    let list = sender.build { $0.makeList((0..<4_000).map { Term.small($0) }) }
    #expect(try sender.send(list, to: receiver.pid) == .delivered)
    let message = try receiver.nextMessage()
    var register = OneRegister(term: try #require(message))
    receiver.removeMessage()
    var refusal: HeapError?
    do { try receiver.ensureFree(words: 600, roots: &register) } catch { refusal = error }
    guard case .limitReached(let excess) = refusal else {
      Issue.record("\(String(describing: refusal)) in place of the limit")
      return
    }
    #expect(excess.limit.words == 2_000)
    let damage = receiver.firstDamage(roots: &register)
    #expect(damage == nil)
    #expect(try sharedWords(sender, register.term) == 8_000)
  }

  @Test func aFragmentOfAnotherSystemIsNotAttached() async {
    await #expect(processExitsWith: .failure) {
      var heap = try ProcessHeap(environment: HeapEnvironment(allocator: BlockAllocator()))
      let other = HeapEnvironment(allocator: BlockAllocator())
      heap.attach(try HeapFragment(environment: other, words: 2))
    }
  }

  /// A process does not sleep on messages that it took and had no memory to look at.
  @Test func whatWasTakenKeepsAProcessFromParking() throws {
    let system = MemorySystem()
    let sender = try TestProcess(system)
    let receiver = try TestProcess(system)
    _ = try sender.send(1, to: receiver.pid)
    // As a fetch leaves it that is refused room in the queue.
    let record = receiver.process.record
    let taken = record.pointee.take()
    let oldest = try #require(taken)
    record.pointee.taken = UInt(bitPattern: oldest.record)
    #expect(!receiver.park())
    #expect(try receiver.receiveText() == "1")
    #expect(receiver.park())
  }
}

/// One slot that holds a term of a process.
private struct OneRegister: RootSource {
  var term: Term

  mutating func visitSlots(_ visitor: inout SlotVisitor) { visitor.visit(&term, count: 1) }
}
