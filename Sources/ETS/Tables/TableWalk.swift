import Terms

/// A walk over the objects of a table. Inside a section.
struct TableWalk: BitwiseCopyable {
  fileprivate(set) var part = 0
  fileprivate(set) var cursor = HashPart.Cursor()
  /// In an ordered table.
  fileprivate var treeCursor = OrderedTree.Cursor()
  /// The entry before the cursor, where that is a group, and the next of its objects.
  fileprivate var group = TableEntry.none
  fileprivate var index = 0

  /// Stands before all objects.
  init() {}

  /// Stands at a place of a part.
  init(part: Int, cursor: HashPart.Cursor) {
    self.part = part
    self.cursor = cursor
  }
}

extension TableStorage {
  /// The next object; none at the end.
  @inline(__always)
  func next(_ walk: inout TableWalk) throws(TableError) -> TableEntry {
    if !walk.group.isNone {
      let group = walk.group.group
      if walk.index < group.count {
        walk.index &+= 1
        return group[walk.index &- 1]
      }
      walk.group = .none
    }
    let entry = try nextEntry(&walk)
    if !entry.isGroup { return entry }
    walk.group = entry
    walk.index = 1
    return entry.group[0]
  }

  /// The next entry; none at the end.
  @inline(__always)
  func nextEntry(_ walk: inout TableWalk) throws(TableError) -> TableEntry {
    while walk.part < parts.count {
      switch parts[walk.part] {
      case .hashed(let part):
        let entry = part.next(&walk.cursor)
        if !entry.isNone { return entry }
        walk.part &+= 1
        walk.cursor = HashPart.Cursor()
      case .ordered(let tree):
        return try tree.next(&walk.treeCursor)
      }
    }
    return .none
  }

  /// A walk that stands behind a key of a table that is not ordered.
  func walk(behind key: Term) throws(TableError) -> TableWalk {
    let hash = try hash(key)
    let number = TableHash.part(of: hash) & (parts.count - 1)
    guard case .hashed(let part) = parts[number],
      let cursor = try part.cursor(behind: key, hash: hash)
    else { throw .noKey }
    return TableWalk(part: number, cursor: cursor)
  }
}

/// All objects of a table.
struct ObjectSource: ListSource {
  let storage: TableStorage
  private var walk = TableWalk()
  private var entry = TableEntry.none

  init(storage: TableStorage) { self.storage = storage }

  @inline(__always)
  mutating func advance() throws(TableError) -> Bool {
    entry = try storage.next(&walk)
    return !entry.isNone
  }

  @inline(__always)
  var words: Int { StoredObject.words(of: entry) }

  @inline(__always)
  func copy(into cursor: inout WordCursor, list: inout OffHeapList) -> Term {
    StoredObject.copy(entry, into: &cursor, list: &list)
  }
}
