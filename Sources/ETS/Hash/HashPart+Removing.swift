import Carriers
import Heaps
import Synchronization
import Terms

/// Under the part's lock; where the part has readers, within a section.
extension HashPart {
  /// Takes out the objects of a key.
  /// - Returns: whether there were any.
  @inline(__always)
  func remove(_ key: Term, hash: UInt) throws(TableError) -> Bool {
    let (number, first) = line(of: hash)
    guard let place = try place(of: key, hash: hash, from: first), !place.entry.isDeleted else {
      return false
    }
    remove(place, first, number)
    return true
  }

  /// Takes out the entry of a place.
  func remove(_ place: Place, _ first: IndexLine, _ number: Int) {
    state.pointee.objectCount.advance(by: -place.entry.objectCount)
    if state.pointee.fixCount > 0 {
      // Who stands at the key goes on from there.
      state.pointee.objects.leaveAges(place.entry)
      place.line.replace(place.slot, by: place.entry.deleted)
      return state.pointee.deletions.note(number, in: state.pointee.objects.arena)
    }
    place.line.remove(place.slot)
    state.pointee.entryCount &-= 1
    retire(place.entry)
    if place.line != first { removeEmptyLines(first, number) }
    shrinkIfNeeded()
  }

  /// Takes the further lines without entries out of a chain.
  private func removeEmptyLines(_ first: IndexLine, _ number: Int) {
    var line = first
    while let next = line.link {
      if next.prints != 0 {
        line = next
        continue
      }
      versions.change(number)
      if let rest = next.link { line.relink(rest) } else { line.removeLink() }
      versions.change(number)
      retire(furtherLine: next)
    }
  }

  /// Gives a further line back that is linked no more.
  func retire(furtherLine line: IndexLine) {
    state.pointee.linkedLineCount -= 1
    state.pointee.objects.retire(block: line.words, byteCount: IndexLine.byteCount)
  }

  /// Begins a time in which every entry stays where it is.
  func fix() { state.pointee.fixCount += 1 }

  /// Ends it; with the last one what was deleted meanwhile goes, and the lines that are too many.
  func unfix() { while !unfix(atMost: .max) {} }

  /// As ``unfix()``, a part of the work at a time.
  /// - Parameter most: how many lines are looked at or taken away at most.
  /// - Returns: whether nothing is left to do; until then it is fixed.
  func unfix(atMost most: Int) -> Bool {
    precondition(state.pointee.fixCount > 0, "a table that is not fixed is released")
    if state.pointee.fixCount == 1 && !state.pointee.deletions.isEmpty {
      var deletions = state.pointee.deletions
      state.pointee.deletions = FixedDeletions()
      deletions.drain(
        atMost: most, lineCount: lineCount, in: state.pointee.objects.arena
      ) { number in
        removeMarked(from: number)
      }
      state.pointee.deletions = deletions
      return false
    }
    // Nobody else has fixed it who would meet what moves.
    if state.pointee.fixCount == 1 && shrink(atMost: most) { return false }
    state.pointee.fixCount -= 1
    return true
  }

  private func removeMarked(from number: Int) {
    let first = state.pointee.directory[number]
    var line: IndexLine? = first
    while let current = line {
      for slot in 0..<IndexLine.entryCount {
        let entry = current.entry(slot)
        if entry.isDeleted {
          current.remove(slot)
          state.pointee.entryCount &-= 1
          retire(entry)
        }
      }
      line = current.link
    }
    removeEmptyLines(first, number)
  }

  /// Marks all entries as deleted, which go when nothing is fixed any more.
  func markAll() {
    for number in 0..<lineCount {
      var line: IndexLine? = state.pointee.directory[number]
      while let current = line {
        for slot in 0..<IndexLine.entryCount where current.entry(slot).isLive {
          state.pointee.objectCount.advance(by: -current.entry(slot).objectCount)
          state.pointee.objects.leaveAges(current.entry(slot))
          current.replace(slot, by: current.entry(slot).deleted)
          state.pointee.deletions.note(number, in: state.pointee.objects.arena)
        }
        line = current.link
      }
    }
  }

  /// Takes out all objects at once.
  /// - Precondition: nobody reads, and nothing is fixed.
  /// - Complexity: O(runs of pages + handles of binaries).
  func removeAll() {
    state.pointee.objects.removeAll()
    state.pointee.deletions = FixedDeletions()
    state.pointee.entryCount = 0
    state.pointee.linkedLineCount = 0
    state.pointee.objectCount.store(0, ordering: .relaxed)
    begin()
  }
}
