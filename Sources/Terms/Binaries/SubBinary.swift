/// A part of another binary: bytes, or any bits.
///
/// ```
/// +--------------------------+
/// | header (3 raw words)     |
/// | whole bytes              |
/// | offset in bytes          |
/// | tail bits | bit offset<<8|  0 to 7 each
/// | original                 |  a binary on a heap or a handle, never a part of one
/// +--------------------------+
/// ```
/// 5 words and those of the original, as OTP 25's `ErlSubBin`.
public enum SubBinary {
  /// The words of the part alone.
  @inlinable public static var words: Int { 5 }
  /// Where the part begins, in bits of the original.
  @inlinable public static func bitOffset(at part: UnsafePointer<UInt>) -> Int {
    Int(bitPattern: part[2] << 3 | part[3] >> 8 & 7)
  }
  /// The bits of the part.
  @inlinable public static func bitCount(at part: UnsafePointer<UInt>) -> Int {
    Int(bitPattern: part[1] << 3 | part[3] & 7)
  }
  /// Where the part begins and how long it is, in bytes; nothing where either ends within one.
  @inlinable @inline(__always)
  package static func wholeBytes(at part: UnsafePointer<UInt>) -> (offset: Int, count: Int)? {
    if part[3] != 0 { return nil }
    return (Int(bitPattern: part[2]), Int(bitPattern: part[1]))
  }
  /// Makes whole bytes more or fewer of them, as ``setBitCount(_:at:)``.
  @inlinable @inline(__always)
  package static func setByteCount(_ byteCount: Int, at part: UnsafeMutablePointer<UInt>) {
    part[1] = UInt(bitPattern: byteCount)
  }
  /// Makes the part a longer or a shorter one, which nobody else refers to.
  @inlinable
  package static func setBitCount(_ bitCount: Int, at part: UnsafeMutablePointer<UInt>) {
    part[1] = UInt(bitPattern: bitCount) >> 3
    part[3] = part[3] & ~7 | UInt(bitPattern: bitCount) & 7
  }
  /// The binary that it is a part of.
  @inlinable public static func original(at part: UnsafePointer<UInt>) -> Term {
    Term(bits: part[4])
  }
}

extension WordCursor {
  /// Builds a part of a binary: 5 words.
  ///
  /// - Parameters:
  ///   - original: a binary on a heap or a handle.
  ///   - bitOffset: where the part begins, in bits of the original.
  ///   - bitCount: the bits of the part.
  @inlinable
  public mutating func makeSubBinary(of original: Term, bitOffset: Int, bitCount: Int) -> Term {
    makeSubBinary(
      of: original, byteOffset: bitOffset &>> 3, byteCount: bitCount &>> 3,
      bits: bitCount & 7 | (bitOffset & 7) << 8)
  }

  /// Builds a part of a binary: 5 words.
  ///
  /// - Parameters:
  ///   - original: a binary on a heap or a handle.
  ///   - byteOffset: where the part begins, in whole bytes.
  ///   - byteCount: the whole bytes of the part.
  ///   - bits: what both have beside whole bytes, as ``SubBinary`` shows it.
  @inlinable @inline(__always)
  package mutating func makeSubBinary(
    of original: Term, byteOffset: Int, byteCount: Int, bits: Int = 0
  ) -> Term {
    assert(!original.isBoxed(.subBinary), "a part of a part")
    let words = reserve(SubBinary.words)
    words[0] = Header(.subBinary, arity: 3).bits
    words[1] = UInt(bitPattern: byteCount)
    words[2] = UInt(bitPattern: byteOffset)
    words[3] = UInt(bitPattern: bits)
    words[4] = original.bits
    return .boxed(at: words)
  }
}
