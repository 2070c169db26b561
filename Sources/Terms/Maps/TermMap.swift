/// Maps of either kind: flat ones of up to ``FlatMap/maximumSize`` keys, hash maps of more.
///
/// A change is planned first, which tells how many words it takes; a collection between the plan
/// and the change does no harm.
/// ```swift
/// let plan = try TermMap.planPut(key, in: map, order: order)
/// // Ensure plan.words; key, value and map may move.
/// map = try TermMap.put(key, value, in: map, plan: plan, order: order, cursor: &cursor)
/// ```
public enum TermMap {
  /// The value of a key, or nothing where the map has no such key.
  ///
  /// Takes working memory only for keys that hold terms which hold terms.
  /// - Parameters:
  ///   - key: any term; only a key exactly equal to it is found.
  ///   - map: a map.
  ///   - scratch: working memory for keys that hold terms.
  @inlinable @inline(__always)
  public static func value(
    of key: Term, in map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Term? {
    if key.isImmediate {
      let value = map.mapValue(ofImmediate: key)
      return value.isNone ? nil : value
    }
    if map.isFlatMap { return try FlatMap.value(of: key, in: map, scratch: scratch) }
    return try HashMap.value(of: key, in: map, scratch: scratch)
  }

  /// Makes the empty map: 3 words.
  public static func makeEmpty(cursor: inout WordCursor) -> Term {
    FlatMap.makeEmpty(cursor: &cursor)
  }
}

/// What a change of one key of a map takes and does.
public struct MapPlan {
  enum Change {
    /// A flat map gets or loses a value at a place, or nothing happens.
    case flatInsert(place: Int)
    case flatReplace(place: Int)
    case flatRemove(place: Int)
    /// A flat map becomes a hash map, a hash map a flat one.
    case grow
    case shrink
    case tree(HashMapPlan)
    case none
  }

  /// The most words that the change takes.
  public let words: Int
  /// Whether the map has the key already.
  public let isPresent: Bool
  let change: Change
}

// MARK: - Putting

extension TermMap {
  /// Looks what putting a key takes.
  public static func planPut(
    _ key: Term, in map: Term, order: TermOrder
  ) throws(ScratchExhausted) -> MapPlan {
    if map.isFlatMap {
      let place = FlatMap.place(ofWord: key.bits, in: map)
      if place < 0 { return try planFlatPut(key, in: map, order: order) }
      return MapPlan(
        words: FlatMap.words(size: map.mapSize), isPresent: true, change: .flatReplace(place: place)
      )
    }
    let plan = try HashMapTree<InternalKeyHash>.planPut(key, in: map, scratch: order.scratch)
    return MapPlan(words: plan.words, isPresent: plan.ending == .replace, change: .tree(plan))
  }

  @inline(never)
  private static func planFlatPut(
    _ key: Term, in map: Term, order: TermOrder
  ) throws(ScratchExhausted) -> MapPlan {
    let size = FlatMap.size(at: map.boxed)
    if let place = try FlatMap.place(of: key, in: map, scratch: order.scratch) {
      return MapPlan(
        words: FlatMap.words(size: size), isPresent: true, change: .flatReplace(place: place))
    }
    if size == FlatMap.maximumSize {
      var builder = try MapBuilder(base: map, pairs: 1, order: order)
      try builder.add(key: key)
      return MapPlan(words: try builder.plan(), isPresent: false, change: .grow)
    }
    let (place, _) = try FlatMap.insertionPlace(
      of: key, among: FlatMap.keys(at: map.boxed).boxed + 1, count: size, order: order)
    return MapPlan(
      words: FlatMap.wordsToPut(size: size), isPresent: false, change: .flatInsert(place: place))
  }

  /// Makes a map with a value for a key, whether the map had one or not.
  ///
  /// The same word as value gives the map itself.
  /// - Parameters:
  ///   - plan: of ``planPut(_:in:order:)`` for this key and map.
  ///   - cursor: over the plan's words; unmoved where this throws.
  public static func put(
    _ key: Term, _ value: Term, in map: Term, plan: MapPlan, order: TermOrder,
    cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    switch plan.change {
    case .tree(let plan):
      return try HashMapTree<InternalKeyHash>.put(
        key, value, in: map, plan: plan, scratch: order.scratch, cursor: &cursor)
    case .flatReplace(let place):
      return FlatMap.replace(value, at: place, in: map, cursor: &cursor)
    case .flatInsert(let place):
      return FlatMap.insert(key, value, at: place, in: map, cursor: &cursor)
    default:
      return try grow(map, key, value, order: order, cursor: &cursor)
    }
  }

  /// Makes a hash map of a full flat map and a key more.
  @inline(never)
  private static func grow(
    _ map: Term, _ key: Term, _ value: Term, order: TermOrder, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    let start = cursor.top
    do {
      var builder = try MapBuilder(base: map, pairs: 1, order: order)
      try builder.add(key: key)
      _ = try builder.plan()
      try builder.begin(base: map, cursor: &cursor)
      try builder.fill(key, value, cursor: &cursor)
      return try builder.finish(cursor: &cursor)
    } catch {
      cursor.top = start
      throw error
    }
  }
}

// MARK: - Removing

extension TermMap {
  /// Looks what removing a key takes.
  public static func planRemove(
    _ key: Term, from map: Term, order: TermOrder
  ) throws(ScratchExhausted) -> MapPlan {
    if map.isFlatMap {
      guard let place = try FlatMap.place(of: key, in: map, scratch: order.scratch) else {
        return MapPlan(words: 0, isPresent: false, change: .none)
      }
      return MapPlan(
        words: FlatMap.wordsToRemove(size: map.mapSize), isPresent: true,
        change: .flatRemove(place: place))
    }
    let plan = try HashMapTree<InternalKeyHash>.planRemove(
      key, from: map, scratch: order.scratch)
    if plan.ending == .none { return MapPlan(words: 0, isPresent: false, change: .none) }
    if map.mapSize == HashMap.minimumSize {
      return MapPlan(
        words: FlatMapBuilder.words(pairs: FlatMap.maximumSize), isPresent: true, change: .shrink)
    }
    return MapPlan(words: plan.words, isPresent: true, change: .tree(plan))
  }

  /// Makes a map without a key; a map without it comes back as it is.
  /// - Parameters:
  ///   - plan: of ``planRemove(_:from:order:)`` for this key and map.
  ///   - cursor: over the plan's words; unmoved where this throws.
  public static func remove(
    _ key: Term, from map: Term, plan: MapPlan, order: TermOrder, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    switch plan.change {
    case .tree(let plan):
      return try HashMapTree<InternalKeyHash>.remove(
        key, from: map, plan: plan, scratch: order.scratch, cursor: &cursor)
    case .flatRemove(let place):
      return FlatMap.remove(at: place, from: map, cursor: &cursor)
    case .shrink:
      return try shrink(map, leavingOut: key, order: order, cursor: &cursor)
    default:
      return map
    }
  }

  /// Makes a flat map of the smallest hash map without one of its keys.
  @inline(never)
  private static func shrink(
    _ map: Term, leavingOut key: Term, order: TermOrder, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    var builder = FlatMapBuilder(
      pairs: FlatMap.maximumSize, order: order, cursor: cursor)
    var leaves = try HashMapLeaves(of: map, scratch: order.scratch)
    while let leaf = try leaves.next() {
      if try TermEquality.isExactlyEqual(leaf[0], key, scratch: order.scratch) { continue }
      try builder.insert(leaf[0], leaf[1])
    }
    return builder.finish(cursor: &cursor)
  }
}
