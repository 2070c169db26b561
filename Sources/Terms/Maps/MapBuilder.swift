/// Builds a map of many pairs, or puts them into a map, in two rounds over the pairs.
///
/// ```swift
/// var builder = try MapBuilder(pairs: pairs.count, order: order)
/// for pair in pairs { try builder.add(key: pair.key) }
/// let words = try builder.plan()
/// // Ensure so many words; the pairs may move.
/// builder.begin(cursor: cursor)
/// for pair in pairs { try builder.fill(pair.key, pair.value, cursor: &cursor) }
/// let map = try builder.finish(cursor: &cursor)
/// ```
/// Of pairs with equal keys the last one counts, with its key. Up to ``FlatMap/maximumSize`` keys
/// make a flat map, more a hash map. Linear time but for the sorting of a flat map's keys.
public struct MapBuilder: ~Copyable {
  /// Whose pair counts where the map below has a key already.
  public enum Precedence: Sendable {
    /// The new pair, its key too.
    case pairs
    /// The new pair as `Map#{Key => Value}` has it: a flat map keeps its own key, a hash map where
    /// the value is the same.
    case values
    /// The pair of the map below.
    case base
  }

  private let order: TermOrder
  private let precedence: Precedence
  private let pairs: Int
  /// Working memory, where there may be more keys than a flat map takes.
  private var hashed: HashedPairs<InternalKeyHash>
  private let isHashed: Bool
  /// Pairs of a flat map below.
  private let flatSize: Int
  /// The map below, in the first round; in the second, given anew.
  private var base: Term
  /// Keys of the first round that a flat map below does not have, where that is of interest.
  private var missing = 0
  private var isFlat = true
  private var next = 0
  private var flat: FlatMapBuilder?
  private var replaced: UnsafeMutablePointer<UInt>?

  /// Begins the first round.
  /// - Parameters:
  ///   - base: a map that the pairs are put into.
  ///   - pairs: how many there will be.
  ///   - precedence: whose pair counts where the map has a key already.
  ///   - order: the order of a flat map's keys.
  public init(
    base: Term? = nil, pairs: Int, precedence: Precedence = .pairs, order: TermOrder
  ) throws(ScratchExhausted) {
    let size = base.map { $0.isFlatMap ? $0.mapSize : 0 } ?? 0
    let isHashed = base?.isHashMap == true || pairs + size > FlatMap.maximumSize
    var hashed = try HashedPairs<InternalKeyHash>(
      capacity: isHashed ? pairs + size : 0, scratch: order.scratch)
    if isHashed && precedence != .base { try hashed.addKeys(of: base, count: size) }
    hashed.keepsUnchanged = precedence == .values
    self.hashed = hashed
    self.isHashed = isHashed
    self.order = order
    self.precedence = precedence
    self.pairs = pairs
    self.base = base ?? .none
    flatSize = size
  }

  private var hashBase: Term { base.isNone || base.isFlatMap ? .none : base }

  /// Adds the next pair in the first round.
  public mutating func add(key: Term) throws(ScratchExhausted) {
    if precedence == .values && flatSize > 0 {
      if try FlatMap.place(of: key, in: base, scratch: order.scratch) == nil { missing += 1 }
    }
    if isHashed { try hashed.add(key) }
  }

  /// Ends the first round.
  /// - Returns: the most words that the map takes.
  public mutating func plan() throws(ScratchExhausted) -> Int {
    if !isHashed {
      if replacesOnly { return FlatMap.words(size: flatSize) }
      return FlatMapBuilder.words(pairs: flatSize + pairs)
    }
    if precedence == .base { try hashed.addKeys(of: base, count: flatSize) }
    try hashed.survey(base: hashBase, baseWins: precedence == .base)
    isFlat = hashBase.isNone && hashed.newKeys <= FlatMap.maximumSize
    if isFlat {
      if replacesOnly { return FlatMap.words(size: flatSize) }
      return FlatMapBuilder.words(pairs: hashed.newKeys)
    }
    return leafCount == 0 ? 0 : 2 * leafCount + hashed.nodeWords
  }

  /// The pairs that count, where the map is a hash map.
  private var leafCount: Int { hashed.newKeys + hashed.replacedKeys }

