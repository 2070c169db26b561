import Carriers
import Synchronization
import Terms

/// Going from object to object, for readers and writers.
extension OrderedTree {
  /// A direction along the keys.
  enum Direction { case forward, backward }

  /// Where a walk stands.
  ///
  /// As long as the leaf stays as it was, the next object is the next in it; else it is found by
  /// the key of the last one. So the object given last has to be there still when the walk goes on:
  /// within the same section, or while nobody else writes. In another section a walk is resumed by
  /// a copy of the key: ``cursor(after:)``.
  struct Cursor: BitwiseCopyable {
    fileprivate var leaf = Sight.empty
    fileprivate var index = 0
    /// The object given last; none at the beginning and behind the end.
    fileprivate(set) var entry = TableEntry.none
    fileprivate var isAtEnd = false
    /// The nodes that had left the tree when the leaf was looked for.
    fileprivate var retiredNodes: UInt = 0

    fileprivate init(leaf: Sight, index: Int, entry: TableEntry) {
      (self.leaf, self.index, self.entry) = (leaf, index, entry)
    }

    /// Stands before the first object, or behind the last.
    init() {}
  }

  /// The first object; none where there are none.
  func first() throws(TableError) -> TableEntry { end(.forward).entry }

  /// The last object; none where there are none.
  func last() throws(TableError) -> TableEntry { end(.backward).entry }

  /// The first object with a key above one, which need not be there; none where there is none.
  @inline(__always)
  func next(after key: Term) throws(TableError) -> TableEntry {
    try position(from: key, .forward).entry
  }

  /// The last object with a key below one, which need not be there; none where there is none.
  @inline(__always)
  func previous(before key: Term) throws(TableError) -> TableEntry {
    try position(from: key, .backward).entry
  }

  /// The key of ``next(after:)`` or ``previous(before:)``, without a look at the object where the leaf
  /// tells it; no term where there is none.
  @inline(__always)
  func nextKey(_ direction: Direction, of key: Term) throws(TableError) -> Term {
    let cursor = try position(from: key, direction)
    if cursor.entry.isNone { return .none }
    if cursor.entry.hasSmallKey {
      let prefix = cursor.leaf.node.prefix(cursor.index)
      if cursor.leaf.isValid { return KeyPrefix.small(prefix) }
    }
    return self.key(of: cursor.entry)
  }

  /// The next object of a walk; none at the end, from where it goes no further.
  @inline(__always)
  func next(_ cursor: inout Cursor) throws(TableError) -> TableEntry {
    try step(&cursor, .forward)
  }

  /// The object before; as ``next(_:)`` the other way.
  @inline(__always)
  func previous(_ cursor: inout Cursor) throws(TableError) -> TableEntry {
    try step(&cursor, .backward)
  }

  @inline(__always)
  private func step(
    _ cursor: inout Cursor, _ direction: Direction
  ) throws(TableError) -> TableEntry {
    if !cursor.entry.isNone && cursor.retiredNodes == retiredNodes {
      let leaf = cursor.leaf.node
      let index = direction == .forward ? cursor.index &+ 1 : cursor.index &- 1
      let extent = leaf.extent
      if index >= 0 && index < extent.count {
        let entry = leaf.entry(index, in: extent)
        let ahead = direction == .forward ? index &+ 8 : index &- 8
        if ahead >= 0 && ahead < extent.count {
          Prefetch.read(leaf.entry(ahead, in: extent).words)
        }
        if cursor.leaf.isValid {
          (cursor.index, cursor.entry) = (index, entry)
          return entry
        }
      }
    }
    return try stepFar(&cursor, direction)
  }

  @inline(never)
  private func stepFar(
    _ cursor: inout Cursor, _ direction: Direction
  ) throws(TableError) -> TableEntry {
    if cursor.isAtEnd { return .none }
    cursor =
      cursor.entry.isNone
      ? end(direction) : try position(from: key(of: cursor.entry), direction)
    cursor.isAtEnd = cursor.entry.isNone
    return cursor.entry
  }
}

// MARK: - Finding a place

extension OrderedTree {
  /// A walk from a key, which need not be there: ``next(_:)`` gives the first one above,
  /// ``previous(_:)`` the last one below.
  @inline(__always)
  func position(
    from key: Term, _ direction: Direction
  ) throws(TableError) -> Cursor {
    let prefix = prefix(of: key)
    let (finger, retiredNodes) = (TreeFinger(of: self), retiredNodes)
    guard let leaf = finger.leaf(in: self, of: key, prefix: prefix) else {
      return try positionFromRoot(from: key, prefix: prefix, direction, finger)
    }
    // As in `locate`: one function of both is called, not inlined, which costs keys in order a tenth.
    let place: Place
    if let near = finger.place(of: key, prefix: prefix, in: leaf.node, self) {
      place = near
    } else {
      place = try self.place(of: key, prefix: prefix, in: leaf.node)
    }
    guard let cursor = cursor(direction, from: place, in: leaf, retiredNodes) else {
      return try positionBesideLeaf(from: key, prefix: prefix, direction, finger)
    }
    finger.index = cursor.index
    return cursor
  }

