import Terms

/// The elements of a list. A list may end in something else than `[]`: ``tail``.
public struct ListView: Sequence {
  let first: Term
  let scope: ReadScope

  /// Walks the cells.
  public struct Iterator: IteratorProtocol {
    var rest: Term
    let scope: ReadScope

    /// The next element.
    public mutating func next() -> TermView? {
      scope.check()
      guard rest.isCons else { return nil }
      let cell = rest.cons
      rest = cell[1]
      return TermView(term: cell[0], scope: scope)
    }
  }

  /// Begins with the first element.
  public func makeIterator() -> Iterator { Iterator(rest: first, scope: scope) }

  /// Whether it is `[]`.
  public var isEmpty: Bool { first.isNil }

  /// The number of elements.
  /// - Complexity: O(elements).
  public var count: Int { reduce(0) { count, _ in count + 1 } }

  /// What stands behind the last element: `[]` in a proper list.
  /// - Complexity: O(elements).
  public var tail: TermView {
    scope.check()
    var rest = first
    while rest.isCons { rest = rest.cons[1] }
    return TermView(term: rest, scope: scope)
  }
}

/// The elements of a tuple.
public struct TupleView: RandomAccessCollection {
  let tuple: Term
  let scope: ReadScope

  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of elements.
  public var endIndex: Int {
    scope.check()
    return tuple.header.arity
  }
  /// An element.
  public subscript(index: Int) -> TermView {
    precondition(index >= 0 && index < endIndex, "element \(index) of a tuple of \(endIndex)")
    return TermView(term: tuple.tupleElements[index], scope: scope)
  }
}

/// The bytes of a binary, or of bits; in these the last byte's unused bits are zero.
public struct BinaryView: RandomAccessCollection {
  let bits: Term
  let scope: ReadScope

  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of bytes.
  public var endIndex: Int {
    scope.check()
    return bits.bitRange.byteCount
  }
  /// A byte.
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < endIndex, "byte \(index) of \(endIndex)")
    return bits.bitRange.byte(at: index)
  }

  /// All of them at once.
  public var bytes: [UInt8] {
    scope.check()
    let range = bits.bitRange
    return [UInt8](unsafeUninitializedCapacity: range.byteCount) { buffer, count in
      if let base = buffer.baseAddress { range.copy(to: base) }
      count = range.byteCount
    }
  }
}

/// The pairs of a map, in no order.
public struct MapView: Sequence {
  let map: Term
  let scope: ReadScope

  /// The number of pairs.
  public var count: Int {
    scope.check()
    return map.mapSize
  }

  /// Walks the pairs, of which it knows all from the beginning.
  public struct Iterator: IteratorProtocol {
    let pairs: [(Term, Term)]
    let scope: ReadScope
    var place = 0

    /// The next pair.
    public mutating func next() -> (key: TermView, value: TermView)? {
      scope.check()
      if place == pairs.count { return nil }
      defer { place += 1 }
      let (key, value) = pairs[place]
      return (TermView(term: key, scope: scope), TermView(term: value, scope: scope))
    }
  }

  /// Begins a walk.
  /// - Complexity: O(pairs).
  public func makeIterator() -> Iterator { Iterator(pairs: pairs, scope: scope) }

  private var pairs: [(Term, Term)] {
    scope.check()
    if map.isFlatMap {
      let words = map.boxed
      let keys = FlatMap.keys(at: words)
      let values = FlatMap.values(at: words)
      return (0..<map.mapSize).map { (keys.tupleElements[$0], Term(bits: values[$0])) }
    }
    var pairs: [(Term, Term)] = []
    do {
      var leaves = try HashMapLeaves(of: map, scratch: UnfailingScratch.shared)
      while let leaf = try leaves.next() { pairs.append((leaf[0], leaf[1])) }
    } catch {
      preconditionFailure("working memory that cannot fail: \(error)")
    }
    return pairs
  }

  /// The value of a key, or nothing.
  /// - Complexity: that of the map for an atom, an integer of a word or a binary; else O(pairs).
  public subscript(key: TermValue) -> TermView? {
    scope.check()
    let found: Term?
    switch key {
    case .atom(let name):
      var name = name
      guard let atom = name.withUTF8({ scope.atoms.existing(utf8: UnsafeRawBufferPointer($0)) })
      else { return nil }
      found = value(of: atom)
    case .integer(let number) where Term.fitsSmall(number): found = value(of: .small(number))
    case .immediate(let term): found = value(of: term)
    case .binary(let bytes):
      let words = 1 + Header.heapBinary(byteCount: bytes.count).arity
      found = withUnsafeTemporaryAllocation(of: UInt.self, capacity: words) { memory in
        let top = memory.baseAddress.unsafelyUnwrapped
        var cursor = WordCursor(top: top, limit: top + words)
        return value(of: bytes.withUnsafeBytes { cursor.makeHeapBinary($0) })
      }
    default: return first { (try? $0.key.value()) == key }?.value
    }
    return found.map { TermView(term: $0, scope: scope) }
  }

  private func value(of key: Term) -> Term? {
    do {
      return try TermMap.value(of: key, in: map, scratch: UnfailingScratch.shared)
    } catch {
      preconditionFailure("working memory that cannot fail: \(error)")
    }
  }
}
