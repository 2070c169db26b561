import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Parts of binaries: what a collection copies out of what they are parts of.
@Suite struct ViewShrinkingTests {
  /// Whether the collection is a full sweep, or a minor one that promotes or does not.
  enum Way: String, CaseIterable, Sendable { case full, minor, promoting }

  /// A fixture whose slot 0 holds a list of views of one binary; the handle stands in no root.
  private func fixture(
    views: [(offset: Int, bits: Int)], of byteCount: Int, ratio: UInt8 = 8,
    listener: EventRecorder
  ) throws -> HeapFixture {
    var options = HeapOptions(minimumWords: 3000)
    options.viewWasteRatio = ratio
    let fixture = try HeapFixture(
      levers: HeapLevers(verifies: true), options: options, listener: listener)
    // Something old, so that minor collections can run.
    try fixture.ensure(4)
    fixture.roots[1] = fixture.heap.build { $0.makeCons(.small(1), .nil) }
    try fixture.collect(fully: true)

    let binary = try fixture.environment.binaries.makeBinary(byteCount: byteCount)
    for index in 0..<byteCount {
      binary.bytes.storeBytes(of: Self.byte(index), toByteOffset: index, as: UInt8.self)
    }
    try fixture.ensure(6 + views.count * (SubBinary.words + 2))
    let handle = fixture.heap.buildLinked {
      $0.makeBinaryHandle(binary, byteCount: byteCount, list: &$1)
    }
    fixture.roots[0] = fixture.heap.build { cursor in
      let terms = views.map {
        cursor.makeSubBinary(of: handle, bitOffset: $0.offset, bitCount: $0.bits)
      }
      return cursor.makeList(terms)
    }
    return fixture
  }

