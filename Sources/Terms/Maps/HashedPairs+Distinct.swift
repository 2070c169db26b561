// The nodes over keys that all differ, as nearly always: their shape then is in the sorted hashes
// alone. Only keys of one hash, of which a million keys have a hundred, are looked at; each group of
// them is like one entry, whose leaf is the node of level 8 that tells them apart.
extension HashedPairs {
  /// The level of the first node that the first hash does not lead to.
  private static var deepLevel: Int { 8 }
  /// The most keys of one hash that are compared each with each.
  private static var largestGroup: Int { 8 }

  /// How many levels from the root on the hashes of two neighbours take the same slots.
  @inline(__always)
  private func sharedLevels(_ entry: Int) -> Int {
    let difference = UInt32(truncatingIfNeeded: (entries[entry] ^ entries[entry &+ 1]) >> 32)
    return difference.leadingZeroBitCount >> 2
  }

  /// The entries from one on that have its hash.
  private func group(at start: Int) -> Range<Int> {
    var end = start + 1
    while end < count && entries[end] >> 32 == entries[start] >> 32 { end += 1 }
    return start..<end
  }

  /// Counts the words of the nodes over sorted entries.
  ///
  /// Neighbours that share levels have a node for each of them, which is a new one where the
  /// neighbours before share less.
  /// - Returns: nothing where two keys are the same, or many have one hash.
  mutating func countDistinctWords() throws(ScratchExhausted) -> Int? {
    var (nodes, slots, deepWords, before) = (1, 0, 0, 0)
    var entry = 0
    while entry < count {
      var shared = entry &+ 1 < count ? sharedLevels(entry) : 0
      if shared == Self.deepLevel {
        let group = group(at: entry)
        guard let words = try countDeepWords(group) else { return nil }
        hasGroups = true
        deepWords += words
        nodes += Self.deepLevel - 1 - before
        before = Self.deepLevel - 1
        entry = group.upperBound - 1
        shared = entry + 1 < count ? sharedLevels(entry) : 0
      }
      nodes &+= max(0, shared &- before)
      before = shared
      slots &+= 1
      entry &+= 1
    }
    // Each slot leads to a leaf, a group or a node but the root; the root has a word more.
    return 2 * nodes + slots + deepWords
  }

  /// Counts the words of the nodes that tell keys of one hash apart.
  private mutating func countDeepWords(_ group: Range<Int>) throws(ScratchExhausted) -> Int? {
    if group.count > Self.largestGroup { return nil }
    if try hasEqualKeys(group) { return nil }
    let hash = entries[group.lowerBound] >> 32
    let words = try measure(group, level: Self.deepLevel)
    for place in group { entries[place] = hash << 32 | UInt(index(place)) }
    return words
  }

  private func hasEqualKeys(_ group: Range<Int>) throws(ScratchExhausted) -> Bool {
    for left in group {
      for right in left + 1..<group.upperBound {
        if try TermEquality.isExactlyEqual(key(left), key(right), scratch: scratch) { return true }
      }
    }
    return false
  }

  /// Builds the nodes over sorted entries of unlike hashes in one walk: the nodes on the way to the
  /// entry at hand are kept until an entry comes that is not below them.
  /// - Returns: the root, behind all nodes.
  mutating func emitDistinct(cursor: inout WordCursor) throws(ScratchExhausted) -> Term {
    if hasGroups { try emitGroups(cursor: &cursor) }
    return withUnsafeTemporaryAllocation(of: OpenNode.self, capacity: 8) { nodes in
      nodes.initialize(repeating: OpenNode())
      return withUnsafeTemporaryAllocation(of: UInt.self, capacity: 8 * 16) { slots in
        guard let nodes = nodes.baseAddress, let slots = slots.baseAddress else {
          preconditionFailure("no memory on the stack")
        }
        return emitDistinct(nodes, slots, cursor: &cursor)
      }
    }
  }

  /// Builds the nodes that tell the keys of one hash apart, each in place of its first key's leaf.
  private mutating func emitGroups(cursor: inout WordCursor) throws(ScratchExhausted) {
    var entry = 0
    while entry + 1 < count {
      if sharedLevels(entry) == Self.deepLevel {
        let group = group(at: entry)
        let hash = entries[entry] >> 32
        let node = try emit(group, level: Self.deepLevel, base: .none, size: 0, cursor: &cursor)
        for place in group { entries[place] = hash << 32 | UInt(index(place)) }
        setLeaf(node, index(entry))
        entry = group.upperBound - 1
      }
      entry += 1
    }
  }

  /// A node that may get more slots.
  private struct OpenNode {
    var bitmap: UInt = 0
    var count = 0
  }

  private func emitDistinct(
    _ nodes: UnsafeMutablePointer<OpenNode>, _ slots: UnsafeMutablePointer<UInt>,
    cursor: inout WordCursor
  ) -> Term {
    var (entry, before) = (0, 0)
    while entry < count {
      var shared = entry &+ 1 < count ? sharedLevels(entry) : 0
      let hash = entries[entry] >> 32
      var word = terms[index(entry)]
      var level = max(before, shared)
      if shared == Self.deepLevel {
        entry = group(at: entry).upperBound &- 1
        shared = entry &+ 1 < count ? sharedLevels(entry) : 0
        level = Self.deepLevel &- 1
      }
      while true {
        slots[16 &* level &+ nodes[level].count] = word
        nodes[level].count &+= 1
        nodes[level].bitmap |= 1 << (hash >> UInt(28 &- 4 &* level) & 15)
        if level == shared { break }
        let node = HashMapNode.make(bitmap: nodes[level].bitmap, rootSize: nil, cursor: &cursor)
        for place in 0..<nodes[level].count { node.slots[place] = slots[16 &* level &+ place] }
        nodes[level] = OpenNode()
        word = node.term.bits
        level &-= 1
      }
      before = shared
      entry &+= 1
    }
    let root = HashMapNode.make(bitmap: nodes[0].bitmap, rootSize: count, cursor: &cursor)
    for place in 0..<nodes[0].count { root.slots[place] = slots[place] }
    return root.term
  }
}
