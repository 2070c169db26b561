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

  typealias Difference = (left: Term, right: Term, mode: Mode)

  /// The next pair of words that differ in their bits, out of the runs in order.
  mutating func nextDifference() throws(ScratchExhausted) -> Difference? {
    while stack.count > waitingWords {
      let (left, right, count, mode) = pop()
      var place = 0
      while place < count && left[place] == right[place] { place &+= 1 }
      if place == count { continue }
      let next = place &+ 1
      try push(left + next, right + next, count: count &- next, mode)
      if let difference = try difference(left[place], right[place], mode) { return difference }
    }
    return nil
  }

  /// The next pair of words that differ in their bits, out of the runs each from its end.
  mutating func nextDifferenceFromEnd() throws(ScratchExhausted) -> Difference? {
    while !stack.isEmpty {
      let (left, right, count, mode) = pop()
      var place = count
      while place > 0 && left[place &- 1] == right[place &- 1] { place &-= 1 }
      if place == 0 { continue }
      place &-= 1
      try push(left, right, count: place, mode)
      if let difference = try difference(left[place], right[place], mode) { return difference }
    }
    return nil
  }

  @inline(__always)
  private mutating func pop() -> (left: Words, right: Words, count: Int, mode: Mode) {
    let frame = stack.popThree()
    guard let mode = Mode(rawValue: frame.third & 3),
      let left = Words(bitPattern: frame.first), let right = Words(bitPattern: frame.second)
    else { preconditionFailure("the pending runs are in disorder") }
    return (left, right, Int(frame.third >> 2), mode)
  }

  /// A pair that differs; of two leaves of hash maps, key and value become pending instead.
  @inline(__always)
  private mutating func difference(
    _ left: UInt, _ right: UInt, _ mode: Mode
  ) throws(ScratchExhausted) -> Difference? {
    let pair = (left: Term(bits: left), right: Term(bits: right), mode: mode)
    guard mode == .leaves && pair.left.isCons && pair.right.isCons else { return pair }
    let (leftLeaf, rightLeaf) = (pair.left.consWords, pair.right.consWords)
    try push(leftLeaf + 1, rightLeaf + 1, count: 1, .byValue)
    try push(leftLeaf, rightLeaf, count: 1, .exact)
    return nil
  }
}

extension Term {
  /// The two words of a cons cell.
  var consWords: UnsafeMutablePointer<UInt> {
    UnsafeMutableRawPointer(cons).assumingMemoryBound(to: UInt.self)
  }
}
