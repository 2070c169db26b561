/// Pairs whose key and value hold no terms are added at sight; for others the walk goes on with what
/// is in them, and comes back to the pairs that are left.
extension HashWalk {
  /// Adds a flat map; where a pair holds terms, what is behind it becomes pending.
  @inline(never)
  mutating func openFlatMap(
    _ map: Term, _ before: Position
  ) throws(ScratchExhausted) -> Position {
    var position = before
    let size = map.mapSize
    position.hash.add(UInt32(truncatingIfNeeded: size), .map)
    if size == 0 { return position }
    var pairs = Pairs(hash: Rule.isPortable ? JenkinsHash(value: 0) : position.hash, sum: 0)
    let left = addPairs(of: map.boxed, size, &pairs)
    if left == 0 {
      if Rule.isPortable {
        position.hash.add(pairs.sum, .mapPairs)
      } else {
        position.hash = pairs.hash
      }
      return position
    }
    try push(.words, position.words, position.count)
    try beginMap(after: position.hash)
    pairSum = pairs.sum
    return try openPair(of: map.boxed, left, pairs.hash)
  }

  /// Begins with a hash map or a node of one; the run at hand must be empty.
  @inline(never)
  mutating func openHashMap(
    _ map: Term, _ before: JenkinsHash
  ) throws(ScratchExhausted) -> Position {
    var hash = before
    if map.header.mapType != .node {
      hash.add(UInt32(truncatingIfNeeded: map.mapSize), .map)
      try beginMap(after: hash)
      if Rule.isPortable { hash.value = 0 }
    }
    let slots = HashMap.slots(at: map.boxed)
    let words = UnsafeRawPointer(slots.baseAddress.unsafelyUnwrapped)
    return try visitSlots(words.assumingMemoryBound(to: UInt.self), slots.count, hash)
  }

  /// Keeps what a portable hash needs behind a map, and begins with the sum of its pairs.
  private mutating func beginMap(after hash: JenkinsHash) throws(ScratchExhausted) {
    if !Rule.isPortable { return }
    try push(.mapEnd, UInt(pairSum) << 32 | UInt(hash.value))
    pairSum = 0
  }

  /// The hash behind a map, from what was kept before it.
  mutating func endMap(before kept: UInt) -> JenkinsHash {
    var hash = JenkinsHash(value: UInt32(truncatingIfNeeded: kept))
    hash.add(pairSum, .mapPairs)
    pairSum = UInt32(truncatingIfNeeded: kept >> 32)
    return hash
  }

  /// Adds the last so many pairs of a flat map, up to one that holds terms.
  mutating func visitPairs(
    of map: UnsafePointer<UInt>, _ count: Int, _ hash: JenkinsHash
  ) throws(ScratchExhausted) -> Position {
    var pairs = Pairs(hash: hash, sum: pairSum)
    let left = addPairs(of: map, count, &pairs)
    pairSum = pairs.sum
    if left == 0 { return Position(words: map, count: 0, hash: pairs.hash) }
    return try openPair(of: map, left, pairs.hash)
  }

  /// Begins with the first of the last so many pairs of a flat map.
  private mutating func openPair(
    of map: UnsafePointer<UInt>, _ left: Int, _ hash: JenkinsHash
  ) throws(ScratchExhausted) -> Position {
    let place = FlatMap.size(at: map) &- left
    if left > 1 { try push(.pairs, map, left &- 1) }
    if Rule.isPortable { try push(.pairEnd, 0) }
    try push(.words, map + FlatMap.words(size: place), 1)
    return Position(words: FlatMap.keys(at: map).boxed + 1 + place, count: 1, hash: hash)
  }

  /// Adds slots of a hash map from the last to the first, up to a node or a pair that holds terms.
  mutating func visitSlots(
    _ slots: UnsafePointer<UInt>, _ count: Int, _ hash: JenkinsHash
  ) throws(ScratchExhausted) -> Position {
    var pairs = Pairs(hash: hash, sum: pairSum)
    var left = count
    while left > 0 {
      left &-= 1
      let slot = Term(bits: slots[left])
      if slot.isCons && add(slot.cons[0], slot.cons[1], to: &pairs) { continue }
      pairSum = pairs.sum
      try push(.slots, slots, left)
      if !slot.isCons { return Position(words: slots + left, count: 1, hash: pairs.hash) }
      if Rule.isPortable { try push(.pairEnd, 0) }
      return Position(words: slot.consWords, count: 2, hash: pairs.hash)
    }
    pairSum = pairs.sum
    return Position(words: slots, count: 0, hash: pairs.hash)
  }
}

// MARK: - Pairs that hold no terms

extension HashWalk {
  /// What pairs come to: in a portable hash the sum, with the hash 0 before and behind each of them.
  private struct Pairs {
    var hash: JenkinsHash
    var sum: UInt32
  }

  /// Adds the last so many pairs of a flat map, up to one that holds terms.
  /// - Returns: the pairs that are left.
  @inline(__always)
  private func addPairs(
    of map: UnsafePointer<UInt>, _ count: Int, _ pairs: inout Pairs
  ) -> Int {
    let size = FlatMap.size(at: map)
    let (keys, values) = (FlatMap.keys(at: map).boxed + 1, map + FlatMap.words(size: 0))
    var left = count
    while left > 0 {
      let place = size &- left
      if !add(Term(bits: keys[place]), Term(bits: values[place]), to: &pairs) { break }
      left &-= 1
    }
    return left
  }

  /// Adds a pair whose key and value hold no terms.
  /// - Returns: whether it is such a pair.
  @inline(__always)
  private func add(_ key: Term, _ value: Term, to pairs: inout Pairs) -> Bool {
    if key.holdsTerms || value.holdsTerms { return false }
    pairs.hash = rule.adding(leaf: value, to: rule.adding(leaf: key, to: pairs.hash))
    if Rule.isPortable {
      pairs.sum ^= pairs.hash.value
      pairs.hash.value = 0
    }
    return true
  }
}
