import Carriers
import Heaps
import Synchronization
import Terms

/// What a write replaced, so that it can be taken back until it is settled.
struct HashChange {
  enum Kind {
    /// Nothing changed.
    case none
    /// A new entry for a new key.
    case added
    /// An entry in place of ``previous``.
    case replaced
    /// An object behind the others of a group.
    case appended
    /// One word of an object; ``previous`` tells the word.
    case patched(place: Int)
  }
  let kind: Kind
  let place: HashPart.Place
  /// The entry that stood there, or the word.
  let previous: TableEntry
  let lineNumber: Int
}

/// All that follows is under the part's lock; where the part has readers, within a section.
extension HashPart {
  /// Whether an insertion may find the key taken.
  enum InsertRule {
    /// It replaces the object of a set, and joins the objects of a bag.
    case always
    /// It does nothing then.
    case newKey
  }

  /// Inserts an object.
  /// - Returns: whether it was inserted.
  /// - Throws: ``TableError``; then nothing has changed.
  @inline(__always)
  func insert(
    _ object: Term, key: Term, hash: UInt, rule: InsertRule
  ) throws(TableError) -> Bool {
    guard let change = try change(object, key: key, hash: hash, rule: rule) else { return false }
    settle(change)
    return true
  }

  /// Does what ``insert(_:key:hash:rule:)`` does, but keeps what it replaced.
  /// - Returns: nothing where the key is taken and the rule says to do nothing.
  @inline(__always)
  func change(
    _ object: Term, key: Term, hash: UInt, rule: InsertRule
  ) throws(TableError) -> HashChange? {
    let (number, first) = line(of: hash)
    guard let place = try place(of: key, hash: hash, from: first) else {
      return try add(object, hash: hash, to: first, number)
    }
    if place.entry.isDeleted {
      let new = try store(object).with(hash: place.entry.hash)
      place.line.replace(place.slot, by: new)
      return replaced(place, number)
    }
    if rule == .newKey { return nil }
    if state.pointee.type.isBag { return try join(object, at: place, number) }
    if let change = patch(object, at: place, number) { return change }
    let new = try store(object).with(hash: place.entry.hash)
    place.line.replace(place.slot, by: new)
    return replaced(place, number)
  }

  private func replaced(_ place: Place, _ number: Int) -> HashChange {
    HashChange(kind: .replaced, place: place, previous: place.entry, lineNumber: number)
  }

  /// Copies an object into the part's arena.
  @inline(__always)
  func store(_ object: Term) throws(TableError) -> TableEntry {
    try StoredObject.store(
      object, in: state.pointee.arena, handles: &state.pointee.handles,
      scratch: state.pointee.environment.scratch)
  }

  private func add(
    _ object: Term, hash: UInt, to first: IndexLine, _ number: Int
  ) throws(TableError) -> HashChange {
    var line = first
    while line.freePlaces == 0, let next = line.link { line = next }
    let new = try store(object).with(hash: TableHash.entryBits(of: hash))
    let free = line.freePlaces
    let print = TableHash.print(of: hash)
    if free != 0 {
      let slot = IndexLine.place(of: free)
      line.put(new, print: print, at: slot)
      return HashChange(
        kind: .added, place: Place(line: line, slot: slot, entry: new), previous: .none,
        lineNumber: number)
    }
    let further: IndexLine
    do {
      further = try makeLine()
    } catch {
      discard(new)
      throw error
    }
    first.changeVersion()
    line.setLink(further)
    further.put(new, print: print, at: 1)
    first.changeVersion()
    return HashChange(
      kind: .added, place: Place(line: further, slot: 1, entry: new), previous: .none,
      lineNumber: number)
  }

  /// A further line, empty.
  func makeLine() throws(TableError) -> IndexLine {
    do {
      let memory = try state.pointee.arena.allocate(byteCount: IndexLine.byteCount)
      let line = IndexLine(memory.bindMemory(to: UInt.self, capacity: 8))
      line.clear()
      state.pointee.linkedLineCount += 1
      return line
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// Gives an object back that no reader ever saw.
  private func discard(_ entry: TableEntry) {
    if StoredObject.hasHandles(entry) { state.pointee.handles.remove(handlesOf: entry) }
    StoredObject.free(
      entry, in: state.pointee.arena, binaries: state.pointee.environment.binaries)
  }

  /// Changes one word of a stored object where that makes it the new one.
  @inline(__always)
  private func patch(_ object: Term, at place: Place, _ number: Int) -> HashChange? {
    guard let patch = StoredObject.patch(place.entry, to: object) else { return nil }
    return HashChange(
      kind: patch.place == 0 ? .none : .patched(place: patch.place), place: place,
      previous: TableEntry(bits: patch.previous), lineNumber: number)
  }

  /// Makes the counts and the memory those of a change that stays.
  @inline(__always)
  func settle(_ change: HashChange) {
    switch change.kind {
    case .none, .patched:
      break
    case .added:
      state.pointee.entryCount &+= 1
      countObjects(1)
      growIfNeeded()
    case .appended:
      countObjects(1)
    case .replaced:
      let previous = change.previous
      let now = change.place.line.entry(change.place.slot)
      countObjects(now.objectCount - (previous.isDeleted ? 0 : previous.objectCount))
      if !now.isGroup || previous.isDeleted { return retire(previous) }
      // The objects are in the new group.
      if previous.isGroup {
        retire(block: previous.group.memory, byteCount: previous.group.byteCount)
      }
    }
  }

  /// Takes back a change that was not settled, the last one first.
  /// - Precondition: nobody reads.
  func undo(_ change: HashChange) {
    let place = change.place
    switch change.kind {
    case .none:
      break
    case .patched(let word):
      SharedWord(place.entry.words + word).publish(change.previous.bits)
    case .added:
      discard(place.line.entry(place.slot))
      place.line.remove(place.slot)
    case .appended:
      discard(place.entry.group.removeLast())
    case .replaced:
      let now = place.line.entry(place.slot)
      place.line.replace(place.slot, by: change.previous)
      if !now.isGroup { return discard(now) }
      discard(now.group[now.group.count - 1])
      state.pointee.arena.free(now.group.memory, byteCount: now.group.byteCount)
    }
  }

  @inline(__always)
  func countObjects(_ difference: Int) {
    let count = state.pointee.objectCount.load(ordering: .relaxed)
    state.pointee.objectCount.store(count &+ difference, ordering: .relaxed)
  }
}

extension HashPart {
  /// Replaces the object of a key by one that is made of it. Not for bags.
  /// - Parameter body: given the object, makes the new one with ``store(_:)``, or changes one word
  ///   of it and answers none.
  /// - Returns: whether there is an object with the key.
  @inline(__always)
  func update(
    _ key: Term, hash: UInt, _ body: (TableEntry) throws(TableError) -> TableEntry
  ) throws(TableError) -> Bool {
    let (_, first) = line(of: hash)
    guard let place = try place(of: key, hash: hash, from: first), !place.entry.isDeleted else {
      return false
    }
    let new = try body(place.entry)
    if new.isNone { return true }
    place.line.replace(place.slot, by: new.with(hash: place.entry.hash))
    retire(place.entry)
    return true
  }
}
