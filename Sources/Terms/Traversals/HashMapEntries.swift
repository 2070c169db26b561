/// What two hash maps' trees have in common and what not, as words on a stack.
///
/// ```
/// | left leaf | 0 | right leaf |                              in the same place
/// | leaf | 1 |                                                only the left map has the place
/// | leaf | 2 |                                                only the right map
/// | left leaf | 3 | n | right leaf 1 | ... | right leaf n |   a node in the place of a leaf
/// | right leaf | 4 | n | left leaf 1 | ... | left leaf n |
/// ```
/// A leaf is the address of its cell. Leaves and nodes that are the same words in both maps are left
/// out. A key's place depends on its hash alone; so a key that both maps have is in one pair, or is
/// a leaf and one of those that follow it.
enum HashMapEntries {
  enum Kind: UInt {
    case pair, onlyLeft, onlyRight, leftAmong, rightAmong

    init(of entry: UInt) {
      guard let kind = Kind(rawValue: entry & 7) else {
        preconditionFailure("the comparison of two maps is in disorder")
      }
      self = kind
    }
  }

  /// The leaf of an entry.
  static func leaf(of entry: UInt) -> UInt { entry & ~7 }

  /// Walks over two trees.
  static func push(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, to stack: inout ScratchStack,
    scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    var waiting = ScratchStack(provider: scratch)
    var (leftSlots, rightSlots) = (Slots(of: left), Slots(of: right))
    while true {
      let both = leftSlots.left | rightSlots.left
      if both == 0 {
        guard let nextRight = Slots(popping: &waiting), let nextLeft = Slots(popping: &waiting)
        else { return }
        (leftSlots, rightSlots) = (nextLeft, nextRight)
        continue
      }
      let bit = both & (0 &- both)
      let (leftSlot, rightSlot) = (leftSlots.take(bit), rightSlots.take(bit))
      if leftSlot == rightSlot { continue }
      switch (leftSlot, rightSlot) {
      case (let leftSlot?, let rightSlot?) where leftSlot.isBoxed && rightSlot.isBoxed:
        try leftSlots.push(to: &waiting)
        try rightSlots.push(to: &waiting)
        (leftSlots, rightSlots) = (Slots(of: leftSlot.boxed), Slots(of: rightSlot.boxed))
      case (let leftSlot?, let rightSlot?):
        try pushUnlike(leftSlot, rightSlot, to: &stack, scratch)
      case (let slot?, nil): try pushLeaves(of: slot, .onlyLeft, to: &stack, scratch)
      case (nil, let slot?): try pushLeaves(of: slot, .onlyRight, to: &stack, scratch)
      case (nil, nil): preconditionFailure("a slot of no map")
      }
    }
  }

  /// Two slots of which at least one is a leaf.
  private static func pushUnlike(
    _ left: Term, _ right: Term, to stack: inout ScratchStack, _ scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    if left.isCons && right.isCons {
      let (leftCell, rightCell) = (left.cons, right.cons)
      if leftCell[0] == rightCell[0] && leftCell[1] == rightCell[1] { return }
      try stack.push(left.address | Kind.pair.rawValue)
      try stack.push(right.address)
      return
    }
    let (leaf, node) = left.isCons ? (left, right) : (right, left)
    try stack.push(leaf.address | (left.isCons ? Kind.leftAmong : .rightAmong).rawValue)
    let count = stack.count
    try stack.push(0)
    try pushLeaves(of: node, .pair, to: &stack, scratch)
    stack[count] = UInt(stack.count - count - 1)
  }

  private static func pushLeaves(
    of slot: Term, _ kind: Kind, to stack: inout ScratchStack, _ scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    if slot.isCons { return try stack.push(slot.address | kind.rawValue) }
    var leaves = try HashMapLeaves(of: slot, scratch: scratch)
    while let leaf = try leaves.next() {
      try stack.push(UInt(bitPattern: leaf) | kind.rawValue)
    }
  }

  /// The slots of a node that the walk has yet to look at.
  private struct Slots {
    private var next: UnsafePointer<Term>
    /// A bit for each.
    private(set) var left: UInt

    init(of node: PendingRuns.Words) {
      let slots = HashMap.slots(at: node)
      next = UnsafePointer(slots.baseAddress.unsafelyUnwrapped)
      left = Header(bits: node[0]).mapBitmap
    }

    init?(popping stack: inout ScratchStack) {
      guard let left = stack.pop(),
        let next = stack.pop().flatMap(UnsafePointer<Term>.init(bitPattern:))
      else { return nil }
      (self.next, self.left) = (next, left)
    }

    func push(to stack: inout ScratchStack) throws(ScratchExhausted) {
      try stack.push(UInt(bitPattern: next))
      try stack.push(left)
    }

    /// The slot with a bit, or nothing where the node has none.
    mutating func take(_ bit: UInt) -> Term? {
      if left & bit == 0 { return nil }
      left ^= bit
      defer { next += 1 }
      return next[0]
    }
  }
}
