import Carriers
import Terms

/// Room for one more key. Each step leaves a whole tree of the same objects behind, so where memory
/// is refused for the next one nothing has to be taken back. Under the tree's lock.
extension OrderedTree {
  /// Adds an object whose leaf may have no room.
  @inline(never)
  func addToFull(_ entry: TableEntry, key: Term, prefix: UInt) throws(TableError) {
    while true {
      try findPath(to: key, prefix: prefix)
      let leaf = state.pointee.path.node(0)
      let index = state.pointee.path.index(0)
      if !leaf.isFull {
        leaf.changeVersion()
        leaf.insert(entry, prefix: prefix, at: index)
        leaf.changeVersion()
        return
      }
      if leaf.room < TreeNode.mostObjects {
        let grown = try makeLeaf(room: TreeNode.leafRoom(for: leaf.room + max(1, leaf.room / 4)))
        grown.append(0..<leaf.count, of: leaf)
        grown.insert(entry, prefix: prefix, at: index)
        replaceOnPath(level: 0, by: grown)
        return retireLeaf(leaf)
      }
      if try !makeRoomAbove() { continue }
      if index == leaf.count || (index == 0 && state.pointee.path.index(1) == 0) {
        return try addBeside(leaf, entry, prefix: prefix, isBehind: index > 0)
      }
      try split(leaf)
    }
  }

  /// Finds the way to where a key belongs.
  func findPath(to key: Term, prefix: UInt) throws(TableError) {
    state.pointee.path.begin(root)
    for level in stride(from: root.height, to: 0, by: -1) {
      let node = state.pointee.path.node(level)
      let index = try childIndex(of: key, prefix: prefix, in: node)
      state.pointee.path.take(index, level: level)
    }
    let place = try place(of: key, prefix: prefix, in: state.pointee.path.node(0))
    state.pointee.path.take(place.index, level: 0)
  }

  /// Puts a node in the place of the one on the path. The other's version stays odd.
  func replaceOnPath(level: Int, by node: TreeNode) {
    let height = state.pointee.path.height
    state.pointee.path.node(level).changeVersion()
    if level == height { return setRoot(Root(node, height: height)) }
    state.pointee.path.node(level + 1).setChild(state.pointee.path.index(level + 1), node)
  }

  // MARK: Inner nodes

  /// Makes room for one more child in the leaf's parent, or in a node above where that comes first.
  /// - Returns: whether there was room before.
  private func makeRoomAbove() throws(TableError) -> Bool {
    let path = state.pointee.path
    var level = 1
    while level <= path.height {
      let node = path.node(level)
      if !node.isFull { break }
      if node.room < TreeNode.mostSeparators {
        try grow(node, level: level)
        return false
      }
      level += 1
    }
    if level == 1 && path.height > 0 { return true }
    if level > path.height {
      try addRoot()
    } else {
      try splitInner(level: level - 1)
    }
    return false
  }

  /// Adds a level: a root with the old one as its only child.
  private func addRoot() throws(TableError) {
    let old = root
    let new = try makeInner(room: TreeNode.innerRoom(for: 1))
    new.setChild(0, old.node)
    setRoot(Root(new, height: old.height + 1))
  }

  private func grow(_ node: TreeNode, level: Int) throws(TableError) {
    let count = node.count
    let grown = try makeInner(room: TreeNode.innerRoom(for: count + 1))
    grown.append(0..<count, of: node)
    grown.setChildren(from: 0, 0...count, of: node)
    replaceOnPath(level: level, by: grown)
    retireInner(node)
  }

  /// Divides a full inner node whose parent has room: at its end where the path leads there, so
  /// that keys that come in order leave full nodes behind.
  private func splitInner(level: Int) throws(TableError) {
    let path = state.pointee.path
    let (node, parent) = (path.node(level), path.node(level + 1))
    let count = node.count
    let middle = path.index(level) == count ? count - 1 : count / 2
    let right = try makeInner(room: TreeNode.mostSeparators)
    right.append(middle + 1..<count, of: node)
    right.setChildren(from: 0, middle + 1...count, of: node)
    noteMoved(count - middle)
    parent.changeVersion()
    node.changeVersion()
    parent.divide(
      path.index(level + 1), by: node.separator(middle), left: node, right: right)
    node.setCount(middle)
    node.changeVersion()
    parent.changeVersion()
  }

  // MARK: Leaves

