extension FlatMap {
  /// The most words that ``put(_:_:in:order:cursor:)`` takes for a map of so many keys.
  @inlinable public static func wordsToPut(size: Int) -> Int {
    words(size: size + 1) + 2 + size
  }
  /// The most words that ``remove(_:from:order:cursor:)`` takes for a map of so many keys.
  @inlinable public static func wordsToRemove(size: Int) -> Int {
    size == 0 ? 0 : words(size: size - 1) + size
  }

  /// The value of a key, or nothing where the map has no such key.
  ///
  /// Looks at one key after the other: few differ in more than their words.
  /// - Parameters:
  ///   - key: any term; only a key exactly equal to it is found.
  ///   - map: a flat map.
  ///   - scratch: working memory for keys that hold terms.
  @inlinable
  public static func value(
    of key: Term, in map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Term? {
    guard let place = try place(of: key, in: map, scratch: scratch) else { return nil }
    return Term(bits: values(at: map.boxed)[place])
  }

  /// The place of a key among the keys of the map, or nothing where the map has no such key.
  @inlinable @inline(__always)
  public static func place(
    of key: Term, in map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int? {
    let place = place(ofWord: key.bits, in: map)
    if place >= 0 { return place }
    return key.isImmediate ? nil : try slowPlace(of: key, in: map, scratch: scratch)
  }

  @usableFromInline @inline(never)
  static func slowPlace(
    of key: Term, in map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int? {
    let keys = keys(at: map.boxed).boxed + 1
    for place in 0..<size(at: map.boxed) {
      let candidate = Term(bits: keys[place])
      if try TermEquality.isExactlyEqual(key, candidate, scratch: scratch) { return place }
    }
    return nil
  }

  /// The number of keys that stand before a key which the map does not have.
  static func insertionPlace(
    of key: Term, among keys: UnsafeMutablePointer<UInt>, count: Int, order: TermOrder
  ) throws(ScratchExhausted) -> (place: Int, isPresent: Bool) {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let result = try order.compareKeys(key, Term(bits: keys[middle]))
      if result == 0 { return (middle, true) }
      if result < 0 { high = middle } else { low = middle + 1 }
    }
    return (low, false)
  }
}

// MARK: - Changed copies

extension FlatMap {
  /// Makes a map with a value for a key, whether the map had one or not.
  ///
  /// A new value for a present key shares the tuple of keys; the same word as value gives the map
  /// itself.
  /// - Parameter cursor: over at least ``wordsToPut(size:)`` words; unmoved where this throws.
  /// - Precondition: the key is present, or the map has fewer than ``maximumSize`` keys.
  public static func put(
    _ key: Term, _ value: Term, in map: Term, order: TermOrder, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    if let updated = try update(key, value, in: map, order: order, cursor: &cursor) {
      return updated
    }
    let (place, _) = try insertionPlace(
      of: key, among: keys(at: map.boxed).boxed + 1, count: size(at: map.boxed), order: order)
    return insert(key, value, at: place, in: map, cursor: &cursor)
  }

  /// Makes a map with another value for a key that it has, or nothing where it has no such key.
  /// - Parameter cursor: over at least ``words(size:)`` words.
  public static func update(
    _ key: Term, _ value: Term, in map: Term, order: TermOrder, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term? {
    guard let place = try place(of: key, in: map, scratch: order.scratch) else { return nil }
    return replace(value, at: place, in: map, cursor: &cursor)
  }

  /// Makes a map without a key; a map without it comes back as it is.
  /// - Parameter cursor: over at least ``wordsToRemove(size:)`` words.
  public static func remove(
    _ key: Term, from map: Term, order: TermOrder, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    guard let place = try place(of: key, in: map, scratch: order.scratch) else { return map }
    return remove(at: place, from: map, cursor: &cursor)
  }

  static func insert(
    _ key: Term, _ value: Term, at place: Int, in map: Term, cursor: inout WordCursor
  ) -> Term {
    let old = map.boxed
    let size = size(at: old)
    precondition(size < maximumSize, "a flat map of \(size + 1) keys")
    let (new, newKeys) = reserve(size: size + 1, cursor: &cursor)
    copy(size, from: keys(at: old).boxed + 1, to: newKeys, openingAt: place)
    copy(size, from: values(at: old), to: values(at: new), openingAt: place)
    newKeys[place] = key.bits
    values(at: new)[place] = value.bits
    return .boxed(at: new)
  }

  static func replace(
    _ value: Term, at place: Int, in map: Term, cursor: inout WordCursor
  ) -> Term {
    let old = map.boxed
    if values(at: old)[place] == value.bits { return map }
    let count = words(size: size(at: old))
    let new = cursor.reserve(count)
    for index in 0..<count { new[index] = old[index] }
    values(at: new)[place] = value.bits
    return .boxed(at: new)
  }

  static func remove(at place: Int, from map: Term, cursor: inout WordCursor) -> Term {
    let old = map.boxed
    let size = size(at: old)
    let (new, newKeys) = reserve(size: size - 1, cursor: &cursor)
    copy(size, from: keys(at: old).boxed + 1, to: newKeys, leavingOut: place)
    copy(size, from: values(at: old), to: values(at: new), leavingOut: place)
    return .boxed(at: new)
  }

  /// Makes the empty map: 3 words.
  public static func makeEmpty(cursor: inout WordCursor) -> Term {
    .boxed(at: reserve(size: 0, cursor: &cursor).map)
  }

  /// Takes the words of a map and its keys, and writes all but keys and values.
  private static func reserve(
    size: Int, cursor: inout WordCursor
  ) -> (map: UnsafeMutablePointer<UInt>, keys: UnsafeMutablePointer<UInt>) {
    let map = cursor.reserve(words(size: size))
    map[0] = Header.flatMap.bits
    map[1] = UInt(size)
    if size == 0 {
      map[2] = Term.emptyTuple.bits
      return (map, map)
    }
    let keys = cursor.makeTuple(arity: size)
    map[2] = Term.boxed(at: keys).bits
    return (map, keys + 1)
  }

  private static func copy(
    _ count: Int, from old: UnsafeMutablePointer<UInt>, to new: UnsafeMutablePointer<UInt>,
    openingAt place: Int
  ) {
    new.update(from: old, count: place)
    (new + place + 1).update(from: old + place, count: count - place)
  }

  private static func copy(
    _ count: Int, from old: UnsafeMutablePointer<UInt>, to new: UnsafeMutablePointer<UInt>,
    leavingOut place: Int
  ) {
    new.update(from: old, count: place)
    (new + place).update(from: old + place + 1, count: count - place - 1)
  }
}
