import Terms

/// The objects of one key of a bag, where there are several, in the order in which they came.
///
/// ```
/// | room | count | entry | entry | ... |
/// ```
/// Objects are added behind the last, and the count is published after them, so that a reader sees
/// the group as it was at one moment. To take one out a new group replaces this one. The entries
/// carry 16 bits of a hash of the whole object where the table compares objects.
struct ObjectGroup: BitwiseCopyable {
  let memory: UnsafeMutablePointer<UInt>

  static var headerWords: Int { 2 }

  /// The bytes of a group with room for so many entries.
  static func byteCount(room: Int) -> Int {
    (headerWords + room) * MemoryLayout<UInt>.stride
  }

  /// Makes an empty group in fresh memory.
  static func initialize(_ memory: UnsafeMutableRawPointer, room: Int) -> ObjectGroup {
    let words = memory.assumingMemoryBound(to: UInt.self)
    words[0] = UInt(room)
    words[1] = 0
    return ObjectGroup(memory: words)
  }

  /// The entries there is room for.
  var room: Int { Int(memory[0]) }

  /// The entries at this moment.
  var count: Int { Int(SharedWord(memory + 1).acquired) }

  /// The bytes of its block.
  var byteCount: Int { Self.byteCount(room: room) }

  /// An entry.
  subscript(index: Int) -> TableEntry {
    TableEntry(bits: SharedWord(memory + Self.headerWords + index).acquired)
  }

  /// Replaces an entry.
  /// - Precondition: nobody reads.
  func replace(_ index: Int, by entry: TableEntry) {
    SharedWord(memory + Self.headerWords + index).publish(entry.bits)
  }

  /// Adds an entry behind the last.
  /// - Precondition: there is room.
  func append(_ entry: TableEntry) {
    let count = Int(memory[1])
    precondition(count < room, "a group of \(room) objects is full")
    memory[Self.headerWords + count] = entry.bits
    SharedWord(memory + 1).publish(UInt(count + 1))
  }

  /// Takes the last entry out.
  /// - Precondition: there is one, and nobody reads.
  func removeLast() -> TableEntry {
    let last = self[count - 1]
    SharedWord(memory + 1).publish(UInt(count - 1))
    return last
  }
}

extension TableEntry {
  /// The objects that the entry stands for: one, or those of a group.
  var objectCount: Int { isGroup ? group.count : 1 }

  /// Calls with the entry of each object that the entry stands for, in the order of insertion.
  @inline(__always)
  func forEachObject<Failure: Error>(
    _ body: (TableEntry) throws(Failure) -> Void
  ) throws(Failure) {
    if !isGroup { return try body(self) }
    let group = group
    for index in 0..<group.count { try body(group[index]) }
  }
}
