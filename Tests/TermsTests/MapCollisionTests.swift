import Foundation
import TestKit
import Testing

@testable import Terms

/// Trees of keys whose hashes collide in all 32 bits, once and twice.
@Suite struct MapCollisionTests {
  /// Eight hashes in all for levels 0 to 7, one for levels 8 to 15.
  private enum WeakHash: KeyHash {
    static func hash(
      _ key: Term, scratch: any ScratchProvider
    ) throws(ScratchExhausted) -> UInt32 {
      UInt32(key.smallValue & 7) &* 0x1234_5671
    }

    static func rehash(
      _ key: Term, salt: Int, scratch: any ScratchProvider
    ) throws(ScratchExhausted) -> UInt32 {
      if salt == 1 { return 0x8765_4321 }
      return try InternalKeyHash.rehash(key, salt: salt, scratch: scratch)
    }
  }

  private typealias Tree = HashMapTree<WeakHash>
  private let reader = TermReader(words: 4_000_000)
  private var scratch: MallocScratch { reader.scratch }

  /// One hash for each two, three or four keys, hashes side by side alike in many levels.
  private enum PairHash: KeyHash {
    static func hash(
      _ key: Term, scratch: any ScratchProvider
    ) throws(ScratchExhausted) -> UInt32 {
      UInt32(key.smallValue * 2 / 7) &* 0x0100_0001
    }

    static func rehash(
      _ key: Term, salt: Int, scratch: any ScratchProvider
    ) throws(ScratchExhausted) -> UInt32 {
      salt == 1 ? UInt32(key.smallValue & 1) : UInt32(key.smallValue)
    }
  }

  private func build(_ keys: [Int], base: Term = .none) throws -> Term {
    try build(keys, base: base, by: WeakHash.self)
  }

  private func build<Hash: KeyHash>(
    _ keys: [Int], base: Term = .none, by _: Hash.Type
  ) throws -> Term {
    var pairs = try HashedPairs<Hash>(capacity: keys.count, scratch: scratch)
    for key in keys { try pairs.add(.small(key)) }
    try pairs.survey(base: base, baseWins: false)
    let start = reader.cursor.top
    var leaves = 0
    for (index, key) in keys.enumerated() where pairs.counts(index) {
      pairs.setLeaf(reader.cursor.makeCons(.small(key), .small(index)), index)
      leaves += 1
    }
    #expect(leaves == pairs.newKeys + pairs.replacedKeys)
    let size = pairs.newKeys + (base.isNone ? 0 : base.mapSize)
    let map = try pairs.emit(base: base, size: size, cursor: &reader.cursor)
    #expect(reader.cursor.top - start == pairs.nodeWords + 2 * leaves)
    return map
  }

  private func put(_ key: Int, _ value: Int, in map: Term) throws -> Term {
    let plan = try Tree.planPut(.small(key), in: map, scratch: scratch)
    let start = reader.cursor.top
    let result = try Tree.put(
      .small(key), .small(value), in: map, plan: plan, scratch: scratch, cursor: &reader.cursor)
    #expect(reader.cursor.top - start == plan.words || result == map)
    return result
  }

  private func words(_ map: Term) -> Int {
    var words = 0
    var pending = [map]
    while let term = pending.popLast() {
      if term.isCons {
        words += 2
      } else if term.isBoxed(.map) {
        words += term.header.objectWords(at: term.boxed)
        pending += HashMap.slots(at: term.boxed)
      }
    }
    return words
  }

