import Heaps
import Terms

/// Copies of objects, and of parts of them, on a heap. Inside a section.
enum ObjectCopies {
  /// The list of an entry's objects.
  @inline(__always)
  static func list(
    of entry: TableEntry, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    if let list = listAtSight(of: entry, on: &heap) { return list }
    return try longList(of: entry, on: &heap)
  }

  /// The list of an entry's objects.
  /// - Returns: nothing where it is not one of immediates, or where the heap has no room.
  @inline(__always)
  static func listAtSight(of entry: TableEntry, on heap: inout ProcessHeap) -> Term? {
    if entry.bits & (TableEntry.compoundBit | TableEntry.groupBit) != 0 { return nil }
    if !heap.state.pointee.hasRoom(words: StoredObject.words(of: entry) &+ 2) { return nil }
    var list = OffHeapList()
    return heap.build { cursor in
      let cell = cursor.reserve(2)
      cell[0] = StoredObject.copy(entry, into: &cursor, list: &list).bits
      cell[1] = Term.nil.bits
      return .cons(at: cell)
    }
  }

  /// An element of an entry's one object.
  /// - Returns: nothing where it is no immediate, where there is no object or no such element, or where a
  ///   list is wanted.
  @inline(__always)
  static func elementAtSight(_ position: Int, of entry: TableEntry, isBag: Bool) -> Term? {
    if isBag || entry.isNone { return nil }
    let words = entry.words
    if position < 1 || position > Header(bits: words[0]).arity { return nil }
    let element = Term(bits: SharedWord(words + position).relaxed)
    return element.isImmediate && PackedSlot(element.bits) == nil ? element : nil
  }

  @inline(never)
  private static func longList(
    of entry: TableEntry, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let count = entry.objectCount
    var words = 2 * count
    for index in 0..<count { words += StoredObject.copiedWords(of: entry.object(index)) }
    return try build(words: words, on: &heap) { cursor, list in
      var result = Term.nil
      for index in (0..<count).reversed() {
        let copy = StoredObject.copy(entry.object(index), into: &cursor, list: &list)
        result = cursor.makeCons(copy, result)
      }
      return result
    }
  }

  /// An object.
  static func object(
    _ entry: TableEntry, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try build(words: StoredObject.copiedWords(of: entry), on: &heap) { cursor, list in
      StoredObject.copy(entry, into: &cursor, list: &list)
    }
  }

  /// An element of an entry's object, or the list of those of a bag.
  @inline(__always)
  static func element(
    _ position: Int, of entry: TableEntry, isBag: Bool, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    if !isBag {
      return try copy(position, of: entry, on: &heap)
    }
    return try elements(position, of: entry, on: &heap)
  }

  @inline(never)
  private static func elements(
    _ position: Int, of entry: TableEntry, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let count = entry.objectCount
    var result = Term.nil
    for index in (0..<count).reversed() {
      let element = try copy(position, of: entry.object(index), on: &heap)
      let rest = result
      result = try build(words: 2, on: &heap) { cursor, _ in cursor.makeCons(element, rest) }
    }
    return result
  }

  /// An element of an object.
  @inline(__always)
  private static func copy(
    _ position: Int, of entry: TableEntry, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let words = entry.words
    if position < 1 || position > Header(bits: words[0]).arity {
      throw .invalidPosition(position)
    }
    let element = Term(bits: SharedWord(words + position).relaxed)
    if !element.isImmediate { return try copy(element, on: &heap) }
    guard let slot = PackedSlot(element.bits) else { return element }
    return try build(words: slot.words, on: &heap) { cursor, _ in
      StoredObject.unpack(slot, of: entry, to: cursor.reserve(slot.words))
    }
  }

  /// A term of a table's memory.
  static func copy(_ term: Term, on heap: inout ProcessHeap) throws(TableError) -> Term {
    if term.isImmediate { return term }
    let words: Int
    do {
      words = try TermSize.flatWords(of: term, scratch: heap.environment.scratch)
    } catch {
      throw TableError(error)
    }
    return try build(words: words, on: &heap) { cursor, list in
      TermCopy.copy(term, words: words, into: &cursor, list: &list)
    }
  }

  /// Builds on a heap, without a collection.
  static func build<Result>(
    words: Int, on heap: inout ProcessHeap,
    _ body: (inout WordCursor, inout OffHeapList) -> Result
  ) throws(TableError) -> Result {
    do {
      return try heap.buildInPlace(words: words, body)
    } catch {
      throw .heap(error)
    }
  }
}

extension TableEntry {
  /// The entry of one of the objects that the entry stands for.
  func object(_ index: Int) -> TableEntry { isGroup ? group[index] : self }
}
