import Carriers
import Terms
import TestKit
import Testing

@testable import ETS

/// Random operations on a tree and on a sorted array. `TENURE_MODEL_STEPS` says how many.
@Suite struct OrderedModelTests {
  @Test(arguments: OrderedKeys.allCases, [11, 12])
  func treesDoWhatASortedArrayDoes(keys: OrderedKeys, seed: UInt64) throws {
    let steps = TableModelTests.environmentSteps ?? 4_000
    try Self.run(keys, keyCount: 1_500, steps: steps, seed: seed)
  }

  @Test func fewKeysComeAndGo() throws {
    for seed: UInt64 in 0..<20 {
      try Self.run(.numbers, keyCount: 12, steps: 300, seed: seed)
    }
  }

  /// Random writes and looks, in phases that let the tree grow and shrink.
  static func run(
    _ kind: OrderedKeys, keyCount: Int, steps: Int, seed: UInt64
  ) throws {
    let fixture = try OrderedFixture(
      keyPosition: 1 + Int(seed % 2), words: max(1 << 21, 16 * steps))
    var keys = try kind.make(keyCount, seed: seed, bench: fixture.bench)
    let reader = fixture.allocator.reader
    var random = SeededGenerator(seed: seed)
    keys.shuffle(using: &random)
    let scenario = "\(kind), seed \(seed)"
    for step in 0..<steps {
      reader.enter()
      let growth = step / (steps / 4) % 2 == 0 ? 7 : 3
      let key = keys[Int(random.next() % UInt64(keys.count))]
      if random.next() % 10 < growth {
        try Self.insert(key, step, fixture, &random, scenario)
      } else {
        try Self.remove(key, step, fixture, &random, scenario)
      }
      try Self.look(keys[Int(random.next() % UInt64(keys.count))], fixture, scenario)
      reader.leave()
      if step % max(1, steps / 25) == 0 {
        let fault = try fixture.tree.firstFault()
        #expect(fault == nil, "\(scenario), step \(step)")
        #expect(try fixture.isModel(), "\(scenario), step \(step)")
      }
    }
    for key in keys {
      let isThere = try fixture.take(key)
      reader.enter()
      #expect(try fixture.tree.remove(key) == isThere, "\(scenario)")
      reader.leave()
    }
    #expect(try fixture.tree.firstFault() == nil, "\(scenario)")
    #expect(fixture.tree.objectCount == 0)
    #expect(fixture.tree.byteCount == fixture.emptyByteCount, "\(scenario)")
  }

  private static func insert(
    _ key: Term, _ step: Int, _ fixture: OrderedFixture, _ random: inout SeededGenerator,
    _ scenario: String
  ) throws {
    let tree = fixture.tree
    let object = fixture.object(key, step)
    let (index, isThere) = try fixture.place(of: key)
    switch random.next() % 8 {
    case 0:
      #expect(try tree.insert(object, key: key, rule: .newKey) == !isThere, "\(scenario)")
      if !isThere { try fixture.put(key, step) }
    case 1:
      let present = isThere ? fixture.model[index].key : key
      let isUpdated = try tree.update(key) { _ throws(TableError) in
        try tree.state.pointee.objects.store(fixture.object(present, step + 1))
      }
      #expect(isUpdated == isThere, "\(scenario)")
      if isThere { try fixture.put(present, step + 1) }
    default:
      #expect(try tree.insert(object, key: key, rule: .always))
      try fixture.put(key, step)
    }
  }

  private static func remove(
    _ key: Term, _ step: Int, _ fixture: OrderedFixture, _ random: inout SeededGenerator,
    _ scenario: String
  ) throws {
    let (index, isThere) = try fixture.place(of: key)
    if random.next() % 4 > 0 {
      #expect(try fixture.tree.remove(key) == isThere, "\(scenario)")
      if isThere { _ = try fixture.take(key) }
      return
    }
    let other = fixture.object(key, -1)
    #expect(try !fixture.tree.remove(other, key: key), "\(scenario)")
    if isThere {
      let (present, value) = fixture.model[index]
      let same = fixture.object(present, value)
      #expect(try fixture.tree.remove(same, key: present), "\(scenario)")
      _ = try fixture.take(present)
    }
  }

  private static func look(
    _ key: Term, _ fixture: OrderedFixture, _ scenario: String
  ) throws {
    let tree = fixture.tree
    let (index, isThere) = try fixture.place(of: key)
    let found = try tree.find(key)
    #expect(isThere ? fixture.isEntry(found, index) : found.isNone, "\(scenario)")
    let next = try tree.next(after: key)
    #expect(fixture.isEntry(next, isThere ? index + 1 : index), "\(scenario)")
    #expect(fixture.isEntry(try tree.previous(before: key), index - 1), "\(scenario)")
    let nextKey = try tree.nextKey(.forward, of: key)
    #expect(nextKey == (next.isNone ? .none : tree.key(of: next)), "\(scenario)")
    #expect(fixture.isEntry(try tree.first(), 0), "\(scenario)")
    #expect(fixture.isEntry(try tree.last(), fixture.model.count - 1), "\(scenario)")
    let order = fixture.bench.order
    func place(_ other: Term) throws(TableError) -> Int {
      do throws(ScratchExhausted) {
        return try order.compare(other, key)
      } catch {
        throw TableError(error)
      }
    }
    let from = try tree.cursor(at: .forward, of: place)
    #expect(fixture.isEntry(from.entry, index), "\(scenario)")
    let to = try tree.cursor(at: .backward, of: place)
    #expect(fixture.isEntry(to.entry, isThere ? index : index - 1), "\(scenario)")
  }
}
