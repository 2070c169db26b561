import Carriers
import Heaps
import Processes
import Synchronization
import TestKit
import Terms
import Testing

/// What processes tell of themselves, and who watches them.
@Suite struct QueryTests {
  private let system = MemorySystem(
    configuration: SystemConfiguration(levers: HeapLevers(verifies: true)))

  /// Keeps what it was told.
  private final class Answers<Value: Sendable>: Sendable {
    let values = Mutex<[Value]>([])
    var all: [Value] { values.withLock { $0 } }
    func add(_ value: Value) { values.withLock { $0.append(value) } }
  }

  @Test func aProcessTellsWhatItIs() throws {
    let process = try TestProcess(system)
    let other = try TestProcess(system)
    _ = try system.register(.ok, as: process.pid)
    process.process.trapsExits = true
    try process.link(to: other.pid)
    _ = try process.monitor(other.pid)
    _ = try other.monitor(process.pid)
    _ = try process.process.dictionary.set(.ok, of: .error, scratch: system.heaps.scratch)
    let kept = try process.process.keep(.list([1, 2]))
    for number in 0..<3 { _ = try other.send(number, to: process.pid) }
    let before = try process.process.information()
    #expect(before.names == [.ok])
    #expect(before.messageCount == 3)
    #expect(before.links == [other.pid])
    #expect(before.monitoredProcesses == [other.pid])
    #expect(before.watchers == [other.pid])
    #expect(before.dictionaryCount == 1 && before.keptTermCount == 1 && before.trapsExits)
    #expect(before.heap.heapWords == 233)
    let words = try process.process.keep(.list((0..<500).map { .integer($0) }))
    let message = other.build { $0.makeList((0..<10).map { .small($0) }) }
    _ = try other.send(message, to: process.pid)
    let after = try process.process.information()
    #expect(after.messageCount == 4)
    #expect(after.messageByteCount >= before.messageByteCount + 160)
    #expect(after.memoryByteCount >= before.memoryByteCount + 160 + 8000)
    _ = (kept, words)
  }

  /// What a process keeps for those who are to be told of its end is its own memory, to the byte.
  @Test func whatIsKeptForOthersIsItsOwn() throws {
    let processes = try (0..<20).map { _ in try TestProcess(system) }
    func allOfIt() throws -> Int {
      try processes.reduce(0) { try $0 + $1.process.information().memoryByteCount }
    }
    func allocated() -> Int {
      [MemoryKind.processHeap, .message].reduce(0) {
        $0 + system.allocator.memory(by: $1).byteCount
      }
    }
    let (before, blocks) = (try allOfIt(), allocated())
    for (place, one) in processes.enumerated() {
      for other in processes[..<place] {
        try one.process.link(to: other.pid)
        try other.ensureFree(words: 8)
        _ = try other.process.monitor(one.pid)
      }
    }
    let after = try allOfIt()
    #expect(after > before + 190 * 3 * 40)
    #expect(after - before == allocated() - blocks)
  }

  /// Somebody asks while another thread runs the process: each answer is of one moment, in which as
  /// many messages had come as had been sent before the question.
  @Test func aRunningProcessAnswers() throws {
    let answers = Answers<ProcessInformation?>()
    let process = try TestProcess(system)
    let asker = try TestProcess(system)
    for round in 0..<10 {
      for number in 0..<round { _ = try asker.send(number, to: process.pid) }
      try system.requestInformation(of: process.pid) { answers.add($0) }
      _ = try asker.send(99, to: process.pid)
      #expect(answers.all.count == round)
      #expect(try process.handleSignals())
      #expect(answers.all.count == round + 1)
      #expect(answers.all[round]?.messageCount == round)
      while try process.receiveText() != nil {}
    }
  }

