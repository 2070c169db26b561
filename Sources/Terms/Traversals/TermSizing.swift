/// How many words terms take.
public enum TermSize {
  /// The words that a copy takes when nothing in it is shared, as `erts_debug:flat_size/1`.
  ///
  /// Immediates and `{}` take none. Time grows with the flat size, which may be exponential in the
  /// words that a term with shared parts really takes.
  /// - Parameter scratch: working memory for terms in terms.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  public static func flatWords(
    of term: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int {
    try flatWords(of: term, within: CopyEverything(), scratch: scratch)
  }

  /// The words that a copy takes which leaves some terms where they are.
  ///
  /// - Parameters:
  ///   - boundary: which terms count nothing.
  ///   - scratch: working memory for terms in terms.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  @inlinable
  public static func flatWords(
    of term: Term, within boundary: some CopyBoundary, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int {
    if term.isImmediate { return 0 }
    var pending = PendingWords(scratch)
    var words = 0
    var current = term
    while true {
      while current.isCons && !boundary.leaves(current) {
        words &+= 2
        let cell = current.cons
        if let known = shallowWords(of: cell[0], within: boundary) {
          words &+= known
          current = cell[1]
        } else {
          try pending.push(UnsafeMutableRawPointer(cell + 1), count: 1)
          current = cell[0]
        }
      }
      if current.isBoxed && !boundary.leaves(current) {
        words &+= try open(current, &pending)
      }
      guard let next = try pending.nextPointer() else { return words }
      current = next
    }
  }

  /// The words that a copy takes when what is shared stays shared, as `erts_debug:size/1`.
  ///
  /// Time and working memory grow with the objects in the term.
  /// - Parameter scratch: working memory for terms in terms and the objects met.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  public static func sharedWords(
    of term: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int {
    if term.isImmediate { return 0 }
    var pending = PendingWords(scratch)
    var met = AddressSet(provider: scratch)
    var words = 0
    var current = term
    while true {
      while current.isCons {
        if try !met.insert(current.bits) {
          current = .nil
          continue
        }
        words &+= 2
        let cell = current.cons
        if cell[0].isImmediate {
          current = cell[1]
        } else {
          try pending.push(UnsafeMutableRawPointer(cell + 1), count: 1)
          current = cell[0]
        }
      }
      if current.isBoxed, try met.insert(current.bits) {
        words &+= try open(current, &pending, withCreators: false)
      }
      guard let next = try pending.nextPointer() else { return words }
      current = next
    }
  }

  /// The words of a boxed object alone; the terms in it become pending.
  /// - Parameter withCreators: whether the creator of a fun counts, where that is a pid of another
  ///   node; `erts_debug:size/1` leaves it out.
  @usableFromInline
  static func open(
    _ term: Term, _ pending: inout PendingWords, withCreators: Bool = true
  ) throws(ScratchExhausted) -> Int {
    if term.bits == Term.emptyTuple.bits { return 0 }
    let object = term.boxed
    let header = Header(bits: object[0])
    if header.subtag == .subBinary { return SubBinary.copyWords(at: object) }
    let words = header.objectWords(at: object)
    var first = 1 + header.rawWords
    if header.subtag == .fun && !withCreators { first += 1 }
    try pending.push(UnsafeMutableRawPointer(object + first), count: words - first)
    return words
  }

  /// The words of a term, or nothing where it holds terms that are no immediates.
  @inlinable
  static func shallowWords(of term: Term, within boundary: some CopyBoundary) -> Int? {
    if term.isImmediate { return 0 }
    if boundary.leaves(term) { return 0 }
    if term.isCons { return nil }
    let object = term.boxed
    let header = Header(bits: object[0])
    if header.bits == 0 { return 0 }  // `{}`
    if header.subtag == .subBinary { return SubBinary.copyWords(at: object) }
    let words = header.objectWords(at: object)
    var place = 1 + header.rawWords
    while place < words {
      if !Term(bits: object[place]).isImmediate { return nil }
      place += 1
    }
    return words
  }
}

/// Runs of terms that a traversal has yet to look at, the next on top.
@usableFromInline
struct PendingWords: ~Copyable {
  private var stack: ScratchStack

  @usableFromInline init(_ scratch: any ScratchProvider) { stack = ScratchStack(provider: scratch) }

  @usableFromInline mutating func push(_ start: UnsafeMutableRawPointer, count: Int)
    throws(ScratchExhausted)
  {
    if count == 0 { return }
    try stack.push(UInt(bitPattern: start), UInt(count))
  }

  /// The next term that is no immediate.
  @usableFromInline mutating func nextPointer() throws(ScratchExhausted) -> Term? {
    while !stack.isEmpty {
      let frame = stack.popTwo()
      guard let start = UnsafeMutablePointer<Term>(bitPattern: frame.first) else {
        preconditionFailure("the pending words are in disorder")
      }
      let count = Int(frame.second)
      var place = 0
      while place < count && start[place].isImmediate { place &+= 1 }
      if place == count { continue }
      let next = place &+ 1
      try push(UnsafeMutableRawPointer(start + next), count: count &- next)
      return start[place]
    }
    return nil
  }
}
