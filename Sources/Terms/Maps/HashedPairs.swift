/// Many keys on their way into a hash map: sorted by the order of their slots, equal ones found.
///
/// ```
/// entry: 63            32 31             0
///       +----------------+----------------+   the hash with the four bits of the first level
///       | hash, reversed | index of the key|  on top, so that sorted means in order of slots
///       +----------------+----------------+
/// ```
/// The work is done twice over the same ranges of entries: ``survey(base:precedence:)`` counts
/// words while the keys stand where they were, ``emit(base:size:cursor:)`` builds the nodes over
/// leaves that the owner made in between. Time is linear but for keys whose hashes collide.
struct HashedPairs<Hash: KeyHash>: ~Copyable {
  let scratch: any ScratchProvider
  private let capacity: Int
  private let byteCount: Int
  /// By index: the key, later the leaf; no term where another pair of the same key counts.
  let terms: UnsafeMutablePointer<UInt>
  let entries: UnsafeMutablePointer<UInt>
  let spare: UnsafeMutablePointer<UInt>
  let counts: UnsafeMutablePointer<UInt>
  private(set) var count = 0
  private var isSurveyed = false
  var isRehashed = false
  private var isDistinct = false
  /// Whether distinct keys have one hash.
  var hasGroups = false
  private var baseWins = false
  /// Whether a leaf of the map below stays where the new one has the same value: with its own key,
  /// which may look unlike the new one.
  var keepsUnchanged = false

  /// Keys that the map below does not have, after the survey.
  private(set) var newKeys = 0
  /// Leaves that take the place of another, after the survey.
  private(set) var replacedKeys = 0
  /// The words of the nodes, after the survey.
  private(set) var nodeWords = 0

  static var digits: Int { 256 }

  /// Makes room for keys; for none, nothing is allocated.
  init(capacity: Int, scratch: any ScratchProvider) throws(ScratchExhausted) {
    precondition(capacity < 1 << 32, "\(capacity) pairs")
    let words = 3 * capacity + Self.digits
    let byteCount = capacity == 0 ? 0 : words * MemoryLayout<UInt>.stride
    self.scratch = scratch
    self.capacity = capacity
    self.byteCount = byteCount
    if byteCount == 0 {
      terms = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
    } else {
      let memory = try scratch.allocateScratch(byteCount: byteCount)
      terms = memory.bindMemory(to: UInt.self, capacity: words)
    }
    entries = terms + capacity
    spare = entries + capacity
    counts = spare + capacity
  }

  deinit {
    if byteCount > 0 { scratch.freeScratch(terms, byteCount: byteCount) }
  }

  /// Adds the next key.
  mutating func add(_ key: Term) throws(ScratchExhausted) {
    precondition(count < capacity, "more than the \(capacity) pairs announced")
    let hash = try Hash.hash(key, scratch: scratch)
    terms[count] = key.bits
    entries[count] = Self.entry(hash: hash, index: count)
    count &+= 1
  }

  /// Whether the pair of an index gets a leaf.
  func counts(_ index: Int) -> Bool { terms[index] != 0 }
  /// Gives the pair of an index its leaf.
  func setLeaf(_ leaf: Term, _ index: Int) { terms[index] = leaf.bits }

  @inline(__always)
  static func entry(hash: UInt32, index: Int) -> UInt {
    let bytes = hash.byteSwapped
    let reversed = (bytes & 0x0F0F_0F0F) << 4 | bytes >> 4 & 0x0F0F_0F0F
    return UInt(reversed) << 32 | UInt(index)
  }

  @inline(__always)
  func index(_ entry: Int) -> Int { Int(entries[entry] & 0xFFFF_FFFF) }

  /// The key of an entry: before the leaves are made, where it was; then in its leaf.
  func key(_ entry: Int) -> Term {
    let term = Term(bits: terms[index(entry)])
    return isSurveyed ? term.cons[0] : term
  }
}

// MARK: - The two rounds

