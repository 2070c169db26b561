// The nodes over keys whose hashes all differ, as nearly always: their shape then is in the sorted
// hashes alone, and no key is looked at.
extension HashedPairs {
  /// How many levels from the root on the hashes of two neighbours take the same slots.
  @inline(__always)
  private func sharedLevels(_ entry: Int) -> Int {
    let difference = UInt32(truncatingIfNeeded: (entries[entry] ^ entries[entry &+ 1]) >> 32)
    return difference.leadingZeroBitCount >> 2
  }

  /// Counts the nodes over sorted entries.
  ///
  /// Neighbours that share levels have a node for each of them, which is a new one where the
  /// neighbours before share less.
  /// - Returns: nothing where two hashes are the same.
  func countDistinctNodes() -> Int? {
    var (nodes, before) = (1, 0)
    for entry in 0..<max(1, count) &- 1 {
      let shared = sharedLevels(entry)
      if shared == 8 { return nil }
      nodes &+= max(0, shared &- before)
      before = shared
    }
    return nodes
  }

  /// Builds the nodes over sorted entries of unlike hashes in one walk: the nodes on the way to the
  /// entry at hand are kept until an entry comes that is not below them.
  /// - Returns: the root, behind all nodes.
  func emitDistinct(cursor: inout WordCursor) -> Term {
    withUnsafeTemporaryAllocation(of: OpenNode.self, capacity: 8) { nodes in
      nodes.initialize(repeating: OpenNode())
      return withUnsafeTemporaryAllocation(of: UInt.self, capacity: 8 * 16) { slots in
        guard let nodes = nodes.baseAddress, let slots = slots.baseAddress else {
          preconditionFailure("no memory on the stack")
        }
        return emitDistinct(nodes, slots, cursor: &cursor)
      }
    }
  }

  /// A node that may get more slots.
  private struct OpenNode {
    var bitmap: UInt = 0
    var count = 0
  }

  private func emitDistinct(
    _ nodes: UnsafeMutablePointer<OpenNode>, _ slots: UnsafeMutablePointer<UInt>,
    cursor: inout WordCursor
  ) -> Term {
    var before = 0
    for entry in 0..<count {
      let shared = entry &+ 1 < count ? sharedLevels(entry) : 0
      let hash = entries[entry] >> 32
      var level = max(before, shared)
      var word = terms[index(entry)]
      while true {
        slots[16 &* level &+ nodes[level].count] = word
        nodes[level].count &+= 1
        nodes[level].bitmap |= 1 << (hash >> UInt(28 &- 4 &* level) & 15)
        if level == shared { break }
        let node = HashMapNode.make(bitmap: nodes[level].bitmap, rootSize: nil, cursor: &cursor)
        for place in 0..<nodes[level].count { node.slots[place] = slots[16 &* level &+ place] }
        nodes[level] = OpenNode()
        word = node.term.bits
        level &-= 1
      }
      before = shared
    }
    let root = HashMapNode.make(bitmap: nodes[0].bitmap, rootSize: count, cursor: &cursor)
    for place in 0..<nodes[0].count { root.slots[place] = slots[place] }
    return root.term
  }
}
