import Tenure

/// Writes bits one behind the other; those behind the last are 0 up to the byte's end.
///
/// ```
///   next
///   |76543210|
///    ^^^------------ offset = 3: the bits that are there and stay
/// ```
struct BitWriter {
  /// The byte of the next bit.
  private(set) var next: UnsafeMutablePointer<UInt8>
  /// The bits of that byte before it.
  private(set) var offset: Int

  init(at next: UnsafeMutablePointer<UInt8>, offset: Int = 0) {
    self.next = next
    self.offset = offset
  }

  /// Writes the low bits of a word, at most 64, the highest first.
  mutating func put(_ value: UInt, bits: Int) {
    if bits > Self.mostBitsAtOnce {
      putAtOnce(value &>> 32, bits: bits &- 32)
      putAtOnce(value, bits: 32)
    } else {
      putAtOnce(value, bits: bits)
    }
  }

  /// So many bits and those of the byte begun stand in a word.
  static var mostBitsAtOnce: Int { 56 }

  @inline(__always)
  private mutating func putAtOnce(_ value: UInt, bits: Int) {
    if bits == 0 { return }
    offset = Self.write(value, bits: bits, to: &next, offset: offset)
  }

  /// Writes 1 to ``mostBitsAtOnce`` bits behind those of a byte begun, and returns the bits of the
  /// byte that is begun then.
  @inline(__always)
  static func write(
    _ value: UInt, bits: Int, to next: inout UnsafeMutablePointer<UInt8>, offset: Int
  ) -> Int {
    let begun = offset == 0 ? 0 : UInt(next.pointee) &>> UInt(bitPattern: 8 &- offset)
    var left = offset &+ bits
    let whole = begun &<< UInt(bitPattern: bits) | value & ~(.max &<< UInt(bitPattern: bits))
    // The first of them as the word's highest.
    var word = whole &<< UInt(bitPattern: 0 &- left)
    while left >= 8 {
      next.pointee = UInt8(truncatingIfNeeded: word &>> 56)
      next += 1
      word = word &<< 8
      left &-= 8
    }
    if left > 0 { next.pointee = UInt8(truncatingIfNeeded: word &>> 56) }
    return left
  }

  private mutating func advance(by bits: Int) {
    offset &+= bits
    next += offset >> 3
    offset &= 7
  }

  /// Writes a copy of bits.
  mutating func put(_ range: BitRange) {
    if offset == 0, let bytes = range.alignedBytes {
      if let base = bytes.baseAddress {
        UnsafeMutableRawPointer(next).copyMemory(from: base, byteCount: bytes.count)
      }
      next += bytes.count
      return
    }
    if offset == 0 {
      range.copy(to: next)
      return advance(by: range.bitCount)
    }
    var done = 0
    while done < range.bitCount {
      let count = min(56, range.bitCount &- done)
      put(range.part(from: done, count: count).number, bits: count)
      done &+= count
    }
  }

  /// Writes bytes.
  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    put(
      BitRange(
        base: base.assumingMemoryBound(to: UInt8.self), bitOffset: 0, bitCount: 8 * bytes.count))
  }

  /// Writes an integer in two's complement.
  mutating func put(_ integer: Term, bits: Int, _ flags: SegmentFlags) {
    let number = TwosComplement(integer)
    if flags.isLittle {
      for index in 0..<bits >> 3 { put(number.byte(index), bits: 8) }
      if bits & 7 > 0 { put(number.byte(bits >> 3), bits: bits & 7) }
      return
    }
    var word = bits >> 6
    if bits & 63 > 0 { put(number.word(word), bits: bits & 63) }
    while word > 0 {
      word &-= 1
      put(number.word(word), bits: 64)
    }
  }

  /// Writes a pattern of 16, 32 or 64 bits.
  mutating func put(_ pattern: UInt, bits: Int, _ flags: SegmentFlags) {
    put(flags.isLittle ? pattern.byteSwapped >> UInt(64 &- bits) : pattern, bits: bits)
  }

  /// Writes a code point.
  mutating func put(codePoint: Int, _ form: UnicodeForm, _ flags: SegmentFlags) {
    let value = UInt(codePoint)
    switch form {
    case .utf8:
      switch form.bitCount(codePoint) {
      case 8: put(value, bits: 8)
      case 16: put(0xC080 | (value >> 6) << 8 | value & 0x3F, bits: 16)
      case 24:
        put(0xE0_8080 | (value >> 12) << 16 | (value >> 6 & 0x3F) << 8 | value & 0x3F, bits: 24)
      default:
        put(0xF0 | value >> 18, bits: 8)
        put(
          0x80_8080 | (value >> 12 & 0x3F) << 16 | (value >> 6 & 0x3F) << 8 | value & 0x3F, bits: 24
        )
      }
    case .utf16:
      if value < 0x1_0000 { return put(value, bits: 16, flags) }
      put(0xD800 | (value &- 0x1_0000) >> 10, bits: 16, flags)
      put(0xDC00 | value & 0x3FF, bits: 16, flags)
    case .utf32: put(value, bits: 32, flags)
    }
  }
}
