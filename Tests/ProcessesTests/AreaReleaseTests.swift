import Carriers
import ETS
import Heaps
import Processes
import Synchronization
import TestKit
import Terms
import Testing

/// Areas of literals that a whole system gives up.
@Suite struct AreaReleaseTests {
  private let recorder = ProcessRecorder()
  private let system: MemorySystem
  private let answers = Answers()

  init() {
    system = MemorySystem(
      configuration: SystemConfiguration(
        levers: HeapLevers(verifies: true), processListener: recorder))
  }

  private final class Answers: Sendable {
    private let values = Mutex<[Bool]>([])
    var all: [Bool] { values.withLock { $0 } }
    func add(_ value: Bool) { values.withLock { $0.append(value) } }
  }

  private static func makeArea(_ system: MemorySystem) throws -> (area: LiteralArea, term: Term) {
    var term = Term.nil
    let area = try system.heaps.literals.build(words: 5) { (cursor, _) throws(Never) in
      term = cursor.makeTuple(.small(7), cursor.makeCons(.small(8), .nil))
    }
    return (area, term)
  }

  private func makeArea() throws -> (area: LiteralArea, term: Term) { try Self.makeArea(system) }

  private func release(_ area: LiteralArea) {
    let answers = answers
    system.release([area]) { answers.add($0) }
  }

  /// A cell of a process that refers to a term.
  private func cell(_ term: Term, _ process: TestProcess) throws -> Term {
    try process.ensureFree(words: 2)
    return process.build { $0.makeCons(term, .nil) }
  }

  private var literalBytes: Int { system.allocator.memory(by: .literal).byteCount }

  private func expectWhole(_ processes: TestProcess...) {
    for process in processes {
      var roots = NoRoots()
      #expect(process.process.firstDamage(roots: &roots) == nil)
    }
  }

  @Test func whereThereIsNoProcessTheMemoryReturnsAtOnce() throws {
    let before = literalBytes
    let (area, _) = try makeArea()
    #expect(literalBytes > before)
    release(area)
    #expect(answers.all == [true])
    #expect(literalBytes == before)
  }

  /// The memory returns with the last answer: that of a process that runs, of one that is parked, of one that
  /// ends.
  @Test func theMemoryReturnsWithTheLastAnswer() throws {
    let (running, parked) = (try TestProcess(system), try TestProcess(system))
    let ending = try TestProcess(system)
    let before = literalBytes
    let (area, literal) = try makeArea()
    for process in [running, parked, ending] {
      let scratch = system.heaps.scratch
      _ = try process.process.dictionary.set(
        try cell(literal, process), of: .ok, scratch: scratch)
    }
    #expect(parked.park())
    release(area)
    // The parked one sends nothing, so it is not asked whether it would copy.
    #expect(recorder.heard.runnable.isEmpty)
    #expect(try running.handleSignals())
    #expect(!running.hasRequests)
    #expect(try ending.handleSignals())
    #expect(recorder.heard.runnable == [parked.pid])
    #expect(try running.handleSignals() && parked.handleSignals())
    #expect(running.hasRequests && parked.hasRequests)
    try running.ensureFree(words: 1)
    #expect(!running.hasRequests)
    try parked.answerRequests()
    #expect(answers.all.isEmpty && literalBytes > before)
    ending.end(reason: .ok)
    #expect(answers.all == [true])
    #expect(literalBytes == before)
    expectWhole(running, parked)
    for process in [running, parked] {
      let value = try process.process.dictionary.value(of: .ok, scratch: system.heaps.scratch)
      #expect(try process.text(of: try #require(value)) == "[{7,[8]}]")
    }
  }

