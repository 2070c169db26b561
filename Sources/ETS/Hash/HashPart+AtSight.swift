import Carriers
import Synchronization
import Terms

/// What nearly all calls with a key of one word do to one line, straight on; the rest is left to the
/// functions of the same names. What writes is under the part's lock, of a part without a limit, and
/// within a section.
extension HashPart {
  /// ``find(_:hash:)``: the first entry with the print in the first line.
  @inline(__always)
  func find(immediate key: Term, hash: UInt) -> TableEntry {
    let size = sizeForReaders
    if let line = firstLine(size.line(of: hash), in: size) {
      let matches = IndexLine.matches(of: TableHash.print(of: hash), in: line.prints)
      if matches != 0,
        let entry = entry(of: key, at: IndexLine.place(of: matches), in: line)
      {
        return entry
      }
    }
    return findElsewhere(immediate: key, hash: hash)
  }

  @inline(never)
  private func findElsewhere(immediate key: Term, hash: UInt) -> TableEntry {
    // A comparison with one word cannot fail.
    (try? find(key, hash: hash)) ?? .none
  }

  /// The entry at a place if it is that of one object with a key.
  @inline(__always)
  private func entry(of key: Term, at slot: Int, in line: IndexLine) -> TableEntry? {
    let entry = line.word(slot)
    guard entry.isOneObject, entry.words[state.pointee.keyPosition] == key.bits else { return nil }
    return entry
  }

  /// ``insert(_:key:hash:rule:)``: a new object of immediates, or one that differs in one word.
  @inline(__always)
  func insertAtSight(
    _ object: Term, key: Term, hash: UInt, rule: InsertRule
  ) throws(TableError) -> Bool {
    let line = line(of: hash).first
    let print = TableHash.print(of: hash)
    let prints = line.prints
    let matches = IndexLine.matches(of: print, in: prints)
    if matches == 0 {
      let free = IndexLine.matches(of: 0, in: prints)
      if free != 0, line.link == nil, StoredObject.isPlain(object) {
        let new = try StoredObject.storePlain(object, in: state.pointee.objects.arena)
        line.put(
          new.with(hash: TableHash.entryBits(of: hash)), print: print,
          at: IndexLine.place(of: free))
        state.pointee.objectCount.advance(by: 1)
        state.pointee.entryCount &+= 1
        growIfNeeded()
        return true
      }
    } else if rule == .always, !state.pointee.type.isBag, state.pointee.objects.holdCount == 0,
      let entry = entry(of: key, at: IndexLine.place(of: matches), in: line),
      StoredObject.patch(entry, to: object) != nil
    {
      return true
    }
    return try insertByAllWays(object, key: key, hash: hash, rule: rule)
  }

  @inline(never)
  private func insertByAllWays(
    _ object: Term, key: Term, hash: UInt, rule: InsertRule
  ) throws(TableError) -> Bool {
    try insert(object, key: key, hash: hash, rule: rule)
  }

  /// ``remove(_:hash:)``: one object, while nothing is fixed.
  @inline(__always)
  func removeAtSight(_ key: Term, hash: UInt) throws(TableError) -> Bool {
    let line = line(of: hash).first
    let matches = IndexLine.matches(of: TableHash.print(of: hash), in: line.prints)
    if matches != 0 && state.pointee.fixCount == 0 {
      let slot = IndexLine.place(of: matches)
      if let entry = entry(of: key, at: slot, in: line) {
        state.pointee.objectCount.advance(by: -1)
        line.remove(slot)
        state.pointee.entryCount &-= 1
        state.pointee.objects.retire(entry)
        shrinkIfNeeded()
        return true
      }
    }
    return try removeByAllWays(key, hash: hash)
  }

  @inline(never)
  private func removeByAllWays(_ key: Term, hash: UInt) throws(TableError) -> Bool {
    try remove(key, hash: hash)
  }
}
