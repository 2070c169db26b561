/// A bump cursor over words that somebody ensured: building moves `top`, never an object.
///
/// Builders cannot fail and cannot move anything. What was ensured is checked in debug builds.
@frozen
public struct WordCursor: BitwiseCopyable {
  /// The next free word.
  public var top: UnsafeMutablePointer<UInt>
  /// The end of what may be filled.
  public let limit: UnsafeMutablePointer<UInt>

  /// Makes a cursor over the words from `top` up to `limit`.
  @inlinable
  public init(top: UnsafeMutablePointer<UInt>, limit: UnsafeMutablePointer<UInt>) {
    self.top = top
    self.limit = limit
  }

  /// The words that are left.
  @inlinable public var remainingWords: Int { limit - top }

  /// Takes the next words, uninitialised: the caller fills each before the next call that
  /// takes roots.
  @inlinable @inline(__always)
  public mutating func reserve(_ words: Int) -> UnsafeMutablePointer<UInt> {
    assert(words <= remainingWords, "\(words) words built where \(remainingWords) were ensured")
    let start = top
    top = start + words
    return start
  }

  /// Fills words that were reserved and are not used, so that a walk over the heap steps over them
  /// as over an object. Nothing refers to it; the next collection leaves it behind.
  /// - Parameters:
  ///   - words: how many there are; nothing happens for 0.
  ///   - place: the first.
  public static func fillHole(words: Int, at place: UnsafeMutablePointer<UInt>) {
    if words > 0 { place[0] = Header.bigInteger(digits: words - 1, isNegative: false).bits }
  }

  /// Builds `[head | tail]`: 2 words.
  @inlinable @inline(__always)
  public mutating func makeCons(_ head: Term, _ tail: Term) -> Term {
    let cell = reserve(2)
    cell[0] = head.bits
    cell[1] = tail.bits
    return .cons(at: cell)
  }

  /// Builds a boxed float: 2 words.
  /// - Precondition: `value` is finite; NaN and infinities are no terms.
  @inlinable @inline(__always)
  public mutating func makeFloat(_ value: Double) -> Term {
    assert(value.isFinite, "\(value) is no Erlang float")
    let words = reserve(2)
    words[0] = Header.float.bits
    words[1] = UInt(value.bitPattern)
    return .boxed(at: words)
  }

  /// Builds a tuple whose elements the caller then fills: 1 + `arity` words, 0 for `{}`.
  /// - Parameter arity: at least 1; the empty tuple is ``Term/emptyTuple``.
  @inlinable @inline(__always)
  public mutating func makeTuple(arity: Int) -> UnsafeMutablePointer<UInt> {
    assert(arity > 0, "the empty tuple is a literal")
    let words = reserve(1 &+ arity)
    words[0] = Header.tuple(arity: arity).bits
    return words
  }

  /// Builds a tuple: 1 + n words, none for the empty tuple.
  @inlinable
  public mutating func makeTuple(_ elements: Term...) -> Term { makeTuple(of: elements) }

  /// Builds a tuple of the elements: 1 + n words, none for the empty tuple.
  @inlinable
  public mutating func makeTuple(of elements: some Collection<Term>) -> Term {
    if elements.isEmpty { return .emptyTuple }
    let words = makeTuple(arity: elements.count)
    for (index, element) in elements.enumerated() { words[1 + index] = element.bits }
    return .boxed(at: words)
  }

  /// Builds a binary of a copy of the bytes: 2 words and one for each 8 bytes begun.
  @inlinable
  public mutating func makeHeapBinary(_ bytes: UnsafeRawBufferPointer) -> Term {
    let header = Header.heapBinary(byteCount: bytes.count)
    let words = reserve(1 + header.arity)
    words[0] = header.bits
    words[header.arity] = 0  // The bytes behind the last are zero: equal binaries, equal words.
    words[1] = UInt(bytes.count)
    UnsafeMutableRawBufferPointer(start: words + 2, count: bytes.count).copyMemory(from: bytes)
    return .boxed(at: words)
  }

  /// Builds a list of the elements: 2 words each.
  @inlinable
  public mutating func makeList(_ elements: some BidirectionalCollection<Term>) -> Term {
    var list = Term.nil
    for element in elements.reversed() { list = makeCons(element, list) }
    return list
  }
}

extension Term {
  /// The value of a boxed float.
  @inlinable @inline(__always)
  public var floatValue: Double {
    assert(isFloat, "the word 0x\(String(bits, radix: 16)) is no float")
    return Double(bitPattern: UInt64(boxed[1]))
  }

  /// The bytes of a heap binary.
  /// - Important: valid until the next call that takes roots.
  @inlinable
  public var heapBinaryBytes: UnsafeRawBufferPointer {
    let words = boxed
    return UnsafeRawBufferPointer(start: words + 2, count: Int(words[1]))
  }

  /// The elements of a tuple.
  /// - Important: valid until the next call that takes roots.
  @inlinable
  public var tupleElements: UnsafeMutableBufferPointer<Term> {
    let words = boxed
    return UnsafeMutableBufferPointer(
      start: UnsafeMutableRawPointer(words + 1).assumingMemoryBound(to: Term.self),
      count: Header(bits: words[0]).arity)
  }
}
