import Carriers
import Heaps
import Terms

/// Under the tree's lock; where the tree has readers, within a section. Nothing here needs memory:
/// where there is none, nodes stay as sparse as they are.
extension OrderedTree {
  /// Takes out the object of a key.
  /// - Returns: whether there was one.
  @inline(__always)
  func remove(_ key: Term) throws(TableError) -> Bool {
    guard let (leaf, place, prefix) = try stored(key) else { return false }
    try remove(place, of: leaf, key: key, prefix: prefix)
    return true
  }

  /// Takes out the object of a key if it is exactly equal to another.
  /// - Returns: whether it was.
  func remove(_ object: Term, key: Term) throws(TableError) -> Bool {
    guard let (leaf, place, prefix) = try stored(key),
      try state.pointee.objects.environment.isExactlyEqual(place.entry, object)
    else { return false }
    try remove(place, of: leaf, key: key, prefix: prefix)
    return true
  }

  /// Takes out all objects, one after the other, so that a snapshot still has them.
  func removeEach() throws(TableError) {
    while true {
      let entry = try first()
      if entry.isNone { return }
      _ = try remove(key(of: entry))
    }
  }

  @inline(__always)
  private func remove(
    _ place: Place, of leaf: TreeNode, key: Term, prefix: UInt
  ) throws(TableError) {
    if Self.isSparse(leaf.extent, without: place.index) {
      try findPath(to: key, prefix: prefix)
      removeOnPath(place.index)
    } else {
      leaf.changeVersion()
      leaf.remove(place.index)
      leaf.changeVersion()
    }
    state.pointee.objectCount.advance(by: -1)
    state.pointee.objects.retire(place.entry)
  }

  /// Whether a leaf has too much room when one of its objects is gone: three eighths of it. Where objects
  /// go from an end, as keys in order do, the others will soon be gone too: then three quarters of it.
  @inline(__always)
  private static func isSparse(_ extent: TreeNode.Extent, without index: Int) -> Bool {
    let last = extent.count &- 1
    return last &* 8 < extent.room &* (index == 0 || index == last ? 2 : 5)
  }

  /// Takes an object out of the leaf that the path leads to, and sees that the leaf has no more room
  /// than it needs. Does not give the object back.
  @inline(never)
  func removeOnPath(_ index: Int) {
    let leaf = state.pointee.path.node(0)
    if leaf.count == 1 { return unlinkLeaf() }
    let isSparse = Self.isSparse(leaf.extent, without: index)
    leaf.changeVersion()
    leaf.remove(index)
    leaf.changeVersion()
    if !isSparse { return }
    if mergeLeaf() { return balance(from: 1) }
    let room = TreeNode.leafRoom(for: leaf.count + leaf.count / 8 + 1)
    if room >= leaf.room { return }
    guard let smaller = try? makeLeaf(room: room) else { return }
    smaller.append(0..<leaf.count, of: leaf)
    replaceOnPath(level: 0, by: smaller)
    retireLeaf(leaf)
  }

  /// Takes the path's leaf out, with the nodes above that have no other child.
  private func unlinkLeaf() {
    let path = state.pointee.path
    var top = 0
    path.node(0).changeVersion()
    while top < path.height && path.node(top + 1).count == 0 {
      top += 1
      path.node(top).changeVersion()
    }
    if top == path.height {
      setRoot(Root(bits: 0))
    } else {
      let parent = path.node(top + 1)
      parent.changeVersion()
      let separator = parent.removeChild(path.index(top + 1))
      parent.changeVersion()
      retire(separator)
    }
    retireLeaf(path.node(0))
    for level in stride(from: 1, through: top, by: 1) { retireInner(path.node(level)) }
    balance(from: top + 1)
  }

  private func retire(_ separator: Separator) {
    if !separator.key.isNone { state.pointee.objects.retire(separator.key) }
  }

  /// Merges inner nodes with few children, from a level upwards, and takes roots with one child
  /// away.
  private func balance(from first: Int) {
    var level = first
    while level < state.pointee.path.height {
      let count = state.pointee.path.node(level).count
      if count >= TreeNode.mostSeparators / 4 || !mergeInner(level: level) { break }
      level += 1
    }
    while true {
      let root = root
      if root.height == 0 || root.node.count > 0 { return }
      root.node.changeVersion()
      setRoot(Root(root.node.child(0), height: root.height - 1))
      retireInner(root.node)
    }
  }

  // MARK: Merging

  /// Neighbours of one parent.
  private struct Pair {
    let parent: TreeNode
    /// The place of the left one.
    let index: Int
    var left: TreeNode { parent.child(index) }
    var right: TreeNode { parent.child(index + 1) }
  }

  /// The path's node of a level with a neighbour, where both have at most so many keys.
  private func pair(level: Int, atMost most: Int) -> Pair? {
    let path = state.pointee.path
    if level == path.height { return nil }
    let (parent, index) = (path.node(level + 1), path.index(level + 1))
    for first in [index - 1, index] where first >= 0 && first < parent.count {
      let pair = Pair(parent: parent, index: first)
      if pair.left.count + pair.right.count <= most { return pair }
    }
    return nil
  }

  private func mergeLeaf() -> Bool {
    guard let pair = pair(level: 0, atMost: TreeNode.mostObjects * 3 / 4) else { return false }
    let (left, right) = (pair.left, pair.right)
    let count = left.count + right.count
    guard let merged = try? makeLeaf(room: TreeNode.leafRoom(for: count + count / 8 + 1)) else {
      return false
    }
    merged.append(0..<left.count, of: left)
    merged.append(0..<right.count, of: right)
    noteMoved(count)
    retire(replace(pair, by: merged))
    retireLeaf(left)
    retireLeaf(right)
    return true
  }

  private func mergeInner(level: Int) -> Bool {
    guard let pair = pair(level: level, atMost: TreeNode.mostSeparators * 3 / 4) else {
      return false
    }
    let (left, right) = (pair.left, pair.right)
    let (leftCount, rightCount) = (left.count, right.count)
    let room = TreeNode.innerRoom(for: leftCount + rightCount + 2)
    guard let merged = try? makeInner(room: room) else { return false }
    merged.append(0..<leftCount, of: left)
    merged.append(pair.parent.separator(pair.index))
    merged.append(0..<rightCount, of: right)
    merged.setChildren(from: 0, 0...leftCount, of: left)
    merged.setChildren(from: leftCount + 1, 0...rightCount, of: right)
    noteMoved(leftCount + rightCount)
    // The separator is in the merged node now.
    _ = replace(pair, by: merged)
    retireInner(left)
    retireInner(right)
    return true
  }

  /// Puts one node in the place of two.
  /// - Returns: what stood between them.
  private func replace(_ pair: Pair, by node: TreeNode) -> Separator {
    let (parent, index) = (pair.parent, pair.index)
    pair.left.changeVersion()
    pair.right.changeVersion()
    parent.changeVersion()
    parent.setChild(index, node)
    let separator = parent.removeChild(index + 1)
    parent.changeVersion()
    return separator
  }
}
