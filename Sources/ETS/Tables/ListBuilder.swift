import Heaps
import Terms

/// A list that grows at its end, built in pieces of free words of a heap, or of fragments beside it.
struct ListBuilder {
  /// The list so far.
  private(set) var first = Term.nil
  private var last: UnsafeMutablePointer<UInt>?
  /// The words of the next piece; each is twice as large as the one before.
  private var pieceWords = 256

  private static var largestPieceWords: Int { 1 << 16 }

  /// Adds a cell for a term of the same heap.
  /// - Precondition: the cursor has room for 2 words.
  @inline(__always)
  mutating func append(_ term: Term, _ cursor: inout WordCursor) {
    let cell = cursor.reserve(2)
    cell[0] = term.bits
    cell[1] = Term.nil.bits
    if let last { last[1] = Term.cons(at: cell).bits } else { first = .cons(at: cell) }
    last = cell
  }

  /// Copies objects of a walk, as many as go in one piece. Inside a section.
  /// - Returns: whether there are no more.
  mutating func addObjects(
    of storage: TableStorage, _ walk: inout TableWalk, on heap: inout ProcessHeap
  ) throws(TableError) -> Bool {
    var entry = try storage.next(&walk)
    if entry.isNone { return true }
    let words = nextPieceWords(atLeast: StoredObject.words(of: entry) + 2)
    var builder = self
    var failure: TableError?
    do {
      try heap.buildInPlace(words: words) { cursor, list in
        // The heap may have more room, which is not all for the taking.
        let end = cursor.top + words
        while !entry.isNone {
          let copy = StoredObject.copy(entry, into: &cursor, list: &list)
          builder.append(copy, &cursor)
          do throws(TableError) {
            entry = try storage.next(&walk)
          } catch {
            failure = error
            return
          }
          if !entry.isNone && end - cursor.top < StoredObject.words(of: entry) + 2 {
            walk.putBack(entry)
            return
          }
        }
      }
    } catch {
      throw .heap(error)
    }
    if let failure { throw failure }
    self = builder
    return entry.isNone
  }

  /// How large a piece is for which a term is waiting.
  mutating func nextPieceWords(atLeast least: Int) -> Int {
    let words = max(pieceWords, least)
    pieceWords = min(pieceWords * 2, Self.largestPieceWords)
    return words
  }
}
