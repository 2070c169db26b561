import Terms

/// Takes out or replaces the objects for which a match specification says so, one key's after the
/// other. Under the lock of the part they are in.
struct MatchEditor: ~Copyable {
  /// What is done with an object that matches.
  enum Action {
    /// It is taken out where the result is `true`.
    case remove
    /// The result takes its place.
    case replace
  }

  private let action: Action
  private var matcher: ObjectMatcher
  /// The objects taken out or replaced so far.
  private(set) var count = 0
  /// The objects that may still be looked at; a key's are looked at together.
  var stepsLeft: Int

  init(_ action: Action, _ matcher: consuming ObjectMatcher, steps: Int) {
    self.action = action
    self.matcher = matcher
    stepsLeft = steps
  }

  /// Does it with the objects of an entry.
  mutating func edit(
    _ entry: TableEntry, key: Term, hash: UInt, in part: TablePart
  ) throws(TableError) {
    stepsLeft -= entry.objectCount
    switch action {
    case .remove: try remove(entry, key: key, hash: hash, in: part)
    case .replace: try replace(entry, key: key, hash: hash, in: part)
    }
  }

  private mutating func remove(
    _ entry: TableEntry, key: Term, hash: UInt, in part: TablePart
  ) throws(TableError) {
    switch part {
    case .hashed(let part):
      let (number, first) = part.line(of: hash)
      count += try part.removeObjects(
        of: part.place(of: entry, hash: hash), first, number
      ) { entry throws(TableError) in
        try matcher.run(on: entry) == .true
      }
    case .ordered(let tree):
      guard try matcher.run(on: entry) == .true else { return }
      _ = try tree.remove(key)
      count += 1
    }
  }

  private mutating func replace(
    _ entry: TableEntry, key: Term, hash: UInt, in part: TablePart
  ) throws(TableError) {
    if entry.isGroup, case .hashed(let hashed) = part {
      let place = hashed.place(of: entry, hash: hash)
      return try hashed.replaceObjects(of: place) { old throws(TableError) in
        try replacement(of: old, in: part)
      }
    }
    _ = try part.update(key, hash: hash) { old throws(TableError) in
      try replacement(of: old, in: part)
    }
  }

  private mutating func replacement(
    of entry: TableEntry, in part: TablePart
  ) throws(TableError) -> TableEntry {
    guard let result = try matcher.run(on: entry) else { return .none }
    let new = try part.store(result)
    count += 1
    return new
  }
}