  @Test(arguments: [1, 2] as [UInt64])
  func collidingKeysFollowAModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var map = try build(Array(0..<40))
    var model = Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, $0) })
    for step in 0..<2500 {
      let key = Int.random(in: 0..<150, using: &generator)
      let note = "seed \(seed), step \(step)"
      let plan = try Tree.planRemove(.small(key), from: map, scratch: scratch)
      if plan.ending != .none && model.count > 33 && Bool.random(using: &generator) {
        let start = reader.cursor.top
        map = try Tree.remove(
          .small(key), from: map, plan: plan, scratch: scratch, cursor: &reader.cursor)
        #expect(reader.cursor.top - start == plan.words, "\(note)")
        #expect(model.removeValue(forKey: key) != nil, "\(note)")
      } else {
        map = try put(key, step, in: map)
        model[key] = step
      }
      let defects = try HashMapChecker<WeakHash>.defects(of: map, scratch: scratch)
      #expect(defects.isEmpty, "\(note)")
      let found = try Tree.leaf(of: .small(key), in: map, scratch: scratch)?[1]
      #expect(found == model[key].map { .small($0) }, "\(note)")
    }
    let rebuilt = try build(Array(model.keys))
    #expect(words(rebuilt) == words(map))
    #expect(scratch.outstandingBytes == 0)
  }

  @Test func buildersSortCollidingKeysOnTopOfAMap() throws {
    var generator = SeededGenerator(seed: 9)
    for count in [1, 2, 10, 100, 400] {
      let base = try build((0..<50).map { $0 * 2 })
      let keys = (0..<count).map { _ in Int.random(in: 0..<200, using: &generator) }
      let map = try build(keys, base: base)
      let defects = try HashMapChecker<WeakHash>.defects(of: map, scratch: scratch)
      #expect(defects.isEmpty)
      #expect(map.mapSize == Set(keys).union((0..<50).map { $0 * 2 }).count)
      for (index, key) in keys.enumerated() where keys.lastIndex(of: key) == index {
        #expect(try Tree.leaf(of: .small(key), in: map, scratch: scratch)?[1] == .small(index))
      }
    }
    #expect(scratch.outstandingBytes == 0)
  }

  @Test func groupsOfOneHashAreBuiltLikeThoseThatWerePut() throws {
    var generator = SeededGenerator(seed: 23)
    for round in 0..<200 {
      let count = Int.random(in: 45..<160, using: &generator)
      // Every second time without a key twice.
      var keys = (0..<count).map { _ in Int.random(in: 0..<300, using: &generator) }
      if round.isMultiple(of: 2) { keys = Set(keys).shuffled(using: &generator) }
      let map = try build(keys, by: PairHash.self)
      var other = try build([keys[0]], by: PairHash.self)
      for (index, key) in keys.enumerated() {
        let plan = try HashMapTree<PairHash>.planPut(.small(key), in: other, scratch: scratch)
        other = try HashMapTree<PairHash>.put(
          .small(key), .small(index), in: other, plan: plan, scratch: scratch,
          cursor: &reader.cursor)
      }
      #expect(try HashMapChecker<PairHash>.defects(of: map, scratch: scratch) == [])
      #expect(map.mapSize == other.mapSize)
      #expect(words(map) == words(other))
      for (index, key) in keys.enumerated() where keys.lastIndex(of: key) == index {
        let leaf = try HashMapTree<PairHash>.leaf(of: .small(key), in: map, scratch: scratch)
        #expect(leaf?[1] == .small(index))
      }
    }
    #expect(scratch.outstandingBytes == 0)
  }

  /// Keys of many kinds, of which each has the hash of another, in the order that OTP 25 gives them;
  /// `Recording/collisions.escript` wrote the file.
  @Test func theOrderOfCollidingKeysIsThatOfErlang() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Recording/collisions.etf")
    let recorded = try [UInt8](Data(contentsOf: file))
    let decoder = ExternalDecoder(
      atoms: reader.atoms, scratch: scratch, binaries: MallocBinaries())
    let decoded = try recorded.withUnsafeBytes { try DecodedExternalTerm($0, by: decoder) }
    #expect(decoded.term.mapSize == 280)
    #expect(try TermSize.flatWords(of: decoded.term, scratch: scratch) == 3466)
    let encoder = ExternalEncoder(atoms: reader.atoms, scratch: scratch)
    #expect(try encoder.encode(decoded.term) == recorded)
    withExtendedLifetime(decoded) {}
  }

  /// Integers whose hashes have equal bits for the seven upper levels of the tree.
  private func keysMadeToCollide() throws -> [Int] {
    var first: [UInt32: Int] = [:]
    var keys: [Int] = []
    for number in 1_000..<150_000 where keys.count < 50 {
      let hash = try InternalHash.hash(.small(number), scratch: scratch) & 0x0FFF_FFFF
      if let other = first[hash] { keys += [other, number] } else { first[hash] = number }
    }
    return keys
  }

  @Test func aMapMadeToHaveMoreNodesThanCountedIsBuiltInMoreWords() throws {
    let keys = try keysMadeToCollide()
    try #require(keys.count >= 33)
    var bytes: [UInt8] = [131, 116, 0, 0, 0, UInt8(keys.count)]
    for key in keys {
      bytes += [98, 0, UInt8(key >> 16), UInt8(key >> 8 & 255), UInt8(key & 255), 97, 1]
    }
    let decoder = ExternalDecoder(
      atoms: reader.atoms, scratch: scratch, binaries: MallocBinaries())
    let measured = try bytes.withUnsafeBytes { try decoder.measure($0).words }
    var cursor = WordCursor(top: reader.cursor.top, limit: reader.cursor.top + measured)
    var list = OffHeapList()
    let failure = #expect(throws: ExternalFormatError.self) {
      try bytes.withUnsafeBytes { try decoder.decode($0, into: &cursor, list: &list) }
    }
    guard case .moreWords(let needed) = failure?.reason else {
      Issue.record("refused for another reason: \(String(describing: failure))")
      return
    }
    #expect(needed > measured)
    cursor = WordCursor(top: reader.cursor.top, limit: reader.cursor.top + needed)
    let map = try bytes.withUnsafeBytes { try decoder.decode($0, into: &cursor, list: &list) }
    #expect(map.mapSize == keys.count)
    for key in keys {
      #expect(try TermMap.value(of: .small(key), in: map, scratch: scratch) == .small(1))
    }
    let defects = try HashMapChecker<InternalKeyHash>.defects(of: map, scratch: scratch)
    #expect(defects.isEmpty)
    #expect(scratch.outstandingBytes == 0)
  }
}
