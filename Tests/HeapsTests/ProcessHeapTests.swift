import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Room, stack, sizes and what is counted.
@Suite struct ProcessHeapTests {
  @Test func aFreshHeapIsEmptyAndHasTheSizeOfERTS() throws {
    let fixture = try HeapFixture()
    let figures = fixture.heap.figures
    #expect(figures.youngBlockWords == 233)
    #expect(figures.oldBlockWords == 0)
    #expect(figures.youngUsedWords + figures.oldUsedWords + figures.matureWords == 0)
    #expect(figures.stackWords == 0)
    #expect(fixture.heap.counters.allocatedWords == 0)
    #expect(fixture.allocator.allocatedBlockCount == 2)
  }

  @Test func anEnsureLeavesTheReserveFree() throws {
    let fixture = try HeapFixture()
    try fixture.ensure(233 - HeapSizes.reservedWords)
    #expect(fixture.heap.counters.fullSweeps == 0)
    #expect(fixture.heap.state.pointee.blockWords == 233)
    try fixture.ensure(233 - HeapSizes.reservedWords + 1)
    #expect(fixture.heap.counters.fullSweeps == 1)
    #expect(fixture.heap.state.pointee.blockWords == 376)
  }

  @Test(arguments: [0, 1, 229, 230, 233, 1000, 40_000])
  func aHeapHasRoomForWhatItWasMadeFor(words: Int) throws {
    let environment = HeapEnvironment(allocator: BlockAllocator())
    var heap = try ProcessHeap(environment: environment, words: words)
    var roots = NoRoots()
    try heap.ensureFree(words: words, roots: &roots)
    #expect(heap.counters.fullSweeps == 0)
    #expect(heap.state.pointee.freeWords >= words + HeapSizes.reservedWords)
  }

