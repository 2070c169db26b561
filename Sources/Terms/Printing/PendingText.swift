/// What is left to write of the terms that are begun, the innermost on top.
///
/// A frame is three words: a term or an address, the count with the kind, and the depth.
struct PendingText: ~Copyable {
  enum Kind: UInt {
    /// The rest of a list, in the word.
    case tail
    /// The end of an improper list.
    case closingBracket
    /// The tuple at the address in the word, from the count-th element on.
    case elements
    /// The flat map at the address in the word, from the count-th pair on.
    case flatPairs
    /// The hash map at the address in the word, of which the first count pairs are written.
    case hashPairs
    /// The value of a pair, in the word.
    case value
  }

  struct Frame {
    var kind: Kind
    var word: UInt
    var count = 0
    /// Of what is left: an element's depth and 1.
    var depth: Int
  }

  private var stack: ScratchStack

  init(_ scratch: any ScratchProvider) { stack = ScratchStack(provider: scratch) }

  mutating func push(_ frame: Frame) throws(ScratchExhausted) {
    try stack.push(frame.word)
    try stack.push(UInt(frame.count) << 3 | frame.kind.rawValue)
    try stack.push(UInt(frame.depth))
  }

  mutating func pop() -> Frame? {
    guard let depth = stack.pop() else { return nil }
    guard let low = stack.pop(), let kind = Kind(rawValue: low & 7), let word = stack.pop() else {
      preconditionFailure("the pending text is in disorder")
    }
    return Frame(kind: kind, word: word, count: Int(low >> 3), depth: Int(depth))
  }
}
