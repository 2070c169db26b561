import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Words of a heap overwritten one after the other: the verifier says what is wrong, or that nothing
/// is, and never reads where nothing is.
@Suite struct HeapOverwritingTests {
  /// A heap with an object of each kind in the old generation, in the young one, and in a fragment.
  private static func makeHeap() throws -> HeapFixture {
    let fixture = try HeapFixture(options: HeapOptions(minimumWords: 3000))
    try build(in: fixture)
    fixture.roots[1] = fixture.roots[0]
    try fixture.collect(fully: true)
    try fixture.collect(fully: false)
    try build(in: fixture)
    for _ in 0..<4 { fixture.heap.push(fixture.roots[0]) }
    let binary = try fixture.environment.binaries.makeBinary(byteCount: 300)
    var fragment = try HeapFragment(environment: fixture.environment, words: 100)
    fixture.roots[2] = fragment.build { cursor, list in
      let handle = cursor.makeBinaryHandle(binary, byteCount: 200, list: &list)
      let part = cursor.makeSubBinary(of: handle, bitOffset: 9, bitCount: 1300)
      return cursor.makeTuple(handle, part, cursor.makeFloat(2.5), cursor.makeCons(part, .nil))
    }
    fixture.heap.attach(fragment)
    #expect(fixture.damage == nil)
    return fixture
  }

  /// Builds a list with an object of each kind in slot 0.
  private static func build(in fixture: HeapFixture) throws {
    let binary = try fixture.environment.binaries.makeBinary(byteCount: 400)
    try fixture.ensure(500)
    let handle = fixture.heap.buildLinked {
      $0.makeBinaryHandle(binary, offset: 50, byteCount: 300, list: &$1)
    }
    let order = TermOrder(
      atoms: AtomTable(limit: 100), scratch: fixture.environment.scratch, funs: nil)
    fixture.roots[0] = try fixture.heap.build { cursor in
      Result { () throws(ScratchExhausted) in
        let bytes = [UInt8](1...20).withUnsafeBytes { cursor.makeHeapBinary($0) }
        let part = cursor.makeSubBinary(of: handle, bitOffset: 11, bitCount: 8 * 200 + 3)
        let small = cursor.makeSubBinary(of: bytes, bitOffset: 8, bitCount: 16)
        var flat = FlatMapBuilder(pairs: 3, order: order, cursor: cursor)
        for key in 1...3 { try flat.insert(.small(key), bytes) }
        let map = flat.finish(cursor: &cursor)
        var builder = try MapBuilder(pairs: 40, order: order)
        for key in 0..<40 { try builder.add(key: .small(key)) }
        _ = try builder.plan()
        try builder.begin(cursor: &cursor)
        for key in 0..<40 { try builder.fill(.small(key), map, cursor: &cursor) }
        let large = try builder.finish(cursor: &cursor)
        let number = IntegerArithmetic.makeInteger(.min, into: &cursor)
        return cursor.makeList([
          handle, bytes, part, small, map, large, number, cursor.makeFloat(1.5),
          cursor.makeTuple(part, .nil, number),
        ])
      }
    }.get()
  }

  @Test func eachWordMayBeAnything() throws {
    let fixture = try Self.makeHeap()
    var random = SeededGenerator(seed: 77)
    var spaces: [UnsafeMutableBufferPointer<UInt>] = []
    fixture.heap.state.pointee.forEachSpace { spaces.append(.init(start: $0, count: $1 - $0)) }
    #expect(spaces.count == 3 && spaces.allSatisfy { $0.count >= 20 })
    var found = 0
    var tried = 0
    for space in spaces {
      for place in space.indices {
        let before = space[place]
        let words = [
          0, HeapLevers.freedWord, UInt(Int.max), UInt.max, 1 << 63, before &+ 8, before ^ 3,
          before ^ 0x3C, UInt(truncatingIfNeeded: random.next()),
          UInt(truncatingIfNeeded: random.next()) & ~3,
        ]
        for word in words where word != before {
          space[place] = word
          tried += 1
          if fixture.damage != nil { found += 1 }
        }
        space[place] = before
      }
    }
    // What is not found is a number for another one.
    #expect(found * 2 > tried, "\(found) of \(tried)")
    #expect(fixture.damage == nil)
  }

  @Test func partsAndWindowsStayWithinTheirBinaries() throws {
    let fixture = try Self.makeHeap()
    var list = fixture.roots[0]
    let handle = list.cons[0].boxed
    list = list.cons[1].cons[1]
    let part = list.cons[0].boxed
    let cases: [(UnsafeMutablePointer<UInt>, UInt, String)] = [
      (handle + 1, 351, "shows 351 bytes from 50 on, of a binary of 400"),
      (handle + 4, handle[4] + 51, "shows 300 bytes from 101 on, of a binary of 400"),
      (handle + 4, handle[3], "shows 300 bytes from"),
      (handle + 3, handle[3] + 8, "is no binary that there is"),
      (part + 1, 299, "is no part of the 2400 bits"),
      (part + 2, 100, "is no part of the 2400 bits"),
      (part + 3, 0x808, "is no part of the 2400 bits"), (part + 4, handle[3] | 2, "is in no heap"),
    ]
    for (place, word, expected) in cases {
      let before = place.pointee
      place.pointee = word
      let damage = try #require(fixture.damage, "\(expected)")
      #expect(damage.problem.hasPrefix(expected), "\(damage)")
      place.pointee = before
    }
    #expect(fixture.damage == nil)
  }

  /// What the old generation holds outside is counted to the word.
  @Test(arguments: [-1, 1])
  func oldVirtualWordsAreCounted(difference: Int) throws {
    let fixture = try Self.makeHeap()
    fixture.heap.state.pointee.virtualHeap.oldWords += difference
    #expect(fixture.damage?.place == .accounting)
  }

  /// A heap of many fragments is verified in time that grows as they do.
  @Test func manyFragmentsAreVerifiedInLinearTime() throws {
    func nanoseconds(fragments: Int) throws -> UInt64 {
      let fixture = try HeapFixture()
      for number in 0..<fragments {
        let binary = try fixture.environment.binaries.makeBinary(byteCount: 80)
        var fragment = try HeapFragment(environment: fixture.environment, words: 8)
        fixture.roots[0] = fragment.build { cursor, list in
          cursor.makeCons(
            cursor.makeBinaryHandle(binary, byteCount: number % 80, list: &list), fixture.roots[0])
        }
        fixture.heap.attach(fragment)
      }
      let began = MonotonicTime.nanoseconds()
      #expect(fixture.damage == nil)
      return MonotonicTime.nanoseconds() - began
    }
    let few = try (0..<3).map { _ in try nanoseconds(fragments: 2000) }.min() ?? 0
    #expect(try nanoseconds(fragments: 20_000) < 40 * few)
  }
}