  @Test func whatNoMachineHasIsRefused() throws {
    let fixture = try HeapFixture()
    fixture.heap.push(.small(1))
    // From 2^58 on, the bytes of so many words and more are 0 or less as a word.
    for words in [1 << 60, 1 << 61, 1 << 62, Int.max, (1 << 48) + 1, (1 << 61) + 1] {
      #expect(throws: HeapError.tooLarge(words: words)) { try fixture.ensure(words) }
      #expect(throws: HeapError.tooLarge(words: words)) {
        _ = try ProcessHeap(environment: fixture.environment, words: words)
      }
    }
    #expect(throws: HeapError.self) { try fixture.ensure(1 << 48) }
    #expect(fixture.heap.pop() == .small(1))
    var options = HeapOptions()
    options.minimumWords = Int.max
    #expect(throws: HeapError.self) {
      _ = try ProcessHeap(environment: fixture.environment, options: options)
    }
    #expect(fixture.allocator.allocatedBlockCount == 2)
  }

  @Test func theStackIsLastInFirstOutAndMovesWithItsBlock() throws {
    let fixture = try HeapFixture()
    for number in 0..<2000 {
      try fixture.ensure(3)
      let term = fixture.heap.build { $0.makeFloat(Double(number)) }
      fixture.heap.push(term)
    }
    #expect(fixture.heap.state.pointee.stackWords == 2000)
    for number in (0..<2000).reversed() {
      #expect(fixture.heap.pop().floatValue == Double(number))
    }
    #expect(fixture.heap.state.pointee.stackWords == 0)
  }

  // MARK: - Sizes

  /// A block of another size, where it stands or elsewhere.
  @Test(arguments: [
    (from: 40_000, to: 50_000, stays: true), (from: 40_000, to: 500_000, stays: true),
    (from: 500_000, to: 40_000, stays: true), (from: 40_000, to: 4_000_000, stays: false),
    (from: 500_000, to: 20_000, stays: false), (from: 1000, to: 2000, stays: false),
    (from: 2000, to: 800, stays: false), (from: 20_000, to: 60_000, stays: false),
  ])
  func aBlockOfAnotherSizeKeepsEveryTerm(from: Int, to: Int, stays: Bool) throws {
    try expectTermsKept(from: from, to: to, stays: stays)
  }

  /// Where blocks have neighbours, a small one grows into the free one behind it.
  @Test(arguments: BlockStrategy.allCases)
  func aSmallBlockGrowsIntoAFreeNeighbour(strategy: BlockStrategy) throws {
    let memory = MemoryConfiguration(strategies: [.processHeap: strategy])
    let hasNeighbours = strategy != .sizeClasses
    try expectTermsKept(from: 1000, to: 2000, stays: hasNeighbours, memory: memory)
    try expectTermsKept(from: 2000, to: 800, stays: hasNeighbours, memory: memory)
  }

  private func expectTermsKept(
    from: Int, to: Int, stays: Bool, memory: MemoryConfiguration = MemoryConfiguration()
  ) throws {
    let fixture = try HeapFixture(memory: memory, options: HeapOptions(minimumWords: from))
    fixture.fillWithLists(words: 300)
    for number in 0..<300 { fixture.heap.push(fixture.roots[number % 3]) }
    fixture.heap.push(Term(bits: 0x40))
    var expected: [ModelTerm] = []
    let model = ModelHeap(reading: fixture.terms, of: fixture.heap, roots: &expected)
    let before = fixture.heap.state.pointee
    var slots = fixture.rootSlots
    let decision = ResizeDecision(newBlockWords: to, rule: .kept, growAtNextFullSweep: false)
    let resizing = fixture.heap.resize(by: decision, fixture.environment, roots: &slots)
    #expect(resizing == (stays ? .inPlace : .moved(words: 300 + 301)))
    fixture.heap.verify(roots: &slots)
    let after = fixture.heap.state.pointee
    #expect((after.start == before.start) == stays)
    #expect(after.blockWords == to)
    #expect(after.usedWords == 300)
    #expect(after.stackWords == 301)
    #expect(after.highWater - after.start == before.highWater - before.start)
    #expect(model.firstDifference(of: expected, from: fixture.terms) == nil)
    #expect(fixture.allocator.memory(by: .processHeap).blockCount == 1)
    after.top.update(repeating: HeapLevers.freedWord, count: after.freeWords)
    #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
  }

  /// A collection that copies into one block and then wants another size.
  @Test(arguments: [(100, 3000), (100, 100_000), (40_000, 200_000), (30_000, 100_000)])
  func aCollectionThatGrowsKeepsEveryTerm(built: Int, needed: Int) throws {
    for fully in [true, false] {
      let recorder = EventRecorder()
      let fixture = try HeapFixture(
        options: HeapOptions(minimumWords: 2 * built + 400), listener: recorder)
      fixture.fillWithLists(words: built)
      if !fully { try fixture.collect(fully: true) }
      fixture.fillWithLists(words: built / 4)
      for number in 0..<40 { fixture.heap.push(fixture.roots[number % 3]) }
      var expected: [ModelTerm] = []
      let model = ModelHeap(reading: fixture.terms, of: fixture.heap, roots: &expected)
      try fixture.ensure(needed)
      #expect(fixture.heap.state.pointee.freeWords >= needed)
      #expect(recorder.events.last?.rule == (fully ? .grownAfterFullSweep : .grownAfterMinor))
      #expect(model.firstDifference(of: expected, from: fixture.terms) == nil)
      #expect(fixture.allocator.memory(by: .processHeap).blockCount == 1)
    }
  }

  @Test(arguments: [(3000, 60), (20_000, 600), (200_000, 600), (300_000, 40_000)], [false, true])
  func aCollectionThatShrinksKeepsEveryTerm(sizes: (dead: Int, live: Int), fully: Bool) throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(listener: recorder)
    if !fully {
      // Something mature, so that a minor collection can run.
      fixture.fillWithLists(words: 20)
      try fixture.collect(fully: true)
    }
    try fixture.ensure(2 * (sizes.dead + sizes.live))
    _ = fixture.heap.build { cursor in
      [UInt8](repeating: 1, count: 8 * sizes.dead).withUnsafeBytes { cursor.makeHeapBinary($0) }
    }
    fixture.fillWithLists(words: sizes.live)
    for number in 0..<40 { fixture.heap.push(fixture.roots[number % 3]) }
    let collections = recorder.events.count
    #expect(try fixture.differenceAfterCollecting(fully: fully) == nil)
    #expect(recorder.events.count == collections + 1)
    #expect(recorder.events.last?.kind == (fully ? .fullSweep : .minor))
    #expect(recorder.events.last?.rule == (fully ? .shrunkAfterFullSweep : .shrunkAfterMinor))
    #expect(fixture.heap.state.pointee.blockWords < sizes.dead / 2)
    #expect(fixture.allocator.memory(by: .processHeap).blockCount == 1)
  }

  @Test func theOldGenerationComesWithTheFirstPromotion() throws {
    let fixture = try HeapFixture()
    fixture.fillWithLists(words: 60)
    try fixture.collect(fully: false)
    #expect(fixture.heap.counters.fullSweeps == 1, "nothing was mature, so all was swept")
    #expect(fixture.allocator.memory(by: .oldHeap).blockCount == 0)
    try fixture.collect(fully: false)
    #expect(fixture.heap.counters.minorCollections == 1)
    #expect(fixture.allocator.memory(by: .oldHeap).blockCount == 1)
    #expect(fixture.heap.figures.oldUsedWords == 60)
    #expect(fixture.heap.figures.oldBlockWords == HeapSizes.oneAbove(60))
    try fixture.collect(fully: true)
    #expect(fixture.allocator.memory(by: .oldHeap).blockCount == 0)
    #expect(fixture.heap.figures.oldBlockWords == 0)
    #expect(fixture.heap.figures.youngUsedWords == 60)
  }

  @Test(arguments: [(0, 0), (1, 1), (2, 2), (5, 5), (65_535, 99)])
  func fullSweepAfterCountsTheMinorCollections(after: Int, minorsInARow: Int) throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(
      options: HeapOptions(fullSweepAfter: after), listener: recorder)
    fixture.fillWithLists(words: 20)
    for _ in 0..<100 { try fixture.collect(fully: false) }
    // The first sweep makes what lives mature; from then on minor collections are possible.
    var expected: [CollectionEvent.Kind] = []
    while expected.count < 100 {
      expected.append(.fullSweep)
      for _ in 0..<minorsInARow where expected.count < 100 { expected.append(.minor) }
    }
    #expect(recorder.events.map(\.kind) == expected)
    #expect(recorder.events.first?.followsFailedMinor == (after > 0))
    #expect(recorder.events.dropFirst().allSatisfy { !$0.followsFailedMinor })
  }

  // MARK: - Zeal

  @Test(arguments: [1, 2, 7])
  func zealCollectsAtEveryNthEnsure(zeal: Int) throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(levers: HeapLevers(zeal: zeal), listener: recorder)
    for number in 1...70 {
      let start = fixture.heap.state.pointee.start
      try fixture.ensure(1)
      #expect(recorder.events.count == number / zeal)
      if number % zeal == 0 { #expect(fixture.heap.state.pointee.start != start) }
    }
    #expect(recorder.events.allSatisfy { $0.reason == .zeal })
  }

  @Test func zealAlsoMakesRoom() throws {
    let fixture = try HeapFixture(levers: HeapLevers(zeal: 3))
    for words in [100, 1000, 10_000] {
      try fixture.ensure(words)
      #expect(fixture.heap.state.pointee.freeWords >= words + HeapSizes.reservedWords)
    }
  }
}

extension HeapFixture {
  /// Builds lists of so many words in all in the first three roots.
  func fillWithLists(words: Int) {
    for number in 0..<(words / 2) {
      let root = number % 3
      do { try ensure(2) } catch { preconditionFailure("no room: \(error)") }
      let tail = roots[root]
      roots[root] = heap.build { $0.makeCons(.small(number), tail) }
    }
  }
}
