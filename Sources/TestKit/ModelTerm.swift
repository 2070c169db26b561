import Terms

/// What stands in a slot of a model.
public enum ModelTerm: Equatable, Sendable {
  /// A word that no collection may change: an immediate, a literal, a mark on the stack.
  case word(Term)
  /// The object with this number in its ``ModelHeap``.
  case object(Int)

  /// The empty list.
  public static var `nil`: ModelTerm { .word(.nil) }
}

/// An object of a model, in the order in which its words stand on a heap.
///
/// ```
/// | header (none of a cons) | raw words ... | slots ... |
/// ```
public struct ModelObject: Equatable, Sendable {
  /// The header word; nothing for a cons cell.
  public var header: UInt?
  /// The words behind the header that are no terms.
  public var rawWords: [UInt]
  /// The terms.
  public var slots: [ModelTerm]
  /// The bytes outside the heap that the object shows, if it is a handle.
  public var bytes: [UInt8] = []

  /// Makes an object.
  public init(header: UInt?, rawWords: [UInt] = [], slots: [ModelTerm] = []) {
    self.header = header
    self.rawWords = rawWords
    self.slots = slots
  }

  /// Makes the object that a cons or boxed term refers to, whose slots are not known.
  public init(readingWordsOf term: Term) {
    let object = ObjectWords(of: term)
    self.init(header: object.header, rawWords: Array(object.rawWords))
    if term.isBoxed(.binaryHandle) { bytes = Array(BinaryHandle.bytes(at: term.boxed)) }
  }

  /// What kind of boxed object it is; nothing for a cons cell.
  var subtag: Header.Subtag? { header.map { Header(bits: $0).subtag } }

  /// Whether it is a part of another binary, or a match context.
  var isPartOfBinary: Bool { subtag == .subBinary || subtag == .matchContext }

  /// All words of the object.
  public var words: Int { (header == nil ? 0 : 1) + rawWords.count + slots.count }
}

/// The words of an object as they stand in memory, divided as a ``ModelObject`` is.
struct ObjectWords {
  let header: UInt?
  let rawWords: UnsafeMutableBufferPointer<UInt>
  let slots: UnsafeMutableBufferPointer<Term>

  /// Whether the raw words are those expected, but for the link of a handle in its heap's list.
  func isTheSameRawly(as expected: [UInt]) -> Bool {
    let isHandle = header.map { Header(bits: $0).subtag == .binaryHandle } ?? false
    return rawWords.count == expected.count
      && expected.indices.allSatisfy { (isHandle && $0 == 1) || rawWords[$0] == expected[$0] }
  }

  /// Takes apart the object that a cons or boxed term refers to.
  init(of term: Term) {
    if term.isCons {
      header = nil
      rawWords = UnsafeMutableBufferPointer(start: nil, count: 0)
      slots = UnsafeMutableBufferPointer(start: term.cons, count: 2)
      return
    }
    let object = term.boxed
    let header = Header(bits: object[0])
    let first = 1 + header.rawWords
    self.header = header.bits
    rawWords = UnsafeMutableBufferPointer(start: object + 1, count: header.rawWords)
    slots = UnsafeMutableBufferPointer(
      start: UnsafeMutableRawPointer(object + first).assumingMemoryBound(to: Term.self),
      count: header.objectWords(at: object) - first)
  }
}
