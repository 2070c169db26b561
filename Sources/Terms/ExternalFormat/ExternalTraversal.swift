/// Walks over a term and hands the parts of its encoding to a sink, without recursion.
struct ExternalTraversal<Sink: ExternalSink & ~Copyable>: ~Copyable {
  typealias Words = UnsafeMutablePointer<UInt>

  let encoder: ExternalEncoder
  /// The encoder's own, at hand.
  let atoms: AtomTable
  let minorVersion: ExternalEncodingOptions.MinorVersion
  var sink: Sink
  var pending: ExternalPending

  init(encoder: ExternalEncoder, sink: consuming Sink) {
    self.encoder = encoder
    atoms = encoder.atoms
    minorVersion = encoder.options.minorVersion
    self.sink = sink
    pending = ExternalPending(scratch: encoder.scratch)
  }

  /// Encodes a term, without the version byte.
  mutating func encode(_ term: Term) throws(ExternalEncodeError) {
    do {
      try run(term)
    } catch {
      pending.abandon()
      throw error
    }
  }

  private mutating func run(_ term: Term) throws(ExternalEncodeError) {
    var current = term
    while true {
      if let child = try begin(current) {
        current = child
      } else if let next = try resume() {
        current = next
      } else {
        return
      }
    }
  }

  /// Encodes a term as far as the first one in it that must be begun in its turn.
  /// - Returns: that one; what follows it is pending.
  @inline(__always)
  private mutating func begin(_ term: Term) throws(ExternalEncodeError) -> Term? {
    if term.isCons { return try list(term) }
    if try leaf(term) { return nil }
    let words = term.boxed
    let header = Header(bits: words[0])
    if header.isTuple {
      try tupleHead(arity: header.arity)
      return try elements(words + 1, count: header.arity)
    }
    return header.subtag == .map ? try map(words) : try fun(words)
  }

  /// Goes on with what is pending.
  private mutating func resume() throws(ExternalEncodeError) -> Term? {
    while let frame = pending.pop() {
      let child: Term?
      switch frame {
      case .elements(let address, let count): child = try elements(address, count: count)
      case .list(let rest, let count, let mark):
        child = try cells(from: rest, count: count, mark: mark)
      case .pairs(let map, let place): child = try pairs(map, from: place)
      case .slots(let address, let count): child = try slots(address, count: count)
      case .leaves(let cells, let index, let count):
        child = try leaves(cells, from: index, count: count)
      case .size(let mark, let position):
        sink.patch(at: mark, UInt32(truncatingIfNeeded: sink.position - position))
        child = nil
      }
      if let child { return child }
    }
    return nil
  }

  /// Checks a number of bytes or elements, for which the format has 32 bits.
  @inline(__always)
  func checked(_ count: Int) throws(ExternalEncodeError) -> UInt32 {
    guard let count = UInt32(exactly: count) else { throw .tooLarge }
    return count
  }
}

// MARK: - Lists and tuples

extension ExternalTraversal where Sink: ~Copyable {
  /// The most bytes of a list that is encoded as a string.
  private static var longestString: Int { 0xFFFF }

  private mutating func list(_ list: Term) throws(ExternalEncodeError) -> Term? {
    if let count = Self.stringLength(list) {
      sink.number(ExternalTag.string, UInt16(truncatingIfNeeded: count))
      sink.string(list, count: count)
      return nil
    }
    let mark = sink.mark + 1
    sink.number(ExternalTag.list, UInt32(0))
    return try cells(from: list, count: 0, mark: mark)
  }

  /// The length of a proper list of bytes, if it is not too long for a string.
  @inline(__always)
  private static func stringLength(_ list: Term) -> Int? {
    var count = 0
    var rest = list
    // The word of a small from 0 to 255.
    while rest.isCons, rest.cons[0].bits & ~0xFF0 == 0xF {
      count &+= 1
      rest = rest.cons[1]
    }
    return rest.isNil && count <= longestString ? count : nil
  }

  /// Encodes the cells of a list, and at its end their number at the mark.
  private mutating func cells(
    from list: Term, count done: Int, mark: Int
  ) throws(ExternalEncodeError) -> Term? {
    var count = done
    var rest = list
    while rest.isCons {
      let (head, tail) = (rest.cons[0], rest.cons[1])
      count &+= 1
      rest = tail
      if head.isTuple {
        if try shallowTuple(head) { continue }
      } else if try head.isCons ? shallowList(head) : leaf(head) {
        continue
      } else if head.isFlatMap, shallowMap(head.boxed) {
        continue
      }
      try pending.push(.list(tail, count: count, mark: mark))
      return head
    }
    sink.patch(at: mark, try checked(count))
    if rest.isNil {
      sink.byte(ExternalTag.nil)
      return nil
    }
    return rest
  }

  /// Encodes a list if it is short and all its elements are immediates.
  /// - Returns: whether it was encoded.
  mutating func shallowList(_ list: Term) -> Bool {
    var rest = list
    var count: UInt32 = 0
    while rest.isCons {
      count &+= 1
      if count > 16 || !rest.cons[0].isImmediate { return false }
      rest = rest.cons[1]
    }
    if !rest.isNil { return false }
    if let length = Self.stringLength(list) {
      sink.number(ExternalTag.string, UInt16(truncatingIfNeeded: length))
      sink.string(list, count: length)
      return true
    }
    sink.number(ExternalTag.list, count)
    rest = list
    while rest.isCons {
      immediate(rest.cons[0])
      rest = rest.cons[1]
    }
    sink.byte(ExternalTag.nil)
    return true
  }

  @inline(__always)
  private mutating func tupleHead(arity: Int) throws(ExternalEncodeError) {
    if arity < 256 {
      sink.number(ExternalTag.smallTuple, UInt8(truncatingIfNeeded: arity))
    } else {
      sink.number(ExternalTag.largeTuple, try checked(arity))
    }
  }

  /// Encodes a tuple if none of its first elements holds terms.
  /// - Returns: whether it was encoded.
  @inline(__always)
  private mutating func shallowTuple(_ tuple: Term) throws(ExternalEncodeError) -> Bool {
    let words = tuple.boxed
    let arity = Header(bits: words[0]).arity
    if arity > 8 { return false }
    for place in 1..<1 &+ arity where !Term(bits: words[place]).isImmediate { return false }
    try tupleHead(arity: arity)
    for place in 1..<1 &+ arity { immediate(Term(bits: words[place])) }
    return true
  }

  /// Encodes terms side by side.
  private mutating func elements(
    _ address: Words, count: Int
  ) throws(ExternalEncodeError) -> Term? {
    for place in 0..<count {
      let element = Term(bits: address[place])
      if try element.isCons ? shallowList(element) : leaf(element) { continue }
      if element.isFlatMap, shallowMap(element.boxed) { continue }
      let left = count &- place &- 1
      if left > 0 { try pending.push(.elements(address + (place + 1), count: left)) }
      return element
    }
    return nil
  }
}
