/// How a hash map branches, as `erts_debug:map_info/1` tells it.
public struct HashMapShape: Equatable, Sendable {
  /// The slots of a node, and the levels that are told apart.
  public static var width: Int { 16 }

  /// The deepest level with a leaf; the root's slots are level 0.
  public private(set) var depth = 0
  /// The nodes with a bitmap that have one slot, two slots, and so on; a root that has all slots needs
  /// no bitmap and is not among them.
  public private(set) var bitmapNodes = Array(repeating: 0, count: Self.width)
  /// Whether the root has all slots.
  public private(set) var hasFullRoot = false
  /// The leaves by level; those beyond the last level are counted there.
  public private(set) var leaves = Array(repeating: 0, count: Self.width)

  /// Looks at a hash map.
  /// - Precondition: the term is one (``Term/isHashMap``).
  /// - Complexity: O(keys).
  public init(of map: Term) {
    precondition(map.isHashMap, "the shape of no hash map")
    visit(map, level: 0)
  }

  private mutating func visit(_ node: Term, level: Int) {
    let slots = HashMap.slots(at: node.boxed)
    if level == 0 && slots.count == Self.width {
      hasFullRoot = true
    } else {
      bitmapNodes[slots.count - 1] += 1
    }
    for slot in slots {
      if slot.isCons {
        leaves[min(level, Self.width - 1)] += 1
        depth = max(depth, level)
      } else {
        visit(slot, level: level + 1)
      }
    }
  }
}