  /// What was sent before is found in the mailbox, be it fetched or not, and what is sent meanwhile takes the
  /// literals along.
  @Test(arguments: [false, true])
  func messagesTakeLiteralsAlong(keepsOnHeap: Bool) throws {
    let (sender, receiver) = (try TestProcess(system), try TestProcess(system))
    receiver.process.setKeepsMessagesOnHeap(keepsOnHeap)
    let before = literalBytes
    let (area, literal) = try makeArea()
    _ = try sender.send(literal, to: receiver.pid)
    #expect(try receiver.handleSignals())
    _ = try sender.send(try cell(literal, sender), to: receiver.pid)
    release(area)
    // This one goes on its way as the area is already in release.
    _ = try sender.send(try cell(literal, sender), to: receiver.pid)
    _ = try sender.send(literal, to: receiver.pid, copying: .flattening())
    let shared = try cell(literal, sender)
    for _ in 0..<2 { #expect(try receiver.handleSignals() && sender.handleSignals()) }
    // Until it answers, which no ensure has it do, the sender has the literal.
    _ = try sender.send(literal, to: receiver.pid)
    _ = try sender.send(sender.build { $0.makeCons(shared, shared) }, to: receiver.pid)
    try receiver.answerRequests()
    #expect(answers.all.isEmpty)
    try sender.answerRequests()
    #expect(answers.all == [true])
    #expect(literalBytes == before)
    expectWhole(sender, receiver)
    let texts = ["{7,[8]}", "[{7,[8]}]", "[{7,[8]}]", "{7,[8]}", "{7,[8]}", "[[{7,[8]}],{7,[8]}]"]
    for text in texts {
      #expect(try receiver.receiveText() == text)
      try receiver.collectGarbage()
    }
    expectWhole(receiver)
  }

  /// A sender writes onto the heap of a parked process, which was asked while it was parked.
  @Test func whoEntersTakesLiteralsAlong() throws {
    let (sender, receiver) = (try TestProcess(system), try TestProcess(system))
    _ = try sender.send(0, to: receiver.pid)
    #expect(try receiver.receiveText() == "0")
    let (area, literal) = try makeArea()
    #expect(receiver.park())
    release(area)
    _ = try sender.send(literal, to: receiver.pid)
    #expect(receiver.process.heap.figures.youngUsedWords == 5)
    for process in [sender, receiver] {
      #expect(try process.handleSignals() && process.handleSignals())
      try process.answerRequests()
    }
    for process in [sender, receiver] {
      #expect(try process.handleSignals())
      try process.answerRequests()
    }
    #expect(answers.all == [true])
    expectWhole(receiver)
    #expect(try receiver.receiveText() == "{7,[8]}")
  }

  /// A term kept from Swift, a table's object, a timer's message and the reason of an end.
  @Test func whatIsKeptElsewhere() throws {
    let (process, linked) = (try TestProcess(system), try TestProcess(system))
    linked.process.trapsExits = true
    try linked.link(to: process.pid)
    #expect(try process.handleSignals())
    let (area, literal) = try makeArea()
    let handle = try process.process.keep(literal)
    let table = try system.tables.makeTable(named: .ok, owner: linked.pid)
    try table.insert(literal, by: linked.pid)
    let prepared = try process.process.prepare(literal)
    release(area)
    for process in [process, linked] {
      #expect(try process.handleSignals())
    }
    for process in [process, linked] {
      #expect(try process.handleSignals())
      try process.answerRequests()
    }
    #expect(answers.all == [true])
    #expect(try process.text(of: try process.process.term(of: handle)) == "{7,[8]}")
    try system.send(prepared, to: linked.pid)
    #expect(try linked.receiveText() == "{7,[8]}")
    let found = try table.lookup(.small(7), by: linked.pid, on: &linked.process.heap)
    #expect(try linked.text(of: found) == "[{7,[8]}]")
    // A reason is copied with its literals by who ends in the middle of a release.
    let (other, term) = try makeArea()
    release(other)
    process.end(reason: term)
    #expect(try linked.receiveText()?.hasSuffix(",{7,[8]}}") == true)
    for _ in 0..<2 { #expect(try linked.handleSignals()) }
    try linked.answerRequests()
    #expect(answers.all == [true, true])
    expectWhole(linked)
  }

  /// Two who were asked for while a round was under way go together in the next one, and a process that
  /// begins between is asked too.
  @Test func whatIsAskedForMeanwhileWaits() throws {
    let before = literalBytes
    let first = try TestProcess(system)
    let areas = try (0..<3).map { _ in try makeArea() }
    let scratch = system.heaps.scratch
    for (area, term) in areas {
      _ = try first.process.dictionary.set(term, of: term, scratch: scratch)
      release(area)
    }
    let second = try TestProcess(system)
    _ = try second.process.dictionary.set(
      first.process.copy(areas[0].term, onto: &second.process), of: .ok, scratch: scratch)
    for _ in 0..<4 {
      for process in [first, second] {
        #expect(try process.handleSignals())
        try process.answerRequests()
      }
    }
    #expect(answers.all == [true, true, true])
    #expect(literalBytes == before)
    expectWhole(first, second)
  }

  /// In the middle of a release a heap is not handed on: dead words of it refer to the area.
  @Test func aResultIsCopied() throws {
    let (giver, taker) = (try TestProcess(system), try TestProcess(system))
    let (area, literal) = try makeArea()
    let result = try cell(literal, giver)
    release(area)
    for _ in 0..<2 { #expect(try taker.handleSignals() && giver.handleSignals()) }
    try taker.answerRequests()
    #expect(try giver.process.end(handing: result, to: taker.pid) == .delivered)
    #expect(answers.all == [true])
    #expect(try taker.receiveText() == "[{7,[8]}]")
    expectWhole(taker)
  }

  /// Where there is no memory to ask, the area stays and is in use as before.
  @Test func aRefusalLeavesTheArea() throws {
    var memory = MemoryConfiguration(usesTinyCarriers: true, carrierCacheLimitBytes: 0)
    memory.budgetBytes = 1 << 20
    let system = MemorySystem(configuration: SystemConfiguration(memory: memory))
    let answers = answers
    let (area, literal) = try Self.makeArea(system)
    let processes = try (0..<20).map { _ in try TestProcess(system) }
    var blocks: [MemoryBlock] = []
    for byteCount in [1 << 14, 512, 128, 64, 32] {
      while let block = try? system.allocator.allocate(byteCount: byteCount, kind: .processHeap) {
        blocks.append(block)
      }
    }
    let count = system.allocator.allocatedBlockCount
    system.release([area]) { answers.add($0) }
    #expect(answers.all == [false])
    #expect(system.allocator.allocatedBlockCount == count)
    for block in blocks { system.allocator.free(block, kind: .processHeap) }
    _ = try processes[0].send(literal, to: processes[1].pid)
    #expect(try processes[1].nextMessage() == literal)
    processes[1].process.removeMessage()
    system.release([area]) { answers.add($0) }
    for _ in 0..<2 {
      for process in processes {
        #expect(try process.handleSignals())
        try process.answerRequests()
      }
    }
    #expect(answers.all == [false, true])
  }
}
