import Synchronization
import Terms

/// The way from the root to a key, for readers and writers.
extension OrderedTree {
  /// Where the root is, and how many levels of inner nodes there are.
  struct Root: BitwiseCopyable {
    let bits: UInt
    @inline(__always) var isNone: Bool { bits == 0 }
    @inline(__always) var height: Int { Int(bits >> 48) }
    @inline(__always) var node: TreeNode { TreeNode(bits: bits & TableEntry.addressMask) }

    @inline(__always)
    init(bits: UInt) { self.bits = bits }

    init(_ node: TreeNode, height: Int) { bits = node.bits | UInt(height) << 48 }
  }

  @inline(__always)
  var root: Root { Root(bits: state.pointee.root.load(ordering: .acquiring)) }

  func setRoot(_ root: Root) { state.pointee.root.store(root.bits, ordering: .releasing) }

  /// A node as it was at a moment.
  struct Sight: BitwiseCopyable {
    let bits: UInt
    let version: UInt

    /// There are no objects.
    @inline(__always) static var empty: Sight { Sight(bits: 0, version: 0) }
    /// A node on the way changed meanwhile.
    @inline(__always) static var lost: Sight { Sight(bits: 0, version: 1) }
    @inline(__always) var isEmpty: Bool { bits == 0 && version == 0 }
    @inline(__always) var isLost: Bool { version & 1 != 0 }
    @inline(__always) var node: TreeNode { TreeNode(bits: bits) }
    /// Whether the node is as it was.
    @inline(__always) var isValid: Bool { node.isStill(version) }
  }

  /// The root as it is now.
  @inline(__always)
  func sight(of root: Root) -> Sight {
    let sight = Sight(bits: root.node.bits, version: root.node.version)
    return self.root.bits == root.bits ? sight : .lost
  }

  /// A child as it is now, if the parent is still as it was.
  @inline(__always)
  func child(_ index: Int, of parent: Sight) -> Sight {
    let node = parent.node.child(index)
    let sight = Sight(bits: node.bits, version: node.version)
    return parent.isValid ? sight : .lost
  }

  /// The leaf that a key belongs to.
  @inline(__always)
  func leaf(of key: Term, prefix: UInt) throws(TableError) -> Sight {
    let root = root
    if root.isNone { return .empty }
    var sight = sight(of: root)
    var level = root.height
    while level > 0 && !sight.isLost {
      let index = try childIndex(of: key, prefix: prefix, in: sight.node)
      sight = child(index, of: sight)
      if level == 1 && !sight.isLost { sight.node.prefetch() }
      level &-= 1
    }
    return sight
  }

  /// Which child of an inner node a key belongs to.
  @inline(__always)
  func childIndex(of key: Term, prefix: UInt, in node: TreeNode) throws(TableError) -> Int {
    let extent = node.extent
    let index = node.rank(below: prefix, in: extent)
    if index == extent.count || node.prefix(index, in: extent) != prefix { return index }
    if node.entry(index, in: extent).isNone {
      if index &+ 1 == extent.count || node.prefix(index &+ 1, in: extent) != prefix {
        return index &+ 1
      }
    }
    return try childIndexAmongSame(key, prefix, node, extent, index)
  }

  /// The same where separators with keys have the key's prefix.
  @inline(never)
  private func childIndexAmongSame(
    _ key: Term, _ prefix: UInt, _ node: TreeNode, _ extent: TreeNode.Extent, _ first: Int
  ) throws(TableError) -> Int {
    var low = first
    var high = node.rank(upTo: prefix, in: extent)
    while low < high {
      let middle = (low + high) / 2
      let separator = node.entry(middle, in: extent)
      let order =
        separator.isNone ? 1 : try compare(key, self.key(ofSeparator: separator))
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Where a key stands in a leaf, or would.
  struct Place: BitwiseCopyable {
    let index: Int
    /// None where the key is not there.
    let entry: TableEntry
    /// The place of the first key above.
    @inline(__always) var indexBehind: Int { entry.isNone ? index : index &+ 1 }
  }

  /// Where a key stands in a leaf.
  @inline(__always)
  func place(of key: Term, prefix: UInt, in leaf: TreeNode) throws(TableError) -> Place {
    let extent = leaf.extent
    let index = leaf.rank(below: prefix, in: extent)
    if index == extent.count || leaf.prefix(index, in: extent) != prefix {
      return Place(index: index, entry: .none)
    }
    let entry = leaf.entry(index, in: extent)
    if hasKey(key, entry) { return Place(index: index, entry: entry) }
    return try placeAmongSame(key, prefix, leaf, extent, index)
  }

  /// The same where keys have the key's prefix.
  @inline(never)
  private func placeAmongSame(
    _ key: Term, _ prefix: UInt, _ leaf: TreeNode, _ extent: TreeNode.Extent, _ first: Int
  ) throws(TableError) -> Place {
    var low = first
    var high = leaf.rank(upTo: prefix, in: extent)
    while low < high {
      let middle = (low + high) / 2
      let entry = leaf.entry(middle, in: extent)
      let order = try compare(self.key(of: entry), key)
      if order == 0 { return Place(index: middle, entry: entry) }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return Place(index: low, entry: .none)
  }

  /// Where a key stands or would, near where the thread found one last or else from the root.
  /// - Returns: nothing where there are no objects, or where something changed meanwhile, as the leaf
  ///   tells.
  @inline(__always)
  func locate(_ key: Term, prefix: UInt) throws(TableError) -> (leaf: Sight, place: Place) {
    let finger = TreeFinger(of: self)
    if let leaf = finger.leaf(in: self, of: key, prefix: prefix) {
      let place: Place
      if let near = finger.place(of: key, prefix: prefix, in: leaf.node, self) {
        place = near
      } else {
        place = try self.place(of: key, prefix: prefix, in: leaf.node)
      }
      finger.index = place.index
      return (leaf, place)
    }
    return try locateFromRoot(key, prefix: prefix, finger)
  }

  @inline(__always)
  private func locateFromRoot(
    _ key: Term, prefix: UInt, _ finger: TreeFinger
  ) throws(TableError) -> (leaf: Sight, place: Place) {
    let retiredNodes = retiredNodes
    let leaf = try leaf(of: key, prefix: prefix)
    if leaf.isEmpty || leaf.isLost { return (leaf, Place(index: 0, entry: .none)) }
    let place = try place(of: key, prefix: prefix, in: leaf.node)
    finger.set(leaf, index: place.index, retiredNodes: retiredNodes)
    return (leaf, place)
  }

  /// The object of a key; none where there is none.
  ///
  /// For readers and writers.
  @inline(never)
  func find(_ key: Term) throws(TableError) -> TableEntry {
    let prefix = prefix(of: key)
    var tries = 0
    while true {
      let (leaf, place) = try locate(key, prefix: prefix)
      if leaf.isEmpty { return .none }
      // Also of what was found: where entries move, one may stand beside the prefix of another.
      if !leaf.isLost && leaf.isValid { return place.entry }
      TableLock.pause(tries)
      tries &+= 1
    }
  }
}
