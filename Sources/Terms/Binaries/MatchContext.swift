/// How far a binary has been matched: what the instructions of a binary pattern work on.
///
/// ```
/// +--------------------------+
/// | header (2 raw words)     |
/// | position in bits         |  of the original, counted from its first bit
/// | end in bits              |
/// | original                 |  a binary on a heap or a handle, never a part of one
/// +--------------------------+
/// ```
/// 4 words. Never part of another term, never sent; the only object whose raw words change. It
/// holds no address of bytes, so a collection need not know it.
public enum MatchContext {
  /// The words of a context.
  @inlinable public static var words: Int { 4 }
  /// The bits that are yet to be matched.
  /// - Important: valid until the next call that takes roots.
  @inlinable
  public static func rest(of context: UnsafePointer<UInt>) -> BitRange {
    let start = original(at: context).wholeBinaryBytes.baseAddress.unsafelyUnwrapped
    let position = position(at: context)
    return BitRange(
      base: start.assumingMemoryBound(to: UInt8.self), bitOffset: position,
      bitCount: end(at: context) &- position)
  }
  /// Goes on at another place.
  /// - Parameter position: in bits of the original, between where the context began and its end.
  @inlinable
  public static func setPosition(_ position: Int, at context: UnsafeMutablePointer<UInt>) {
    assert(position >= 0 && position <= Self.end(at: context), "a position beyond the end")
    context[1] = UInt(bitPattern: position)
  }
  /// The first bit not yet matched.
  @inlinable public static func position(at context: UnsafePointer<UInt>) -> Int {
    Int(context[1])
  }
  /// The end of what may be matched.
  @inlinable public static func end(at context: UnsafePointer<UInt>) -> Int { Int(context[2]) }
  /// The binary that is matched.
  @inlinable public static func original(at context: UnsafePointer<UInt>) -> Term {
    Term(bits: context[3])
  }
}

extension WordCursor {
  /// Builds a context over the bits of a bit string: 4 words.
  /// - Parameter bits: a bit string.
  @inlinable
  public mutating func makeMatchContext(of bits: Term) -> Term {
    let words = reserve(MatchContext.words)
    words[0] = Header(.matchContext, arity: 2).bits
    if bits.isBoxed(.subBinary) {
      let part = bits.boxed
      words[1] = UInt(SubBinary.bitOffset(at: part))
      words[2] = words[1] &+ UInt(SubBinary.bitCount(at: part))
      words[3] = SubBinary.original(at: part).bits
    } else {
      words[1] = 0
      words[2] = UInt(bits.wholeBinaryBytes.count) << 3
      words[3] = bits.bits
    }
    return .boxed(at: words)
  }
}
