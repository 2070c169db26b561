import Carriers

/// A row of values in a block of an arena, which grows only where its owner asks for that.
struct ArenaRow<Element: BitwiseCopyable>: BitwiseCopyable {
  private var base: UnsafeMutablePointer<Element>?
  /// The values there is room for.
  private(set) var room = 0
  private(set) var count = 0

  /// The bytes of its block.
  var byteCount: Int { room * MemoryLayout<Element>.stride }

  /// A value.
  @inline(__always)
  subscript(index: Int) -> Element {
    assert(0..<count ~= index, "no value \(index) in a row of \(count)")
    return base.unsafelyUnwrapped[index]
  }

  /// Adds a value behind the last where there is room.
  /// - Returns: whether there was.
  @inline(__always)
  mutating func append(_ value: Element) -> Bool {
    if count == room { return false }
    (base.unsafelyUnwrapped + count).initialize(to: value)
    count &+= 1
    return true
  }

  /// Takes the last value out.
  mutating func popLast() -> Element? {
    if count == 0 { return nil }
    count &-= 1
    return base.unsafelyUnwrapped[count]
  }

  /// Forgets all values and keeps the block.
  mutating func removeAll() { count = 0 }

  /// Moves to a larger block; where memory is refused all stays as it is.
  mutating func grow(to newRoom: Int, in arena: borrowing OwnedArena) {
    let byteCount = newRoom * MemoryLayout<Element>.stride
    guard let memory = try? arena.allocate(byteCount: byteCount) else { return }
    let grown = memory.bindMemory(to: Element.self, capacity: newRoom)
    if let base { grown.update(from: base, count: count) }
    let count = count
    free(in: arena)
    (base, room, self.count) = (grown, newRoom, count)
  }

  /// Gives the block back.
  mutating func free(in arena: borrowing OwnedArena) {
    if let base { arena.free(base, byteCount: byteCount) }
    self = ArenaRow()
  }
}
