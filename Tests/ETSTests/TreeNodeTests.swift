import TestKit
import Testing

@testable import ETS

/// Leaves of the tree, against an array.
@Suite struct TreeNodeTests {
  /// Where objects come and go.
  enum Places: CaseIterable { case anywhere, atBothEnds, fromFrontToBack, fromBackToFront }

  @Test(arguments: Places.allCases, [3, 7, 38, TreeNode.mostObjects])
  func objectsStandInTheirOrder(places: Places, room: Int) {
    let words = TreeNode.leafByteCount(room: room) / 8
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: words)
    defer { memory.deallocate() }
    memory.initialize(repeating: .max, count: words)
    let leaf = TreeNode(memory)
    leaf.begin(room: room)
    var random = SeededGenerator(seed: 77)
    var model: [UInt] = []
    var next: UInt = 1
    for _ in 0..<5_000 {
      let isInserting = model.isEmpty || (model.count < room && random.next() % 2 == 0)
      let most = isInserting ? model.count : model.count - 1
      let isFront: Bool
      switch places {
      case .anywhere, .atBothEnds: isFront = random.next() % 2 == 0
      case .fromFrontToBack: isFront = !isInserting
      case .fromBackToFront: isFront = isInserting
      }
      let index =
        places == .anywhere ? Int.random(in: 0...most, using: &random) : isFront ? 0 : most
      if isInserting {
        leaf.insert(TableEntry(bits: next << 8), prefix: next, at: index)
        model.insert(next, at: index)
        next += 1
      } else {
        leaf.remove(index)
        model.remove(at: index)
      }
      let extent = leaf.extent
      #expect(extent.room == room && extent.first + extent.count <= room)
      #expect((0..<extent.count).map { leaf.prefix($0, in: extent) } == model)
      #expect((0..<extent.count).map { leaf.entry($0, in: extent).bits >> 8 } == model)
    }
  }

  @Test func ranksCountFromTheFirstObject() {
    let room = TreeNode.mostObjects
    let words = TreeNode.leafByteCount(room: room) / 8
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: words)
    defer { memory.deallocate() }
    // Below all, and above all: what stands outside the extent must not count.
    for filling in [UInt.min, UInt.max] {
      memory.initialize(repeating: filling, count: words)
      let leaf = TreeNode(memory)
      leaf.begin(room: room)
      for number in 0..<room { leaf.insert(.none, prefix: UInt(number + 1) * 10, at: number) }
      for removed in 0..<room {
        let extent = leaf.extent
        for number in removed..<room {
          let prefix = UInt(number + 1) * 10
          #expect(leaf.rank(below: prefix, in: extent) == number - removed)
          #expect(leaf.rank(upTo: prefix, in: extent) == number - removed + 1)
        }
        #expect(leaf.rank(below: 0, in: extent) == 0)
        #expect(leaf.rank(below: .max, in: extent) == room - removed)
        leaf.remove(0)
      }
    }
  }
}
