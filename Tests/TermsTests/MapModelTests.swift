import TestKit
import Testing

@testable import Terms

/// Maps of 0 to some thousand keys against a dictionary of Swift's.
@Suite struct MapModelTests {
  private let reader = TermReader(words: 8_000_000)
  private var order: TermOrder { TermOrder(atoms: reader.atoms, scratch: reader.scratch) }

  /// Keys of several kinds, no two exactly equal.
  private func key(_ number: Int) -> Term {
    switch number % 5 {
    case 0: .small(number)
    case 1: reader.cursor.makeFloat(Double(number))
    case 2: withUnsafeBytes(of: number) { reader.cursor.makeHeapBinary($0) }
    case 3: reader.cursor.makeTuple(.small(number), .nil)
    default: reader.cursor.makeList([.small(number / 256), .small(number % 256), .small(1000)])
    }
  }

  private func check(_ map: Term, _ model: [Int: Int], _ note: String) throws {
    #expect(map.mapSize == model.count, "\(note)")
    #expect(map.isFlatMap == (model.count <= FlatMap.maximumSize), "\(note)")
    if map.isHashMap {
      let defects = try HashMapChecker<InternalKeyHash>.defects(of: map, scratch: reader.scratch)
      #expect(defects.isEmpty, "\(note)")
    } else {
      let keys = FlatMap.keys(at: map.boxed).tupleElements
      for (left, right) in zip(keys, keys.dropFirst()) {
        #expect(try order.compareKeys(left, right) < 0, "\(note)")
      }
    }
    for (number, value) in model {
      let found = try TermMap.value(of: key(number), in: map, scratch: reader.scratch)
      #expect(found == .small(value), "\(note), key \(number)")
    }
    var pairs = try MapPairs(of: map, scratch: reader.scratch)
    var count = 0
    while try pairs.next() != nil { count += 1 }
    #expect(count == model.count, "\(note)")
  }

