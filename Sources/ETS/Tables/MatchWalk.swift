import Heaps
import Terms

/// A walk over the objects of a table that a match specification may match: all, those of some
/// keys, or a range of an ordered table. Inside a section.
struct MatchWalk {
  private var walk = TableWalk()
  private var keys: [Term]?
  private var nextKey = 0
  /// The group of the key before, and the next of its objects.
  private var group = TableEntry.none
  private var index = 0
  private var range: RangeWalk?
  private let isBackward: Bool
  private var isAtEnd = false

  /// The walk over a range of an ordered table.
  private struct RangeWalk {
    let tree: OrderedTree
    let range: KeyRange?
    let order: TermOrder
    var cursor: OrderedTree.Cursor
    var isFirst = true
  }

  /// Stands before the first object, or with `isBackward` behind the last of an ordered table.
  /// - Parameter key: in an ordered table, the key to go on behind.
  init(
    _ specification: MatchSpecification, keyPosition: Int, of storage: TableStorage,
    isBackward: Bool = false, behind key: Term? = nil
  ) throws(TableError) {
    self.isBackward = isBackward
    let demand: KeyDemand
    do {
      demand = try specification.keyDemand(at: keyPosition, isOrdered: storage.tree != nil)
    } catch {
      throw TableError(error)
    }
    switch demand {
    case .never:
      isAtEnd = true
    case .keys(let keys):
      self.keys = keys
    case .range(let range):
      guard let tree = storage.tree else { return }
      try begin(tree, range, specification.order, behind: key)
    case .anything:
      guard let tree = storage.tree else { return }
      try begin(tree, nil, specification.order, behind: key)
    }
  }

  private mutating func begin(
    _ tree: OrderedTree, _ range: KeyRange?, _ order: TermOrder, behind key: Term?
  ) throws(TableError) {
    let direction = isBackward ? OrderedTree.Direction.backward : .forward
    if let key {
      let cursor = try tree.cursor(after: key, direction)
      self.range = RangeWalk(tree: tree, range: range, order: order, cursor: cursor)
    } else if let range {
      let cursor = try tree.cursor(at: direction) { key throws(TableError) in
        try Self.side(of: key, range, order)
      }
      self.range = RangeWalk(tree: tree, range: range, order: order, cursor: cursor)
    } else {
      self.range = RangeWalk(
        tree: tree, range: nil, order: order, cursor: OrderedTree.Cursor(), isFirst: false)
    }
  }

  private static func side(
    of key: Term, _ range: KeyRange, _ order: TermOrder
  ) throws(TableError) -> Int {
    do {
      switch try range.place(of: key, order: order) {
      case .before: return -1
      case .inside: return 0
      case .after: return 1
      }
    } catch {
      throw TableError(error)
    }
  }

  /// The next object; none at the end.
  @inline(__always)
  mutating func next(of storage: TableStorage) throws(TableError) -> TableEntry {
    if isAtEnd { return .none }
    if range != nil { return try nextOfRange() }
    if keys != nil { return try nextOfKeys(storage) }
    return try storage.next(&walk)
  }

  private mutating func nextOfRange() throws(TableError) -> TableEntry {
    guard var walk = range else { return .none }
    let entry: TableEntry
    if walk.isFirst {
      walk.isFirst = false
      entry = walk.cursor.entry
    } else {
      entry =
        try isBackward ? walk.tree.previous(&walk.cursor) : walk.tree.next(&walk.cursor)
    }
    range = walk
    if entry.isNone { return .none }
    if let bounds = walk.range {
      let side = try Self.side(of: walk.tree.key(of: entry), bounds, walk.order)
      if side != 0 {
        isAtEnd = true
        return .none
      }
    }
    return entry
  }

  private mutating func nextOfKeys(_ storage: TableStorage) throws(TableError) -> TableEntry {
    if !group.isNone {
      if index < group.group.count {
        index += 1
        return group.group[index - 1]
      }
      group = .none
    }
    guard let keys else { return .none }
    while nextKey < keys.count {
      let key = keys[isBackward ? keys.count - 1 - nextKey : nextKey]
      nextKey += 1
      let hash = try storage.hash(key)
      let entry = try storage.part(of: hash).find(key, hash: hash)
      if entry.isNone { continue }
      if !entry.isGroup { return entry }
      group = entry
      index = 1
      return entry.group[0]
    }
    return .none
  }
}
