import Synchronization
import Terms

/// A walk over all entries. For readers and writers; where nothing is fixed, entries may move past.
extension HashPart {
  /// The next place of a walk.
  struct Cursor: BitwiseCopyable {
    var line = 0
    /// The number of the place in the line's chain; see ``IndexLine``.
    var ordinal = 0
  }

  /// The next entry that is not marked as deleted; none at the end.
  @inline(__always)
  func next(_ cursor: inout Cursor) -> TableEntry {
    while true {
      let size = sizeForReaders
      if cursor.line >= size.lineCount { return .none }
      guard let first = firstLine(cursor.line, in: size) else { continue }
      let entry = nextInLine(&cursor, first)
      if !entry.isNone { return entry }
      cursor.line &+= 1
      cursor.ordinal = 0
    }
  }

  /// The next entry of the cursor's line; none at the end of its chain.
  @inline(__always)
  private func nextInLine(_ cursor: inout Cursor, _ first: IndexLine) -> TableEntry {
    var line = first
    var slot = cursor.ordinal
    while true {
      if slot >= IndexLine.linkedCount {
        if let link = line.link {
          line = link
          slot &-= IndexLine.linkedCount
          continue
        }
        if slot > IndexLine.linkedCount { return .none }
      }
      let entry = line.word(slot)
      // It went on into a line that came just now.
      if IndexLine.isLink(entry) { continue }
      slot &+= 1
      cursor.ordinal &+= 1
      if entry.isLive { return entry }
    }
  }

  /// Where a walk stands behind a key; nothing where the key is not there, marked or not.
  func cursor(behind key: Term, hash: UInt) throws(TableError) -> Cursor? {
    while true {
      let (place, number, first) = try search(key, hash: hash)
      guard let place else { return nil }
      var ordinal = place.slot + 1
      var line = first
      while line != place.line, let next = line.link {
        ordinal += IndexLine.linkedCount
        line = next
      }
      if line == place.line { return Cursor(line: number, ordinal: ordinal) }
    }
  }
}
