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
    let words = try flatWords(of: term, within: boundary, upTo: .max, scratch: scratch)
    return words.unsafelyUnwrapped  // No term has more words than that.
  }

  /// The words that a copy takes which leaves some terms where they are, up to a limit.
  ///
  /// - Parameters:
  ///   - boundary: which terms count nothing.
  ///   - limit: the most words; the walk ends soon behind them, however many there are.
  ///   - scratch: working memory for terms in terms.
  /// - Returns: nothing where there are more words than the limit.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  @inlinable
  public static func flatWords(
    of term: Term, within boundary: some CopyBoundary, upTo limit: Int,
    scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int? {
    if term.isImmediate { return 0 }
    var pending = PendingWords(scratch)
    var words = 0
    var current = term
    while true {
      while current.isCons && words <= limit && !boundary.leaves(current) {
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
      if current.isTuple && !boundary.leaves(current) {
        let object = current.boxed
        let arity = Header(bits: object[0]).arity
        // `{}` takes no words.
        if arity > 0 { words &+= 1 &+ arity }
        if let last = try pending.lastPointer(in: object + 1, count: arity) {
          current = last
          continue
        }
      } else if current.isBoxed && !boundary.leaves(current) {
        words &+= try open(current, &pending)
      }
      if words > limit { return nil }
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
    try sharedWords(
      of: term, within: CopyEverything(), withCreators: false, scratch: scratch
    ).words
  }

  /// The words that a copy takes which leaves some terms where they are, when what is shared stays
  /// shared, and the references in the term to what others lead to as well.
  ///
  /// - Parameters:
  ///   - boundary: which terms count nothing.
  ///   - withCreators: whether the creator of a fun counts, where that is a pid of another node.
  ///   - scratch: working memory for terms in terms and the objects met.
  /// - Throws: ``ScratchExhausted`` where the provider has none.
  package static func sharedWords(
    of term: Term, within boundary: some CopyBoundary, withCreators: Bool = true,
    scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> (words: Int, sharedReferences: Int) {
    if term.isImmediate { return (0, 0) }
    var pending = PendingWords(scratch)
    var met = AddressSet(provider: scratch)
    var (words, sharedReferences) = (0, 0)
    var current = term
    while true {
      while current.isCons && !boundary.leaves(current) {
        if try !met.insert(current.bits) {
          sharedReferences &+= 1
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
      if current.isBoxed && !boundary.leaves(current) {
        if try met.insert(current.bits) {
          words &+= try open(current, &pending, withCreators: withCreators)
        } else {
          sharedReferences &+= 1
        }
      }
      guard let next = try pending.nextPointer() else { return (words, sharedReferences) }
      current = next
    }
  }

  /// The words that a copy takes, where that is seen without working memory: of a term that holds no
  /// others, and of a tuple of such.
  /// - Returns: nothing where it is not seen.
  /// - Complexity: O(words), and no more than those of terms that are seen.
  package static func flatWordsAtSight(of term: Term) -> Int? {
    if !term.isTuple { return shallowWords(of: term, within: CopyEverything()) }
    let object = term.boxed
    let arity = Header(bits: object[0]).arity
    // `{}` takes no words.
    if arity == 0 { return 0 }
    var words = 1 &+ arity
    for place in 1...arity {
      let element = Term(bits: object[place])
      if element.isImmediate { continue }
      guard let more = shallowWords(of: element, within: CopyEverything()) else { return nil }
      words &+= more
    }
    return words
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

/// Runs of terms that a traversal has yet to look at, each from its end: what is built children
/// first has the last child right before its parent.
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

  /// The last term of a run that is no immediate; those before it become pending.
  @usableFromInline @inline(__always)
  mutating func lastPointer(
    in run: UnsafeMutablePointer<UInt>, count: Int
  ) throws(ScratchExhausted) -> Term? {
    var place = count
    while place > 0 {
      place &-= 1
      let term = Term(bits: run[place])
      if term.isImmediate { continue }
      while place > 0 && Term(bits: run[place &- 1]).isImmediate { place &-= 1 }
      if place > 0 { try stack.push(UInt(bitPattern: run), UInt(place)) }
      return term
    }
    return nil
  }

  /// The next term that is no immediate.
  @usableFromInline mutating func nextPointer() throws(ScratchExhausted) -> Term? {
    while !stack.isEmpty {
      let frame = stack.popTwo()
      guard let run = UnsafeMutablePointer<UInt>(bitPattern: frame.first) else {
        preconditionFailure("the pending words are in disorder")
      }
      if let last = try lastPointer(in: run, count: Int(frame.second)) { return last }
    }
    return nil
  }
}
