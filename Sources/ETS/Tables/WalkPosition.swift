import Heaps
import Terms

/// Where a walk over the objects of a table stands between two slices of work.
///
/// As a term, for whoever goes on later:
/// ```
/// {Number, Place, Line, Ordinal, Rest}    of an index by hash; Place is the part's number
/// {Number,    -1, Count,      0, Rest}    over the keys that a specification binds
/// {Number,    -2,   Key,      0, Rest}    of an ordered table
/// ```
/// `Number` is the table's; `Rest` the results that were found but not given yet.
enum WalkPosition {
  /// Before all objects.
  case start
  /// At a place of a part of an index by hash.
  case line(part: Int, HashPart.Cursor)
  /// Behind so many of the keys that a specification binds.
  case keys(Int)
  /// Behind a key of an ordered table.
  case behind(Term)
  /// Behind all objects.
  case end
}

/// What is to be gone on with: a position, and results that wait.
struct Continuation {
  var position: WalkPosition
  var rest: Term

  private static var arity: Int { 5 }
  private static var keysMark: Int { -1 }
  private static var orderedMark: Int { -2 }

  init(position: WalkPosition, rest: Term) {
    (self.position, self.rest) = (position, rest)
  }

  /// Takes a term apart that ``term(of:on:)`` made.
  /// - Throws: ``TableError/invalidContinuation`` where it is of another table, or none.
  init(_ term: Term, of table: Table) throws(TableError) {
    guard term.isTuple(arity: Self.arity) else { throw .invalidContinuation }
    let words = term.boxed
    let elements = (1...Self.arity).map { Term(bits: words[$0]) }
    let isOfTable = elements[0] == Self.number(of: table)
    guard isOfTable, elements[1].isSmall, elements[3].isSmall, elements[4].isList else {
      throw .invalidContinuation
    }
    let (place, ordinal) = (elements[1].smallValue, elements[3].smallValue)
    rest = elements[4]
    if place == Self.orderedMark && table.isOrdered {
      position = .behind(elements[2])
      return
    }
    guard elements[2].isSmall, elements[2].smallValue >= 0, ordinal >= 0 else {
      throw .invalidContinuation
    }
    if place == Self.keysMark {
      position = .keys(elements[2].smallValue)
    } else if place >= 0 && !table.isOrdered {
      position = .line(
        part: place, HashPart.Cursor(line: elements[2].smallValue, ordinal: ordinal))
    } else {
      throw .invalidContinuation
    }
  }

  /// Makes the term; nothing at the end of all objects and results. Inside a section.
  func term(of table: Table, on heap: inout ProcessHeap) throws(TableError) -> Term? {
    let (place, second, ordinal): (Int, Term, Int)
    switch position {
    case .end where rest.isNil: return nil
    // Behind every key that a specification can have.
    case .end: (place, second, ordinal) = (Self.keysMark, .small(Term.smallMaximum), 0)
    case .start: preconditionFailure("a walk that did not begin is not gone on with")
    case .line(let part, let cursor):
      (place, second, ordinal) = (part, .small(cursor.line), cursor.ordinal)
    case .keys(let count): (place, second, ordinal) = (Self.keysMark, .small(count), 0)
    case .behind(let key):
      (place, second, ordinal) = (Self.orderedMark, try ObjectCopies.copy(key, on: &heap), 0)
    }
    return try ObjectCopies.build(words: 1 + Self.arity, on: &heap) { cursor, _ in
      cursor.makeTuple(
        Self.number(of: table), .small(place), second, .small(ordinal), rest)
    }
  }

  private static func number(of table: Table) -> Term {
    .small(Int(truncatingIfNeeded: table.number) & Term.smallMaximum)
  }
}
