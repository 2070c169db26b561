import Heaps
import Terms

/// What a list is built of, one term after the other. Inside a section.
protocol ListSource: ~Copyable {
  /// Goes on to the next term, which stays the one until the next call.
  /// - Returns: whether there is one.
  mutating func advance() throws(TableError) -> Bool
  /// The words of a copy of the term.
  var words: Int { get }
  /// Copies the term where a cursor stands.
  func copy(into cursor: inout WordCursor, list: inout OffHeapList) -> Term
}

/// What a list of stored objects is built of.
protocol StoredListSource: ListSource {
  /// The object that the source stands at.
  var entry: TableEntry { get }
}

extension StoredListSource {
  @inline(__always)
  var words: Int { StoredObject.copiedWords(of: entry) }

  @inline(__always)
  func copy(into cursor: inout WordCursor, list: inout OffHeapList) -> Term {
    StoredObject.copy(entry, into: &cursor, list: &list)
  }
}

/// A list that grows at its end, or at its beginning, built in pieces of free words of a heap, or of
/// fragments beside it.
struct ListBuilder {
  private var first = Term.nil
  private var growsAtBeginning = false
  private var last: UnsafeMutablePointer<UInt>?
  /// The words of the next piece; each is twice as large as the one before.
  private var pieceWords = 256

  private static var largestPieceWords: Int { 1 << 16 }

  /// The list of copies of all terms of a source.
  /// - Parameter beginning: a list of the same heap; the terms come behind the first `count` of its own.
  /// - Throws: ``TableError``; the heap may then hold a part of it.
  static func list(
    of source: inout some ListSource & ~Copyable, behind beginning: Term = .nil,
    count: Int = 0, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    var builder = ListBuilder()
    try builder.append(contentsOf: beginning, count: count, on: &heap)
    var isWaiting = try source.advance()
    while isWaiting { isWaiting = try builder.addPiece(of: &source, on: &heap) }
    return builder.first
  }

  /// The copies of all terms of a source before a list of the same heap, the last one first.
  /// - Throws: ``TableError``; the heap may then hold a part of it.
  static func list(
    of source: inout some ListSource & ~Copyable, before rest: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    var builder = ListBuilder()
    (builder.first, builder.growsAtBeginning) = (rest, true)
    var isWaiting = try source.advance()
    while isWaiting { isWaiting = try builder.addPiece(of: &source, on: &heap) }
    return builder.first
  }

  /// Copies as many terms as go in one piece, the one that waits first.
  /// - Returns: whether another one waits.
  private mutating func addPiece(
    of source: inout some ListSource & ~Copyable, on heap: inout ProcessHeap
  ) throws(TableError) -> Bool {
    let words = max(pieceWords, source.words + 2)
    pieceWords = min(pieceWords * 2, Self.largestPieceWords)
    var builder = self
    var isWaiting = true
    var failure: TableError?
    try ObjectCopies.build(words: words, on: &heap) { cursor, list in
      // The heap may have more room, which is not all for the taking.
      let end = cursor.top + words
      do throws(TableError) {
        isWaiting = try builder.fill(upTo: end, from: &source, &cursor, &list)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    self = builder
    return isWaiting
  }

  /// Copies terms up to the end of a piece.
  /// - Returns: whether another one waits.
  @inline(never)
  private mutating func fill(
    upTo end: UnsafeMutablePointer<UInt>, from source: inout some ListSource & ~Copyable,
    _ cursor: inout WordCursor, _ list: inout OffHeapList
  ) throws(TableError) -> Bool {
    while end - cursor.top >= source.words + 2 {
      append(source.copy(into: &cursor, list: &list), &cursor)
      if try !source.advance() { return false }
    }
    return true
  }

  /// Adds cells for terms of the same heap.
  private mutating func append(
    contentsOf list: Term, count: Int, on heap: inout ProcessHeap
  ) throws(TableError) {
    var rest = list
    for _ in 0..<count {
      var builder = self
      try ObjectCopies.build(words: 2, on: &heap) { cursor, _ in
        builder.append(rest.cons[0], &cursor)
      }
      self = builder
      rest = rest.cons[1]
    }
  }

  /// Adds a cell for a term of the same heap.
  @inline(__always)
  private mutating func append(_ term: Term, _ cursor: inout WordCursor) {
    let cell = cursor.reserve(2)
    cell[0] = term.bits
    if growsAtBeginning {
      cell[1] = first.bits
      first = .cons(at: cell)
      return
    }
    cell[1] = Term.nil.bits
    if let last { last[1] = Term.cons(at: cell).bits } else { first = .cons(at: cell) }
    last = cell
  }
}