  /// Adds an object before or behind all those of a full leaf, in a leaf of its own: keys that come
  /// in order leave full leaves behind. The leaf's parent has room.
  private func addBeside(
    _ leaf: TreeNode, _ entry: TableEntry, prefix: UInt, isBehind: Bool
  ) throws(TableError) {
    let path = state.pointee.path
    let isLast = isBehind && path.isLast
    let new = try makeLeaf(
      room: isLast ? TreeNode.mostObjects : TreeNode.leafRoom(for: TreeNode.mostObjects / 8))
    let separator: Separator
    do {
      separator =
        isBehind
        ? try self.separator(
          between: leaf.prefix(leaf.count - 1), and: prefix, key(of: entry))
        : try self.separator(between: prefix, and: leaf.prefix(0), key(of: leaf.entry(0)))
    } catch {
      freeLeaf(new)
      throw error
    }
    new.insert(entry, prefix: prefix, at: 0)
    let parent = path.node(1)
    parent.changeVersion()
    parent.divide(
      path.index(1), by: separator, left: isBehind ? leaf : new, right: isBehind ? new : leaf)
    parent.changeVersion()
  }

  /// Divides a full leaf whose parent has room in two.
  private func split(_ leaf: TreeNode) throws(TableError) {
    let count = leaf.count
    let middle = placeToSplit(leaf)
    let left = try makeLeaf(room: TreeNode.leafRoom(for: middle + 1))
    let right: TreeNode
    let separator: Separator
    do {
      right = try makeLeaf(room: TreeNode.leafRoom(for: count - middle + 1))
    } catch {
      freeLeaf(left)
      throw error
    }
    do {
      separator = try self.separator(
        between: leaf.prefix(middle - 1), and: leaf.prefix(middle), key(of: leaf.entry(middle)))
    } catch {
      freeLeaf(left)
      freeLeaf(right)
      throw error
    }
    left.append(0..<middle, of: leaf)
    right.append(middle..<count, of: leaf)
    noteMoved(count)
    let parent = state.pointee.path.node(1)
    parent.changeVersion()
    leaf.changeVersion()
    parent.divide(state.pointee.path.index(1), by: separator, left: left, right: right)
    parent.changeVersion()
    retireLeaf(leaf)
  }

  /// The place nearest to the middle where prefixes differ, so that the separator needs no key; the
  /// middle itself where there is none near.
  private func placeToSplit(_ leaf: TreeNode) -> Int {
    let middle = leaf.count / 2
    for distance in 0..<leaf.count / 4 {
      for place in [middle - distance, middle + distance]
      where leaf.prefix(place - 1) != leaf.prefix(place) {
        return place
      }
    }
    return middle
  }

  /// What stands between two neighbours.
  private func separator(
    between left: UInt, and right: UInt, _ rightKey: Term
  ) throws(TableError) -> Separator {
    if left != right { return Separator(prefix: right, key: .none) }
    let key = try withUnsafeTemporaryAllocation(of: UInt.self, capacity: 2) {
      words throws(TableError) in
      words[0] = Header.tuple(arity: 1).bits
      words[1] = rightKey.bits
      return try state.pointee.objects.storeApart(.boxed(at: words.baseAddress.unsafelyUnwrapped))
    }
    return Separator(prefix: right, key: key)
  }

  func noteMoved(_ count: Int) {
    state.pointee.mostMoved = max(state.pointee.mostMoved, count)
  }
}

// MARK: - Memory of nodes

extension OrderedTree {
  /// A leaf without objects.
  func makeLeaf(room: Int) throws(TableError) -> TreeNode {
    try makeNode(room: room, byteCount: TreeNode.leafByteCount(room: room))
  }

  /// An inner node without separators, its children not set.
  func makeInner(room: Int) throws(TableError) -> TreeNode {
    try makeNode(room: room, byteCount: TreeNode.innerByteCount(room: room))
  }

  private func makeNode(room: Int, byteCount: Int) throws(TableError) -> TreeNode {
    do {
      let memory = try state.pointee.objects.arena.allocate(byteCount: byteCount)
      let node = TreeNode(memory.bindMemory(to: UInt.self, capacity: byteCount / 8))
      node.begin(room: room)
      return node
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// Gives a leaf back that no reader ever saw.
  func freeLeaf(_ leaf: TreeNode) {
    state.pointee.objects.arena.free(leaf.words, byteCount: TreeNode.leafByteCount(room: leaf.room))
  }

  /// Keeps a leaf until nobody reads it, then gives it back.
  func retireLeaf(_ leaf: TreeNode) {
    retire(node: leaf, byteCount: TreeNode.leafByteCount(room: leaf.room))
  }

  /// Keeps an inner node until nobody reads it, then gives it back.
  func retireInner(_ node: TreeNode) {
    retire(node: node, byteCount: TreeNode.innerByteCount(room: node.room))
  }
}