  /// The same where the thread's finger is elsewhere.
  @inline(never)
  private func positionFromRoot(
    from key: Term, prefix: UInt, _ direction: Direction, _ finger: TreeFinger
  ) throws(TableError) -> Cursor {
    let retiredNodes = retiredNodes
    let leaf = try leaf(of: key, prefix: prefix)
    if !leaf.isEmpty && !leaf.isLost {
      let place = try place(of: key, prefix: prefix, in: leaf.node)
      if let cursor = cursor(direction, from: place, in: leaf, retiredNodes) {
        finger.set(leaf, index: cursor.index, retiredNodes: retiredNodes)
        return cursor
      }
    }
    return try positionBesideLeaf(from: key, prefix: prefix, direction, finger)
  }

  /// A walk that begins beside an object's place, if that is in the same leaf.
  @inline(__always)
  private func cursor(
    _ direction: Direction, from place: Place, in leaf: Sight, _ retiredNodes: UInt
  ) -> Cursor? {
    let index = direction == .forward ? place.indexBehind : place.index - 1
    let extent = leaf.node.extent
    if index < 0 || index >= extent.count { return nil }
    var cursor = Cursor(leaf: leaf, index: index, entry: leaf.node.entry(index, in: extent))
    if !leaf.isValid { return nil }
    cursor.retiredNodes = retiredNodes
    return cursor
  }

  /// A walk from a key whose neighbour may be in another leaf, or where something changed meanwhile.
  @inline(never)
  private func positionBesideLeaf(
    from key: Term, prefix: UInt, _ direction: Direction, _ finger: TreeFinger
  ) throws(TableError) -> Cursor {
    let retiredNodes = retiredNodes
    var cursor = try retrying { () throws(TableError) -> Cursor? in
      var way = Way(direction)
      guard var sight = way.begin(self) else { return Cursor() }
      while way.level > 0 && !sight.isLost {
        let index = try self.childIndex(of: key, prefix: prefix, in: sight.node)
        sight = way.take(index, of: sight, in: self)
      }
      if sight.isLost { return nil }
      let place = try self.place(of: key, prefix: prefix, in: sight.node)
      return way.end(
        at: direction == .forward ? place.indexBehind : place.index - 1, of: sight, in: self)
    }
    cursor.retiredNodes = retiredNodes
    if !cursor.entry.isNone {
      finger.set(cursor.leaf, index: cursor.index, retiredNodes: retiredNodes)
    }
    return cursor
  }

  /// The first or the last object.
  private func end(_ direction: Direction) -> Cursor {
    let retiredNodes = retiredNodes
    var cursor = retrying { () throws(Never) in
      var way = Way(direction)
      guard var sight = way.begin(self) else { return Cursor() }
      while way.level > 0 && !sight.isLost {
        sight = way.take(direction == .forward ? 0 : sight.node.count, of: sight, in: self)
      }
      if sight.isLost { return nil }
      return way.end(
        at: direction == .forward ? 0 : sight.node.count - 1, of: sight, in: self)
    }
    cursor.retiredNodes = retiredNodes
    return cursor
  }

  /// Does something again until nothing changed meanwhile.
  @inline(__always)
  func retrying<Failure: Error>(
    _ body: () throws(Failure) -> Cursor?
  ) throws(Failure) -> Cursor {
    var tries = 0
    while true {
      if let cursor = try body() { return cursor }
      TableLock.pause(tries)
      tries += 1
    }
  }

  /// A way down that remembers the last node with another child in a direction.
  struct Way {
    let direction: Direction
    private(set) var level = 0
    private var turn = Sight.empty
    private var turnIndex = 0
    private var turnLevel = 0

    init(_ direction: Direction) { self.direction = direction }

    /// Begins at the root; nothing where there is none.
    mutating func begin(_ tree: OrderedTree) -> Sight? {
      let root = tree.root
      if root.isNone { return nil }
      level = root.height
      return tree.sight(of: root)
    }

    /// Goes down to a child.
    mutating func take(_ index: Int, of sight: Sight, in tree: OrderedTree) -> Sight {
      let hasMore = direction == .forward ? index < sight.node.count : index > 0
      if hasMore { (turn, turnIndex, turnLevel) = (sight, index, level) }
      level -= 1
      return tree.child(index, of: sight)
    }

    /// The object with an index in a leaf, or else the nearest one of the next leaf.
    /// - Returns: nothing where something changed.
    mutating func end(at index: Int, of leaf: Sight, in tree: OrderedTree) -> Cursor? {
      let extent = leaf.node.extent
      if index >= 0 && index < extent.count {
        let entry = leaf.node.entry(index, in: extent)
        return leaf.isValid ? Cursor(leaf: leaf, index: index, entry: entry) : nil
      }
      if turn.isEmpty { return leaf.isValid ? Cursor() : nil }
      level = turnLevel
      var sight = take(direction == .forward ? turnIndex + 1 : turnIndex - 1, of: turn, in: tree)
      while level > 0 && !sight.isLost {
        sight = take(direction == .forward ? 0 : sight.node.count, of: sight, in: tree)
      }
      if sight.isLost { return nil }
      let next = sight.node.extent
      let nearest = direction == .forward ? 0 : next.count - 1
      if nearest < 0 { return nil }
      let entry = sight.node.entry(nearest, in: next)
      // The nearest one of the next leaf when nothing was left of this one.
      return sight.isValid && leaf.isValid
        ? Cursor(leaf: sight, index: nearest, entry: entry) : nil
    }
  }
}
