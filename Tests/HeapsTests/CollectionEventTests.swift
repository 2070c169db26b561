import Carriers
import Heaps
import Stress
import TestKit
import Terms
import Testing

/// What is told of collections, and that the numbers agree with each other.
@Suite struct CollectionEventTests {
  @Test func theFirstCollectionIsAMinorOneThatFailedAndAFullSweep() throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(listener: recorder)
    fixture.fillWithLists(words: 228)
    #expect(recorder.events.isEmpty)
    try fixture.ensure(2)
    fixture.fillWithLists(words: 2000)
    let events = recorder.events
    #expect(events.first?.kind == .fullSweep)
    #expect(events.first?.followsFailedMinor == true)
    #expect(events.first?.reason == .noRoom)
    #expect(events.first?.neededWords == 2)
    #expect(events.first?.before.youngUsedWords == 228)
    #expect(events.first?.copiedWords == 228)
    #expect(events.dropFirst().first?.kind == .minor)
    #expect(events.dropFirst().first?.promotedWords == 228)
  }

  /// Where memory for another size is refused, the collection has been all the same: the event says so,
  /// and who asked for more than there is gets the refusal.
  @Test func aRefusedResizeIsTold() throws {
    var refused: [CollectionEvent] = []
    for request in 1...30 {
      var memory = MemoryConfiguration(usesTinyCarriers: true, carrierCacheLimitBytes: 0)
      memory.failingRequest = request
      let recorder = EventRecorder()
      let made = try? HeapFixture(
        levers: HeapLevers(verifies: true), memory: memory, listener: recorder)
      guard let fixture = made else { continue }
      fixture.roots[0] = fixture.heap.build { $0.makeCons(.small(1), .nil) }
      var refusal: HeapError?
      do { try fixture.ensure(100_000) } catch { refusal = error as? HeapError }
      guard let event = recorder.events.first, case .refused(let error) = event.resizing else {
        continue
      }
      refused.append(event)
      #expect(error == refusal)
      #expect(event.rule == .grownAfterFullSweep)
      #expect(event.after.youngBlockWords < 100_000 && event.after.youngUsedWords == 2)
      // It goes on where there is memory again.
      try fixture.ensure(100_000)
      #expect(recorder.events.count == 2)
      #expect(recorder.events[1].after.youngBlockWords > 100_000)
      #expect(fixture.roots[0].cons[0] == .small(1))
    }
    #expect(!refused.isEmpty)
  }

  @Test func aRequestIsTheReasonOfItsCollection() throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(listener: recorder)
    try fixture.collect(fully: true)
    try fixture.collect(fully: false)
    #expect(recorder.events.map(\.reason) == [.requested, .requested])
    #expect(recorder.events.map(\.neededWords) == [0, 0])
    #expect(recorder.events.map(\.followsFailedMinor) == [false, true])
  }

  @Test(arguments: [HeapLevers(), HeapLevers(zeal: 3), HeapLevers(alwaysSweepsFully: true)])
  func theNumbersOfARunAddUp(levers: HeapLevers) throws {
    let recorder = EventRecorder()
    let plan = HeapPlan(
      "events", seed: 31, steps: 4000, levers: levers, dropsEvery: 80)
    let environment = HeapEnvironment(
      allocator: BlockAllocator(), levers: levers, listener: recorder)
    let program = try HeapProgram(plan, environment: environment)
    try program.run()
    let events = recorder.events
    #expect(program.complaints.isEmpty)
    #expect(events.count > 50)
    var last: HeapFigures?
    for event in events {
      Self.check(event)
      if let last {
        // Between two collections only the program changes anything: it builds, pushes, pops; and
        // it may have gone on in another block.
        let wentOn = event.before.fragmentWords > 0 || last.youngUsedWords == 0
        #expect(wentOn || event.before.youngBlockWords == last.youngBlockWords)
        #expect(event.before.matureWords == last.matureWords)
        #expect(event.before.oldBlockWords == last.oldBlockWords)
        #expect(event.before.oldUsedWords == last.oldUsedWords)
        #expect(
          event.before.youngUsedWords + event.before.fragmentWords >= last.youngUsedWords)
      }
      last = event.after
    }
    let counters = program.heap.counters
    let figures = program.heap.figures
    #expect(counters.minorCollections == events.count { $0.kind == .minor })
    #expect(counters.fullSweeps == events.count { $0.kind == .fullSweep })
    #expect(counters.copiedWords == events.reduce(0) { $0 + $1.copiedWords })
    #expect(counters.promotedWords == events.reduce(0) { $0 + $1.promotedWords })
    #expect(counters.freedWords == events.reduce(0) { $0 + $1.freedWords })
    #expect(
      counters.allocatedWords
        == figures.youngUsedWords + figures.fragmentWords + figures.oldUsedWords
        + counters.freedWords)
  }

  private final class CensusTaker: CollectionListener {
    nonisolated(unsafe) var events: [CollectionEvent] = []
    func collected(_ event: CollectionEvent) { events.append(event) }
    let wantsCensus = true
  }

  /// The objects that one of each kind consists of.
  private static func parts(of kind: ObjectKind) -> [(kind: TermCensus.Kind, words: Int)] {
    switch kind {
    case .cons, .improperCons: [(.cons, 2)]
    case .tuple1, .tuple2, .tuple3, .tuple4, .tuple40: [(.tuple, kind.words)]
    case .float: [(.float, 2)]
    case .bigInteger, .negativeBigInteger: [(.bigInteger, kind.words)]
    case .emptyBinary, .binary: [(.binary, kind.words)]
    case .emptyMap: [(.map, 3)]
    case .map: [(.map, 5), (.tuple, 3)]
    case .fun, .closure: [(.fun, kind.words)]
    case .reference: [(.identifier, 3)]
    case .subBinary: [(.binary, 4), (.binary, SubBinary.words)]
    }
  }

  /// Another number of each, so that no kind is taken for another.
  @Test func aCensusCountsEachKindAsWhatItIs() throws {
    let taker = CensusTaker()
    let fixture = try HeapFixture(options: HeapOptions(minimumWords: 4000), listener: taker)
    var objects: [TermCensus.Kind: Int] = [:]
    var words: [TermCensus.Kind: Int] = [:]
    func add(_ kind: TermCensus.Kind, _ count: Int) {
      objects[kind, default: 0] += 1
      words[kind, default: 0] += count
    }
    for (number, kind) in ObjectKind.allCases.enumerated() {
      for _ in 0...number {
        fixture.roots[0] = fixture.heap.build {
          $0.makeCons(kind.build(&$0, holding: fixture.roots[0]), fixture.roots[0])
        }
        for part in Self.parts(of: kind) { add(part.kind, part.words) }
        add(.cons, 2)
      }
    }
    for _ in 0..<50 {
      let binary = try fixture.environment.binaries.makeBinary(byteCount: 100)
      fixture.roots[0] = fixture.heap.buildLinked { (cursor, list) throws(Never) in
        let handle = cursor.makeBinaryHandle(binary, byteCount: 100, list: &list)
        return cursor.makeCons(handle, fixture.roots[0])
      }
      add(.binaryHandle, BinaryHandle.words)
      add(.cons, 2)
    }
    try fixture.collect(fully: true)
    try fixture.collect(fully: false)
    #expect(taker.events.count == 2)
    let moved = try #require(taker.events.first?.movedCensus)
    let promoted = try #require(taker.events.last?.promotedCensus)
    for kind in TermCensus.Kind.allCases {
      for census in [moved, promoted] {
        #expect(census[kind].objects == objects[kind] ?? 0, "\(kind)")
        #expect(census[kind].words == words[kind] ?? 0, "\(kind)")
      }
    }
    #expect(Set(objects.values).count == TermCensus.Kind.allCases.count, "\(objects)")
  }

  private static func check(_ event: CollectionEvent) {
    let before = event.before
    let after = event.after
    #expect(
      before.youngUsedWords + before.fragmentWords + before.oldUsedWords
        == after.youngUsedWords + after.oldUsedWords + event.freedWords)
    #expect(event.copiedWords == after.youngUsedWords + event.promotedWords)
    #expect(after.matureWords == after.youngUsedWords)
    #expect(after.stackWords == before.stackWords)
    #expect(
      after.youngBlockWords
        >= after.youngUsedWords + after.stackWords + event.neededWords + HeapSizes.reservedWords)
    switch event.kind {
    case .minor:
      #expect(!event.followsFailedMinor)
      #expect(after.oldUsedWords == before.oldUsedWords + event.promotedWords)
      #expect(event.promotedWords <= before.matureWords)
      #expect(after.oldBlockWords > 0)
    case .fullSweep:
      #expect(event.promotedWords == 0)
      #expect(after.oldUsedWords == 0)
      #expect(after.oldBlockWords == 0)
    }
    #expect(event.pauseNanoseconds > 0)
    #expect(
      event.pauseNanoseconds == event.allocationNanoseconds + event.evacuationNanoseconds
        + event.offHeapNanoseconds + event.resizeNanoseconds)
  }
}
