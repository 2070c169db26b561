import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Heaps damaged on purpose: the verifier says what is wrong, where, and how a root leads there.
@Suite struct HeapDamageTests {
  /// An old list in root 0, a mature tuple of it in root 1 and on the stack, a young cons of both in
  /// root 2.
  private static func makeHeap() throws -> HeapFixture { try HeapVerifierTests.makeHeap() }

  private static func address(_ pointer: UnsafeMutablePointer<UInt>) -> UInt {
    UInt(bitPattern: pointer)
  }
  private static func address(_ pointer: UnsafeMutablePointer<Term>) -> UInt {
    UInt(bitPattern: pointer)
  }

  @Test func aYoungPointerInTheOldGeneration() throws {
    let fixture = try Self.makeHeap()
    fixture.roots[0].cons[0] = fixture.roots[2]
    let damage = try #require(fixture.damage)
    #expect(damage.address == Self.address(fixture.roots[0].cons))
    #expect(damage.word == fixture.roots[2].bits)
    #expect(damage.place == .old)
    #expect(damage.path == HeapPath(start: .root(0), words: [0]))
    let word = String(fixture.roots[2].bits, radix: 16)
    let place = String(damage.address, radix: 16)
    #expect(
      damage.description
        == "heap verifier: the word 0x\(word) at 0x\(place) (old) of the old generation is young; "
        + "from root 0 by words 0")
  }

  @Test func aStalePointerInAnObjectAndInASlot() throws {
    let fixture = try Self.makeHeap()
    let stale = fixture.roots[2]
    try fixture.collect(fully: true)
    fixture.roots[1].boxed[2] = stale.bits
    let inObject = try #require(fixture.damage)
    #expect(inObject.address == Self.address(fixture.roots[1].boxed + 2))
    #expect(inObject.word == stale.bits)
    #expect(inObject.path == HeapPath(start: .stack(0), words: [2]))
    #expect(inObject.problem == "is in no heap and no literal area")

    fixture.roots[1].boxed[2] = Term.nil.bits
    fixture.roots[5] = stale
    let inSlot = try #require(fixture.damage)
    #expect(inSlot.address == Self.address(fixture.roots + 5))
    #expect(inSlot.place == .root)
    #expect(inSlot.path == HeapPath(start: .root(5), words: []))
    #expect(inSlot.description.hasSuffix("; from root 5"))
  }

  @Test func aWrongHeader() throws {
    let fixture = try Self.makeHeap()
    fixture.roots[1].boxed[0] = Header.tuple(arity: 1000).bits
    let damage = try #require(fixture.damage)
    #expect(damage.address == Self.address(fixture.roots[1].boxed))
    #expect(damage.word == nil)
    #expect(damage.problem.contains("1001 words that runs beyond the end"))
    #expect(damage.path == HeapPath(start: .stack(0), words: [0]))
  }

  @Test func deepInAListThePathIsAsLong() throws {
    let fixture = try HeapFixture()
    try fixture.ensure(2000)
    fixture.roots[3] = fixture.heap.build { $0.makeList((0..<1000).map { .small($0) }) }
    var cell = fixture.roots[3]
    for _ in 0..<500 { cell = cell.cons[1] }
    cell.cons[0] = Term(bits: 0x2B)
    let damage = try #require(fixture.damage)
    #expect(damage.path?.start == .root(3))
    #expect(damage.path?.words == Array(repeating: 1, count: 500) + [0])
  }

  @Test func whereNoRootLeadsThereIsNoPath() throws {
    let fixture = try HeapFixture()
    try fixture.ensure(10)
    let dead = fixture.heap.build { $0.makeCons(.nil, .nil) }
    dead.cons[1] = Term(bits: 0x2B)
    let damage = try #require(fixture.damage)
    #expect(damage.address == Self.address(dead.cons + 1))
    #expect(damage.path == nil)
  }

  @Test func damageInAFragment() throws {
    let fixture = try HeapFixture()
    var fragment = try HeapFragment(environment: fixture.environment, words: 10)
    fixture.roots[1] = fragment.build { cursor, _ in
      cursor.makeTuple(cursor.makeCons(.nil, .nil), .nil)
    }
    fixture.heap.attach(fragment)
    #expect(fixture.damage == nil)
    fixture.roots[1].tupleElements[0].cons[1] = Term(bits: 0x2B)
    let damage = try #require(fixture.damage)
    #expect(damage.place == .fragment)
    #expect(damage.path == HeapPath(start: .root(1), words: [1, 1]))
  }

  // MARK: - Cycles

  @Test(arguments: [1, 2, 3, 50])
  func aCycleInOneGeneration(length: Int) throws {
    let fixture = try HeapFixture()
    try fixture.ensure(2 * length)
    fixture.roots[0] = fixture.heap.build {
      $0.makeList((0..<length).map { .small($0) })
    }
    var last = fixture.roots[0]
    while last.cons[1].isCons { last = last.cons[1] }
    last.cons[1] = fixture.roots[0]
    let damage = try #require(fixture.damage)
    #expect(damage.problem == "closes a cycle: no term has one")
    #expect(damage.path != nil)
    // Wherever the search began: the word is one of the links.
    #expect(damage.word.map { $0 & 3 } == 1)
  }

  @Test func aCycleThroughATupleInTheOldGenerationAndOneThroughAFragment() throws {
    let fixture = try Self.makeHeap()
    fixture.roots[0].cons[0] = fixture.roots[0].cons[1]
    #expect(fixture.damage == nil)
    fixture.roots[0].cons[1].cons[0] = fixture.roots[0]
    let inOld = try #require(fixture.damage)
    #expect(inOld.place == .old)
    #expect(inOld.problem.hasPrefix("closes a cycle"))

    let other = try HeapFixture()
    try other.ensure(10)
    other.roots[0] = other.heap.build { $0.makeTuple(.nil, .nil) }
    var fragment = try HeapFragment(environment: other.environment, words: 10)
    let cell = fragment.build { cursor, _ in cursor.makeCons(other.roots[0], .nil) }
    other.heap.attach(fragment)
    #expect(other.damage == nil)
    other.roots[0].boxed[2] = cell.bits
    #expect(other.damage?.problem.hasPrefix("closes a cycle") == true)
  }

  // MARK: - What is held outside

  /// A handle in the old generation, in root 0, and a young one in root 1.
  private static func makeHandles() throws -> HeapFixture {
    let fixture = try HeapFixture()
    for root in 0..<2 {
      try fixture.ensure(BinaryHandle.words)
      let binary = try fixture.environment.binaries.makeBinary(byteCount: 800)
      fixture.roots[root] = fixture.heap.buildLinked { (cursor, list) throws(Never) in
        cursor.makeBinaryHandle(binary, byteCount: 800, list: &list)
      }
      if root == 0 {
        try fixture.collect(fully: true)
        try fixture.collect(fully: false)
      }
    }
    #expect(fixture.isOld(fixture.roots[0]))
    #expect(fixture.damage == nil)
    return fixture
  }

  @Test func aListInTheWrongOrder() throws {
    let fixture = try Self.makeHandles()
    let (old, young) = (fixture.roots[0].boxed, fixture.roots[1].boxed)
    fixture.heap.state.pointee.offHeap.first = Self.address(old)
    old[2] = Self.address(young)
    young[2] = 0
    let damage = try #require(fixture.damage)
    #expect(damage.problem == "is young and follows an old one")
    #expect(damage.place == .list)
    #expect(damage.address == Self.address(young))
    #expect(damage.path == HeapPath(start: .root(1), words: [0]))
  }

  @Test func aListThatRunsInACircleOrMissesAnObject() throws {
    let fixture = try Self.makeHandles()
    let (old, young) = (fixture.roots[0].boxed, fixture.roots[1].boxed)
    old[2] = Self.address(old)
    #expect(fixture.damage?.problem == "is on the list although all objects were")
    old[2] = 0
    young[2] = 0
    #expect(fixture.damage?.problem.contains("(young: 1, old: 0)") == true)
    young[2] = Self.address(fixture.roots + 3)
    fixture.roots[3] = Term.small(1)
    #expect(fixture.damage?.problem == "is in no generation")
    young[2] = Self.address(old)
    #expect(fixture.damage == nil)
  }

  @Test func aVirtualHeapThatDoesNotAddUp() throws {
    let fixture = try Self.makeHandles()
    fixture.heap.state.pointee.offHeap.virtualWords += 1
    let damage = try #require(fixture.damage)
    #expect(damage.place == .accounting)
    #expect(damage.problem.hasPrefix("counts 101 and 100 words in the virtual heap"))
  }

  @Test func aReferenceTooManyAndOneTooFew() throws {
    let fixture = try Self.makeHandles()
    let binary = BinaryHandle.binary(at: fixture.roots[1].boxed)
    binary.retain()
    let tooMany = try #require(fixture.damage)
    #expect(tooMany.address == UInt(bitPattern: binary.memory))
    #expect(tooMany.problem == "counts 2 references, of which 1 are there")
    #expect(tooMany.path == nil)
    // Held in flight, it is right.
    var census = ReferenceCensus()
    census.count(fixture.heap)
    census.count(binary)
    #expect(census.firstDamage(in: fixture.environment) == nil)
    // And one that was given back twice.
    try fixture.ensure(BinaryHandle.words)
    _ = fixture.heap.buildLinked { (cursor, list) throws(Never) in
      cursor.makeBinaryHandle(binary, byteCount: 800, list: &list)
    }
    #expect(fixture.damage == nil)
    binary.release(to: fixture.environment.binaries)
    #expect(fixture.damage?.problem == "counts 1 references, of which 2 are there")
    binary.retain()
  }

  @Test func aBinaryThatNobodyHolds() throws {
    let fixture = try Self.makeHandles()
    let lost = try fixture.environment.binaries.makeBinary(byteCount: 100)
    #expect(fixture.damage?.problem == "counts 3 binaries, of which 2 are held")
    lost.release(to: fixture.environment.binaries)
    #expect(fixture.damage == nil)
  }

  // MARK: - What is counted

  @Test func wordsThatDoNotAddUp() throws {
    let fixture = try Self.makeHeap()
    fixture.heap.state.pointee.tallies.allocatedWords -= 1000
    let damage = try #require(fixture.damage)
    #expect(damage.place == .accounting)
    #expect(damage.problem.contains("words allocated, of which"))
    fixture.heap.state.pointee.tallies.allocatedWords += 1000
    #expect(fixture.damage == nil)
    fixture.heap.state.pointee.highWater += 1
    #expect(fixture.damage != nil)
  }
}
