/// Walks the pairs of a map of either kind without recursion: a flat map's in the order of its
/// keys, a hash map's in the order of its slots.
///
/// ```swift
/// var pairs = try MapPairs(of: map, scratch: scratch)
/// while let (key, value) = try pairs.next() { use(key, value) }
/// ```
/// The map must stay where it is: nothing may collect before the walk ends.
public struct MapPairs: ~Copyable {
  private let map: Term
  private var place = 0
  private var leaves: HashMapLeaves?

  /// Begins a walk.
  /// - Parameters:
  ///   - map: a map.
  ///   - scratch: working memory, for a hash map a few words for each level of the tree.
  public init(of map: Term, scratch: any ScratchProvider) throws(ScratchExhausted) {
    self.map = map
    if map.isHashMap { leaves = try HashMapLeaves(of: map, scratch: scratch) }
  }

  /// The next pair, or nothing at the end.
  public mutating func next() throws(ScratchExhausted) -> (key: Term, value: Term)? {
    if map.isHashMap {
      guard let leaf = try leaves?.next() else { return nil }
      return (leaf[0], leaf[1])
    }
    let object = map.boxed
    if place == FlatMap.size(at: object) { return nil }
    let keys = FlatMap.keys(at: object).boxed + 1
    defer { place += 1 }
    return (Term(bits: keys[place]), Term(bits: FlatMap.values(at: object)[place]))
  }
}
