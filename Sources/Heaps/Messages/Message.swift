import Carriers
import Terms

/// A term on its way to a process, out of reach of any heap.
///
/// ```
///   start                        record
///     | objects of the term | next | term | off-heap list | kind, words | argument | fragment's |
///                              0      1       2     3           4           5        6 ... 9
/// ```
/// The record stands behind the objects of the first block, its note where a heap keeps that of a
/// fragment: so a message becomes a fragment of its receiver's heap without another look at it. A
/// long message has further blocks, whose notes follow the first one's. One whose term is an
/// immediate is no more than a record.
///
/// Whoever has it ends it once: ``HeapEnvironment/free(_:)`` or ``ProcessHeap/attach(_:)``.
@usableFromInline
package struct Message: BitwiseCopyable, Equatable {
  /// The address of the record.
  @usableFromInline package let record: UnsafeMutablePointer<UInt>

  @inlinable @inline(__always)
  package init(record: UnsafeMutablePointer<UInt>) { self.record = record }

  /// The words of a record.
  static var recordWords: Int { 6 + FragmentList.noteWords }
  /// The bytes of the smallest message's block, or a few less.
  package static var leastBytes: Int { recordWords * MemoryLayout<UInt>.stride }

  /// The address of the message behind it in a queue, or 0; the queue's own.
  @inlinable package var next: UInt {
    get { record[0] }
    nonmutating set { record[0] = newValue }
  }
  /// The term.
  @inlinable package var term: Term {
    get { Term(bits: record[1]) }
    nonmutating set { record[1] = newValue.bits }
  }
  /// Its objects that hold something outside.
  package internal(set) var offHeap: OffHeapList {
    get {
      var list = OffHeapList()
      list.first = record[2]
      list.virtualWords = Int(bitPattern: record[3])
      return list
    }
    nonmutating set {
      record[2] = newValue.first
      record[3] = UInt(bitPattern: newValue.virtualWords)
    }
  }
  /// The words of its objects.
  @inlinable package var words: Int {
    get { Int(bitPattern: record[4] & (1 << 56 &- 1)) }
    nonmutating set { record[4] = record[4] & ~(1 << 56 &- 1) | UInt(bitPattern: newValue) }
  }
  /// What it is to its receiver, of which this floor knows nothing; 0 unless it was set.
  @inlinable package var kind: UInt8 {
    get { UInt8(truncatingIfNeeded: record[4] &>> 56) }
    nonmutating set { record[4] = record[4] & (1 << 56 &- 1) | UInt(newValue) &<< 56 }
  }
  /// What its kind needs besides the term.
  @inlinable package var argument: UInt {
    get { record[5] }
    nonmutating set { record[5] = newValue }
  }
  /// Fills the record, but for the note.
  func initialize(term: Term, offHeap: OffHeapList, words: Int) {
    record[1] = term.bits
    self.offHeap = offHeap
    record[4] = UInt(bitPattern: words)
    record[5] = 0
  }

  var note: UnsafeMutablePointer<UInt> { record + 6 }
  var fragments: FragmentList { FragmentList(notes: UInt(bitPattern: note), words: words) }

  /// Takes over the objects of another message, which is no more: its term may be referred to from
  /// objects of this one.
  /// - Complexity: O(blocks + objects of the other that hold something outside).
  package func absorb(_ other: Message) {
    var list = offHeap
    list.push(contentsOf: other.offHeap)
    offHeap = list
    words += other.words
    var last = note
    while let next = UnsafeMutablePointer<UInt>(bitPattern: last[0]) { last = next }
    last[0] = UInt(bitPattern: other.note)
  }

  /// Takes over fragments, and what their objects hold outside.
  func takeOver(_ fragments: FragmentList, _ list: OffHeapList) {
    var list = list
    list.push(contentsOf: offHeap)
    offHeap = list
    words += fragments.words
    // Its own blocks first: its last note leads to those of the fragments.
    var last = note
    while let next = UnsafeMutablePointer<UInt>(bitPattern: last[0]) { last = next }
    last[0] = fragments.notes
  }

  /// The bytes of its blocks.
  /// - Complexity: O(blocks).
  package var byteCount: Int {
    var byteCount = 0
    fragments.forEach { byteCount += $0.blockBytes }
    return byteCount
  }
}

extension HeapEnvironment {
  /// Makes a message of a term without words of its own: an immediate, a literal, or one whose blocks
  /// are put behind the message.
  @inline(__always)
  package func makeMessage(of term: Term) throws(MessageError) -> Message {
    try makeMessage(words: 0) { _, _ in term }
  }

  /// Makes a message of a term that is built for it.
  /// - Parameters:
  ///   - words: the most words of the term.
  ///   - body: builds it of words, literals and of itself, and links what holds binaries.
  package func makeMessage(
    words: Int, _ body: (inout WordCursor, inout OffHeapList) -> Term
  ) throws(MessageError) -> Message {
    guard words <= ProcessHeap.largestRequestWords else { throw .tooLarge(words: words) }
    let block: MemoryBlock
    do {
      block = try uncounted.allocate(
        byteCount: (words + Message.recordWords) * MemoryLayout<UInt>.stride, kind: .processHeap)
    } catch {
      throw .outOfMemory(error)
    }
    let start = block.words
    var cursor = WordCursor(top: start, limit: start + words)
    var list = OffHeapList()
    let term = body(&cursor, &list)
    let message = Message(record: cursor.top)
    message.initialize(term: term, offHeap: list, words: cursor.top - start)
    FragmentList.write(
      at: message.note, next: 0, start: start, top: cursor.top, blockBytes: block.byteCount)
    return message
  }

  /// Ends a message that nobody received.
  /// - Complexity: O(blocks + objects that hold something outside).
  package func free(_ message: Message) {
    var list = message.offHeap
    list.releaseAll(to: binaries)
    free(message.fragments)
  }
}

extension ProcessHeap {
  /// Makes the term of a message a term of this heap, without moving it; the message is no more.
  /// - Complexity: O(blocks + objects that hold something outside).
  package func attach(_ message: Message) {
    if message.words == 0 {
      environment.free(message.fragments)
      return
    }
    let notes = UInt(bitPattern: message.note)
    state.pointee.offHeap.push(contentsOf: message.offHeap)
    state.pointee.fragments.push(notes: notes, words: message.words)
    requestCollectionIfDue()
  }
}

/// Why a message could not be made; then nothing is held and the sender is as it was.
public enum MessageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There was no memory for the copy or for the copying.
  case outOfMemory(MemoryError)
  /// A copy of so many words is beyond any message.
  case tooLarge(words: Int)
  /// Without its sharing the term would have had more words than were allowed.
  case flatteningBeyondLimit(limitWords: Int)

  init(_ error: ScratchExhausted) { self.init(HeapError(error)) }

  /// The refusal of room on a heap.
  package init(_ error: HeapError) {
    switch error {
    case .outOfMemory(let error): self = .outOfMemory(error)
    case .tooLarge(let words): self = .tooLarge(words: words)
    case .limitReached, .invalidOptions: preconditionFailure("a message refused as \(error)")
    }
  }

  /// One line that says what was refused.
  public var description: String {
    switch self {
    case .outOfMemory(let error): "no memory for a message: \(error)"
    case .tooLarge(let words): "no message can have \(words) words"
    case .flatteningBeyondLimit(let limit):
      "without sharing the message has more than the allowed \(limit) words"
    }
  }
}
