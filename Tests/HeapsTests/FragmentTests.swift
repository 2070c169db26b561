import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Terms beside the heap, and sections in which no collection runs.
@Suite struct FragmentTests {
  @Test(arguments: [false, true])
  func aCollectionMovesWhatLivesOutOfFragments(fully: Bool) throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    try fixture.ensure(2)
    let onHeap = fixture.heap.build { $0.makeCons(.small(1), .nil) }
    fixture.roots[0] = onHeap
    try fixture.collect(fully: true)
    // A term of a fragment that refers to the heap, and one of the heap that refers to it.
    var fragment = try HeapFragment(environment: fixture.environment, words: 40)
    let tuple = fragment.build { cursor, _ in
      cursor.makeTuple(fixture.roots[0], cursor.makeFloat(1.5), .small(3))
    }
    fixture.heap.attach(fragment)
    #expect(fixture.heap.figures.fragmentWords == 6)
    try fixture.ensure(2)
    fixture.roots[1] = fixture.heap.build { $0.makeCons(tuple, .nil) }
    #expect(try fixture.differenceAfterCollecting(fully: fully) == nil)
    #expect(fixture.heap.figures.fragmentWords == 0)
    #expect(fixture.roots[1].cons[0].tupleElements[1].floatValue == 1.5)
  }

  @Test func aFragmentThatIsNeverAttachedGivesAllBack() throws {
    let fixture = try HeapFixture()
    do {
      var fragment = try HeapFragment(environment: fixture.environment, words: 20)
      let binary = try fixture.environment.binaries.makeBinary(byteCount: 100)
      fragment.build { cursor, list in
        _ = cursor.makeBinaryHandle(binary, offset: 0, byteCount: 100, list: &list)
      }
      #expect(fixture.allocator.allocatedBlockCount == 4)
    }
    #expect(fixture.allocator.allocatedBlockCount == 2)
  }

  @Test func aFragmentGoesWithItsHeap() throws {
    let allocator = BlockAllocator()
    let environment = HeapEnvironment(allocator: allocator)
    do {
      var heap = try ProcessHeap(environment: environment)
      for _ in 0..<3 {
        let binary = try environment.binaries.makeBinary(byteCount: 100)
        var fragment = try HeapFragment(environment: environment, words: 20)
        fragment.build { cursor, list in
          _ = cursor.makeBinaryHandle(binary, offset: 0, byteCount: 100, list: &list)
        }
        heap.attach(fragment)
      }
      #expect(heap.figures.fragmentWords == 3 * BinaryHandle.words)
    }
    #expect(allocator.allocatedBlockCount == 0)
  }

  @Test func aBuilderThatThrowsLeavesNothingInAFragment() throws {
    struct Failure: Error {}
    let fixture = try HeapFixture()
    let binary = try fixture.environment.binaries.makeBinary(byteCount: 100)
    var fragment = try HeapFragment(environment: fixture.environment, words: 20)
    #expect(throws: Failure.self) {
      try fragment.build { (cursor, list) throws(Failure) in
        _ = cursor.makeBinaryHandle(binary, offset: 0, byteCount: 100, list: &list)
        throw Failure()
      }
    }
    // The heap, its state and the fragment; no binary.
    #expect(fixture.allocator.allocatedBlockCount == 3)
    fixture.heap.attach(fragment)
    #expect(fixture.heap.figures.fragmentWords == 0)
    try fixture.collect(fully: false)
    #expect(fixture.allocator.allocatedBlockCount == 2)
  }

  @Test func fragmentsOfMoreWordsThanAreFreeAreCollected() throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(listener: recorder)
    var words = 0
    while words <= 229 {
      var fragment = try HeapFragment(environment: fixture.environment, words: 60)
      fixture.roots[0] = fragment.build { cursor, _ in
        (0..<30).reduce(fixture.roots[0]) { list, number in
          cursor.makeCons(.small(number), list)
        }
      }
      fixture.heap.attach(fragment)
      words += 60
      #expect(recorder.events.isEmpty)
      if words < 230 { try fixture.ensure(1) }
    }
    #expect(recorder.events.isEmpty)
    try fixture.ensure(1)
    #expect(recorder.events.map(\.reason) == [.fragments])
    #expect(recorder.events.first?.before.fragmentWords == 240)
    #expect(recorder.events.first?.after.fragmentWords == 0)
    #expect(fixture.heap.figures.youngUsedWords == 240)
    #expect(fixture.heap.counters.allocatedWords == 240)
  }

  @Test func termsAreBuiltInPlaceWithoutRoots() throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    for number in 0..<1000 {
      fixture.roots[0] = try fixture.heap.buildInPlace(words: 2) { cursor, _ in
        cursor.makeCons(.small(number), fixture.roots[0])
      }
    }
    #expect(fixture.heap.counters.fullSweeps + fixture.heap.counters.minorCollections == 0)
    #expect(fixture.heap.figures.fragmentWords >= 1500)
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    #expect(fixture.heap.figures.youngUsedWords == 2000)
    #expect(throws: HeapError.tooLarge(words: 1 << 60)) {
      try fixture.heap.buildInPlace(words: 1 << 60) { _, _ in }
    }
  }

  // MARK: - Sections without collections

  @Test(arguments: [0, 1, 3])
  func nothingMovesInASectionWithoutCollections(zeal: Int) throws {
    let recorder = EventRecorder()
    let fixture = try HeapFixture(
      levers: HeapLevers(zeal: zeal, verifies: true), listener: recorder)
    // Something mature, something fresh, and a stack.
    for round in 0..<3 {
      try fixture.ensure(40)
      for number in 0..<20 {
        fixture.roots[0] = fixture.heap.build { $0.makeCons(.small(number), fixture.roots[0]) }
      }
      fixture.heap.push(fixture.roots[0])
      if round < 2 { try fixture.collect(fully: round == 0) }
    }
    let events = recorder.events.count
    let before = (fixture.roots[0], fixture.terms.suffix(3))
    try fixture.heap.withoutCollecting { heap throws(HeapError) in
      for number in 0..<400 {
        var roots = fixture.rootSlots
        try heap.ensureFree(words: 3, roots: &roots)
        fixture.roots[1] = heap.build { $0.makeCons(.small(number), fixture.roots[1]) }
        heap.push(fixture.roots[1])
        if number == 200 { try heap.collectGarbage(roots: &roots) }
        if number % 7 == 0 { _ = heap.pop() }
      }
    }
    #expect(recorder.events.count == events)
    #expect(fixture.roots[0] == before.0 && fixture.terms.suffix(3) == before.1)
    #expect(fixture.heap.figures.fragmentWords > 0)
    var slots = fixture.rootSlots
    fixture.heap.verify(roots: &slots)
    // The next ensure collects fully, as was asked for in the section.
    try fixture.ensure(1)
    #expect(recorder.events.count == events + 1)
    #expect(recorder.events.last?.kind == .fullSweep)
    if zeal == 0 { #expect(recorder.events.last?.reason == .postponed) }
    #expect(fixture.heap.figures.fragmentWords == 0)
    #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
  }

  @Test func aMinorCollectionPromotesWhatWasMatureWhenItsBlockWasGivenUp() throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    try fixture.ensure(20)
    fixture.roots[0] = fixture.heap.build { $0.makeList([.small(1), .small(2)]) }
    try fixture.collect(fully: true)
    try fixture.ensure(20)
    fixture.roots[1] = fixture.heap.build { $0.makeCons(.small(3), fixture.roots[0]) }
    try fixture.heap.withoutCollecting { heap throws(HeapError) in
      for _ in 0..<3 {
        var roots = fixture.rootSlots
        try heap.ensureFree(words: 1000, roots: &roots)
        fixture.roots[2] = heap.build { cursor in
          let words = cursor.makeTuple(arity: 900)
          (words + 1).update(repeating: Term.nil.bits, count: 900)
          return cursor.makeCons(fixture.roots[1], fixture.roots[2])
        }
      }
    }
    #expect(fixture.heap.figures.matureWords == 4)
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    #expect(fixture.heap.counters.minorCollections == 1)
    #expect(fixture.isOld(fixture.roots[0]))
    #expect(fixture.isYoung(fixture.roots[1]))
    #expect(fixture.heap.figures.oldUsedWords == 4)
    #expect(fixture.heap.figures.youngUsedWords == 2 + 6)
  }

  /// A section takes few blocks, for each takes a copy of the stack.
  @Test(arguments: [0, 20_000])
  func aLongSectionTakesFewBlocks(stackWords: Int) throws {
    let fixture = try HeapFixture()
    try fixture.ensure(stackWords)
    for _ in 0..<stackWords { fixture.heap.push(.nil) }
    let before = fixture.allocator.allocatedBlockCount
    fixture.heap.delayCollections()
    for number in 0..<100_000 {
      try fixture.ensure(2)
      fixture.roots[0] = fixture.heap.build { $0.makeCons(.small(number), fixture.roots[0]) }
    }
    fixture.heap.allowCollections()
    #expect(fixture.allocator.allocatedBlockCount - before <= 20)
    // No block is much larger than what was built.
    #expect(fixture.heap.information.totalHeapWords < 3 * 200_000 + 30 * stackWords)
    try fixture.ensure(0)
    #expect(fixture.allocator.allocatedBlockCount == before)
    #expect(fixture.roots[0].cons[0] == .small(99_999))
  }

  @Test func aRefusedBlockInASectionLeavesTheHeapAsItWas() throws {
    let fixture = try HeapFixture(memory: MemoryConfiguration(budgetBytes: 4 << 20))
    fixture.heap.push(.small(7))
    try fixture.ensure(2)
    fixture.roots[0] = fixture.heap.build { $0.makeCons(.small(1), .nil) }
    #expect(throws: HeapError.self) {
      try fixture.heap.withoutCollecting { heap throws(HeapError) in
        var roots = fixture.rootSlots
        try heap.ensureFree(words: 1 << 20, roots: &roots)
      }
    }
    #expect(fixture.heap.figures.fragmentWords == 0)
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    #expect(fixture.heap.pop() == .small(7))
  }

  @Test(arguments: [1, 2, 3, 17]) func aWalkStepsOverHoles(words: Int) throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    try fixture.ensure(4 + words)
    fixture.roots[0] = fixture.heap.build { cursor in
      let place = cursor.reserve(2 + words)
      (place[0], place[1]) = (Term.small(1).bits, Term.nil.bits)
      // Garbage that would stop a walk.
      for word in 0..<words { place[2 + word] = HeapLevers.freedWord }
      WordCursor.fillHole(words: words, at: place + 2)
      return cursor.makeCons(.small(2), .cons(at: place))
    }
    var slots = fixture.rootSlots
    fixture.heap.verify(roots: &slots)
    #expect(fixture.heap.figures.youngUsedWords == 4 + words)
    try fixture.collect(fully: false)
    #expect(fixture.heap.figures.youngUsedWords == 4)
    #expect(fixture.roots[0].cons[1].cons[0] == .small(1))
  }
}
