/// A walk over the leaves of a hash map that begins anywhere and tells where it has come to, so that
/// it can be taken up after a collection.
///
/// ```
///   place:  | ... | level 1 | root |      four bits a level: which of the slots that are there
/// ```
/// A place is a number that says which slots lead to a leaf: 0 is the first leaf.
public struct HashMapSection: ~Copyable {
  /// For each level of the way to the leaf at hand the address of the slots, and their number with
  /// the one taken.
  private var way: ScratchStack
  private var leaf: UnsafeMutablePointer<Term>?

  /// Begins at a place.
  /// - Parameters:
  ///   - map: a hash map, which must stay where it is as long as this is used.
  ///   - place: of a leaf, as ``place`` told it. Where there is no such slot, the walk is at its end
  ///     at once.
  ///   - scratch: working memory, a few words for each level of the tree.
  public init(of map: Term, at place: UInt, scratch: any ScratchProvider) throws(ScratchExhausted) {
    way = ScratchStack(provider: scratch)
    try descend(to: map, at: place)
  }

  private mutating func descend(to slot: Term, at place: UInt) throws(ScratchExhausted) {
    var (slot, place) = (slot, place)
    while !slot.isCons {
      let slots = HashMap.slots(at: slot.boxed)
      let taken = Int(place & 15)
      if taken >= slots.count {
        leaf = nil
        return
      }
      try way.push(UInt(bitPattern: slots.baseAddress), UInt(slots.count << 8 | taken))
      slot = slots[taken]
      place >>= 4
    }
    leaf = slot.cons
  }

  /// Whether there is no leaf left.
  public var isAtEnd: Bool { leaf == nil }

  /// The place of the next leaf, or nothing at the end or where it is too deep for a small integer.
  public var place: UInt? {
    let levels = way.count / 2
    if isAtEnd || levels > 14 { return nil }
    return (0..<levels).reduce(0) { $0 | (way[2 * $1 + 1] & 15) << UInt(4 * $1) }
  }

  /// The cell of the next leaf, key and value, or nothing at the end.
  public mutating func next() throws(ScratchExhausted) -> UnsafeMutablePointer<Term>? {
    guard let found = leaf else { return nil }
    leaf = nil
    while !way.isEmpty {
      let level = way.popTwo()
      let taken = level.second + 1
      if taken & 0xFF == level.second >> 8 { continue }
      try way.push(level.first, taken)
      let slots = UnsafePointer<Term>(bitPattern: level.first).unsafelyUnwrapped
      try descend(to: slots[Int(taken & 0xFF)], at: 0)
      break
    }
    return found
  }
}
