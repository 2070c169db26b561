import Terms
import TestKit
import Testing

/// Hash maps in standard order, against a comparison of their sorted leaves.
@Suite struct OrderOfMapsTests {
  private let bench = TermBench(words: 2_000_000)

  private func sortedLeaves(_ map: Term) throws -> [UnsafeMutablePointer<Term>] {
    var leaves = try HashMapLeaves(of: map, scratch: bench.scratch)
    var cells: [UnsafeMutablePointer<Term>] = []
    while let leaf = try leaves.next() { cells.append(leaf) }
    let order = bench.order
    return try cells.sorted { try order.compareKeys($0[0], $1[0]) < 0 }
  }

  /// The order of two maps: their sizes, their keys in order, their values in the order of keys.
  private func expected(_ left: Term, _ right: Term) throws -> Int {
    if left.mapSize != right.mapSize { return left.mapSize < right.mapSize ? -1 : 1 }
    let pairs = try Array(zip(sortedLeaves(left), sortedLeaves(right)))
    for (leftLeaf, rightLeaf) in pairs {
      let result = try bench.order.compareKeys(leftLeaf[0], rightLeaf[0])
      if result != 0 { return result }
    }
    for (leftLeaf, rightLeaf) in pairs {
      let result = try bench.order.compare(leftLeaf[1], rightLeaf[1])
      if result != 0 { return result }
    }
    return 0
  }

  private func check(_ left: Term, _ right: Term, _ note: String) throws -> Int {
    let expected = try expected(left, right)
    let compared = try bench.order.compare(left, right)
    #expect(compared == expected, "\(note)")
    #expect(try bench.order.compare(right, left) == -expected, "\(note)")
    #expect(
      try TermEquality.isEqual(left, right, scratch: bench.scratch) == (expected == 0), "\(note)")
    let exactly = try bench.order.compareKeys(left, right)
    #expect(
      try TermEquality.isExactlyEqual(left, right, scratch: bench.scratch) == (exactly == 0),
      "\(note)")
    #expect(bench.scratch.outstandingBytes == 0)
    return compared
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func randomMaps(seed: UInt64) throws {
    var generator = RandomTerms(seed: seed, bench: bench)
    let maps = (0..<30).map { _ in generator.hashMap(depth: 3) }
    for left in maps {
      for right in maps { _ = try check(left, right, "seed \(seed)") }
    }
  }

  /// Few keys, shallow and deep places that depend on the key alone, values that differ little.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func mapsThatDifferLittle(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var results: [Int: Int] = [:]
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    for round in 0..<300 {
      var keys = Array(0..<38).map { key -> HashTree.Leaf in
        var hash = SeededGenerator(seed: UInt64(key) / 2 + 100)
        let base = hash.next() & 0xFFFF_FFFF_FFFF_FF03
        let float = bench.cursor.makeFloat(Double(key))
        let nested = bench.cursor.makeTuple(bench.cursor.makeTuple(.small(key)))
        let terms = [.small(key), float, nested]
        return HashTree.Leaf(
          hash: base ^ UInt64(key & 1) << 20, key: terms[key % 3], value: .small(0))
      }
      keys.removeLast(below(2))
      var maps: [Term] = []
      for _ in 0..<2 {
        var leaves = keys
        // Mostly the same keys; others make room for them.
        let dropped = round % 3 == 0 ? below(keys.count) : 0
        leaves.remove(at: dropped)
        for _ in 0..<below(4) {
          let place = below(leaves.count)
          leaves[place].value =
            below(2) == 0
            ? .small(below(2))
            : bench.cursor.makeTuple(
              bench.cursor.makeTuple(bench.cursor.makeFloat(Double(below(2)))))
        }
        maps.append(HashTree.build(leaves, cursor: &bench.cursor))
      }
      results[try check(maps[0], maps[1], "seed \(seed), round \(round)"), default: 0] += 1
      bench.clear()
    }
    #expect(results.count == 3, "\(results)")
  }

  @Test func anIntegerAndAFloatMayBeEqualAsValuesButNotAsKeys() throws {
    let leaves = (0..<40).map { key in
      HashTree.Leaf(hash: UInt64(key) << 4 | UInt64(key & 7), key: .small(key), value: .small(1))
    }
    var others = leaves
    others[7].value = bench.cursor.makeFloat(1)
    let (left, right) = (
      HashTree.build(leaves, cursor: &bench.cursor), HashTree.build(others, cursor: &bench.cursor)
    )
    #expect(try bench.order.compare(left, right) == 0)
    #expect(try bench.order.compareKeys(left, right) == -1)
    #expect(try TermEquality.isEqual(left, right, scratch: bench.scratch))
    #expect(try !TermEquality.isExactlyEqual(left, right, scratch: bench.scratch))
    others[7].value = .small(1)
    others[7].key = bench.cursor.makeFloat(7)
    let third = HashTree.build(others, cursor: &bench.cursor)
    // The smallest key that one of them lacks is the integer 7.
    #expect(try check(left, third, "an integer and a float as keys") == -1)
  }

  /// A map as value and as key of a map, many times over.
  @Test func mapsInMapsTakeNoRecursion() throws {
    func nest(_ innermost: Term, asKey: Bool) -> Term {
      var term = innermost
      for _ in 0..<5_000 {
        let leaves = (0..<33).map { key in
          let isNest = key == 16
          return HashTree.Leaf(
            hash: UInt64(key), key: isNest && asKey ? term : .small(key),
            value: isNest && !asKey ? term : .small(0))
        }
        term = HashTree.build(leaves, cursor: &bench.cursor)
      }
      return term
    }
    for asKey in [false, true] {
      let (one, same, two) = (
        nest(.small(1), asKey: asKey), nest(.small(1), asKey: asKey), nest(.small(2), asKey: asKey)
      )
      #expect(try bench.order.compare(one, same) == 0)
      #expect(try bench.order.compare(one, two) == -1)
      #expect(try bench.order.compare(two, one) == 1)
      #expect(try TermEquality.isEqual(one, same, scratch: bench.scratch))
      #expect(try !TermEquality.isEqual(one, two, scratch: bench.scratch))
      #expect(bench.scratch.outstandingBytes == 0)
      bench.clear()
    }
  }

  @Test func anExhaustedProviderIsAnError() throws {
    let leaves = (0..<40).map { key in
      HashTree.Leaf(hash: UInt64(key), key: .small(key), value: .small(1))
    }
    var others = leaves
    for key in others.indices {
      others[key].value = bench.cursor.makeTuple(bench.cursor.makeTuple(.small(1)))
    }
    let (left, right) = (
      HashTree.build(leaves, cursor: &bench.cursor), HashTree.build(others, cursor: &bench.cursor)
    )
    for request in 1...3 {
      let scratch = MallocScratch(failingRequest: request)
      #expect(throws: ScratchExhausted.self) {
        try TermOrder(atoms: bench.atoms, scratch: scratch).compare(left, right)
      }
      #expect(scratch.outstandingBytes == 0)
    }
  }
}
