import Terms

/// The nodes from the root to a leaf, and which child of each comes next; for the thread that
/// writes.
struct TreePath: BitwiseCopyable {
  /// More levels than any memory has nodes for.
  private static var mostLevels: Int { 16 }

  private var nodes = InlineArray<16, UInt>(repeating: 0)
  private var indexes = InlineArray<16, Int>(repeating: 0)
  /// The levels of inner nodes; the leaf's is 0.
  private(set) var height = 0

  /// The node of a level.
  func node(_ level: Int) -> TreeNode { TreeNode(bits: nodes[level]) }

  /// The child of an inner node that the path takes, or the place in the leaf.
  func index(_ level: Int) -> Int { indexes[level] }

  /// Whether it leads to the last leaf.
  var isLast: Bool {
    var level = height
    while level > 0 && indexes[level] == node(level).count { level -= 1 }
    return level == 0
  }

  /// Begins at a root.
  mutating func begin(_ root: OrderedTree.Root) {
    precondition(root.height < Self.mostLevels, "a tree of \(root.height) levels")
    height = root.height
    nodes[height] = root.node.bits
  }

  /// Takes a child, or a place in the leaf.
  mutating func take(_ index: Int, level: Int) {
    indexes[level] = index
    if level > 0 { nodes[level - 1] = node(level).child(index).bits }
  }

  /// Goes on to the first child of the next node on a level; `false` where there is none.
  mutating func advance(level: Int) -> Bool {
    var turn = level + 1
    while turn <= height && indexes[turn] == node(turn).count { turn += 1 }
    if turn > height { return false }
    take(indexes[turn] + 1, level: turn)
    while turn > level + 1 {
      turn -= 1
      take(0, level: turn)
    }
    return true
  }
}
