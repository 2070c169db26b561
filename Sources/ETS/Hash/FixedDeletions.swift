import Carriers

/// The lines of a hash index in which entries were marked as deleted while the table was fixed, so
/// that its release looks at no others.
struct FixedDeletions: BitwiseCopyable {
  private var lines = ArenaRow<UInt32>()
  /// Whether a line could not be noted: then all have to be looked at.
  private var isIncomplete = false
  /// The lines looked at so far where all have to be.
  private var seenLines = 0

  /// Whether nothing was marked.
  var isEmpty: Bool { lines.count == 0 && !isIncomplete }

  /// Notes a line.
  mutating func note(_ line: Int, in arena: borrowing OwnedArena) {
    if lines.count == lines.room { lines.grow(to: max(8, lines.room * 2), in: arena) }
    if !lines.append(UInt32(truncatingIfNeeded: line)) {
      (isIncomplete, seenLines) = (true, 0)
    }
  }

  /// Calls with lines that may have marks, and forgets them.
  /// - Parameter most: how many lines at most.
  mutating func drain(
    atMost most: Int, lineCount: Int, in arena: borrowing OwnedArena, _ body: (Int) -> Void
  ) {
    var left = most
    while left > 0, !isIncomplete, let line = lines.popLast() {
      body(Int(line))
      left -= 1
    }
    while left > 0, isIncomplete {
      body(seenLines)
      left -= 1
      seenLines += 1
      if seenLines >= lineCount {
        lines.removeAll()
        isIncomplete = false
      }
    }
    if isEmpty {
      lines.free(in: arena)
      self = FixedDeletions()
    }
  }
}
