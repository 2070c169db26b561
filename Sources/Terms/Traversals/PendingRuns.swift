/// Pairs of runs of words that a comparison has yet to look at, the next on top.
///
/// A frame is three words: the addresses of the two runs, and their length with the mode. Below a
/// ``HashMapComparison`` nothing is looked at before that has ended.
struct PendingRuns: ~Copyable {
  /// How numbers compare.
  enum Mode: UInt {
    /// An integer and a float compare by value: `==` and standard order.
    case byValue
    /// An integer never equals a float and stands before each: `=:=` and the order of map keys.
    case exact
    /// The slots of a hash map's nodes, whose leaves have exact keys and values by value.
    case leaves
  }

  typealias Words = UnsafeMutablePointer<UInt>

  var stack: ScratchStack
  /// The words on the stack that have to wait for the comparison of two hash maps.
  var waitingWords = 0

  init(_ scratch: any ScratchProvider) { stack = ScratchStack(provider: scratch) }

  mutating func push(
    _ left: Words, _ right: Words, count: Int, _ mode: Mode
  ) throws(ScratchExhausted) {
    if count == 0 { return }
    try stack.push(
      UInt(bitPattern: left), UInt(bitPattern: right), UInt(count) << 2 | mode.rawValue)
  }

  /// The next pair of words that differ in their bits, out of the runs in order.
  mutating func nextDifference() throws(ScratchExhausted) -> (left: Term, right: Term, Mode)? {
    while stack.count > waitingWords {
      let frame = stack.popThree()
      guard let mode = Mode(rawValue: frame.third & 3),
        let left = Words(bitPattern: frame.first), let right = Words(bitPattern: frame.second)
      else { preconditionFailure("the pending runs are in disorder") }
      let count = Int(frame.third >> 2)
      var place = 0
      while place < count && left[place] == right[place] { place &+= 1 }
      if place == count { continue }
      let next = place &+ 1
      try push(left + next, right + next, count: count &- next, mode)
      let pair = (left: Term(bits: left[place]), right: Term(bits: right[place]))
      if mode == .leaves && pair.left.isCons && pair.right.isCons {
        let (leftLeaf, rightLeaf) = (pair.left.consWords, pair.right.consWords)
        try push(leftLeaf + 1, rightLeaf + 1, count: 1, .byValue)
        try push(leftLeaf, rightLeaf, count: 1, .exact)
        continue
      }
      return (pair.left, pair.right, mode)
    }
    return nil
  }
}

extension Term {
  /// The two words of a cons cell.
  var consWords: UnsafeMutablePointer<UInt> {
    UnsafeMutableRawPointer(cons).assumingMemoryBound(to: UInt.self)
  }
}
