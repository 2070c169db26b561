/// Walks the leaves of a hash map in the order of its slots, without recursion.
///
/// ```swift
/// var leaves = try HashMapLeaves(of: map, scratch: scratch)
/// while let leaf = try leaves.next() { use(key: leaf[0], value: leaf[1]) }
/// ```
/// The map must stay where it is: nothing may collect before the walk ends.
public struct HashMapLeaves: ~Copyable {
  /// For each node on the way, the address of its next slot and how many slots are left.
  private var pending: ScratchStack

  /// Begins a walk.
  /// - Parameters:
  ///   - map: a hash map.
  ///   - scratch: working memory, a few words for each level of the tree.
  public init(of map: Term, scratch: any ScratchProvider) throws(ScratchExhausted) {
    pending = ScratchStack(provider: scratch)
    try enter(map)
  }

  private mutating func enter(_ node: Term) throws(ScratchExhausted) {
    let slots = HashMap.slots(at: node.boxed)
    try pending.push(UInt(bitPattern: slots.baseAddress))
    try pending.push(UInt(slots.count))
  }

  /// The cell of the next leaf, key and value, or nothing at the end.
  public mutating func next() throws(ScratchExhausted) -> UnsafeMutablePointer<Term>? {
    while let left = pending.pop() {
      guard let slot = pending.pop().flatMap(UnsafePointer<Term>.init(bitPattern:)) else {
        preconditionFailure("the walk over a hash map is in disorder")
      }
      if left == 0 { continue }
      try pending.push(UInt(bitPattern: slot + 1))
      try pending.push(left - 1)
      if slot.pointee.isCons { return slot.pointee.cons }
      try enter(slot.pointee)
    }
    return nil
  }
}
