/// Values of keys that are compared by their words: most lookups by far, so no more than a few words
/// are looked at.
extension Term {
  /// The value of an immediate key of this map, or no term.
  // Of the term, not of a type: a static function is reached over a jump.
  @usableFromInline @inline(never)
  func mapValue(ofImmediate key: Term) -> Term {
    guard header == .flatMap else { return HashMap.value(ofImmediate: key, in: self) }
    let place = FlatMap.place(ofWord: key.bits, in: self)
    return place < 0 ? .none : Term(bits: FlatMap.values(at: boxed)[place])
  }
}

extension FlatMap {
  /// The place of a key of just this word, or -1.
  ///
  /// Eight keys at a time without a branch, since a wrong guess among them costs more than the keys
  /// behind; but a branch for each eight, since most lookups at one place of a program find their
  /// key at one place of the map.
  @inlinable @inline(__always)
  static func place(ofWord word: UInt, in map: Term) -> Int {
    let size = size(at: map.boxed)
    let keys = UnsafePointer(keys(at: map.boxed).boxed + 1)
    if size < 8 {
      for place in 0..<size where keys[place] == word { return place }
      return -1
    }
    let halves = SIMD4(halvesOf: word)
    var start = 0
    while true {
      let bits = equalWords(halves, amongEight: keys + start)
      if bits != 0 { return start &+ bits.trailingZeroBitCount }
      if start &+ 8 == size { return -1 }
      // The last eight may overlap those before.
      start = min(start &+ 8, size &- 8)
    }
  }

  /// A bit for each of eight keys that is the word, the first key's lowest.
  @inlinable @inline(__always)
  static func equalWords(
    _ halves: SIMD4<UInt32>, amongEight keys: UnsafePointer<UInt>
  ) -> UInt64 {
    // Bits 0 to 7 tell which lower halves are equal, in the upper half of each word bits 8 to 15
    // which upper ones: the keys' places, 40 bits apart.
    var found = SIMD4<UInt32>()
    for pair in 0..<4 {
      let bit = UInt32(1) << (2 &* pair)
      found |=
        equalHalves(halves, keys + 2 &* pair) & SIMD4(bit, bit << 8, bit << 1, bit << 9)
    }
    let lanes = unsafeBitCast(found, to: SIMD2<UInt64>.self)
    let both = lanes[0] | lanes[1]
    return both & both >> 40
  }

  /// All ones where half a word of two keys is equal.
  @inlinable @inline(__always)
  static func equalHalves(
    _ halves: SIMD4<UInt32>, _ keys: UnsafePointer<UInt>
  ) -> SIMD4<UInt32> {
    let two = UnsafeRawPointer(keys).loadUnaligned(as: SIMD4<UInt32>.self)
    return unsafeBitCast(two .== halves, to: SIMD4<UInt32>.self)
  }
}

extension SIMD4<UInt32> {
  /// The halves of a word, twice.
  @inlinable @inline(__always)
  init(halvesOf word: UInt) {
    self = unsafeBitCast(SIMD2(word, word), to: SIMD4<UInt32>.self)
  }
}

extension HashMap {
  /// The value of a key of a hash map, or nothing where the map has no such key.
  @usableFromInline @inline(never)
  static func value(
    of key: Term, in map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Term? {
    try HashMapTree<InternalKeyHash>.leaf(of: key, in: map, scratch: scratch)?[1]
  }

  /// The value of a key that is compared by its word, or no term.
  @inline(__always)
  fileprivate static func value(ofImmediate key: Term, in map: Term) -> Term {
    var hash = UInt(InternalHash.hash(immediate: key))
    let root = map.boxed
    var place = place(of: hash, among: root[0] >> 16)
    if place < 0 { return .none }
    var slot = Term(bits: root[2 &+ place])
    // A slot holds a cons cell or a node: one bit tells them apart.
    while slot.bits & 1 == 0 {
      hash >>= 4
      // Eight levels are used up, or what is left of the hash is zero.
      if _slowPath(hash == 0) { return deepValue(ofImmediate: key, in: map) }
      let node = slot.boxed
      place = Self.place(of: hash, among: node[0] >> 16)
      if place < 0 { return .none }
      slot = Term(bits: node[1 &+ place])
    }
    let leaf = slot.cons
    return leaf[0] == key ? leaf[1] : .none
  }

  /// The place of the slot that a hash's lowest four bits lead to, or -1.
  @inline(__always)
  private static func place(of hash: UInt, among bitmap: UInt) -> Int {
    let place = hash & 15
    // The upper levels of a large map are full: no count to wait for.
    if _fastPath(bitmap == 0xFFFF) { return Int(place) }
    if bitmap >> place & 1 == 0 { return -1 }
    return Header.countSome(bitmap & (1 << place &- 1))
  }

  /// The value of a key whose hash collides with another's in all bits.
  @inline(never)
  private static func deepValue(ofImmediate key: Term, in map: Term) -> Term {
    do {
      let leaf = try HashMapTree<InternalKeyHash>.leaf(of: key, in: map, scratch: NoScratch.shared)
      return leaf?[1] ?? .none
    } catch {
      preconditionFailure("an immediate takes working memory")
    }
  }
}

/// A provider that is never asked.
private final class NoScratch: ScratchProvider, Sendable {
  static let shared = NoScratch()

  func allocateScratch(
    byteCount: Int
  ) throws(ScratchExhausted) -> UnsafeMutableRawPointer {
    throw ScratchExhausted(requestedBytes: byteCount)
  }

  func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int) {}
}
