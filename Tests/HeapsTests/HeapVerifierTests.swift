import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Broken heaps: the verifier must trap at each, and at no whole one.
@Suite struct HeapVerifierTests {
  /// Expects that verifying a heap, broken by a closure, traps with a message.
  private static func crashes(
    _ expected: String, _ result: ExitTest.Result?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(expected), "\(output)", sourceLocation: sourceLocation)
  }

  /// A heap with an old list in root 0, a mature tuple in root 1 and a young cons in root 2.
  static func makeHeap() throws -> HeapFixture {
    let fixture = try HeapFixture()
    try fixture.ensure(40)
    fixture.roots[0] = fixture.heap.build { $0.makeCons(.small(1), $0.makeCons(.nil, .nil)) }
    try fixture.collect(fully: true)
    try fixture.collect(fully: false)
    let old = fixture.roots[0]
    try fixture.ensure(40)
    fixture.roots[1] = fixture.heap.build { $0.makeTuple(old, .small(2)) }
    try fixture.collect(fully: false)
    let mature = fixture.roots[1]
    try fixture.ensure(40)
    fixture.roots[2] = fixture.heap.build { $0.makeCons(mature, old) }
    fixture.heap.push(mature)
    return fixture
  }

  static func verify(_ fixture: HeapFixture) {
    var slots = fixture.rootSlots
    fixture.heap.verify(roots: &slots)
  }

  @Test func aWholeHeapPasses() throws {
    let fixture = try Self.makeHeap()
    #expect(fixture.isOld(fixture.roots[0]))
    #expect(fixture.isYoung(fixture.roots[1]))
    #expect(fixture.heap.figures.matureWords == 3)
    fixture.heap.push(.catch(3))
    fixture.heap.push(Term(bits: 0x44))
    fixture.heap.push(.none)
    Self.verify(fixture)
    #expect(fixture.heap.state.pointee.stackWords == 4)
  }

  @Test func aYoungPointerInTheOldGeneration() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.roots[0].cons[0] = fixture.roots[2]
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("of the old generation is young", result)
  }

  @Test func aStalePointerInARoot() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      let stale = fixture.roots[2]
      try fixture.collect(fully: true)
      fixture.roots[3] = stale
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("is in no heap and no literal area", result)
  }

  @Test func aStalePointerOnTheStack() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      let stale = fixture.roots[2]
      try fixture.collect(fully: true)
      fixture.heap.push(stale)
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("(stack) is in no heap and no literal area", result)
  }

  @Test func aStalePointerInAnObject() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      let stale = fixture.roots[2]
      try fixture.collect(fully: true)
      fixture.roots[1].boxed[1] = stale.bits
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("(mature) is in no heap and no literal area", result)
  }

  @Test func aPointerToAHeaderThatIsNone() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      // A cons seen as a boxed object.
      fixture.roots[3] = Term(bits: fixture.roots[2].bits + 1)
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("refers to no header", result)
  }

  @Test func aPointerIntoAnObject() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      // Raw words read as a header, one word behind the real one.
      let number = fixture.heap.build { $0.makeFloat(2) }
      fixture.roots[3] = Term(bits: number.bits + 8)
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("refers to the inside of an object", result)
  }

  @Test func aHeaderLargerThanTheHeap() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.roots[1].boxed[0] = Header.tuple(arity: 1000).bits
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("runs beyond the end of its space", result)
  }

  @Test func aForwardingWordLeftBehind() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.roots[2].cons[0] = .none
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("is no value, where an object begins", result)
  }

  @Test func aStackThatOverlapsTheHeap() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.heap.state.pointee.stackTop = fixture.heap.state.pointee.top - 1
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("heap and stack overlap", result)
  }

  @Test func aHighWaterMarkAboveTheTop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.heap.state.pointee.highWater = fixture.heap.state.pointee.top + 1
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("high-water mark above the heap's top", result)
  }

  @Test func aMatureObjectThatRefersToAYoungerOne() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.roots[1].boxed[2] = fixture.roots[2].bits
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("of a mature object is younger", result)
  }

  @Test func aFreedWordInARoot() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.roots[3] = Term(bits: HeapLevers.freedWord)
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("is in no heap and no literal area", result)
  }

  /// The lever fills what is freed, so a term that no root showed reads as a word that traps.
  @Test func aTermThatNoRootShowedReadsAsAFreedWord() throws {
    let fixture = try HeapFixture(
      levers: HeapLevers(verifies: true), options: HeapOptions(minimumWords: 40_000))
    try fixture.ensure(10)
    let hidden = fixture.heap.build { $0.makeCons(.small(1), .nil) }
    fixture.roots[0] = fixture.heap.build { $0.makeCons(.small(2), .nil) }
    try fixture.collect(fully: true)
    if !MemoryPoison.isActive { #expect(hidden.cons[1].bits == HeapLevers.freedWord) }
    let state = fixture.heap.state.pointee
    for place in 0..<state.freeWords where state.top[place] != HeapLevers.freedWord {
      Issue.record("free word \(place) is not filled")
      break
    }
  }

  @Test func aFreedWordReadAsATermTraps() async {
    await #expect(processExitsWith: .failure) {
      let freed = Term(bits: HeapLevers.freedWord)
      #expect(freed.isBoxed)
      #expect(freed.boxed[0] == 0)
    }
  }

  @Test func aWordThatIsNoImmediate() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let fixture = try HeapVerifierTests.makeHeap()
      fixture.roots[2].cons[1] = Term(bits: 0x2B)
      HeapVerifierTests.verify(fixture)
    }
    Self.crashes("is no immediate", result)
  }
}
