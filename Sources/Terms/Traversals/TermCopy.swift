/// Copies terms as ERTS's `copy_struct` does: what is shared in the source is there once for each
/// reference in the copy, whose words are those of ``TermSize/flatWords(of:scratch:)``.
///
/// ```
///  cursor.top                                                    + words
/// | scanned | to be scanned ->          <- complete: no terms but immediates |
/// ```
/// Filled from both ends: objects in which pointers of the source are left grow up from the front
/// and are scanned in turn, as in a Cheney collection; all others grow down from the end. So it
/// takes no working memory and cannot fail. The cells of a list stand side by side. The source is
/// only read.
public enum TermCopy {
  /// Copies a term.
  ///
  /// - Parameters:
  ///   - term: any term but a match context.
  ///   - words: exactly ``TermSize/flatWords(of:scratch:)`` of the term.
  ///   - cursor: over at least `words` words, and moved by as many.
  ///   - list: of the heap that the cursor builds on: each handle in the copy holds a reference of
  ///     its own and is linked there.
  public static func copy(
    _ term: Term, words: Int, into cursor: inout WordCursor, list: inout OffHeapList
  ) -> Term {
    copy(term, words: words, within: CopyEverything(), into: &cursor, list: &list)
  }

  /// Copies a term but for what a boundary leaves where it is.
  ///
  /// - Parameters:
  ///   - term: any term but a match context.
  ///   - words: exactly ``TermSize/flatWords(of:within:scratch:)`` of the term.
  ///   - boundary: which terms are not copied; it must live as long as what it leaves.
  ///   - cursor: over at least `words` words, and moved by as many.
  ///   - list: of the heap that the cursor builds on.
  @inlinable
  public static func copy<Boundary: CopyBoundary>(
    _ term: Term, words: Int, within boundary: Boundary, into cursor: inout WordCursor,
    list: inout OffHeapList
  ) -> Term {
    if words == 0 { return term }
    let start = cursor.reserve(words)
    var copier = TermCopier(start: start, words: words, boundary: boundary, list: list)
    let copy = copier.copy(term)
    list = copier.list
    return copy
  }
}

/// One copy under way.
@usableFromInline
struct TermCopier<Boundary: CopyBoundary> {
  @usableFromInline typealias Words = UnsafeMutablePointer<UInt>

  /// The next word to scan.
  @usableFromInline var scan: Words
  /// The end of what must be scanned.
  @usableFromInline var front: Words
  /// The start of what is complete.
  @usableFromInline var back: Words
  @usableFromInline let start: UInt
  @usableFromInline let byteCount: UInt
  @usableFromInline let boundary: Boundary
  @usableFromInline let emptyTuple = Term.emptyTuple
  @usableFromInline var list: OffHeapList

  @inlinable
  init(start: Words, words: Int, boundary: Boundary, list: OffHeapList) {
    scan = start
    front = start
    back = start + words
    self.start = UInt(bitPattern: start)
    byteCount = UInt(words) &* 8
    self.boundary = boundary
    self.list = list
  }

  @inlinable
  mutating func copy(_ term: Term) -> Term {
    let copy = move(term)
    while scan != front {
      let word = scan.pointee
      switch word & 3 {
      case 3: scan += 1
      case 0: scan += 1 &+ Header(bits: word).rawWords
      default:
        // What is in the copy already was moved together with what refers to it.
        if word &- start >= byteCount && mustMove(Term(bits: word)) {
          scan.pointee = move(Term(bits: word)).bits
        }
        scan += 1
      }
    }
    precondition(front == back, "\(back - front) words too many were measured")
    return copy
  }

  /// Whether a term that is no immediate has to be copied.
  @inlinable @inline(__always)
  func mustMove(_ term: Term) -> Bool { term != emptyTuple && !boundary.leaves(term) }

  @inlinable @inline(__always)
  mutating func takeFront(_ words: Int) -> Words {
    let place = front
    front += words
    precondition(front <= back, "a copy takes more words than were measured")
    return place
  }

  @inlinable @inline(__always)
  mutating func takeBack(_ words: Int) -> Words {
    back -= words
    precondition(front <= back, "a copy takes more words than were measured")
    return back
  }

  /// Copies what a term refers to, without the terms in it that must be scanned.
  @inlinable
  mutating func move(_ term: Term) -> Term {
    if term.isCons { return moveList(term) }
    if let complete = moveComplete(term) { return complete }
    let object = term.boxed
    let words = Header(bits: object[0]).objectWords(at: object)
    let copy = takeFront(words)
    copy.update(from: object, count: words)
    return .boxed(at: copy)
  }

  /// Copies the cells of a list, with the heads that need no scan.
  @inlinable
  mutating func moveList(_ list: Term) -> Term {
    let first = front
    var source = list.cons
    var isComplete = true
    while true {
      let cell = takeFront(2)
      let (head, tail) = (source[0], source[1])
      cell[0] = copyWithoutScan(head, &isComplete).bits
      if tail.isCons && !boundary.leaves(tail) {
        cell[1] = Term.cons(at: front).bits
        source = tail.cons
        continue
      }
      cell[1] = copyWithoutScan(tail, &isComplete).bits
      if isComplete && scan == first { scan = front }
      return .cons(at: first)
    }
  }

  /// The copy of a term where that needs no scan, else the term itself.
  @inlinable @inline(__always)
  mutating func copyWithoutScan(_ term: Term, _ isComplete: inout Bool) -> Term {
    if term.isImmediate || !mustMove(term) { return term }
    if term.isBoxed, let copy = moveComplete(term) { return copy }
    isComplete = false
    return term
  }

  /// Copies a boxed term that holds no terms but immediates.
  /// - Returns: nothing for all others.
  @inlinable
  mutating func moveComplete(_ term: Term) -> Term? {
    let object = term.boxed
    let header = Header(bits: object[0])
    switch header.subtag {
    case .tuple, .fun, .map:
      let words = header.objectWords(at: object)
      var place = 1 &+ header.rawWords
      while place < words {
        if object[place] & 3 != 3 { return nil }
        place &+= 1
      }
      let copy = takeBack(words)
      for place in 0..<words { copy[place] = object[place] }
      return .boxed(at: copy)
    case .subBinary:
      return SubBinary.copy(object, to: takeBack(SubBinary.copyWords(at: object)), list: &list)
    case .binaryHandle:
      return BinaryHandle.copy(
        object, offset: 0, byteCount: Int(object[1]), to: takeBack(BinaryHandle.words),
        list: &list)
    default:
      let words = 1 &+ header.arity
      let copy = takeBack(words)
      for place in 0..<words { copy[place] = object[place] }
      return .boxed(at: copy)
    }
  }
}
