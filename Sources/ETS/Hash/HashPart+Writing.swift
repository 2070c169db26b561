import Carriers
import Heaps
import Synchronization
import Terms

/// All that follows is under the part's lock; where the part has readers, within a section.
extension HashPart {
  /// What an insertion did, so that it can be taken back until it is settled.
  struct Change {
    enum Kind {
      /// An equal object was there.
      case none
      /// A new entry for a new key.
      case added
      /// An entry in place of ``previous``.
      case replaced
      /// An object behind the others of a group.
      case appended
      /// One word of an object.
      case patched(word: Int)
    }
    let kind: Kind
    let part: HashPart
    let hash: UInt
    /// What stands there now.
    let new: TableEntry
    /// What stood there before; of a patch, the word.
    let previous: TableEntry
    /// The objects that came.
    let difference: Int
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
  ) throws(TableError) -> Change? {
    let (number, first) = line(of: hash)
    guard let place = try place(of: key, hash: hash, from: first) else {
      if state.pointee.objects.limit != nil { try state.pointee.objects.checkRoom() }
      let new = try add(object, hash: hash, to: first, number)
      state.pointee.entryCount &+= 1
      growIfNeeded()
      return counted(.added, hash, new: new, previous: .none, difference: 1)
    }
    if !place.entry.isDeleted {
      if rule == .newKey { return nil }
      if state.pointee.type.isBag { return try join(object, at: place, hash) }
      if let change = patch(object, place.entry, hash) { return change }
    } else {
      if state.pointee.objects.limit != nil { try state.pointee.objects.checkRoom() }
    }
    let new = try state.pointee.objects.store(object).with(hash: place.entry.hash)
    place.line.replace(place.slot, by: new)
    return counted(
      .replaced, hash, new: new, previous: place.entry,
      difference: place.entry.isDeleted ? 1 : 0)
  }

  /// A change, whose objects are counted.
  @inline(__always)
  func counted(
    _ kind: Change.Kind, _ hash: UInt, new: TableEntry, previous: TableEntry, difference: Int
  ) -> Change {
    state.pointee.objectCount.advance(by: difference)
    return Change(
      kind: kind, part: self, hash: hash, new: new, previous: previous, difference: difference)
  }

  @inline(__always)
  private func add(
    _ object: Term, hash: UInt, to first: IndexLine, _ number: Int
  ) throws(TableError) -> TableEntry {
    let new = try state.pointee.objects.store(object).with(hash: TableHash.entryBits(of: hash))
    let free = first.freePlaces
    if free == 0 {
      try addBehind(first, number, new, hash)
    } else {
      first.put(new, print: TableHash.print(of: hash), at: IndexLine.place(of: free))
    }
    return new
  }

  /// Puts an entry in a further line of a chain whose first line is full.
  @inline(never)
  private func addBehind(
    _ first: IndexLine, _ number: Int, _ new: TableEntry, _ hash: UInt
  ) throws(TableError) {
    let print = TableHash.print(of: hash)
    var line = first
    while let next = line.link {
      line = next
      let free = line.freePlaces
      if free != 0 { return line.put(new, print: print, at: IndexLine.place(of: free)) }
    }
    let further: IndexLine
    do {
      further = try makeLine()
    } catch {
      state.pointee.objects.discard(new)
      throw error
    }
    versions.change(number)
    line.setLink(further)
    further.put(new, print: print, at: 1)
    versions.change(number)
  }

  /// A further line, empty.
  func makeLine() throws(TableError) -> IndexLine {
    let memory = try state.pointee.objects.allocate(byteCount: IndexLine.byteCount)
    let line = IndexLine(memory.bindMemory(to: UInt.self, capacity: 8))
    line.clear()
    state.pointee.linkedLineCount += 1
    return line
  }

  /// Changes one word of a stored object where that makes it the new one.
  @inline(__always)
  private func patch(_ object: Term, _ entry: TableEntry, _ hash: UInt) -> Change? {
    if state.pointee.objects.holdCount > 0 { return nil }
    guard let patch = StoredObject.patch(entry, to: object) else { return nil }
    return counted(
      patch.place == 0 ? .none : .patched(word: patch.place), hash, new: entry,
      previous: TableEntry(bits: patch.previous), difference: 0)
  }

  /// Gives back what a change replaced: it stays.
  @inline(__always)
  func settle(_ change: Change) {
    guard case .replaced = change.kind else { return }
    if !change.new.isGroup || change.previous.isDeleted { return retire(change.previous) }
    // The objects are in the new group.
    if change.previous.isGroup {
      let group = change.previous.group
      state.pointee.objects.retire(block: group.memory, byteCount: group.byteCount)
    }
  }

  /// Takes back a change that was not settled, the last one first.
  /// - Precondition: nobody reads.
  func undo(_ change: Change) {
    state.pointee.objectCount.advance(by: -change.difference)
    switch change.kind {
    case .none:
      break
    case .patched(let word):
      SharedWord(change.new.words + word).publish(change.previous.bits)
    case .added:
      let place = place(of: change.new, hash: change.hash)
      place.line.remove(place.slot)
      state.pointee.entryCount -= 1
      state.pointee.objects.discard(change.new)
    case .appended:
      state.pointee.objects.discard(change.new.group.removeLast())
    case .replaced:
      let place = place(of: change.new, hash: change.hash)
      place.line.replace(place.slot, by: change.previous)
      if !change.new.isGroup { return state.pointee.objects.discard(change.new) }
      let group = change.new.group
      state.pointee.objects.discard(group[group.count - 1])
      state.pointee.objects.arena.free(group.memory, byteCount: group.byteCount)
    }
  }

  /// Where an entry stands.
  func place(of entry: TableEntry, hash: UInt) -> Place {
    var line = line(of: hash).first
    while true {
      for slot in 0..<IndexLine.entryCount where line.entry(slot) == entry {
        return Place(line: line, slot: slot, entry: entry)
      }
      guard let next = line.link else { preconditionFailure("a change of no entry") }
      line = next
    }
  }
}

extension HashPart {
  /// Replaces the object of a key by one that is made of it. Not for bags.
  /// - Parameter body: given the object, makes the new one in the part's memory, or changes one
  ///   word of it and answers none.
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
