import Carriers
import Heaps
import Terms
import Testing

/// Collections that are about the size of a block.
extension CollectionRefusalTests {
  static let sizingScenarios: [Scenario] = [
    Scenario(
      testDescription: "a trim", points: 1, prepare: { try age($0) },
      collect: {
        var roots = $0.rootSlots
        try $0.heap.trim(roots: &roots)
      }),
    Scenario(
      testDescription: "a process that goes to sleep", points: 1,
      prepare: {
        try age($0)
        $0.heap.dropStack()
      },
      collect: {
        var roots = $0.rootSlots
        try $0.heap.hibernate(roots: &roots)
      }),
    Scenario(
      testDescription: "a block that moves at each ensure", points: 1,
      levers: HeapLevers(movesBlocks: true), options: HeapOptions(), prepare: { try age($0) },
      collect: { try $0.ensure(1) }),
    Scenario(
      testDescription: "a limit that counts the binaries", points: 2, options: countsBinaries,
      prepare: { try addBinaries(300, $0) }, collect: { try $0.collect(fully: false) }),
    alive("as much as a size of the table", 1, .erts, spared: 1),
    alive("as much as a size of the table, and more is asked for", 2, .erts, asksForMore: true),
    alive("all alive, and no word is to be free", 1, .minimum),
    alive("all alive, and words are asked for", 2, .minimum, asksForMore: true),
    alive("all alive, and some words are to be free", 1, .bounded),
    alive("all alive, and more is asked for", 2, .bounded, asksForMore: true),
    alive(
      "all alive, and many words are to be free", 1,
      GrowthPolicy(freeWords: .init(least: 50_000, most: 60_000)), spared: 1),
  ]

  /// A minor collection that promotes nothing and finds all that was built alive.
  private static func alive(
    _ name: String, _ points: Int, _ growth: GrowthPolicy, asksForMore: Bool = false,
    spared: Int = 0
  ) -> Scenario {
    var options = HeapOptions(minimumWords: 40_000, growth: growth)
    if growth != .erts { options.minimumWords = 0 }
    return Scenario(
      testDescription: "a minor collection of \(name)", points: points, spared: spared,
      options: options,
      prepare: { fixture in
        // An old block, and nothing mature.
        try age(fixture)
        for root in 0..<8 { fixture.roots[root] = .nil }
        fixture.heap.dropStack()
        for _ in 0..<2 { try fixture.collect(fully: false) }
        let bytes = [UInt8](repeating: 7, count: 8 * (HeapSizes.atLeast(40_000) - 4))
        var fragment = try HeapFragment(
          environment: fixture.environment, words: HeapSizes.atLeast(40_000))
        fixture.roots[0] = fragment.build { cursor, _ in
          let binary = bytes.withUnsafeBytes { cursor.makeHeapBinary($0) }
          return cursor.makeCons(binary, .nil)
        }
        fixture.heap.attach(fragment)
      },
      collect: {
        if asksForMore {
          try $0.ensure($0.heap.state.pointee.freeWords)
        } else {
          try $0.collect(fully: false)
        }
      })
  }

  private static var countsBinaries: HeapOptions {
    var options = HeapOptions(minimumWords: 40_000)
    options.limit = HeapLimit(words: 1 << 40, includesSharedBinaries: true)
    return options
  }

  /// Handles of binaries of their own, in a list.
  private static func addBinaries(_ count: Int, _ fixture: HeapFixture) throws {
    try fixture.ensure(count * (BinaryHandle.words + 2))
    for _ in 0..<count {
      let binary = try fixture.environment.binaries.makeBinary(byteCount: 65)
      fixture.roots[0] = fixture.heap.buildLinked { (cursor, list) throws(Never) in
        let handle = cursor.makeBinaryHandle(binary, byteCount: 65, list: &list)
        return cursor.makeCons(handle, fixture.roots[0])
      }
    }
  }
}

/// Collections that give a binary outside the heap another size, for which memory may be missing:
/// then it stays as it is until the next one.
extension CollectionRefusalTests {
  static let binaryScenarios: [Scenario] = [
    Scenario(
      testDescription: "views of a binary that is let go", points: 1, spared: 1,
      prepare: { try addViews($0) }, collect: { try $0.collect(fully: true) },
      largestBinary: 20_000),
    Scenario(
      testDescription: "views of a binary that is let go, in a minor collection", points: 1,
      spared: 1,
      prepare: {
        try makeOldBlock($0)
        try addViews($0)
      }, collect: { try $0.collect(fully: false) }, largestBinary: 20_000),
    Scenario(
      testDescription: "a window to a binary that is let go", points: 1, spared: 1,
      prepare: { try addWindow($0) }, collect: { try $0.collect(fully: true) },
      largestBinary: 20_000),
    Scenario(
      testDescription: "a window to a binary that is let go, in a minor collection", points: 1,
      spared: 1,
      prepare: {
        try makeOldBlock($0)
        try addWindow($0)
      }, collect: { try $0.collect(fully: false) }, largestBinary: 20_000),
    Scenario(
      testDescription: "a writable binary that is idle", points: 1, spared: 1,
      prepare: { fixture in
        try fixture.ensure(2 + WritableBinary.words)
        let empty = fixture.heap.build {
          $0.makeHeapBinary(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let room = try fixture.heap.append(bitCount: 8 * 10, to: empty)
        room.destination.update(repeating: 7, count: 10)
        fixture.roots[0] = room.term
        try fixture.collect(fully: true)
      }, collect: { try $0.collect(fully: true) }, largestBinary: 12),
  ]

  private static func makeOldBlock(_ fixture: HeapFixture) throws {
    try age(fixture)
    for root in 0..<8 { fixture.roots[root] = .nil }
    fixture.heap.dropStack()
    try fixture.collect(fully: false)
  }

  private static func makeBinary(_ fixture: HeapFixture) throws -> OffHeapBinary {
    let binary = try fixture.environment.binaries.makeBinary(byteCount: 300_000)
    for index in 0..<300_000 / 8 {
      binary.bytes.storeBytes(of: index, toByteOffset: 8 * index, as: Int.self)
    }
    try fixture.ensure(40)
    return binary
  }

  private static func addViews(_ fixture: HeapFixture) throws {
    let binary = try makeBinary(fixture)
    let handle = fixture.heap.buildLinked {
      $0.makeBinaryHandle(binary, byteCount: 300_000, list: &$1)
    }
    for (root, offset) in [40_000, 50_000].enumerated() {
      fixture.roots[root] = fixture.heap.build {
        $0.makeSubBinary(of: handle, bitOffset: 8 * offset, bitCount: 8 * 10_000)
      }
    }
  }

  private static func addWindow(_ fixture: HeapFixture) throws {
    let binary = try makeBinary(fixture)
    fixture.roots[0] = fixture.heap.buildLinked {
      $0.makeBinaryHandle(binary, offset: 7, byteCount: 20_000, list: &$1)
    }
  }
}
