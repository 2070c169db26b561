import Carriers
import Heaps
import Terms

/// An object of a table: a tuple and all it holds, in one block, which no collector knows of.
///
/// ```
///              | header | element ... |                                 only immediates
///     | meta   | header | element ... | parts of elements ... |            others
///     | meta   | header | element ... | parts of elements ... | bytes ... | with packed elements
///
/// meta:  63           35   34 33  32  31          0
///       +---------------+---+---+---+--------------+   H: there are handles of binaries
///       | words of bytes| - | L | H | other words  |   L: the links of an ``AgeList`` stand before it
///       +---------------+---+---+---+--------------+
/// ```
/// Pointers in a block lead into the block, so a copy is a copy of its words, moved by one distance;
/// a packed element, see ``PackedSlot``, is unpacked behind them. The handles of all objects of a
/// part of a table are linked in an ``OwnedHandles``.
enum StoredObject {
  static var handlesBit: UInt { 1 << 32 }
  static var linksBit: UInt { 1 << 33 }
  private static var packedShift: UInt { 35 }

  /// The words of an object's terms, its own tuple among them, but for those that are packed.
  @inline(__always)
  static func words(of entry: TableEntry) -> Int {
    entry.isCompound
      ? Int(entry.words[-1] & 0xFFFF_FFFF) : 1 &+ Header(bits: entry.words[0]).arity
  }

  /// Whether elements of an object are packed.
  @inline(__always)
  static func isPacked(_ entry: TableEntry) -> Bool {
    entry.isCompound && entry.words[-1] >> packedShift != 0
  }

  /// The words of a copy of an object.
  @inline(__always)
  static func copiedWords(of entry: TableEntry) -> Int {
    isPacked(entry) ? words(of: entry) &+ packedWords(of: entry) : words(of: entry)
  }

  /// The words of an object's packed elements, unpacked.
  @inline(never)
  static func packedWords(of entry: TableEntry) -> Int {
    let words = entry.words
    var count = 0
    for place in 1..<1 + Header(bits: words[0]).arity {
      if let slot = PackedSlot(SharedWord(words + place).relaxed) { count += slot.words }
    }
    return count
  }

  /// Unpacks an element.
  /// - Parameter target: room for the words that its slot tells.
  static func unpack(
    _ slot: PackedSlot, of entry: TableEntry, to target: UnsafeMutablePointer<UInt>
  ) -> Term {
    let bytes = UnsafeRawPointer(entry.words + words(of: entry)) + slot.offset
    PackedWords.unpack(bytes, to: target, count: slot.words)
    return slot.term(at: target)
  }

  /// Whether an object holds binaries outside the heaps.
  @inline(__always)
  static func hasHandles(_ entry: TableEntry) -> Bool {
    entry.isCompound && entry.words[-1] & handlesBit != 0
  }

  /// Whether an object is one of an ``AgeList``.
  @inline(__always)
  static func isLinked(_ entry: TableEntry) -> Bool {
    entry.isCompound && entry.words[-1] & linksBit != 0
  }

  /// The words of an object's block before its tuple.
  @inline(__always)
  private static func wordsBefore(_ entry: TableEntry) -> Int {
    if !entry.isCompound { return 0 }
    return 1 &+ (isLinked(entry) ? AgeList.wordsPerObject : 0)
  }

  /// The bytes of an object's block.
  @inline(__always)
  static func byteCount(of entry: TableEntry) -> Int {
    let behind = entry.isCompound ? Int(entry.words[-1] >> packedShift) : 0
    return (wordsBefore(entry) &+ words(of: entry) &+ behind) &* MemoryLayout<UInt>.stride
  }

  /// Whether all elements of a tuple are immediates.
  @inline(__always)
  static func isPlain(_ object: Term) -> Bool {
    let words = object.boxed
    var place = Header(bits: words[0]).arity
    if place == 2 { return words[1] & words[2] & 3 == 3 }
    while place > 0 {
      if words[place] & 3 != 3 { return false }
      place &-= 1
    }
    return true
  }