  private static func byte(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8)
  }

  private func collect(_ fixture: HeapFixture, _ way: Way) throws {
    try fixture.collect(fully: way == .full)
    if way == .promoting { try fixture.collect(fully: false) }
  }

  /// The bits that each view of the list shows are those that the binary had.
  private func expectContent(_ fixture: HeapFixture, _ views: [(offset: Int, bits: Int)]) {
    var list = fixture.roots[0]
    for view in views {
      let bits = list.cons[0].bitRange
      #expect(bits.bitCount == view.bits)
      let first = view.offset >> 3
      let bytes = (first...(first + view.bits >> 3 + 2)).map(Self.byte)
      bytes.withUnsafeBufferPointer {
        let expected = BitRange(
          base: $0.baseAddress!, bitOffset: view.offset & 7, bitCount: view.bits)
        for index in 0..<bits.byteCount {
          #expect(bits.byte(at: index) == expected.byte(at: index))
        }
      }
      list = list.cons[1]
    }
  }

  @Test(arguments: Way.allCases)
  func aSmallPartBecomesABinaryOfItsOwn(_ way: Way) throws {
    let recorder = EventRecorder()
    let views = (0...24).map { (offset: 8 * (17 * $0 + 3), bits: 8 * $0) }
    let fixture = try fixture(views: views, of: 100_000, ratio: 0, listener: recorder)
    try collect(fixture, way)
    expectContent(fixture, views)
    var list = fixture.roots[0]
    for _ in views {
      #expect(list.cons[0].isHeapBinary)
      list = list.cons[1]
    }
    #expect(try fixture.heap.binaries().isEmpty)
    #expect(recorder.events.map(\.views.copiedViews).reduce(0, +) == views.count)
    #expect(fixture.allocator.memory(by: .binary).byteCount == 0)
  }

  @Test(arguments: Way.allCases)
  func whatViewsSpanIsKeptOfALargeBinary(_ way: Way) throws {
    let recorder = EventRecorder()
    // Whole bytes and loose bits, not in order, overlapping.
    let views = [(8 * 5000, 8 * 100), (8 * 5200 + 3, 77), (8 * 5050, 8 * 300), (8 * 4990 + 7, 9)]
    let fixture = try fixture(views: views, of: 1_000_000, listener: recorder)
    try collect(fixture, way)
    expectContent(fixture, views)
    let left = try fixture.heap.binaries()
    #expect(left.map(\.byteCount) == [5350 - 4990])
    let outcome = recorder.events.map(\.views)
    #expect(outcome.map(\.shrunkBinaries).reduce(0, +) == 1)
    #expect(outcome.map(\.bytesLetGo).reduce(0, +) == 1_000_000)
    #expect(fixture.heap.figures.virtualWords + fixture.heap.figures.oldVirtualWords <= 45)
    // It stays as it is from now on.
    try fixture.collect(fully: true)
    expectContent(fixture, views)
    #expect(try fixture.heap.binaries() == left)
  }

  @Test(arguments: Way.allCases)
  func aBinaryThatIsUsedAsAWholeStays(_ way: Way) throws {
    let views = [(8 * 5000, 8 * 100)]
    let fixture = try fixture(views: views, of: 1_000_000, listener: EventRecorder())
    fixture.roots[2] = SubBinary.original(at: fixture.roots[0].cons[0].boxed)
    try collect(fixture, way)
    expectContent(fixture, views)
    #expect(try fixture.heap.binaries().map(\.byteCount) == [1_000_000])
    #expect(SubBinary.original(at: fixture.roots[0].cons[0].boxed) == fixture.roots[2])
    // Once it is not, it goes.
    fixture.roots[2] = .nil
    try fixture.collect(fully: true)
    expectContent(fixture, views)
    #expect(try fixture.heap.binaries().map(\.byteCount) == [100])
  }

  @Test func theRatioDecides() throws {
    for (ratio, left) in [(UInt8(0), 8000), (7, 1000), (8, 1000), (9, 8000)] {
      let views = [(0, 8 * 1000)]
      let fixture = try fixture(
        views: views, of: 8000, ratio: ratio, listener: EventRecorder())
      try fixture.collect(fully: true)
      expectContent(fixture, views)
      #expect(try fixture.heap.binaries().map(\.byteCount) == [left], "ratio \(ratio)")
    }
  }

  /// Each level's view waits while its tail is followed: far more of them than the stack has room
  /// for, so that the scan meets the views that it moved.
  @Test(arguments: Way.allCases)
  func viewsThatTheScanMeetsWaitForTheirBinaryAsWell(_ way: Way) throws {
    let count = 400
    let fixture = try fixture(views: [], of: 1, listener: EventRecorder())
    let binary = try fixture.environment.binaries.makeBinary(byteCount: 50_000)
    for index in 0..<50_000 {
      binary.bytes.storeBytes(of: Self.byte(index), toByteOffset: index, as: UInt8.self)
    }
    try fixture.ensure(BinaryHandle.words + count * (3 + SubBinary.words))
    let handle = fixture.heap.buildLinked {
      $0.makeBinaryHandle(binary, byteCount: 50_000, list: &$1)
    }
    fixture.roots[0] = fixture.heap.build { cursor in
      (0..<count).reduce(.nil) { tuple, index in
        let view = cursor.makeSubBinary(of: handle, bitOffset: 8 * index, bitCount: 8 * 30)
        return cursor.makeTuple(view, tuple)
      }
    }
    if way == .promoting {
      // Only what is promoted is to be shrunk.
      var options = fixture.heap.options
      options.viewWasteRatio = 0
      try fixture.heap.setOptions(options)
      try fixture.collect(fully: false)
      #expect(try fixture.heap.binaries().map(\.byteCount) == [50_000])
      options.viewWasteRatio = 8
      try fixture.heap.setOptions(options)
    }
    try fixture.collect(fully: way == .full)
    #expect(fixture.isOld(fixture.roots[0]) == (way == .promoting))
    #expect(fixture.damage == nil)
    #expect(try fixture.heap.binaries().map(\.byteCount) == [count + 29])
    var tuple = fixture.roots[0]
    for index in (0..<count).reversed() {
      let bits = tuple.tupleElements[0].bitRange
      #expect((0..<30).allSatisfy { bits.byte(at: $0) == Self.byte(index + $0) })
      tuple = tuple.tupleElements[1]
    }
  }

  /// A fixture with handles that show so many bytes each of one binary, in slots from 0 on.
  private func fixture(
    windows: [Int], of byteCount: Int, ratio: UInt8 = 8, listener: EventRecorder
  ) throws -> HeapFixture {
    let fixture = try fixture(views: [], of: 1, ratio: ratio, listener: listener)
    let binary = try fixture.environment.binaries.makeBinary(byteCount: byteCount)
    for index in 0..<byteCount {
      binary.bytes.storeBytes(of: Self.byte(index), toByteOffset: index, as: UInt8.self)
    }
    try fixture.ensure(windows.count * BinaryHandle.words)
    for (slot, width) in windows.enumerated() {
      if slot > 0 { binary.retain() }
      fixture.roots[2 + slot] = fixture.heap.buildLinked {
        $0.makeBinaryHandle(binary, offset: byteCount - width, byteCount: width, list: &$1)
      }
    }
    return fixture
  }

  /// As a part that was sent arrives: nothing else shows the rest of its binary.
  @Test(arguments: Way.allCases)
  func aHandleOfAFewBytesDoesNotKeepTheRest(_ way: Way) throws {
    let recorder = EventRecorder()
    let fixture = try fixture(windows: [1000], of: 1_000_000, listener: recorder)
    let virtualWords = fixture.heap.figures.virtualWords
    try collect(fixture, way)
    #expect(try fixture.heap.binaries().map(\.byteCount) == [1000])
    let bits = fixture.roots[2].bitRange
    #expect((0..<1000).allSatisfy { bits.byte(at: $0) == Self.byte(999_000 + $0) })
    #expect(recorder.events.map(\.windows.copiedWindows).reduce(0, +) == 1)
    #expect(recorder.events.map(\.windows.bytesLetGo).reduce(0, +) == 1_000_000)
    // What it shows is as much as before.
    #expect(
      fixture.heap.figures.virtualWords + fixture.heap.figures.oldVirtualWords == virtualWords)
    let left = try fixture.heap.binaries()
    try fixture.collect(fully: true)
    #expect(try fixture.heap.binaries() == left)
  }

  /// Many windows share the binary where copies of them would be as much.
  @Test func windowsThatAreManyShareTheirBinary() throws {
    for (windows, byteCount, expected) in [
      ([1000, 1000, 1000, 1000], 32_000, [1000, 1000, 1000, 1000]),
      ([1000, 1000, 1000, 1000], 31_999, [31_999]), ([32_000], 32_000, [32_000]),
      ([4001], 32_000, [32_000]), ([4000], 32_000, [4000]), ([0], 32_000, [0]),
      // One is too wide, and the other one is narrow enough.
      ([2000, 8000], 32_000, [2000, 32_000]),
    ] {
      let fixture = try fixture(windows: windows, of: byteCount, listener: EventRecorder())
      try fixture.collect(fully: true)
      let sizes = try fixture.heap.binaries().map(\.byteCount).sorted()
      #expect(sizes == expected, "\(windows) of \(byteCount)")
    }
  }

  /// Those that died count for nothing, wherever they stand in the list.
  @Test func deadWindowsDoNotKeepABinary() throws {
    let fixture = try fixture(
      windows: [1000, 1000, 1000, 1000], of: 8000, listener: EventRecorder())
    for dead in [2, 4, 5] { fixture.roots[dead] = .nil }
    try fixture.collect(fully: true)
    #expect(try fixture.heap.binaries().map(\.byteCount) == [1000])
    for ratio in [UInt8(0), 9] {
      let fixture = try self.fixture(
        windows: [1000], of: 8000, ratio: ratio, listener: EventRecorder())
      try fixture.collect(fully: true)
      #expect(try fixture.heap.binaries().map(\.byteCount) == [8000], "ratio \(ratio)")
    }
  }
}
