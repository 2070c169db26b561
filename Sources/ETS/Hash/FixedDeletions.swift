import Carriers

/// The lines of a hash index in which entries were marked as deleted while the table was fixed, so
/// that its release looks at no others.
struct FixedDeletions: BitwiseCopyable {
  private var lines = ArenaRow<UInt32>()
  /// Whether a line could not be noted: then all have to be looked at.
  private var isIncomplete = false

  /// Whether nothing was marked.
  var isEmpty: Bool { lines.count == 0 && !isIncomplete }

  /// Notes a line.
  mutating func note(_ line: Int, in arena: borrowing OwnedArena) {
    if lines.count == lines.room { lines.grow(to: max(8, lines.room * 2), in: arena) }
    if !lines.append(UInt32(truncatingIfNeeded: line)) { isIncomplete = true }
  }

  /// Calls with each line that may have marks, and forgets all.
  mutating func drain(
    lineCount: Int, in arena: borrowing OwnedArena, _ body: (Int) -> Void
  ) {
    if isIncomplete {
      for line in 0..<lineCount { body(line) }
    } else {
      for index in 0..<lines.count { body(Int(lines[index])) }
    }
    lines.free(in: arena)
    self = FixedDeletions()
  }
}
