import Carriers
import Heaps
import Terms
import TestKit
import Testing

@testable import ETS

/// Keys that are asked for near each other, of several trees in turn: none is looked for in a leaf that
/// is another tree's, or that left the tree.
@Suite struct TreeFingerTests {
  @Test(arguments: [31, 32])
  func nearKeysAreFoundWhereTheyAre(seed: UInt64) throws {
    let environment = HeapEnvironment(allocator: BlockAllocator())
    let bench = TermBench(words: 1 << 21)
    let trees = try (0..<2).map { _ in
      try OrderedTree(
        options: OrderedTreeOptions(keyPosition: 1, limit: nil),
        environment: environment, atoms: bench.atoms)
    }
    defer { for tree in trees { tree.destroy() } }
    var models: [[Bool]] = Array(repeating: Array(repeating: false, count: 3000), count: 2)
    var random = SeededGenerator(seed: seed)
    var place = 1500
    let reader = environment.allocator.reader
    for step in 0..<60_000 {
      if step % 20_000 == 15_000 { place = Int(random.next() % 3000) }
      place = min(max(place + Int(random.next() % 7) - 3, 0), 2999)
      let number = Int(random.next() % 8) == 0 ? 1 : 0
      let (tree, key) = (trees[number], Term.small(place))
      // Long runs of either, so that leaves fill, are divided, and are merged again.
      let inserts = step / 6000 % 2 == 0
      reader.enter()
      switch random.next() % 6 {
      case 0: #expect(try !tree.find(key).isNone == models[number][place])
      case 1: #expect(try Self.key(of: tree.next(after: key)) == Self.next(place, models[number]))
      case 2:
        #expect(
          try Self.key(of: tree.previous(before: key)) == Self.previous(place, models[number]))
      case 3 where step % 997 == 0:
        tree.removeAll()
        models[number] = Array(repeating: false, count: 3000)
      default:
        if inserts {
          _ = try tree.insert(bench.cursor.makeTuple(key, key), key: key, rule: .always)
        } else {
          #expect(try tree.remove(key) == models[number][place])
        }
        models[number][place] = inserts
      }
      reader.leave()
    }
    for (tree, model) in zip(trees, models) {
      #expect(tree.objectCount == model.count { $0 })
      #expect(try tree.firstFault() == nil)
    }
  }

  private static func key(of entry: TableEntry) -> Int? {
    entry.isNone ? nil : Term(bits: entry.words[1]).smallValue
  }
  private static func next(_ place: Int, _ model: [Bool]) -> Int? {
    model[(place + 1)...].firstIndex(of: true)
  }
  private static func previous(_ place: Int, _ model: [Bool]) -> Int? {
    model[..<place].lastIndex(of: true)
  }
}