  /// What others may see of a process: its messages, its dictionary, its binaries.
  @Test func aProcessIsLookedAt() throws {
    let seen = Answers<String>()
    let copies = Answers<String>()
    let process = try TestProcess(system)
    let asker = try TestProcess(system)
    let bytes = try process.process.keep(.binary([UInt8](repeating: 7, count: 300)))
    _ = try process.process.dictionary.set(.ok, of: .error, scratch: system.heaps.scratch)
    for number in 0..<3 { _ = try asker.send(number, to: process.pid) }
    let system = system
    let askerPid = asker.pid
    try system.inspect(process.pid) { process in
      process.forEachMessage { message in
        seen.add("\(message.smallValue)")
        if let copy = try? process.prepare(message) { _ = try? system.send(copy, to: askerPid) }
      }
      process.dictionary.forEach { seen.add("\($0 == .error) \($1 == .ok)") }
      let binaries = try? process.heap.binaries()
      seen.add("\(binaries?.map(\.byteCount) ?? [])")
    } ifGone: {
      seen.add("gone")
    }
    _ = try asker.send(99, to: process.pid)
    #expect(seen.all.isEmpty)
    #expect(try process.handleSignals())
    #expect(seen.all == ["0", "1", "2", "true true", "[300]"])
    while let text = try asker.receiveText() { copies.add(text) }
    #expect(copies.all == ["0", "1", "2"])
    process.end(reason: .normal)
    for pid in [process.pid, Term.nil] {
      try system.inspect(pid) { _ in
        seen.add("there")
      } ifGone: {
        seen.add("gone")
      }
    }
    #expect(seen.all.suffix(2) == ["gone", "gone"])
    _ = bytes
  }

  @Test func aParkedProcessIsWoken() throws {
    let recorder = ProcessRecorder()
    let system = MemorySystem(configuration: SystemConfiguration(processListener: recorder))
    let process = try TestProcess(system)
    #expect(process.park())
    try system.requestInformation(of: process.pid) { _ in }
    #expect(recorder.heard.runnable == [process.pid])
    #expect(try process.handleSignals())
  }

  @Test func whoIsNotThereAnswersNothing() throws {
    let answers = Answers<ProcessInformation?>()
    let collections = Answers<Bool>()
    do {
      let process = try TestProcess(system)
      try system.requestInformation(of: process.pid) { answers.add($0) }
      try system.garbageCollect(process.pid) { collections.add($0) }
      #expect(answers.all.isEmpty)
      process.end(reason: .normal)
      #expect(answers.all.count == 1)
      try system.requestInformation(of: process.pid) { answers.add($0) }
      try system.garbageCollect(process.pid) { collections.add($0) }
    }
    #expect(answers.all.allSatisfy { $0 == nil } && answers.all.count == 2)
    #expect(collections.all == [false, false])
    #expect(system.allocator.allocatedBlockCount == 0)
  }

  @Test(arguments: [CollectionEvent.Kind.minor, .fullSweep])
  func anyoneMayAskForACollection(kind: CollectionEvent.Kind) throws {
    let answers = Answers<Bool>()
    let process = try TestProcess(system)
    // Both generations are there.
    let kept = try process.process.keep(.list((0..<100).map { .integer($0) }))
    for _ in 0..<3 { try process.collectGarbage(fully: false) }
    let before = process.process.heap.counters
    try system.garbageCollect(process.pid, type: kind) { answers.add($0) }
    try process.ensureFree(words: 0)
    #expect(answers.all.isEmpty)
    #expect(try process.handleSignals())
    #expect(answers.all.isEmpty)
    try process.ensureFree(words: 0)
    #expect(answers.all == [true])
    let after = process.process.heap.counters
    #expect(after.fullSweeps - before.fullSweeps == (kind == .fullSweep ? 1 : 0))
    #expect(after.minorCollections - before.minorCollections == (kind == .fullSweep ? 0 : 1))
    try process.ensureFree(words: 0)
    #expect(process.process.heap.counters.minorCollections == after.minorCollections)
    _ = kept
  }

  /// Who goes to sleep collects for it, and who asked hears so: it may not collect again for long.
  @Test(arguments: [true, false])
  func aCollectionOnTheWayToSleepAnswers(drops: Bool) throws {
    let answers = Answers<Bool>()
    let monitor = Monitor(longCollectionNanoseconds: 1)
    let system = MemorySystem(configuration: SystemConfiguration(processListener: monitor))
    let process = try TestProcess(system)
    try system.garbageCollect(process.pid) { answers.add($0) }
    #expect(try process.handleSignals())
    var roots = NoRoots()
    if drops {
      try process.process.hibernate(roots: &roots)
    } else {
      try process.process.trim(roots: &roots)
    }
    #expect(answers.all == [true])
    #expect(monitor.told.withLock { $0.long.count } == 1)
    try process.ensureFree(words: 0)
    #expect(process.process.heap.counters.fullSweeps == 1)
  }

