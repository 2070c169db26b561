/// How the terms that hold no terms are hashed, and in which form those that do.
///
/// Hashes go in and out by value: a round waits for the one before it, so the hash must stay in a
/// register.
protocol HashRule {
  /// Whether the pairs of a map may come in any order, as they do from map to map.
  ///
  /// If not, the order of equal maps must be equal, and the cells of lists are marked.
  static var isPortable: Bool { get }
  /// Adds a term that is in its word.
  func adding(immediate term: Term, to hash: JenkinsHash) -> JenkinsHash
  /// Adds a boxed term that holds no terms.
  func adding(boxed term: Term, to hash: JenkinsHash) -> JenkinsHash
  /// Adds what a fun is but for its free variables.
  func adding(fun: UnsafeMutablePointer<UInt>, to hash: JenkinsHash) -> JenkinsHash
}

extension HashRule {
  /// Adds a term that holds no terms.
  @inline(__always)
  func adding(leaf term: Term, to hash: JenkinsHash) -> JenkinsHash {
    term.isImmediate ? adding(immediate: term, to: hash) : adding(boxed: term, to: hash)
  }
}

extension Term {
  /// Whether there are terms in this one that a walk over a term must visit.
  @inline(__always)
  var holdsTerms: Bool {
    if isImmediate { return false }
    return isCons || boxedHoldsTerms
  }

  /// Whether there are terms in this boxed one that a walk over a term must visit.
  @inline(__always)
  var boxedHoldsTerms: Bool {
    switch header.subtag {
    case .tuple, .map: return true
    case .fun: return !Fun.isExternal(at: boxed) && Fun.freeCount(at: boxed) > 0
    default: return false
    }
  }
}

/// The walk of the hash functions over a term, each with its ``HashRule``.
///
/// What is still to visit stands in the run at hand, in registers, and on a stack, which takes no
/// memory for terms whose parts hold no terms: strings, lists, tuples and flat maps of numbers and
/// the like.
struct HashWalk<Rule: HashRule>: ~Copyable {
  /// What is visited behind what stands above it on the stack; two words each.
  enum Frame: UInt {
    /// An address of words; their number.
    case words = 0
    /// As ``words``: the tail of the last cell of a list.
    case tail = 1
    /// An address of a flat map; the number of its pairs that are left.
    case pairs = 2
    /// An address of slots of a hash map; the number of those left, of which the last is next.
    case slots = 3
    /// Between pairs of a map in a portable hash.
    case pairEnd = 4
    /// Hash and sum of pairs from before a map in a portable hash.
    case mapEnd = 5
  }

  /// The run of words at hand, and the hash of all before it.
  struct Position {
    var words: UnsafePointer<UInt>
    var count: Int
    var hash: JenkinsHash

    /// Goes on with other words.
    @inline(__always)
    mutating func enter(_ words: UnsafePointer<UInt>, _ count: Int) {
      (self.words, self.count) = (words, count)
    }
  }

  let rule: Rule
  private var pending: ScratchStack
  /// What the pairs so far of the map at hand add to a portable hash, in any order.
  var pairSum: UInt32 = 0

  /// The hash of a term.
  @inline(__always)
  static func hash(
    _ term: Term, rule: Rule, seed: UInt32, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    if !term.holdsTerms { return rule.adding(leaf: term, to: JenkinsHash(value: seed)).value }
    return try walk(term, rule: rule, seed: seed, scratch: scratch)
  }

  /// The hash of a term that holds none, or of a tuple of such; nothing for others.
  @inline(__always)
  static func hashAtSight(_ term: Term, rule: Rule, seed: UInt32) -> UInt32? {
    var hash = JenkinsHash(value: seed)
    if !term.holdsTerms { return rule.adding(leaf: term, to: hash).value }
    guard term.isTuple else { return nil }
    let words = term.boxed
    let arity = Header(bits: words[0]).arity
    hash.add(UInt32(truncatingIfNeeded: arity), .tuple)
    for place in 0..<arity {
      let element = Term(bits: words[1 + place])
      if element.holdsTerms { return nil }
      hash = rule.adding(leaf: element, to: hash)
    }
    return hash.value
  }

