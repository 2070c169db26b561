import Heaps
import Terms

/// A walk over the objects of a table that a match specification may match: all, those of some
/// keys, or a range of an ordered table. Inside a section.
struct MatchWalk {
  private var walk = TableWalk()
  private var keys: [Term]?
  private var nextKey = 0
  /// The objects of the key before.
  private var group = GroupWalk()
  private let isBackward: Bool
  private var isAtEnd = false

  // Of an ordered table. Each by itself: what counts references stays out of the way of each step.
  private var tree: OrderedTree?
  private var cursor = OrderedTree.Cursor()
  /// Whether the cursor stands at the first object of the walk, which was not given yet.
  private var isAtFirst = false
  private var bounds: (range: KeyRange, order: TermOrder)?

  /// Stands before the first object, or with `isBackward` behind the last of an ordered table.
  /// - Parameter position: where an earlier walk with the same specification stood, to go on there.
  /// - Throws: ``TableError/invalidContinuation`` where it was none such.
  init(
    _ specification: MatchSpecification, keyPosition: Int, of storage: TableStorage,
    isBackward: Bool = false, from position: WalkPosition = .start
  ) throws(TableError) {
    self.isBackward = isBackward
    let demand = try KeyDemand(
      of: specification, at: keyPosition, isOrdered: storage.tree != nil)
    var range: KeyRange?
    switch demand {
    case .never:
      isAtEnd = true
      return
    case .keys(let keys):
      self.keys = keys
      switch position {
      case .start: break
      case .keys(let count): nextKey = count
      case .end: isAtEnd = true
      case .line, .behind: throw .invalidContinuation
      }
      return
    case .range(let keys): range = keys
    case .anything: break
    }
    switch position {
    case .line(let part, let cursor): walk = TableWalk(part: part, cursor: cursor)
    case .keys, .end: isAtEnd = true
    case .start:
      if let tree = storage.tree { try begin(tree, range, specification.order, behind: nil) }
    case .behind(let key):
      guard let tree = storage.tree else { throw .invalidContinuation }
      try begin(tree, range, specification.order, behind: key)
    }
  }

  /// Whether the object given last has others of its key behind it that were not given.
  @inline(__always)
  var isWithinKey: Bool { keys == nil ? walk.group.hasMore : group.hasMore }

  /// Where the walk stands behind the objects of the key given last. A key in it is the table's,
  /// valid in the same section.
  var position: WalkPosition {
    if isAtEnd { return .end }
    if let keys { return nextKey < keys.count ? .keys(nextKey) : .end }
    guard let tree else { return .line(part: walk.part, walk.cursor) }
    return cursor.entry.isNone ? .end : .behind(tree.key(of: cursor.entry))
  }

  private mutating func begin(
    _ tree: OrderedTree, _ range: KeyRange?, _ order: TermOrder, behind key: Term?
  ) throws(TableError) {
    let direction = isBackward ? OrderedTree.Direction.backward : .forward
    self.tree = tree
    bounds = range.map { ($0, order) }
    if let key {
      cursor = try tree.cursor(after: key, direction)
      isAtFirst = true
    } else if let range {
      cursor = try tree.cursor(at: direction) { key throws(TableError) in
        try Self.side(of: key, range, order)
      }
      isAtFirst = true
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
    let entry: TableEntry
    if let tree {
      entry = try next(of: tree)
    } else if keys != nil {
      entry = try nextOfKeys(storage)
    } else {
      entry = try storage.next(&walk)
    }
    isAtEnd = entry.isNone
    return entry
  }

  @inline(__always)
  private mutating func next(of tree: OrderedTree) throws(TableError) -> TableEntry {
    if isAtFirst {
      isAtFirst = false
    } else {
      _ = try isBackward ? tree.previous(&cursor) : tree.next(&cursor)
    }
    let entry = cursor.entry
    if entry.isNone || bounds == nil { return entry }
    return try isWithinBounds(tree.key(of: entry)) ? entry : .none
  }

  @inline(never)
  private func isWithinBounds(_ key: Term) throws(TableError) -> Bool {
    guard let bounds else { return true }
    return try Self.side(of: key, bounds.range, bounds.order) == 0
  }

  private mutating func nextOfKeys(_ storage: TableStorage) throws(TableError) -> TableEntry {
    let object = group.next()
    if !object.isNone { return object }
    guard let keys else { return .none }
    while nextKey < keys.count {
      let key = keys[isBackward ? keys.count - 1 - nextKey : nextKey]
      nextKey += 1
      let entry = try storage.find(key)
      if !entry.isNone { return group.begin(entry) }
    }
    return .none
  }
}

extension KeyDemand {
  /// What a specification demands of the keys of a table.
  init(
    of specification: MatchSpecification, at keyPosition: Int, isOrdered: Bool
  ) throws(TableError) {
    do {
      self = try specification.keyDemand(at: keyPosition, isOrdered: isOrdered)
    } catch {
      throw TableError(error)
    }
  }
}
