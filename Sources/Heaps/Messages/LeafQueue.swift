/// Leaves of hash maps that were asked for and are still to be copied, the oldest first: so that many
/// are on their way from memory while others are copied.
struct LeafQueue {
  struct Leaf: BitwiseCopyable {
    /// What refers to the leaf, in the copy of its node.
    let slot: UnsafeMutablePointer<UInt>
    /// Where its copy is noted, or is to be.
    let place: CopiedObjects.Page
  }

  private var leaves: InlineArray<32, Leaf?> = InlineArray(repeating: nil)
  /// The place of the oldest, if all are taken.
  private var next = 0
  private(set) var count = 0

  private static var capacity: Int { 32 }

  /// Adds a leaf.
  /// - Returns: the oldest, which has been there long enough, where there was no room.
  @inline(__always)
  mutating func exchange(_ leaf: Leaf) -> Leaf? {
    let oldest = leaves[next]
    leaves[next] = leaf
    next = (next &+ 1) & (Self.capacity &- 1)
    if oldest == nil { count &+= 1 }
    return oldest
  }

  /// Takes the oldest leaf out.
  mutating func popFirst() -> Leaf? {
    while count > 0 {
      let oldest = leaves[next]
      leaves[next] = nil
      next = (next &+ 1) & (Self.capacity &- 1)
      if let oldest {
        count &-= 1
        return oldest
      }
    }
    return nil
  }
}
