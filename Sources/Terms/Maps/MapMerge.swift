/// Makes one map of two, in which the second one's pairs count where both have a key.
///
/// ```swift
/// var merge = try MapMerge(first, second, order: order)
/// // Ensure merge.words; the maps may move.
/// let map = try merge.finish(first, second, cursor: &cursor)
/// ```
/// The pairs of the smaller map are put into the larger one, whose other nodes are shared; so are
/// the leaves of hash maps. Time is that of the smaller map.
public struct MapMerge: ~Copyable {
  /// The most words that the map takes.
  public let words: Int
  private let order: TermOrder
  private let isFirstBase: Bool
  private var builder: MapBuilder

  /// Looks what merging takes.
  public init(_ first: Term, _ second: Term, order: TermOrder) throws(ScratchExhausted) {
    let isFirstBase = first.mapSize >= second.mapSize
    let (base, added) = isFirstBase ? (first, second) : (second, first)
    var builder = try MapBuilder(
      base: base, pairs: added.mapSize, precedence: isFirstBase ? .pairs : .base, order: order)
    var pairs = try MapPairs(of: added, scratch: order.scratch)
    while let pair = try pairs.next() { try builder.add(key: pair.key) }
    words = try builder.plan()
    self.builder = builder
    self.order = order
    self.isFirstBase = isFirstBase
  }

  /// Makes the map.
  /// - Parameters:
  ///   - first: the first map, wherever it stands now.
  ///   - second: the second one.
  ///   - cursor: over ``words``.
  public mutating func finish(
    _ first: Term, _ second: Term, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    let (base, added) = isFirstBase ? (first, second) : (second, first)
    try builder.begin(base: base, cursor: &cursor)
    if added.isHashMap {
      var leaves = try HashMapLeaves(of: added, scratch: order.scratch)
      while let leaf = try leaves.next() {
        let cell = UnsafeMutableRawPointer(leaf).assumingMemoryBound(to: UInt.self)
        try builder.fill(leaf: .cons(at: cell), cursor: &cursor)
      }
    } else {
      var pairs = try MapPairs(of: added, scratch: order.scratch)
      while let pair = try pairs.next() {
        try builder.fill(pair.key, pair.value, cursor: &cursor)
      }
    }
    return try builder.finish(cursor: &cursor)
  }
}
