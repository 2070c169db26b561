import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Bit strings that are built by appending.
@Suite struct AppendingTests {
  /// Appends bits, the low ones of a number, and writes them one by one.
  private func append(
    _ value: UInt, bits: Int, to root: Int, _ fixture: HeapFixture, triesInPlace: Bool = false
  ) throws {
    try fixture.ensure(WritableBinary.words)
    let room =
      try (triesInPlace ? appendInPlace(bits: bits, to: fixture.roots[root], fixture) : nil)
      ?? fixture.heap.append(bitCount: bits, to: fixture.roots[root])
    for bit in 0..<bits {
      let place = room.bitOffset + bit
      let mask = UInt8(0x80) >> UInt8(place & 7)
      let isSet = value >> UInt(bits - 1 - bit) & 1 == 1
      if isSet {
        room.destination[place >> 3] |= mask
      } else {
        room.destination[place >> 3] &= ~mask
      }
    }
    fixture.roots[root] = room.term
  }

  /// What a loop that calls nothing does first.
  private func appendInPlace(bits: Int, to term: Term, _ fixture: HeapFixture) -> AppendRoom? {
    let state = fixture.heap.state
    let place = state.pointee.appendPlace(behind: term)
    guard let room = state.pointee.appendInPlace(bitCount: bits, to: term, at: state.pointee.top)
    else { return nil }
    state.pointee.top += SubBinary.words
    if let place {
      #expect(place.byteCount >= (bits + 7) >> 3)
      #expect(place.next == room.destination && room.bitOffset == 0)
    }
    return room
  }

  /// The same for bytes: at their place.
  private func appendInPlace(
    bytes: [UInt8], to root: Int, _ fixture: HeapFixture, builds: Bool = true
  ) -> Bool {
    let state = fixture.heap.state
    guard let place = state.pointee.appendPlace(behind: fixture.roots[root]),
      bytes.count <= place.byteCount
    else { return false }
    for (index, byte) in bytes.enumerated() { place.next[index] = byte }
    let view = builds ? state.pointee.top : nil
    guard let term = state.pointee.append(byteCount: bytes.count, at: place, view: view) else {
      return false
    }
    if builds { state.pointee.top += SubBinary.words }
    fixture.roots[root] = term
    return true
  }

  private func bits(_ term: Term) -> [Bool] {
    let range = term.bitRange
    return (0..<range.bitCount).map { range.byte(at: $0 >> 3) << UInt8($0 & 7) & 0x80 != 0 }
  }

