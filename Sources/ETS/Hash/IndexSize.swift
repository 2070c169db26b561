/// The lines that a hash index has, and how a hash tells one of them, in one word.
///
/// ```
///  63                  32 31                   0
/// +----------------------+----------------------+
/// | half of the mask     | lines                |
/// +----------------------+----------------------+
/// ```
/// The mask covers the least power of two that is not below the lines. A hash whose bits under the
/// mask name a line that is not there yet belongs to the one without the highest of these bits.
struct IndexSize: BitwiseCopyable {
  let bits: UInt

  @inline(__always)
  init(bits: UInt) { self.bits = bits }

  /// - Parameter lineCount: at least 2, below 2^32.
  init(lineCount: Int) {
    let mask = UInt.max >> UInt((lineCount - 1).leadingZeroBitCount)
    bits = (mask >> 1) << 32 | UInt(lineCount)
  }

  @inline(__always) var lineCount: Int { Int(bitPattern: bits & 0xFFFF_FFFF) }

  /// The line that a hash belongs to.
  @inline(__always)
  func line(of hash: UInt) -> Int {
    let half = UInt32(truncatingIfNeeded: bits &>> 32)
    let hash = UInt32(truncatingIfNeeded: hash)
    let line = hash & (half &<< 1 | 1)
    return Int(line < UInt32(truncatingIfNeeded: bits) ? line : hash & half)
  }
}
