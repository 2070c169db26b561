import Terms

/// A walk over the objects of a table. Inside a section.
struct TableWalk: BitwiseCopyable {
  fileprivate(set) var part = 0
  fileprivate(set) var cursor = HashPart.Cursor()
  /// In an ordered table.
  fileprivate var treeCursor = OrderedTree.Cursor()
  fileprivate(set) var group = GroupWalk()

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
    let object = walk.group.next()
    if !object.isNone { return object }
    return walk.group.begin(try nextEntry(&walk))
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

/// A step of a traversal from key to key.
enum TableStep {
  case first, last
  case next(Term), previous(Term)
}

extension Table {
  /// The entry that a step leads to; none where there is none. Without an order, the last one is the
  /// first, and the one before is the next. Inside a section.
  @inline(__always)
  func entry(at step: TableStep) throws(TableError) -> TableEntry {
    guard let tree = record.pointee.storage.tree else { return try entry(atHashed: step) }
    return switch step {
    case .first: try tree.first()
    case .last: try tree.last()
    case .next(let key): try tree.next(after: key)
    case .previous(let key): try tree.previous(before: key)
    }
  }

  @inline(never)
  private func entry(atHashed step: TableStep) throws(TableError) -> TableEntry {
    let storage = record.pointee.storage
    var walk: TableWalk
    switch step {
    case .first, .last: walk = TableWalk()
    case .next(let key), .previous(let key): walk = try storage.walk(behind: key)
    }
    return try storage.nextEntry(&walk)
  }
}

/// All objects of a table.
struct ObjectSource: StoredListSource {
  let storage: TableStorage
  private var walk = TableWalk()
  private(set) var entry = TableEntry.none

  init(storage: TableStorage) { self.storage = storage }

  @inline(__always)
  mutating func advance() throws(TableError) -> Bool {
    entry = try storage.next(&walk)
    return !entry.isNone
  }
}

/// The objects of one place of an index; see ``Table/objects(atSlot:by:on:)``.
struct SlotSource: StoredListSource {
  private let storage: TableStorage
  private var walk: TableWalk
  private let line: Int?
  private var group = GroupWalk()
  private(set) var entry = TableEntry.none
  private var isDone = false

  /// Stands before the objects of a place; nothing for the one behind all places.
  init?(_ number: Int, of storage: TableStorage) throws(TableError) {
    self.storage = storage
    walk = TableWalk()
    if storage.tree != nil {
      line = nil
      for _ in 0..<number {
        if try storage.nextEntry(&walk).isNone { throw .invalidPosition(number) }
      }
      entry = try storage.nextEntry(&walk)
      if entry.isNone { return nil }
      return
    }
    var first = 0
    for (index, part) in storage.parts.enumerated() {
      guard case .hashed(let part) = part else { continue }
      if number < first + part.lineCount {
        line = number - first
        walk = TableWalk(part: index, cursor: HashPart.Cursor(line: number - first))
        return
      }
      first += part.lineCount
    }
    if number == first { return nil }
    throw .invalidPosition(number)
  }

  mutating func advance() throws(TableError) -> Bool {
    guard let line else {
      defer { isDone = true }
      return !isDone
    }
    entry = group.next()
    if !entry.isNone { return true }
    guard case .hashed(let part) = storage.parts[walk.part] else { return false }
    let next = part.next(&walk.cursor)
    if walk.cursor.line != line { return false }
    entry = group.begin(next)
    return !entry.isNone
  }
}
