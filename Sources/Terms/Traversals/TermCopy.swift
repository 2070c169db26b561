/// Copies terms as ERTS's `copy_struct` does: what is shared in the source is there once for each
/// reference in the copy, whose words are those of ``TermSize/flatWords(of:scratch:)``.
///
/// ```
///  cursor.top          top                      pending        + words
/// | objects of the copy |  free, for what is left  | slots to fill |
/// ```
/// Depth first, the last part of an object first, which most often stands right before it: so the
/// source is read from its end to its beginning. The slots of the copy in which terms of the source
/// are left wait on a stack at the end of the room: each will take a word at least, so the objects
/// never meet the stack, and a copy takes no working memory and cannot fail. The cells of a list stand
/// side by side, some dozens at the least. The source is only read.
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

  /// What changes with each object: by value, so that the loops keep it in registers.
  @usableFromInline
  struct Progress: BitwiseCopyable {
    /// The end of the copy.
    @usableFromInline var top: Words
    /// The slot that is to be filled next; they lie up to the end of the room.
    @usableFromInline var pending: Words

    @inlinable init(top: Words, pending: Words) {
      self.top = top
      self.pending = pending
    }
  }

  @usableFromInline let start: Words
  @usableFromInline let end: Words
  @usableFromInline let boundary: Boundary
  @usableFromInline let emptyTuple = Term.emptyTuple.bits
  @usableFromInline var list: OffHeapList

  @inlinable
  init(start: Words, words: Int, boundary: Boundary, list: OffHeapList) {
    self.start = start
    end = start + words
    self.boundary = boundary
    self.list = list
  }

  @inlinable
  mutating func copy(_ term: Term) -> Term {
    var root = term.bits
    let top = withUnsafeMutablePointer(to: &root) { fill($0) }
    precondition(top == end, "\(end - top) words too many were measured")
    return Term(bits: root)
  }

  /// Fills a slot that holds a term of the source, and all slots of what is copied for it.
  /// - Returns: the end of the copy.
  @inlinable
  mutating func fill(_ first: Words) -> Words {
    var progress = Progress(top: start, pending: end)
    var slot = first
    while true {
      if slot.pointee & 3 == 1 {
        fillList(slot, &progress)
      } else {
        fillBoxed(slot, &progress)
      }
      if progress.pending == end { return progress.top }
      slot = Words(bitPattern: progress.pending.pointee).unsafelyUnwrapped
      progress.pending += 1
    }
  }

  /// Whether the object of a slot has to be copied.
  @inlinable @inline(__always)
  func mustCopy(_ bits: UInt) -> Bool {
    bits & 3 != 3 && bits != emptyTuple && !boundary.leaves(Term(bits: bits))
  }

  @inlinable @inline(__always)
  func take(_ words: Int, _ progress: inout Progress) -> Words {
    let place = progress.top
    precondition(
      words <= progress.pending - place, "a copy takes more words than were measured")
    progress.top = place + words
    return place
  }

  @inlinable @inline(__always)
  func push(_ slot: Words, _ progress: inout Progress) {
    precondition(progress.pending > progress.top, "a copy takes more words than were measured")
    progress.pending -= 1
    progress.pending.pointee = UInt(bitPattern: slot)
  }

  /// Copies the cells of a list, which stand side by side until so many heads wait that they may not
  /// be at hand much longer; these come first then.
  ///
  /// What the list goes on with waits below them, in a place that is taken with the first head. Where
  /// the list ends, the last head gets that place: no item may wait without words to come.
  @inlinable @inline(__always)
  mutating func fillList(_ first: Words, _ progress: inout Progress) {
    let bottom = progress.pending
    let continuation = bottom - 1
    var slot = first
    while true {
      let cell = Term(bits: slot.pointee).cons
      let (head, tail) = (cell[0].bits, cell[1].bits)
      let new = take(2, &progress)
      slot.pointee = UInt(bitPattern: new) &+ 1
      new[0] = head
      new[1] = tail
      slot = new + 1
      if mustCopy(head) {
        // The head takes two words at least, as these two items do.
        if progress.pending == bottom { push(new, &progress) }
        push(new, &progress)
      }
      if tail & 3 == 1 && !boundary.leaves(Term(bits: tail)) {
        if bottom - progress.pending <= Self.mostWaitingHeads { continue }
        continuation.pointee = UInt(bitPattern: slot)
      } else if tail & 3 == 2 && mustCopy(tail) {
        if progress.pending == bottom {
          fillBoxed(slot, &progress)
        } else {
          continuation.pointee = UInt(bitPattern: slot)
        }
      } else if progress.pending != bottom {
        continuation.pointee = progress.pending.pointee
        progress.pending += 1
      }
      return
    }
  }

  /// So many heads wait while the cells of a list are copied.
  @inlinable static var mostWaitingHeads: Int { 32 }

  /// Copies a boxed object; its slots become pending where what they refer to has to be copied.
  @inlinable @inline(__always)
  mutating func fillBoxed(_ slot: Words, _ progress: inout Progress) {
    let object = Term(bits: slot.pointee).boxed
    let header = Header(bits: object[0])
    if header == .float {
      let new = take(2, &progress)
      slot.pointee = UInt(bitPattern: new) &+ 2
      new[0] = header.bits
      new[1] = object[1]
      return
    }
    if !header.isTuple {
      progress = fillOther(slot, progress)
      return
    }
    let words = 1 &+ header.arity
    let new = take(words, &progress)
    slot.pointee = UInt(bitPattern: new) &+ 2
    copyTerms(of: object, from: 1, words, to: new, &progress)
  }

  /// Copies the terms of an object, and its raw words before them.
  @inlinable @inline(__always)
  func copyTerms(
    of object: Words, from first: Int, _ words: Int, to new: Words, _ progress: inout Progress
  ) {
    var place = 0
    while place < first {
      new[place] = object[place]
      place &+= 1
    }
    while place < words {
      let bits = object[place]
      new[place] = bits
      if mustCopy(bits) { push(new + place, &progress) }
      place &+= 1
    }
  }

  /// Copies a boxed object that is no tuple and no float.
  @inlinable @inline(never)
  mutating func fillOther(_ slot: Words, _ begun: Progress) -> Progress {
    var progress = begun
    let object = Term(bits: slot.pointee).boxed
    let header = Header(bits: object[0])
    let copy: Term
    switch header.subtag {
    case .subBinary:
      let new = take(SubBinary.copyWords(at: object), &progress)
      copy = SubBinary.copy(object, to: new, list: &list)
    case .binaryHandle:
      let new = take(BinaryHandle.words, &progress)
      copy = BinaryHandle.copy(
        object, offset: 0, byteCount: Int(object[1]), to: new, list: &list)
    default:
      let words = header.objectWords(at: object)
      let new = take(words, &progress)
      copyTerms(of: object, from: 1 &+ header.rawWords, words, to: new, &progress)
      copy = .boxed(at: new)
    }
    slot.pointee = copy.bits
    return progress
  }
}