  /// Whether a flat map only gets other values, and keeps its keys.
  private var replacesOnly: Bool { precedence == .values && flatSize > 0 && missing == 0 }
}

// MARK: - The second round

extension MapBuilder {
  /// Begins the second round.
  /// - Parameters:
  ///   - base: the same map as in the first round, wherever it stands now.
  ///   - cursor: over the words of ``plan()``; a flat map is built at its top.
  public mutating func begin(
    base: Term? = nil, cursor: inout WordCursor
  ) throws(ScratchExhausted) {
    self.base = base ?? .none
    if isFlat {
      if replacesOnly {
        let count = FlatMap.words(size: flatSize)
        let copy = cursor.reserve(count)
        copy.update(from: self.base.boxed, count: count)
        replaced = copy
        return
      }
      flat = FlatMapBuilder(
        pairs: isHashed ? hashed.newKeys : flatSize + pairs, order: order, cursor: cursor)
    }
    if precedence != .base { try fillBase(cursor: &cursor) }
  }

  private mutating func fillBase(cursor: inout WordCursor) throws(ScratchExhausted) {
    if flatSize == 0 { return }
    let keys = FlatMap.keys(at: base.boxed).boxed + 1
    let values = FlatMap.values(at: base.boxed)
    for place in 0..<flatSize {
      try insert(Term(bits: keys[place]), Term(bits: values[place]), cursor: &cursor)
    }
  }

  /// Gives the next pair in the second round, in the order of the first.
  public mutating func fill(
    _ key: Term, _ value: Term, cursor: inout WordCursor
  ) throws(ScratchExhausted) {
    try insert(key, value, cursor: &cursor)
  }

  private mutating func insert(
    _ key: Term, _ value: Term, leaf: Term? = nil, cursor: inout WordCursor
  ) throws(ScratchExhausted) {
    let index = next
    next += 1
    if let replaced {
      let found = try FlatMap.place(of: key, in: .boxed(at: replaced), scratch: order.scratch)
      guard let found else { preconditionFailure("a key that was there is missing") }
      FlatMap.values(at: replaced)[found] = value.bits
      return
    }
    if isHashed && !hashed.counts(index) { return }
    if isFlat {
      try flat?.insert(key, value, keepsKey: precedence == .values)
    } else {
      let key = try ownKey(for: key)
      hashed.setLeaf(leaf ?? cursor.makeCons(key, value), index)
    }
  }

  /// The key that a flat map below keeps on its way to a hash map; else the new one.
  private func ownKey(for key: Term) throws(ScratchExhausted) -> Term {
    if precedence != .values || flatSize == 0 || key.isImmediate { return key }
    let place = try FlatMap.place(of: key, in: base, scratch: order.scratch)
    return place.map { Term(bits: (FlatMap.keys(at: base.boxed).boxed + 1)[$0]) } ?? key
  }

  /// Gives the next pair as a leaf of another hash map, which is shared.
  mutating func fill(leaf: Term, cursor: inout WordCursor) throws(ScratchExhausted) {
    try insert(leaf.cons[0], leaf.cons[1], leaf: leaf, cursor: &cursor)
  }

  /// Ends the map.
  /// - Parameter cursor: the one of the whole second round.
  /// - Returns: the map; the one below itself, where no pair counts.
  public mutating func finish(cursor: inout WordCursor) throws(ScratchExhausted) -> Term {
    if precedence == .base { try fillBase(cursor: &cursor) }
    precondition(next == pairs + flatSize || replaced != nil, "\(next) pairs were filled in")
    if let replaced { return .boxed(at: replaced) }
    if isFlat {
      guard let map = flat?.finish(cursor: &cursor) else { preconditionFailure("no map was begun") }
      return map
    }
    if leafCount == 0 { return base }
    let below = hashBase
    let size = hashed.newKeys + (below.isNone ? 0 : below.mapSize)
    return try hashed.emit(base: below, size: size, cursor: &cursor)
  }
}

extension HashedPairs {
  /// Adds the keys of a flat map, of which there are so many.
  fileprivate mutating func addKeys(of map: Term?, count: Int) throws(ScratchExhausted) {
    guard let map, count > 0 else { return }
    let keys = FlatMap.keys(at: map.boxed).boxed + 1
    for place in 0..<count { try add(Term(bits: keys[place])) }
  }
}
