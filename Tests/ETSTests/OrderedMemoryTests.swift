import Terms
import TestKit
import Testing

@testable import ETS

@Suite struct OrderedMemoryTests {
  /// The words of a tree for each {int, int} object, index included.
  private static func words(of keys: [Int], keeping: Int) throws -> Double {
    let fixture = try OrderedFixture(words: 1 << 10)
    for key in keys {
      fixture.bench.clear()
      let object = fixture.bench.cursor.makeTuple(.small(key), .small(key))
      let isInserted = try fixture.within {
        try fixture.tree.insert(object, key: .small(key), rule: .always)
      }
      #expect(isInserted)
    }
    for key in keys.dropFirst(keeping) { #expect(try fixture.remove(.small(key))) }
    #expect(try fixture.tree.firstFault() == nil)
    let byteCount = fixture.tree.byteCount - fixture.emptyByteCount
    return Double(byteCount) / 8 / Double(keeping)
  }

  @Test func keysInOrderFillLeaves() throws {
    #expect(try Self.words(of: Array(0..<40_000), keeping: 40_000) < 5.5)
    #expect(try Self.words(of: Array((0..<40_000).reversed()), keeping: 40_000) < 5.5)
  }

  @Test(arguments: [50, 200, 1_000, 5_000, 40_000])
  func anyOrderTakesLittleMore(count: Int) throws {
    var random = SeededGenerator(seed: 3)
    let keys = (0..<count).shuffled(using: &random)
    #expect(try Self.words(of: keys, keeping: count) < 6.5)
  }

  @Test func leavesGetSmallerAsObjectsGo() throws {
    var random = SeededGenerator(seed: 4)
    let keys = (0..<40_000).shuffled(using: &random)
    for keeping in [30_000, 20_000, 10_000, 1_000] {
      let words = try Self.words(of: keys, keeping: keeping)
      #expect(words < 6.5, "\(keeping) of 40,000 objects")
    }
  }

  @Test func aWriteMovesNoMoreThanALeafOrTwo() throws {
    let fixture = try OrderedFixture(words: 1 << 20)
    var random = SeededGenerator(seed: 5)
    let keys = (0..<20_000).shuffled(using: &random)
    for key in keys {
      _ = try fixture.insert(.small(key), key)
    }
    for key in keys { _ = try fixture.remove(.small(key)) }
    #expect(fixture.tree.state.pointee.mostMoved > 0)
    #expect(
      fixture.tree.state.pointee.mostMoved <= max(TreeNode.mostObjects, TreeNode.mostSeparators))
  }
}
