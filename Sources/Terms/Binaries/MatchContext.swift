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