  private func empty(_ fixture: HeapFixture, root: Int) throws {
    try fixture.ensure(2)
    fixture.roots[root] = fixture.heap.build {
      $0.makeHeapBinary(UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }

  @Test func capacitiesAreThoseOfErlang() throws {
    let fixture = try HeapFixture()
    try empty(fixture, root: 0)
    var seen: [Int] = []
    for _ in 0..<300 {
      try append(0xFFEE_DDCC, bits: 80, to: 0, fixture)
      let capacity = try #require(try fixture.heap.binaries().map(\.byteCount).max())
      if seen.last != capacity { seen.append(capacity) }
    }
    #expect(seen == [256, 520, 1060, 2140, 4300])
  }

  @Test(arguments: [
    HeapLevers(), HeapLevers(verifies: true), HeapLevers(zeal: 1, verifies: true),
    HeapLevers(zeal: 3, verifies: true, alwaysSweepsFully: true),
  ])
  func bitStringsAreWhatTheModelSays(levers: HeapLevers) throws {
    let fixture = try HeapFixture(rootCount: 6, levers: levers, options: .tiny())
    var generator = SeededGenerator(seed: 4711)
    var model = [[Bool]](repeating: [], count: 6)
    for root in 0..<6 { try empty(fixture, root: root) }
    for step in 0..<1500 {
      let root = Int.random(in: 0..<6, using: &generator)
      switch Int.random(in: 0..<12, using: &generator) {
      case 0:
        // Two views of one bit string: only one can take the room behind it.
        let other = Int.random(in: 0..<6, using: &generator)
        fixture.roots[other] = fixture.roots[root]
        model[other] = model[root]
      case 1 where model[root].count > 600:
        try empty(fixture, root: root)
        model[root] = []
      default:
        let value = UInt.random(in: 0...UInt.max, using: &generator)
        let count =
          Bool.random(using: &generator)
          ? 8 * Int.random(in: 0...8, using: &generator) : Int.random(in: 0...64, using: &generator)
        try append(value, bits: count, to: root, fixture, triesInPlace: step % 3 > 0)
        model[root] += (0..<count).map { value >> UInt(count - 1 - $0) & 1 == 1 }
      }
      if step % 50 == 0 {
        for root in 0..<6 { #expect(bits(fixture.roots[root]) == model[root], "step \(step)") }
      }
    }
    for root in 0..<6 { #expect(bits(fixture.roots[root]) == model[root]) }
    for root in 0..<6 { fixture.roots[root] = .nil }
    try fixture.collect(fully: true)
    #expect(fixture.allocator.memory(by: .binary).byteCount == 0)
  }

  @Test func whatIsToMoveIsNotAppendedInPlace() throws {
    let fixture = try HeapFixture(rootCount: 2)
    try empty(fixture, root: 0)
    #expect(appendInPlace(bits: 8, to: fixture.roots[0], fixture) == nil, "no part of another")
    try append(0xAB, bits: 8, to: 0, fixture)
    fixture.roots[1] = fixture.roots[0]
    #expect(appendInPlace(bits: 8 * 256, to: fixture.roots[0], fixture) == nil, "no room")
    try fixture.ensure(WritableBinary.words)
    #expect(appendInPlace(bits: 8, to: fixture.roots[0], fixture) != nil)
    #expect(appendInPlace(bits: 8, to: fixture.roots[1], fixture) == nil, "the room is taken")
    #expect(fixture.heap.state.pointee.appendPlace(behind: fixture.roots[1]) == nil)
    #expect(fixture.heap.state.pointee.appendPlace(behind: .small(1)) == nil)
    #expect(appendInPlace(bits: 8, to: .small(1), fixture) == nil)
  }

  /// As whole bits would go, and up to the room's end; behind others than whole bytes there is no
  /// place.
  @Test(arguments: [true, false])
  func bytesAreAppendedAtTheirPlace(builds: Bool) throws {
    let fixture = try HeapFixture(rootCount: 2, levers: HeapLevers(verifies: true))
    try empty(fixture, root: 0)
    try append(0xAB, bits: 8, to: 0, fixture)
    var model = bits(fixture.roots[0])
    var steps = 0
    while true {
      try fixture.ensure(WritableBinary.words)
      let bytes = (0..<steps % 5).map { UInt8(truncatingIfNeeded: 37 * steps + $0) }
      let before = fixture.roots[0]
      if !appendInPlace(bytes: bytes, to: 0, fixture, builds: builds) { break }
      #expect(builds != (fixture.roots[0] == before))
      for byte in bytes { model += (0..<8).map { byte << UInt8($0) & 0x80 != 0 } }
      #expect(bits(fixture.roots[0]) == model)
      steps += 1
    }
    #expect(model.count > 8 * 250, "the room is 256 bytes")
    try fixture.collect(fully: true)
    #expect(bits(fixture.roots[0]) == model)
    try append(1, bits: 3, to: 0, fixture)
    #expect(fixture.heap.state.pointee.appendPlace(behind: fixture.roots[0]) == nil)
  }

  /// The same bytes held as by other ways: the virtual heap counts them.
  @Test func bytesAppendedAtTheirPlaceMakeACollectionDue() throws {
    let fixture = try HeapFixture()
    try empty(fixture, root: 0)
    try append(0, bits: 8, to: 0, fixture)
    let state = fixture.heap.state
    let before = state.pointee.offHeap.virtualWords
    try fixture.ensure(WritableBinary.words)
    #expect(appendInPlace(bytes: [UInt8](repeating: 1, count: 80), to: 0, fixture))
    #expect(state.pointee.offHeap.virtualWords == before + 10)
    state.pointee.virtualHeap.youngLimit = before + 10
    #expect(!appendInPlace(bytes: [UInt8](repeating: 1, count: 8), to: 0, fixture))
    #expect(appendInPlace(bytes: [1], to: 0, fixture), "no word more")
  }

  @Test func appendingStaysInPlaceThoughACopyIsAbout() throws {
    let fixture = try HeapFixture()
    try empty(fixture, root: 0)
    // More than a copy takes along as a binary of its own.
    for _ in 0..<10 { try append(0xAB, bits: 8 * 8, to: 0, fixture) }
    let before = bits(fixture.roots[0])
    // A copy as a message makes it.
    let words = try TermSize.flatWords(of: fixture.roots[0], scratch: fixture.environment.scratch)
    try fixture.ensure(words)
    fixture.roots[1] = fixture.heap.buildLinked { cursor, list in
      TermCopy.copy(fixture.roots[0], words: words, into: &cursor, list: &list)
    }
    try append(0xCD, bits: 8, to: 0, fixture)
    #expect(try fixture.heap.binaries().count == 1)
    #expect(bits(fixture.roots[1]) == before)
    #expect(bits(fixture.roots[0]).count == before.count + 8)
    // A byte begun belongs to both, and there is no moving: each then goes its own way.
    try append(0x1, bits: 4, to: 0, fixture)
    try append(0xF, bits: 4, to: 0, fixture)
    #expect(try fixture.heap.binaries().count == 2)
    #expect(bits(fixture.roots[1]) == before)
  }

  @Test func roomIsTakenBackFromWhatIsIdle() throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    try empty(fixture, root: 0)
    for _ in 0..<600 { try append(1, bits: 64, to: 0, fixture) }
    let capacity = try #require(try fixture.heap.binaries().first).byteCount
    #expect(capacity == 8688)
    try fixture.collect(fully: true)
    #expect(try fixture.heap.binaries().map(\.byteCount) == [capacity], "appended to just before")
    try fixture.collect(fully: true)
    #expect(try fixture.heap.binaries().map(\.byteCount) == [5760], "the only one keeps a fifth")
    #expect(bits(fixture.roots[0]).count == 38_400)

    // Beside one that is appended to, an idle one keeps nothing.
    try empty(fixture, root: 1)
    try append(1, bits: 64, to: 1, fixture)
    try fixture.collect(fully: true)
    let sizes = Set(try fixture.heap.binaries().map(\.byteCount))
    #expect(sizes == [4800, 256])
  }

  /// Appends and collects with each request refused that this makes, until there is none left to
  /// refuse.
  @Test func whatIsRefusedChangesNothing() throws {
    var memory = MemoryConfiguration(usesTinyCarriers: true, carrierCacheLimitBytes: 0)
    var (refusals, collectionsInVain) = (0, 0)
    var isRefused = true
    while isRefused {
      let request = (memory.failingRequest ?? 0) + 1
      memory.failingRequest = request
      let allocator = BlockAllocator(configuration: memory)
      do {
        let fixture = try HeapFixture(
          levers: HeapLevers(verifies: true), options: HeapOptions(minimumWords: 40_000),
          allocator: allocator)
        try empty(fixture, root: 0)
        var expected: [Bool] = []
        /// Once more where it was refused: then there is memory.
        func isRefusedOnce(_ body: () throws -> Void) throws -> Bool {
          do {
            try body()
            return false
          } catch is HeapError {
            #expect(bits(fixture.roots[0]) == expected, "request \(request)")
            #expect(fixture.damage == nil)
            refusals += 1
            try body()
            return true
          }
        }
        for step in 0..<100 {
          _ = try isRefusedOnce { try append(UInt(step), bits: 803, to: 0, fixture) }
          expected += (0..<803).map { $0 < 739 ? false : UInt(step) >> UInt(802 - $0) & 1 == 1 }
          // The second one finds it idle.
          for _ in 0..<2 where step % 25 == 0 {
            let isInVain = try isRefusedOnce { try fixture.collect(fully: true) }
            if isInVain { collectionsInVain += 1 }
          }
        }
        #expect(bits(fixture.roots[0]) == expected)
      } catch {
        // Only making the heap is not tried again.
        #expect(error is HeapError && request < 10, "request \(request)")
      }
      #expect(allocator.allocatedBlockCount == 0)
      isRefused = allocator.statistics.pages.failedRequestCount > 0
    }
    #expect(collectionsInVain > 0)
    #expect(refusals > collectionsInVain)
  }
}
