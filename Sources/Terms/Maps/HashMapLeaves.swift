/// Walks the leaves of a hash map in the order of its slots, without recursion.
///
/// ```swift
/// var leaves = try HashMapLeaves(of: map, scratch: scratch)
/// while let leaf = try leaves.next() { use(key: leaf[0], value: leaf[1]) }
/// ```
/// The map must stay where it is: nothing may collect before the walk ends.
public struct HashMapLeaves: ~Copyable {
  private var walks: HashMapWalks

  /// Begins a walk.
  /// - Parameters:
  ///   - map: a hash map.
  ///   - scratch: working memory, a few words for each level of the tree.
  public init(of map: Term, scratch: any ScratchProvider) throws(ScratchExhausted) {
    walks = HashMapWalks(scratch)
    try walks.begin(map)
  }

  /// The cell of the next leaf, key and value, or nothing at the end.
  public mutating func next() throws(ScratchExhausted) -> UnsafeMutablePointer<Term>? {
    try walks.next()
  }
}
