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
    var start = 0
    while true {
      let place = place(ofWord: word, amongEight: keys + start)
      if place >= 0 { return start &+ place }
      if start &+ 8 == size { return -1 }
      // The last eight may overlap those before.
      start = min(start &+ 8, size &- 8)
    }
  }

  @inlinable @inline(__always)
  static func place(ofWord word: UInt, amongEight keys: UnsafePointer<UInt>) -> Int {
    // Two at a time, so that none waits for the one before.
    var (even, odd) = (-1, -1)
    if keys[0] == word { even = 0 }
    if keys[1] == word { odd = 1 }
    if keys[2] == word { even = 2 }
    if keys[3] == word { odd = 3 }
    if keys[4] == word { even = 4 }
    if keys[5] == word { odd = 5 }
    if keys[6] == word { even = 6 }
    if keys[7] == word { odd = 7 }
    return max(even, odd)
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
    // The bit above the hash tells when its eight levels are used up.
    var hash = UInt(InternalHash.hash(immediate: key)) | 1 << 32
    var node = map.boxed
    var slots = node + 2
    while hash != 1 {
      let bitmap = node[0] >> 16
      let place = hash & 15
      let slot: Term
      if _fastPath(bitmap == 0xFFFF) {
        // The upper levels of a large map are full: no count to wait for.
        slot = Term(bits: slots[Int(place)])
      } else {
        if bitmap >> place & 1 == 0 { return .none }
        slot = Term(bits: slots[Header.countSome(bitmap & (1 << place &- 1))])
      }
      if slot.isCons {
        let leaf = slot.cons
        return leaf[0] == key ? leaf[1] : .none
      }
      node = slot.boxed
      slots = node + 1
      hash >>= 4
    }
    return deepValue(ofImmediate: key, in: map)
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
