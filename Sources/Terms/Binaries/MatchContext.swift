/// How far a binary has been matched: what the instructions of a binary pattern work on.
///
/// ```
/// +--------------------------+
/// | header (2 raw words, +)  |
/// | position in bits         |  of the original, counted from its first bit
/// | end in bits              |
/// | saved positions in bits  |  none but in contexts of OTP 21's instructions
/// | original                 |  a binary on a heap or a handle, never a part of one
/// +--------------------------+
/// ```
/// 4 words and the saved positions. Never part of another term, never sent; the only object whose raw words change. It
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
    Term(bits: context[1 &+ Header(bits: context[0]).arity])
  }
  /// How many positions can be saved.
  @inlinable public static func savedCount(at context: UnsafePointer<UInt>) -> Int {
    Header(bits: context[0]).arity &- 2
  }
  /// A saved position.
  @inlinable
  public static func saved(_ place: Int, at context: UnsafePointer<UInt>) -> Int {
    assert(0..<savedCount(at: context) ~= place, "no place \(place) for a position")
    return Int(context[3 &+ place])
  }
  /// Saves the position.
  @inlinable
  public static func save(in place: Int, at context: UnsafeMutablePointer<UInt>) {
    assert(0..<savedCount(at: context) ~= place, "no place \(place) for a position")
    context[3 &+ place] = context[1]
  }
  /// Makes a context with a saved position the bit string from there to the end.
  /// - Parameters:
  ///   - place: the saved position to begin at.
  ///   - context: nothing else works on it; it is no context any more.
  public static func becomeBitString(from place: Int, _ context: UnsafeMutablePointer<UInt>) {
    let (start, end) = (saved(place, at: context), end(at: context))
    let original = original(at: context)
    let words = 4 + savedCount(at: context)
    var cursor = WordCursor(top: context, limit: context + words)
    _ = cursor.makeSubBinary(of: original, bitOffset: start, bitCount: end - start)
    WordCursor.fillHole(words: words - SubBinary.words, at: cursor.top)
  }
}

extension WordCursor {
  /// Builds a context over the bits of a bit string: 4 words and the saved positions.
  /// - Parameters:
  ///   - bits: a bit string.
  ///   - savedCount: the positions that can be saved; each is where the context begins.
  @inlinable
  public mutating func makeMatchContext(of bits: Term, savedCount: Int = 0) -> Term {
    let words = reserve(MatchContext.words &+ savedCount)
    words[0] = Header(.matchContext, arity: 2 &+ savedCount).bits
    if bits.isBoxed(.subBinary) {
      let part = bits.boxed
      words[1] = UInt(SubBinary.bitOffset(at: part))
      words[2] = words[1] &+ UInt(SubBinary.bitCount(at: part))
      words[3 &+ savedCount] = SubBinary.original(at: part).bits
    } else {
      words[1] = 0
      words[2] = UInt(bits.wholeBinaryBytes.count) << 3
      words[3 &+ savedCount] = bits.bits
    }
    for place in 0..<savedCount { words[3 &+ place] = words[1] }
    return .boxed(at: words)
  }
}