  private func build(_ pairs: [(key: Int, value: Int)], base: Term? = nil) throws -> Term {
    var builder = try MapBuilder(base: base, pairs: pairs.count, order: order)
    let keys = pairs.map { key($0.key) }
    for key in keys { try builder.add(key: key) }
    let words = try builder.plan()
    let start = reader.cursor.top
    try builder.begin(base: base, cursor: &reader.cursor)
    for (key, pair) in zip(keys, pairs) {
      try builder.fill(key, .small(pair.value), cursor: &reader.cursor)
    }
    let map = try builder.finish(cursor: &reader.cursor)
    #expect(reader.cursor.top - start <= words)
    return map
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func singleChangesFollowAModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var map = TermMap.makeEmpty(cursor: &reader.cursor)
    var model: [Int: Int] = [:]
    let range = [60, 200, 3000][Int(seed - 1)]
    for step in 0..<4000 {
      // Grows for a while, then shrinks, over and over the limit of flat maps.
      let grows = step / (range * 2) % 2 == 0
      let number = Int.random(in: 0..<range, using: &generator)
      let key = key(number)
      let start = reader.cursor.top
      let note = "seed \(seed), step \(step)"
      if Int.random(in: 0..<10, using: &generator) < (grows ? 2 : 8) {
        let plan = try TermMap.planRemove(key, from: map, order: order)
        #expect(plan.isPresent == (model[number] != nil), "\(note)")
        let removed = try TermMap.remove(
          key, from: map, plan: plan, order: order, cursor: &reader.cursor)
        if model.removeValue(forKey: number) == nil { #expect(removed == map, "\(note)") }
        #expect(reader.cursor.top - start <= plan.words, "\(note)")
        map = removed
      } else {
        let plan = try TermMap.planPut(key, in: map, order: order)
        #expect(plan.isPresent == (model[number] != nil), "\(note)")
        map = try TermMap.put(
          key, .small(step), in: map, plan: plan, order: order, cursor: &reader.cursor)
        model[number] = step
        #expect(reader.cursor.top - start <= plan.words, "\(note)")
        let same = try TermMap.put(
          key, .small(step), in: map, plan: TermMap.planPut(key, in: map, order: order),
          order: order, cursor: &reader.cursor)
        #expect(same == map, "\(note)")
      }
      if step % 100 == 0 || model.count == 32 || model.count == 33 {
        try check(map, model, note)
      }
    }
    try check(map, model, "seed \(seed), end")
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test(arguments: [4, 5] as [UInt64])
  func manyPairsAtOnceFollowAModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for size in [0, 1, 5, 31, 32, 33, 34, 60, 300, 3000] {
      var model: [Int: Int] = [:]
      let pairs = (0..<size).map {
        (key: Int.random(in: 0..<max(1, size * 2), using: &generator), value: $0)
      }
      for pair in pairs { model[pair.key] = pair.value }
      let map = try build(pairs)
      try check(map, model, "seed \(seed), \(size) pairs")
      for more in [0, 1, 3, 33, 500] {
        var model = model
        let pairs = (0..<more).map {
          (key: Int.random(in: 0..<max(1, size * 3), using: &generator), value: -$0)
        }
        for pair in pairs { model[pair.key] = pair.value }
        try check(build(pairs, base: map), model, "seed \(seed), \(size) and \(more) pairs")
      }
    }
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test(arguments: [6, 7] as [UInt64])
  func mergesFollowAModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let sizes = [0, 1, 20, 32, 33, 50, 1000]
    for first in sizes {
      for second in sizes {
        let range = 0..<max(1, first + second)
        let left = (0..<first).map { (key: Int.random(in: range, using: &generator), value: $0) }
        let right = (0..<second).map { (key: Int.random(in: range, using: &generator), value: -$0) }
        let (leftMap, rightMap) = try (build(left), build(right))
        var model: [Int: Int] = [:]
        for pair in left + right { model[pair.key] = pair.value }
        var merge = try MapMerge(leftMap, rightMap, order: order)
        let start = reader.cursor.top
        let map = try merge.finish(leftMap, rightMap, cursor: &reader.cursor)
        #expect(reader.cursor.top - start <= merge.words)
        try check(map, model, "seed \(seed), \(first) and \(second)")
      }
    }
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test func ofEqualKeysTheNewOneStaysButInFlatMaps() throws {
    for size in [2, 40] {
      let pairs = (0..<size).map { (reader.cursor.makeFloat(Double($0)), Term.nil) }
      var builder = try MapBuilder(pairs: size + 1, order: order)
      let all = pairs + [(reader.cursor.makeFloat(-0.0), Term.small(1))]
      for pair in all { try builder.add(key: pair.0) }
      _ = try builder.plan()
      try builder.begin(cursor: &reader.cursor)
      for pair in all { try builder.fill(pair.0, pair.1, cursor: &reader.cursor) }
      let built = try builder.finish(cursor: &reader.cursor)
      #expect(try zeroKey(of: built).sign == .minus)
      let zero = reader.cursor.makeFloat(0)
      let plan = try TermMap.planPut(zero, in: built, order: order)
      let put = try TermMap.put(
        zero, .nil, in: built, plan: plan, order: order, cursor: &reader.cursor)
      #expect(try zeroKey(of: put).sign == (size == 40 ? .plus : .minus))
    }
  }

  private func zeroKey(of map: Term) throws -> Double {
    var pairs = try MapPairs(of: map, scratch: reader.scratch)
    while let pair = try pairs.next() {
      if pair.key.floatValue == 0 { return pair.key.floatValue }
    }
    return .nan
  }

  @Test func exhaustedProvidersLeaveTheCursor() throws {
    let pairs = (0..<33).map { (key: $0, value: $0) }
    let flat = try build(Array(pairs.dropLast()))
    let key = reader.read("{{{1}}}")
    for request in 1..<8 {
      let failing = TermOrder(
        atoms: reader.atoms, scratch: MallocScratch(failingRequest: request))
      let plan = try TermMap.planPut(key, in: flat, order: order)
      let top = reader.cursor.top
      do {
        _ = try TermMap.put(
          key, .nil, in: flat, plan: plan, order: failing, cursor: &reader.cursor)
        break
      } catch {
        #expect(reader.cursor.top == top)
      }
    }
  }
}
