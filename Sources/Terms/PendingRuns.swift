/// Pairs of runs of words that a comparison has yet to look at, the next on top.
///
/// A frame is three words: the addresses of the two runs, and their length with the mode.
struct PendingRuns: ~Copyable {
  /// How numbers compare.
  enum Mode: UInt {
    /// An integer and a float compare by value: `==` and standard order.
    case byValue
    /// An integer never equals a float and stands before each: `=:=` and the order of map keys.
    case exact
  }

  typealias Words = UnsafeMutablePointer<UInt>

  private var stack: ScratchStack

  init(_ scratch: any ScratchProvider) { stack = ScratchStack(provider: scratch) }

  mutating func push(
    _ left: Words, _ right: Words, count: Int, _ mode: Mode
  ) throws(ScratchExhausted) {
    if count == 0 { return }
    try stack.push(UInt(bitPattern: left))
    try stack.push(UInt(bitPattern: right))
    try stack.push(UInt(count) << 1 | mode.rawValue)
  }

  mutating func pop() -> (left: Words, right: Words, count: Int, mode: Mode)? {
    guard let low = stack.pop() else { return nil }
    guard let right = stack.pop().flatMap(Words.init(bitPattern:)),
      let left = stack.pop().flatMap(Words.init(bitPattern:))
    else { preconditionFailure("the pending runs are in disorder") }
    return (left, right, Int(low >> 1), low & 1 == 0 ? .byValue : .exact)
  }

  /// The next pair of words that differ in their bits, out of the runs in order.
  mutating func nextDifference() throws(ScratchExhausted) -> (left: Term, right: Term, Mode)? {
    while let (left, right, count, mode) = pop() {
      var place = 0
      while place < count && left[place] == right[place] { place += 1 }
      if place == count { continue }
      let next = place + 1
      try push(left + next, right + next, count: count - next, mode)
      return (Term(bits: left[place]), Term(bits: right[place]), mode)
    }
    return nil
  }
}
