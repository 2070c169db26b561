/// How the terms that hold no terms are hashed, and in which form those that do.
///
/// Hashes go in and out by value: a round waits for the one before it, so the hash must stay in a
/// register.
protocol HashRule {
  /// Whether the pairs of a map may come in any order, as they do from map to map.
  ///
  /// If not, the order of equal maps must be equal, and the cells of lists are marked.
  static var isPortable: Bool { get }
  /// Adds a term that holds no terms.
  func adding(leaf term: Term, to hash: JenkinsHash) -> JenkinsHash
  /// Adds what a fun is but for its free variables.
  func adding(fun: UnsafeMutablePointer<UInt>, to hash: JenkinsHash) -> JenkinsHash
}

extension Term {
  /// Whether there are terms in this one that a walk over a term must visit.
  @inline(__always)
  var holdsTerms: Bool {
    if isImmediate { return false }
    if isCons { return true }
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
/// memory for terms whose parts hold no terms: strings, lists and tuples of numbers and the like.
struct HashWalk<Rule: HashRule>: ~Copyable {
  /// What is visited behind what stands above it on the stack; two words each.
  private enum Frame: UInt {
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

  private let rule: Rule
  private var pending: ScratchStack
  private var pairSum: UInt32 = 0
  private var words: UnsafePointer<UInt>
  private var count = 0

  /// The hash of a term.
  @inline(__always)
  static func hash(
    _ term: Term, rule: Rule, seed: UInt32, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    if !term.holdsTerms { return rule.adding(leaf: term, to: JenkinsHash(value: seed)).value }
    return try walk(term, rule: rule, seed: seed, scratch: scratch)
  }

  @inline(never)
  private static func walk(
    _ term: Term, rule: Rule, seed: UInt32, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UInt32 {
    var walk = HashWalk(rule: rule, scratch: scratch)
    return try withUnsafePointer(to: term.bits) { word throws(ScratchExhausted) in
      (walk.words, walk.count) = (word, 1)
      return try walk.run(JenkinsHash(value: seed)).value
    }
  }

  private init(rule: Rule, scratch: any ScratchProvider) {
    self.rule = rule
    pending = ScratchStack(provider: scratch)
    words = UnsafePointer(bitPattern: 8).unsafelyUnwrapped
  }

  private mutating func push(
    _ frame: Frame, _ word: UInt, _ count: Int = 0
  ) throws(ScratchExhausted) {
    try pending.push(word)
    try pending.push(UInt(count) << 3 | frame.rawValue)
  }

  private mutating func push(
    _ frame: Frame, _ words: UnsafePointer<UInt>, _ count: Int
  ) throws(ScratchExhausted) {
    if count > 0 { try push(frame, UInt(bitPattern: words), count) }
  }
}

// MARK: - Going on

extension HashWalk {
  private mutating func run(_ seed: JenkinsHash) throws(ScratchExhausted) -> JenkinsHash {
    var hash = seed
    while true {
      while count > 0 {
        let term = Term(bits: words.pointee)
        words += 1
        count &-= 1
        if term.isCons {
          try push(.words, words, count)
          hash = try openList(term, hash)
        } else if term.isImmediate || !term.holdsTerms {
          hash = rule.adding(leaf: term, to: hash)
        } else {
          try push(.words, words, count)
          count = 0
          if term.isTuple {
            openTuple(term, &hash)
          } else {
            hash = try openRare(term, hash)
          }
        }
      }
      guard let low = pending.pop(), let word = pending.pop() else { return hash }
      if low & 7 == Frame.words.rawValue {
        enter(word, Int(low >> 3))
      } else {
        hash = try resume(low, word, hash)
      }
    }
  }

  /// Takes up what was left and is no more than words.
  @inline(never)
  private mutating func resume(
    _ low: UInt, _ word: UInt, _ before: JenkinsHash
  ) throws(ScratchExhausted) -> JenkinsHash {
    var hash = before
    guard let frame = Frame(rawValue: low & 7) else { preconditionFailure("a torn stack") }
    let left = Int(low >> 3)
    switch frame {
    case .words: enter(word, left)
    case .tail:
      hash.mark(.tail)
      enter(word, left)
    case .pairs: try nextPair(word, left)
    case .slots: try nextSlot(word, left)
    case .pairEnd:
      pairSum ^= hash.value
      hash.value = 0
    case .mapEnd:
      hash.value = UInt32(truncatingIfNeeded: word)
      hash.add(pairSum, .mapPairs)
      pairSum = UInt32(truncatingIfNeeded: word >> 32)
    }
    return hash
  }

  @inline(__always)
  private mutating func enter(_ address: UInt, _ count: Int) {
    words = UnsafePointer(bitPattern: address).unsafelyUnwrapped
    self.count = count
  }

  /// Begins with the elements of a tuple.
  @inline(__always)
  private mutating func openTuple(_ tuple: Term, _ hash: inout JenkinsHash) {
    let object = tuple.boxed
    let arity = Header(bits: object[0]).arity
    hash.add(UInt32(truncatingIfNeeded: arity), .tuple)
    words = UnsafePointer(object + 1)
    count = arity
  }

  /// Begins with what is in a map or a fun; the run at hand must be empty.
  @inline(never)
  private mutating func openRare(
    _ term: Term, _ before: JenkinsHash
  ) throws(ScratchExhausted) -> JenkinsHash {
    var hash = before
    if term.isMap {
      try openMap(term, &hash)
    } else {
      let object = term.boxed
      hash = rule.adding(fun: object, to: hash)
      words = UnsafePointer(Fun.terms(at: object) + 1)
      count = Fun.freeCount(at: object)
    }
    return hash
  }
}

// MARK: - Lists

extension HashWalk {
  /// Runs through the cells of a list up to its tail or to a cell whose head holds terms.
  ///
  /// Bytes are packed in fours, since most lists of bytes are text.
  @inline(__always)
  private mutating func openList(
    _ list: Term, _ before: JenkinsHash
  ) throws(ScratchExhausted) -> JenkinsHash {
    var hash = before
    var cell = list.cons
    while true {
      var (packed, length) = (UInt32(0), UInt32(0))
      while cell[0].bits & ~0xFF0 == 0xF {
        packed = packed << 8 | UInt32(truncatingIfNeeded: cell[0].bits >> 4)
        length &+= 1
        if length == 4 {
          hash.add(packed, .text)
          (packed, length) = (0, 0)
        }
        if !cell[1].isCons {
          addRest(packed, length, &hash)
          enter(UInt(bitPattern: cell + 1), 1)
          return hash
        }
        cell = cell[1].cons
      }
      addRest(packed, length, &hash)
      if !Rule.isPortable { hash.mark(.head) }
      let (head, isLast) = (cell[0], !cell[1].isCons)
      let marksTail = isLast && !Rule.isPortable
      if head.holdsTerms {
        try push(marksTail ? .tail : .words, UInt(bitPattern: cell + 1), 1)
        if head.isTuple {
          openTuple(head, &hash)
        } else {
          enter(UInt(bitPattern: cell), 1)
        }
        return hash
      }
      hash = rule.adding(leaf: head, to: hash)
      if isLast {
        if marksTail { hash.mark(.tail) }
        enter(UInt(bitPattern: cell + 1), 1)
        return hash
      }
      cell = cell[1].cons
    }
  }

  @inline(__always)
  private func addRest(_ packed: UInt32, _ length: UInt32, _ hash: inout JenkinsHash) {
    if length == 0 { return }
    if Rule.isPortable { hash.add(packed, .text) } else { hash.add(packed, length, .textRest) }
  }
}

// MARK: - Maps

extension HashWalk {
  private mutating func openMap(
    _ map: Term, _ hash: inout JenkinsHash
  ) throws(ScratchExhausted) {
    let object = map.boxed
    if map.header.mapType == .node {
      return try pushSlots(map)
    }
    let size = map.mapSize
    hash.add(UInt32(truncatingIfNeeded: size), .map)
    if size == 0 { return }
    if Rule.isPortable {
      try push(.mapEnd, UInt(pairSum) << 32 | UInt(hash.value))
      (pairSum, hash.value) = (0, 0)
    }
    if map.isFlatMap { try push(.pairs, UnsafePointer(object), size) } else { try pushSlots(map) }
  }

  private mutating func pushSlots(_ node: Term) throws(ScratchExhausted) {
    let slots = HashMap.slots(at: node.boxed)
    try push(.slots, UInt(bitPattern: slots.baseAddress), slots.count)
  }

  private mutating func nextPair(_ address: UInt, _ left: Int) throws(ScratchExhausted) {
    let map = UnsafeMutablePointer<UInt>(bitPattern: address).unsafelyUnwrapped
    let place = FlatMap.size(at: map) - left
    try push(.pairs, map, left - 1)
    if Rule.isPortable { try push(.pairEnd, 0) }
    try push(.words, FlatMap.values(at: map) + place, 1)
    enter(UInt(bitPattern: FlatMap.keys(at: map).boxed + 1 + place), 1)
  }

  private mutating func nextSlot(_ address: UInt, _ left: Int) throws(ScratchExhausted) {
    let slots = UnsafePointer<UInt>(bitPattern: address).unsafelyUnwrapped
    let slot = Term(bits: slots[left - 1])
    try push(.slots, slots, left - 1)
    guard slot.isCons else { return try pushSlots(slot) }
    if Rule.isPortable { try push(.pairEnd, 0) }
    enter(slot.address, 2)
  }
}
