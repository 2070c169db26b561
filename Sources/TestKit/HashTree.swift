import Terms

/// Builds the tree of a hash map of keys whose hashes the test chooses.
public enum HashTree {
  /// A key, its value and the bits that say where it stands, four for each level.
  public struct Leaf {
    /// The hash of the key; no two keys of a map have the same.
    public var hash: UInt64
    /// The key.
    public var key: Term
    /// The value.
    public var value: Term

    /// Makes a leaf.
    public init(hash: UInt64, key: Term, value: Term) {
      self.hash = hash
      self.key = key
      self.value = value
    }
  }

  /// Builds a map of at least ``HashMap/minimumSize`` leaves.
  public static func build(_ leaves: [Leaf], cursor: inout WordCursor) -> Term {
    precondition(leaves.count >= HashMap.minimumSize, "\(leaves.count) keys make a flat map")
    return build(leaves[...], level: 0, cursor: &cursor)
  }

  private static func build(
    _ leaves: ArraySlice<Leaf>, level: UInt64, cursor: inout WordCursor
  ) -> Term {
    if level > 0, leaves.count == 1, let leaf = leaves.first {
      return cursor.makeCons(leaf.key, leaf.value)
    }
    precondition(level < 16, "two keys with one hash")
    let groups = Dictionary(grouping: leaves) { $0.hash >> (4 * level) & 15 }
    let bitmap = groups.keys.reduce(0 as UInt) { $0 | 1 << UInt($1) }
    let slots = groups.keys.sorted().map {
      build(groups[$0, default: []][...], level: level + 1, cursor: &cursor)
    }
    let header =
      level > 0
      ? Header.hashMapNode(bitmap: bitmap)
      : bitmap == 0xFFFF ? Header.hashMapFullRoot : Header.hashMapRoot(bitmap: bitmap)
    let words = cursor.reserve(1 + header.rawWords + slots.count)
    words[0] = header.bits
    if level == 0 { words[1] = UInt(leaves.count) }
    for (place, slot) in slots.enumerated() { words[1 + header.rawWords + place] = slot.bits }
    return .boxed(at: words)
  }
}
