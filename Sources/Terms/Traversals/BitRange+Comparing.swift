import Glibc

/// The order of bit strings: bit by bit, and where one ends first, it stands first.
extension BitRange {
  /// The order of two runs of bits: -1, 0 or 1.
  static func compare(_ left: BitRange, _ right: BitRange) -> Int {
    let common = min(left.bitCount, right.bitCount)
    let result = comparePrefixes(left, right, bitCount: common)
    if result != 0 { return result }
    return left.bitCount < right.bitCount ? -1 : left.bitCount == right.bitCount ? 0 : 1
  }

  private static func comparePrefixes(
    _ left: BitRange, _ right: BitRange, bitCount: Int
  ) -> Int {
    let whole = bitCount >> 3
    var index = 0
    if left.bitOffset | right.bitOffset == 0 {
      let result = memcmp(left.base, right.base, whole)
      if result != 0 { return result < 0 ? -1 : 1 }
      index = whole
    }
    while index + 8 <= whole {
      let (leftWord, rightWord) = (left.word(at: index), right.word(at: index))
      if leftWord != rightWord { return leftWord < rightWord ? -1 : 1 }
      index += 8
    }
    let leftPrefix = left.prefix(bitCount: bitCount)
    let rightPrefix = right.prefix(bitCount: bitCount)
    while index << 3 < bitCount {
      let (leftByte, rightByte) = (leftPrefix.byte(at: index), rightPrefix.byte(at: index))
      if leftByte != rightByte { return leftByte < rightByte ? -1 : 1 }
      index += 1
    }
    return 0
  }

  private func prefix(bitCount: Int) -> BitRange {
    BitRange(base: base, bitOffset: bitOffset, bitCount: bitCount)
  }

  /// Eight whole bytes from the one with an index on, the first in the upper bits.
  private func word(at index: Int) -> UInt64 {
    let start = UnsafeRawPointer(base + index)
    let word = UInt64(bigEndian: start.loadUnaligned(as: UInt64.self))
    if bitOffset == 0 { return word }
    // The last bits of the eighth byte stand in a ninth, which therefore is there.
    return word << UInt64(bitOffset) | UInt64(base[index + 8]) >> UInt64(8 - bitOffset)
  }
}