extension HashedPairs {
  /// Counts keys and words, and finds the pairs that don't count.
  /// - Parameters:
  ///   - base: the hash map that the pairs are put into, or no term.
  ///   - baseWins: whether the pairs of the map count where it has a key already.
  mutating func survey(base: Term, baseWins: Bool) throws(ScratchExhausted) {
    self.baseWins = baseWins
    sort(0..<count)
    if base.isNone, count > 0, let words = try countDistinctWords() {
      isDistinct = true
      isRehashed = false
      newKeys = count
      nodeWords = words
    } else if count > 0 {
      (newKeys, nodeWords) = (0, 0)
      try descend(Part(range: 0..<count, level: 0, base: base), rootSize: 0, cursor: nil)
    }
    isSurveyed = true
  }

  /// Counts the words of the nodes over a range of entries from a level on; the keys count as new.
  mutating func measure(
    _ range: Range<Int>, level: Int
  ) throws(ScratchExhausted) -> Int {
    let before = nodeWords
    try descend(Part(range: range, level: level, base: .none), rootSize: 0, cursor: nil)
    return nodeWords - before
  }

  /// Builds the root and the nodes under it over the leaves that were set.
  /// - Parameters:
  ///   - base: the same map as in the survey.
  ///   - size: the keys of the whole map.
  ///   - cursor: over ``nodeWords``.
  mutating func emit(
    base: Term, size: Int, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    if isDistinct { return try emitDistinct(cursor: &cursor) }
    var entryCount = 0
    for place in 0..<count where counts(index(place)) {
      entries[entryCount] = entries[place]
      entryCount += 1
    }
    if isRehashed {
      for place in 0..<entryCount {
        let hash = try Hash.hash(key(place), scratch: scratch)
        entries[place] = Self.entry(hash: hash, index: index(place))
      }
      sort(0..<entryCount)
    }
    return try emit(0..<entryCount, level: 0, base: base, size: size, cursor: &cursor)
  }

  /// Builds the nodes over a range of entries from a level on.
  mutating func emit(
    _ range: Range<Int>, level: Int, base: Term, size: Int, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    let start = cursor.top
    try withUnsafeMutablePointer(to: &cursor) { cursor throws(ScratchExhausted) in
      try descend(Part(range: range, level: level, base: base), rootSize: size, cursor: cursor)
    }
    return .boxed(at: start)
  }

  /// A range of entries that stands at a level against a part of the base: nothing, a leaf or a
  /// node; and the slot that the node made of them goes to.
  private struct Part {
    var range: Range<Int>
    var level: Int
    var base: Term
    var slot: UnsafeMutablePointer<UInt>? = nil
  }

  private func push(_ part: Part, _ stack: inout ScratchStack) throws(ScratchExhausted) {
    try stack.push(UInt(part.range.lowerBound) << 32 | UInt(part.range.upperBound))
    try stack.push(UInt(part.level))
    try stack.push(part.base.bits)
    try stack.push(UInt(bitPattern: part.slot))
  }

  private func pop(_ stack: inout ScratchStack) -> Part? {
    guard let slot = stack.pop() else { return nil }
    guard let base = stack.pop(), let level = stack.pop(), let range = stack.pop() else {
      preconditionFailure("the parts of a map are in disorder")
    }
    return Part(
      range: Int(range >> 32)..<Int(range & 0xFFFF_FFFF), level: Int(level),
      base: Term(bits: base), slot: UnsafeMutablePointer(bitPattern: slot))
  }

  private mutating func descend(
    _ part: Part, rootSize: Int, cursor: UnsafeMutablePointer<WordCursor>?
  ) throws(ScratchExhausted) {
    var stack = ScratchStack(provider: scratch)
    try push(part, &stack)
    while let part = pop(&stack) {
      let rootSize = part.level == 0 ? rootSize : nil
      try visit(part, rootSize: rootSize, cursor, &stack)
    }
  }