  /// Copies an object of immediates into a block of an arena.
  /// - Parameter object: a tuple for which ``isPlain(_:)`` holds.
  /// - Throws: ``TableError``; then nothing is held.
  @inline(__always)
  static func storePlain(
    _ object: Term, in arena: borrowing OwnedArena
  ) throws(TableError) -> TableEntry {
    let source = object.boxed
    let words = 1 &+ Header(bits: source[0]).arity
    let block = try allocate(words: words, in: arena)
    copyPlain(source, words: words, to: block)
    return TableEntry(object: block, isCompound: false)
  }

  /// The words of an object and all it holds.
  static func flatWords(
    of object: Term, scratch: any ScratchProvider
  ) throws(TableError) -> Int {
    let words: Int
    do {
      words = try TermSize.flatWords(of: object, scratch: scratch)
    } catch {
      throw TableError(error)
    }
    if words >= 1 << 32 { throw .outOfMemory(.invalidSize(byteCount: words)) }
    return words
  }

  /// Copies any object into a block of an arena.
  /// - Parameters:
  ///   - object: a tuple of ``flatWords(of:scratch:)`` words.
  ///   - packed: what the tuple's packed elements are packed to.
  ///   - isLinked: whether room for links stands before it.
  ///   - handles: those of the arena's objects.
  /// - Throws: ``TableError``; then nothing is held.
  static func storeCompound(
    _ object: Term, words: Int,
    packed: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
    isLinked: Bool, in arena: borrowing OwnedArena, handles: inout OwnedHandles
  ) throws(TableError) -> TableEntry {
    let before = 1 + (isLinked ? AgeList.wordsPerObject : 0)
    let behind = packed.count / MemoryLayout<UInt>.stride
    let start = try allocate(words: before + words + behind, in: arena) + before
    var cursor = WordCursor(top: start, limit: start + words)
    var list = OffHeapList()
    let copy = TermCopy.copy(object, words: words, into: &cursor, list: &list)
    assert(copy.boxed == start, "a copy begins with what was copied")
    start[-1] =
      UInt(behind) << packedShift | UInt(words) | (list.first == 0 ? 0 : handlesBit)
      | (isLinked ? linksBit : 0)
    if let bytes = packed.baseAddress {
      UnsafeMutableRawPointer(start + words).copyMemory(from: bytes, byteCount: packed.count)
    }
    handles.adopt(list)
    return TableEntry(object: start, isCompound: true)
  }

