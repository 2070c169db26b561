import Carriers
@testable import Heaps
import TestKit
import Terms
import Testing

/// What a heap may set: limits, growth, and being trimmed.
@Suite struct HeapOptionsTests {
  private final class LimitRecorder: CollectionListener {
    private let recorder = EventRecorder()
    var events: [CollectionEvent] { recorder.events }
    func collected(_ event: CollectionEvent) { recorder.collected(event) }
    nonisolated(unsafe) var limits: [LimitEvent] = []
    var excesses: [LimitExcess] { limits.map(\.excess) }
    func reachedLimit(_ event: LimitEvent) { limits.append(event) }
    let wantsCensus = true
  }

  private func buildList(_ count: Int, root: Int = 0, _ fixture: HeapFixture) throws {
    for number in 0..<count {
      try fixture.ensure(2)
      fixture.roots[root] = fixture.heap.build { $0.makeCons(.small(number), fixture.roots[root]) }
    }
  }

  private func length(_ list: Term) -> Int {
    var (count, rest) = (0, list)
    while rest.isCons { (count, rest) = (count + 1, rest.cons[1]) }
    return count
  }

  @Test func aLimitEndsTheProcessAndChangesNothing() throws {
    let recorder = LimitRecorder()
    let fixture = try HeapFixture(
      options: HeapOptions(limit: HeapLimit(words: 5000)), listener: recorder)
    var excess: LimitExcess?
    do {
      try buildList(100_000, fixture)
    } catch HeapError.limitReached(let found) {
      excess = found
    }
    let found = try #require(excess)
    #expect(found.words > 5000)
    #expect(recorder.excesses == [found])
    #expect(
      length(fixture.roots[0]) * 2 == fixture.heap.figures.youngUsedWords
        + fixture.heap.figures.oldUsedWords)
    // It stays so, until the limit is raised.
    #expect(throws: HeapError.self) { try fixture.ensure(5000) }
    var options = fixture.heap.options
    options.limit = .none
    #expect(try fixture.heap.setOptions(options).limit.words == 5000)
    try fixture.ensure(5000)
    #expect(recorder.excesses.count == 2)
  }

  @Test func aLimitThatOnlyReportsLetsTheProcessGo() throws {
    let recorder = LimitRecorder()
    let limit = HeapLimit(words: 3000, kills: false)
    let fixture = try HeapFixture(options: HeapOptions(limit: limit), listener: recorder)
    try buildList(5000, fixture)
    #expect(length(fixture.roots[0]) == 5000)
    #expect(!recorder.excesses.isEmpty)
    #expect(recorder.excesses.allSatisfy { $0.limit == limit && $0.words > 3000 })
  }

  @Test func aSilentLimitIsNotReported() throws {
    let recorder = LimitRecorder()
    let limit = HeapLimit(words: 3000, reports: false)
    let fixture = try HeapFixture(options: HeapOptions(limit: limit), listener: recorder)
    #expect(throws: HeapError.self) { try buildList(5000, fixture) }
    #expect(recorder.excesses.isEmpty)
  }

  @Test func sharedBinariesCountOnceEach() throws {
    for (includes, copies, fails) in [
      (false, 1, false), (true, 1, true), (true, 50, true), (false, 50, false),
    ] {
      let limit = HeapLimit(words: 100_000, includesSharedBinaries: includes)
      let fixture = try HeapFixture(
        options: HeapOptions(minimumWords: 1000, limit: limit))
      let binary = try fixture.environment.binaries.makeBinary(byteCount: 1_000_000)
      try fixture.ensure(8 * copies)
      for copy in 0..<copies {
        if copy > 0 { binary.retain() }
        let handle = fixture.heap.buildLinked {
          $0.makeBinaryHandle(binary, byteCount: 100, list: &$1)
        }
        fixture.roots[0] = fixture.heap.build { $0.makeCons(handle, fixture.roots[0]) }
      }
      var excess: LimitExcess?
      do {
        try fixture.collect(fully: true)
      } catch HeapError.limitReached(let found) {
        excess = found
      }
      #expect((excess != nil) == fails)
      if let excess { #expect(excess.binaryWords == 125_000, "\(copies) handles of one binary") }
    }
  }

  @Test func aLimitBelowTheLeastBlockIsRefused() throws {
    let options = HeapOptions(minimumWords: 1000, limit: HeapLimit(words: 999))
    let expected = HeapOptionsError.limitBelowMinimum(limitWords: 999, minimumWords: 1598)
    #expect(throws: HeapError.invalidOptions(expected)) { _ = try HeapFixture(options: options) }
    let fixture = try HeapFixture()
    #expect(throws: expected) { try fixture.heap.setOptions(options) }
    #expect(fixture.heap.options == HeapOptions())
  }

  @Test func optionsChangeWhileTheProcessRuns() throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(options: HeapOptions(), listener: recorder)
    try buildList(200, fixture)
    var options = fixture.heap.options
    options.minimumWords = 10_958
    options.fullSweepAfter = 0
    try fixture.heap.setOptions(options)
    try buildList(6000, fixture)
    let later = recorder.events.drop { $0.after.youngBlockWords < 10_958 }
    #expect(!later.isEmpty)
    #expect(later.allSatisfy { $0.kind == .fullSweep && $0.after.youngBlockWords >= 10_958 })
    #expect(length(fixture.roots[0]) == 6200)
  }

  @Test(arguments: [GrowthPolicy.minimum, .bounded])
  func growthKeepsWhatIsToBeFree(policy: GrowthPolicy) throws {
    let recorder = EventRecorder()
    var options = HeapOptions.tiny()
    options.growth = policy
    let fixture = try HeapFixture(
      levers: HeapLevers(verifies: true), options: options, listener: recorder)
    let bounds = try #require(policy.freeWords)
    for round in 0..<3 {
      try buildList(300, fixture)
      #expect(length(fixture.roots[0]) == 300)
      fixture.roots[0] = .nil
      try buildList(round, root: 1, fixture)
    }
    #expect(recorder.events.count > 30)
    for event in recorder.events {
      let after = event.after
      let free =
        after.youngBlockWords - after.youngUsedWords - after.stackWords - event.neededWords
        - HeapSizes.reservedWords
      #expect(free >= Int(bounds.least))
      #expect(free <= Int(bounds.most) || after.youngBlockWords == options.minimumWords)
    }
    let rules = Set(recorder.events.map(\.rule))
    #expect(rules.contains(.grownToBound))
    #expect(rules.contains(.shrunkToBound))
  }

  /// The numbers of a policy decide, and those that no block could be made by are refused.
  @Test func theFactorsOfAPolicyDecide() throws {
    let state = CollectionState(
      youngBlockWords: 10_958, youngUsedWords: 10_000, stackWords: 0, matureWords: 0,
      oldBlockWords: 0, oldUsedWords: 0, fragmentWords: 0, neededWords: 0,
      minorCollectionsSinceFullSweep: 0, fullSweepAfter: 0, minimumHeapWords: 233,
      wantsFullSweep: true, growAtNextFullSweep: false, oldVirtualHeapIsFull: false)
    func size(_ policy: GrowthPolicy, live: Int) -> Int? {
      policy.resizeAfterFullSweep(state, toSpaceWords: 10_958, liveWords: live).newBlockWords
    }
    var policy = GrowthPolicy.erts
    #expect(size(policy, live: 1000) == HeapSizes.atLeast(2008))
    policy.fullSweepShrunkFactor = 4
    #expect(size(policy, live: 1000) == HeapSizes.atLeast(4016))
    policy.fullSweepShrinkFactor = 200
    #expect(size(policy, live: 1000) == nil)
    #expect(policy.resizeAfterFullSweep(state, toSpaceWords: 10_958, liveWords: 8000).rule == .kept)
    policy.crowdedPercent = 70
    #expect(
      policy.resizeAfterFullSweep(state, toSpaceWords: 10_958, liveWords: 8000).rule
        == .growthPostponed)
    #expect(policy.newOldBlockWords(young: 300) == 610)
    policy.oldBlockSteps = 3
    #expect(policy.newOldBlockWords(young: 300) == 1598)

    let fixture = try HeapFixture()
    for change in [\GrowthPolicy.minorShrunkFactor, \.fullSweepShrunkFactor, \.oldBlockDivisor] {
      var options = HeapOptions()
      options.growth[keyPath: change] = 0
      #expect(throws: HeapOptionsError.growthBelowNeed) { try fixture.heap.setOptions(options) }
    }
  }

  @Test(arguments: [0, 1, 500]) func aTrimmedHeapHoldsWhatLives(count: Int) throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(
      levers: HeapLevers(verifies: true), options: HeapOptions(), listener: recorder)
    try buildList(3000, root: 1, fixture)
    try buildList(count, fixture)
    try fixture.ensure(1)
    fixture.heap.push(fixture.roots[0])
    fixture.roots[0] = .nil
    fixture.roots[1] = .nil
    var slots = fixture.rootSlots
    try fixture.heap.trim(roots: &slots)
    let figures = fixture.heap.figures
    #expect(figures.youngBlockWords == 2 * count + 1 + HeapSizes.reservedWords)
    #expect(figures.oldBlockWords == 0)
    #expect(recorder.events.last?.rule == .trimmed)
    #expect(recorder.events.last?.reason == .trim)
    #expect(length(fixture.heap.pop()) == count)

    // The process goes on by the usual rules.
    try buildList(10, fixture)
    #expect(fixture.heap.figures.youngBlockWords >= 233)
    #expect(length(fixture.roots[0]) == 10)
  }

  /// What a trimmed heap says it has is what the allocator counts for it, and what is in memory.
  @Test(arguments: [10, 60, 120, 1000, 100_000, 1_000_000])
  func aTrimmedHeapHoldsNoMore(cells: Int) throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    try buildList(2 * cells, fixture)
    for _ in 0..<cells { fixture.roots[0] = fixture.roots[0].cons[1] }
    var slots = fixture.rootSlots
    try fixture.heap.trim(roots: &slots)
    let words = 2 * cells + HeapSizes.reservedWords
    #expect(fixture.heap.figures.youngBlockWords == words)
    // Sizes come in classes and in pages.
    let held = fixture.allocator.memory(by: .processHeap).byteCount
    #expect(held >= 8 * words && held <= max(8 * words * 9 / 8, 8 * words + 4096 + 64))
    let rows = fixture.allocator.report().singleBlock.filter { $0.kind == .processHeap }
    // A large block has its pages, and those that its colour may take: 511 cache lines. With slack
    // it would have a quarter more.
    for row in rows { #expect(row.sbcs.carrierBytes <= 8 * words + 511 * 64 + 4096) }
    #expect(length(fixture.roots[0]) == cells)
  }

  @Test func aHibernatedHeapHasNoStack() throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    try fixture.ensure(100)
    for number in 0..<100 { fixture.heap.push(.small(number)) }
    var slots = fixture.rootSlots
    try fixture.heap.hibernate(roots: &slots)
    // As erl's: the reserved words are all there is.
    #expect(fixture.heap.figures.youngBlockWords == 4)
    #expect(fixture.heap.information.totalHeapWords == 4)

    // 1,000 cells alive: 2,003 words with erl's argument list of one cell on the heap.
    try buildList(1000, fixture)
    slots = fixture.rootSlots
    try fixture.heap.hibernate(roots: &slots)
    #expect(fixture.heap.figures.youngBlockWords == 2004)
    try fixture.ensure(10)
    #expect(fixture.heap.figures.youngBlockWords >= 2586)
    #expect(length(fixture.roots[0]) == 1000)
  }

  @Test func aCensusAddsUpToWhatWasMoved() throws {
    let recorder = LimitRecorder()
    let fixture = try HeapFixture(options: HeapOptions(), listener: recorder)
    let kinds = ObjectKind.allCases
    for round in 0..<60 {
      let kind = kinds[round % kinds.count]
      try fixture.ensure(kind.words + 2)
      fixture.roots[0] = fixture.heap.build {
        $0.makeCons(kind.build(&$0, holding: fixture.roots[0]), fixture.roots[0])
      }
      if round % 9 == 8 { try fixture.collect(fully: round % 27 == 26) }
    }
    #expect(recorder.events.contains { $0.promotedWords > 0 })
    for event in recorder.events {
      let moved = try #require(event.movedCensus).total.words
      let promoted = event.promotedCensus?.total.words ?? 0
      #expect(promoted == event.promotedWords)
      #expect(moved + promoted == event.copiedWords)
      #expect(event.traceTags.last == (event.kind == .minor ? "gc_minor_end" : "gc_major_end"))
    }
    let last = try #require(recorder.events.last?.movedCensus)
    for kind in TermCensus.Kind.allCases where kind != .binaryHandle {
      #expect(last[kind].objects > 0, "\(kind)")
    }
  }

  @Test func informationIsWhatTheBlocksSay() throws {
    let fixture = try HeapFixture()
    try buildList(3000, fixture)
    let fragment = try fixture.heap.withoutCollecting { heap throws(HeapError) in
      try heap.ensureFree(words: 20_000, roots: &fixture.emptyRoots)
      return heap.information.figures.fragmentWords
    }
    #expect(fragment > 0)
    let information = fixture.heap.information
    #expect(information.figures == fixture.heap.figures)
    let blocks =
      fixture.allocator.memory(by: .processHeap).byteCount
      + fixture.allocator.memory(by: .oldHeap).byteCount
      + fixture.allocator.memory(by: .fixed).byteCount
    // The allocator rounds sizes up.
    #expect(information.memoryByteCount <= blocks)
    #expect(information.memoryByteCount > blocks * 7 / 8)
    #expect(information.options == HeapOptions())
  }
}