  @inline(never)
  private static func walk(
    _ term: Term, rule: Rule, seed: UInt32, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    var walk = HashWalk(rule: rule, scratch: scratch)
    return try withUnsafePointer(to: term.bits) { word throws(ScratchExhausted) in
      try walk.run(Position(words: word, count: 1, hash: JenkinsHash(value: seed))).value
    }
  }

  private init(rule: Rule, scratch: any ScratchProvider) {
    self.rule = rule
    pending = ScratchStack(provider: scratch)
  }

  @inline(__always)
  mutating func push(_ frame: Frame, _ word: UInt, _ count: Int = 0) throws(ScratchExhausted) {
    try pending.push(word, UInt(count) << 3 | frame.rawValue)
  }

  /// Pushes words to visit, if there are any.
  @inline(__always)
  mutating func push(
    _ frame: Frame, _ words: UnsafePointer<UInt>, _ count: Int
  ) throws(ScratchExhausted) {
    if count > 0 { try push(frame, UInt(bitPattern: words), count) }
  }
}

// MARK: - Going on

extension HashWalk {
  private mutating func run(_ begin: Position) throws(ScratchExhausted) -> JenkinsHash {
    // A copy, not `self`: only so it stands in registers.
    var position = begin
    while true {
      while position.count > 0 {
        let term = Term(bits: position.words[0])
        position.enter(position.words + 1, position.count &- 1)
        if term.isImmediate {
          position.hash = rule.adding(immediate: term, to: position.hash)
        } else if term.isCons {
          try push(.words, position.words, position.count)
          try openList(term, &position)
        } else if term.isTuple {
          try push(.words, position.words, position.count)
          openTuple(term, &position)
        } else {
          try openBoxed(term, &position)
        }
      }
      if pending.isEmpty { return position.hash }
      let frame = pending.popTwo()
      if frame.second & 7 == Frame.words.rawValue {
        position.enter(Self.pointer(frame.first), Int(frame.second >> 3))
      } else {
        position = try resume(frame.second, frame.first, position.hash)
      }
    }
  }

  /// Takes up what was left and is no more than words.
  @inline(never)
  private mutating func resume(
    _ low: UInt, _ word: UInt, _ hash: JenkinsHash
  ) throws(ScratchExhausted) -> Position {
    var position = Position(words: Self.pointer(8), count: 0, hash: hash)
    guard let frame = Frame(rawValue: low & 7) else { preconditionFailure("a torn stack") }
    let left = Int(low >> 3)
    switch frame {
    case .words: position.enter(Self.pointer(word), left)
    case .tail:
      position.hash.mark(.tail)
      position.enter(Self.pointer(word), left)
    case .pairs: return try visitPairs(of: Self.pointer(word), left, hash)
    case .slots: return try visitSlots(Self.pointer(word), left, hash)
    case .pairEnd:
      pairSum ^= hash.value
      position.hash.value = 0
    case .mapEnd:
      position.hash = endMap(before: word)
    }
    return position
  }

  @inline(__always)
  private static func pointer(_ address: UInt) -> UnsafePointer<UInt> {
    UnsafePointer(bitPattern: address).unsafelyUnwrapped
  }

  /// Begins with the elements of a tuple.
  @inline(__always)
  func openTuple(_ tuple: Term, _ position: inout Position) {
    let object = tuple.boxed
    let arity = Header(bits: object[0]).arity
    position.hash.add(UInt32(truncatingIfNeeded: arity), .tuple)
    position.enter(object + 1, arity)
  }

  /// Adds a boxed term that is no tuple, or begins with what is in it.
  @inline(__always)
  private mutating func openBoxed(
    _ term: Term, _ position: inout Position
  ) throws(ScratchExhausted) {
    if term.header == .flatMap {
      position = try openFlatMap(term, position)
    } else if term.boxedHoldsTerms {
      try push(.words, position.words, position.count)
      position = try openRare(term, position.hash)
    } else {
      position.hash = rule.adding(boxed: term, to: position.hash)
    }
  }

  /// Begins with what is in a hash map or a fun; the run at hand must be empty.
  @inline(never)
  private mutating func openRare(
    _ term: Term, _ hash: JenkinsHash
  ) throws(ScratchExhausted) -> Position {
    if term.isMap { return try openHashMap(term, hash) }
    let object = term.boxed
    return Position(
      words: Fun.terms(at: object) + 1, count: Fun.freeCount(at: object),
      hash: rule.adding(fun: object, to: hash))
  }
}