  /// Makes the node of a part and decides what goes to each of its slots.
  private mutating func visit(
    _ part: Part, rootSize: Int?, _ cursor: UnsafeMutablePointer<WordCursor>?,
    _ stack: inout ScratchStack
  ) throws(ScratchExhausted) {
    if part.level > 0 && part.level & 7 == 0 {
      try rehash(part.range, salt: part.level >> 3)
    }
    let shift = UInt(60 - 4 * (part.level & 7))
    var bitmap = try baseBitmap(part)
    let baseBits = bitmap
    for place in part.range { bitmap |= 1 << (entries[place] >> shift & 15) }
    var slot: UnsafeMutablePointer<UInt>?
    if let cursor {
      let node = HashMapNode.make(bitmap: bitmap, rootSize: rootSize, cursor: &cursor.pointee)
      part.slot?.pointee = node.term.bits
      slot = node.slots
    } else {
      nodeWords += (rootSize == nil ? 1 : 2) + HashMapNode.count(bitmap)
    }
    var (start, basePlace) = (part.range.lowerBound, 0)
    while bitmap != 0 {
      let bit = bitmap & (0 &- bitmap)
      bitmap ^= bit
      var base = Term.none
      if baseBits & bit != 0 {
        base = part.base.isCons ? part.base : Term(bits: HashMapNode(part.base).slots[basePlace])
        basePlace += 1
      }
      var end = start
      while end < part.range.upperBound && 1 << (entries[end] >> shift & 15) == bit { end += 1 }
      var child = Part(range: start..<end, level: part.level + 1, base: base, slot: slot)
      if let result = try settle(&child) {
        slot?.pointee = result.bits
      } else {
        try push(child, &stack)
      }
      slot = slot.map { $0 + 1 }
      start = end
    }
  }

  /// The slots of the base's part: of a leaf, the one where it belongs.
  private func baseBitmap(_ part: Part) throws(ScratchExhausted) -> UInt {
    if part.base.isNone { return 0 }
    if part.base.isBoxed { return HashMapNode(part.base).bitmap }
    return try HashPath<Hash>(of: part.base.cons[0], level: part.level, scratch: scratch).bit
  }

  /// What stands in a slot at once: a part of the base as it is, or a leaf. Nothing where a node
  /// must be made. Of equal keys, only the last stays in the part.
  private mutating func settle(_ part: inout Part) throws(ScratchExhausted) -> Term? {
    if part.range.isEmpty { return part.base }
    if try !isOneKey(part.range) { return nil }
    let last = part.range.upperBound - 1
    part.range = last..<last + 1
    if part.base.isBoxed { return nil }
    if part.base.isCons {
      guard try isKey(last, part.base.cons[0], level: part.level) else { return nil }
      if isSurveyed {
        let leaf = Term(bits: terms[index(last)])
        return keepsUnchanged && leaf.cons[1] == part.base.cons[1] ? part.base : leaf
      }
      if baseWins { terms[index(last)] = 0 } else { replacedKeys += 1 }
      return part.base
    }
    if isSurveyed { return Term(bits: terms[index(last)]) }
    newKeys += 1
    return Term.nil
  }

  /// Whether the keys of a range are all equal; then only the last pair counts.
  private func isOneKey(_ range: Range<Int>) throws(ScratchExhausted) -> Bool {
    let last = range.upperBound - 1
    if range.count == 1 { return true }
    if isSurveyed || entries[range.lowerBound] >> 32 != entries[last] >> 32 { return false }
    for place in range.dropLast() {
      let isEqual = try TermEquality.isExactlyEqual(key(place), key(last), scratch: scratch)
      if !isEqual { return false }
    }
    for place in range.dropLast() { terms[index(place)] = 0 }
    return true
  }

  /// Whether an entry's key is another one, of which the hash at hand is looked at first.
  private func isKey(
    _ entry: Int, _ other: Term, level: Int
  ) throws(ScratchExhausted) -> Bool {
    // The child's level may begin another hash, but the entries have that of the parent's.
    let hash = try Hash.hash(other, salt: (level - 1) >> 3, scratch: scratch)
    if Self.entry(hash: hash, index: 0) >> 32 != entries[entry] >> 32 { return false }
    return try TermEquality.isExactlyEqual(key(entry), other, scratch: scratch)
  }
}