  @inline(__always)
  private static func allocate(
    words: Int, in arena: borrowing OwnedArena
  ) throws(TableError) -> UnsafeMutablePointer<UInt> {
    do {
      return try arena.allocate(byteCount: words &* MemoryLayout<UInt>.stride)
        .assumingMemoryBound(to: UInt.self)
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// Changes one word of an object where that makes it another one: so a value that is an immediate is
  /// replaced without a block.
  ///
  /// Of an object that holds others, only those are looked into whose elements are immediates; one that
  /// is packed, or has an age, is replaced as a whole.
  /// - Parameter object: of the same key.
  /// - Returns: the word's place, 0 where nothing differs, and what stood there; nothing where more
  ///   than that has to change.
  @inline(__always)
  static func patch(_ entry: TableEntry, to object: Term) -> (place: Int, previous: UInt)? {
    let (stored, source) = (entry.words, object.boxed)
    if stored[0] != source[0] { return nil }
    if isPacked(entry) || isLinked(entry) { return nil }
    var changed = 0
    for word in 1...Header(bits: source[0]).arity where stored[word] != source[word] {
      if source[word] & 3 != 3 {
        if !entry.isCompound || !isSame(stored[word], source[word]) { return nil }
        continue
      }
      if changed != 0 || stored[word] & 3 != 3 { return nil }
      changed = word
    }
    if changed == 0 { return (0, 0) }
    let previous = stored[changed]
    SharedWord(stored + changed).publish(source[changed])
    return (changed, previous)
  }

  /// Whether two elements are tuples of the same words, which are immediates.
  @inline(__always)
  private static func isSame(_ left: UInt, _ right: UInt) -> Bool {
    let (left, right) = (Term(bits: left), Term(bits: right))
    guard left.isTuple && right.isTuple else { return false }
    let (leftWords, rightWords) = (left.boxed, right.boxed)
    if leftWords[0] != rightWords[0] { return false }
    var place = Header(bits: leftWords[0]).arity
    while place > 0 {
      if leftWords[place] != rightWords[place] || leftWords[place] & 3 != 3 { return false }
      place &-= 1
    }
    return true
  }

  /// Gives an object's block back; the references that it holds are the caller's to end.
  static func free(_ entry: TableEntry, in arena: borrowing OwnedArena) {
    arena.free(entry.words - wordsBefore(entry), byteCount: byteCount(of: entry))
  }

  /// Copies a tuple of immediates, word by word: a counter may change meanwhile.
  @inline(__always)
  private static func copyPlain(
    _ source: UnsafeMutablePointer<UInt>, words: Int, to target: UnsafeMutablePointer<UInt>
  ) {
    target[0] = source[0]
    // Pairs are frequent, and a loop costs more than their two words.
    if words == 3 {
      target[1] = SharedWord(source + 1).relaxed
      target[2] = SharedWord(source + 2).relaxed
    } else {
      for place in 1..<words { target[place] = SharedWord(source + place).relaxed }
    }
  }

  /// Copies an object where a cursor stands.
  /// - Parameter list: of the heap that the cursor builds on.
  @inline(__always)
  static func copy(
    _ entry: TableEntry, into cursor: inout WordCursor, list: inout OffHeapList
  ) -> Term {
    if entry.isCompound { return copyCompound(entry, into: &cursor, list: &list) }
    let source = entry.words
    let words = 1 &+ Header(bits: source[0]).arity
    let target = cursor.reserve(words)
    copyPlain(source, words: words, to: target)
    return .boxed(at: target)
  }

  @inline(never)
  private static func copyCompound(
    _ entry: TableEntry, into cursor: inout WordCursor, list: inout OffHeapList
  ) -> Term {
    let source = entry.words
    let words = words(of: entry)
    let target = cursor.reserve(words)
    let start = UInt(bitPattern: source)
    let distance = UInt(bitPattern: target) &- start
    let byteCount = UInt(words) &* 8
    var place = 0
    while place < words {
      // An element that is an immediate may change meanwhile.
      let word = SharedWord(source + place).relaxed
      switch word & 3 {
      case 3:
        target[place] = word
        place &+= 1
      case 0:
        let header = Header(bits: word)
        if header.subtag == .binaryHandle {
          _ = BinaryHandle.copy(
            source + place, offset: 0, byteCount: Int(source[place + 1]), to: target + place,
            list: &list)
          place &+= BinaryHandle.words
          continue
        }
        let end = place &+ 1 &+ header.rawWords
        while place < end {
          target[place] = source[place]
          place &+= 1
        }
      default:
        // What leads out of the block is `{}`.
        target[place] = word &- start < byteCount ? word &+ distance : word
        place &+= 1
      }
    }
    if isPacked(entry) { unpackElements(of: entry, in: target, into: &cursor) }
    return .boxed(at: target)
  }

  /// Puts the packed elements of an object in a copy of it.
  private static func unpackElements(
    of entry: TableEntry, in copy: UnsafeMutablePointer<UInt>, into cursor: inout WordCursor
  ) {
    for place in 1..<1 + Header(bits: copy[0]).arity {
      guard let slot = PackedSlot(copy[place]) else { continue }
      copy[place] = unpack(slot, of: entry, to: cursor.reserve(slot.words)).bits
    }
  }
}
