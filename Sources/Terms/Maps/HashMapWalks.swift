/// Walks over hash maps, one inside the other: the innermost goes on until it ends.
struct HashMapWalks: ~Copyable {
  /// For each walk a 0, and for each node on its way the address of the next slot and how many
  /// slots are left.
  private var pending: ScratchStack

  init(_ scratch: any ScratchProvider) { pending = ScratchStack(provider: scratch) }

  /// Begins a walk over the leaves of a map, in the order of its slots.
  mutating func begin(_ map: Term) throws(ScratchExhausted) {
    try pending.push(0)
    try enter(map)
  }

  private mutating func enter(_ node: Term) throws(ScratchExhausted) {
    let slots = HashMap.slots(at: node.boxed)
    try pending.push(UInt(slots.count))
    try pending.push(UInt(bitPattern: slots.baseAddress))
  }

  /// The cell of the next leaf of the innermost walk, key and value; nothing where it has ended.
  mutating func next() throws(ScratchExhausted) -> UnsafeMutablePointer<Term>? {
    while let slot = pending.pop().flatMap(UnsafePointer<Term>.init(bitPattern:)) {
      guard let left = pending.pop() else {
        preconditionFailure("the walk over a hash map is in disorder")
      }
      if left > 1 {
        try pending.push(left - 1)
        try pending.push(UInt(bitPattern: slot + 1))
      }
      if slot.pointee.isCons { return slot.pointee.cons }
      try enter(slot.pointee)
    }
    return nil
  }

  /// Ends the innermost walk, wherever it is.
  mutating func end() {
    while let slot = pending.pop(), slot != 0 { _ = pending.pop() }
  }
}