  /// A group is charged what is left after a hibernation.
  @Test func aGroupHearsOfAHibernation() throws {
    let group = ProcessGroup(budget: MemoryBudget(limitBytes: 10_000_000))
    let process = try TestProcess(system, group: group)
    do {
      let kept = try process.process.keep(.list((0..<10_000).map { .integer($0) }))
      try process.collectGarbage()
      _ = kept
    }
    let before = group.usage.heapBytes
    var roots = NoRoots()
    try process.process.hibernate(roots: &roots)
    #expect(group.usage.heapBytes < before - 100_000)
  }

  /// Listeners of a system's heaps hear which process they hear of.
  @Test func aCollectionTellsItsProcess() throws {
    let recorder = CollectionRecorder()
    let system = MemorySystem(configuration: SystemConfiguration(listener: recorder))
    let first = try TestProcess(system)
    let second = try TestProcess(system)
    for number in 0..<3 { _ = try first.send(number, to: second.pid) }
    #expect(try second.handleSignals())
    try first.collectGarbage()
    try second.collectGarbage()
    #expect(
      recorder.events.map(\.owner) == [
        HeapOwner(pid: first.pid, messageCount: 0), HeapOwner(pid: second.pid, messageCount: 3),
      ])
    var options = second.process.heap.options
    options.limit = HeapLimit(words: 300, kills: false)
    try second.process.heap.setOptions(options)
    try second.collectGarbage()
    let limit = try #require(recorder.limits.first)
    #expect(limit.owner == HeapOwner(pid: second.pid, messageCount: 3))
    #expect(limit.excess.words > 300)
    #expect(limit.figures.youngBlockWords == 233)
    #expect(limit.description.contains("Process:            \(try second.text(of: second.pid))\n"))
    #expect(limit.description.contains("Message Queue Len:  3\n"))
    #expect(limit.description.contains("{heap_block_size,233}"))
  }

  private final class CollectionRecorder: CollectionListener {
    private let heard = Mutex<(events: [CollectionEvent], limits: [LimitEvent])>(([], []))
    func collected(_ event: CollectionEvent) { heard.withLock { $0.events.append(event) } }
    func reachedLimit(_ event: LimitEvent) { heard.withLock { $0.limits.append(event) } }
    var events: [CollectionEvent] { heard.withLock { $0.events } }
    var limits: [LimitEvent] { heard.withLock { $0.limits } }
  }

  /// A process that ends before it collects says so.
  @Test func aCollectionThatNeverCameIsTold() throws {
    let answers = Answers<Bool>()
    do {
      let process = try TestProcess(system)
      try system.garbageCollect(process.pid) { answers.add($0) }
      #expect(try process.handleSignals())
    }
    #expect(answers.all == [false])
  }

  private final class Monitor: ProcessListener {
    let told = Mutex<(long: [UInt64], large: [Int])>(([], []))
    let longCollectionNanoseconds: UInt64
    let largeHeapWords: Int

    init(longCollectionNanoseconds: UInt64 = 0, largeHeapWords: Int = 0) {
      self.longCollectionNanoseconds = longCollectionNanoseconds
      self.largeHeapWords = largeHeapWords
    }

    func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {}
    func collectionWasLong(_ pid: Term, nanoseconds: UInt64, after: HeapFigures) {
      told.withLock { $0.long.append(nanoseconds) }
    }
    func heapIsLarge(_ pid: Term, after: HeapFigures) {
      told.withLock { $0.large.append(after.youngBlockWords + after.oldBlockWords) }
    }
  }

  @Test func longCollectionsAndLargeHeapsAreTold() throws {
    let patient = Monitor(longCollectionNanoseconds: 3_600_000_000_000, largeHeapWords: 1000)
    let eager = Monitor(longCollectionNanoseconds: 1)
    for monitor in [patient, eager] {
      let system = MemorySystem(configuration: SystemConfiguration(processListener: monitor))
      let process = try TestProcess(system)
      try process.collectGarbage()
      #expect(monitor.told.withLock { $0.large.isEmpty })
      let kept = try process.process.keep(.list((0..<1000).map { .integer($0) }))
      try process.collectGarbage()
      try process.ensureFree(words: 0)
      _ = kept
    }
    #expect(patient.told.withLock { $0.long.isEmpty })
    #expect(patient.told.withLock { $0.large.count == 1 && $0.large[0] >= 2000 })
    #expect(eager.told.withLock { $0.long.count == 2 && $0.long.allSatisfy { $0 > 1 } })
    #expect(eager.told.withLock { $0.large.isEmpty })
  }
}
