import Carriers

/// The lines of a hash index in which entries were marked as deleted while the table was fixed, so
/// that its release looks at no others.
struct FixedDeletions: BitwiseCopyable {
  private var lines: UnsafeMutablePointer<UInt32>?
  private var room = 0
  private var count = 0
  /// Whether a line could not be noted: then all have to be looked at.
  private var isIncomplete = false

  /// Whether nothing was marked.
  var isEmpty: Bool { count == 0 && !isIncomplete }

  /// Notes a line.
  mutating func note(_ line: Int, in arena: borrowing OwnedArena) {
    if count == room { grow(in: arena) }
    guard let lines, count < room else {
      isIncomplete = true
      return
    }
    lines[count] = UInt32(truncatingIfNeeded: line)
    count += 1
  }

  /// Calls with each line that may have marks, and forgets all.
  mutating func drain(
    lineCount: Int, in arena: borrowing OwnedArena, _ body: (Int) -> Void
  ) {
    if isIncomplete {
      for line in 0..<lineCount { body(line) }
    } else if let lines {
      for index in 0..<count { body(Int(lines[index])) }
    }
    if let lines { arena.free(lines, byteCount: room * MemoryLayout<UInt32>.stride) }
    self = FixedDeletions()
  }

  private mutating func grow(in arena: borrowing OwnedArena) {
    let newRoom = max(8, room * 2)
    let stride = MemoryLayout<UInt32>.stride
    guard let memory = try? arena.allocate(byteCount: newRoom * stride) else { return }
    let grown = memory.bindMemory(to: UInt32.self, capacity: newRoom)
    if let lines {
      grown.update(from: lines, count: count)
      arena.free(lines, byteCount: room * stride)
    }
    lines = grown
    room = newRoom
  }
}
