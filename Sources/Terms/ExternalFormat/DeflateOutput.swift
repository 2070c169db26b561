/// The bits of a deflate stream: the first of a byte is its lowest.
struct DeflateOutput {
  private(set) var bytes: [UInt8] = []
  private var bits: UInt64 = 0
  private var bitCount: UInt64 = 0

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Appends a byte behind whole bytes.
  mutating func append(_ byte: UInt8) {
    assert(bitCount == 0, "a byte between bits")
    bytes.append(byte)
  }

  /// Appends up to 32 bits, the lowest first.
  @inline(__always)
  mutating func append(_ value: UInt32, count: UInt32) {
    bits |= UInt64(value) << bitCount
    bitCount &+= UInt64(count)
    if bitCount >= 32 { flushWord() }
  }

  @inline(__always)
  private mutating func flushWord() {
    let word = UInt32(truncatingIfNeeded: bits)
    bytes.append(UInt8(truncatingIfNeeded: word))
    bytes.append(UInt8(truncatingIfNeeded: word >> 8))
    bytes.append(UInt8(truncatingIfNeeded: word >> 16))
    bytes.append(UInt8(truncatingIfNeeded: word >> 24))
    bits >>= 32
    bitCount &-= 32
  }

  /// Fills the last byte up with zeros.
  mutating func align() {
    while bitCount > 0 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      bitCount -= min(8, bitCount)
    }
  }

  /// Appends blocks of bytes as they are.
  mutating func store(_ input: UnsafeRawBufferPointer, isFinal: Bool) {
    var offset = 0
    repeat {
      let count = min(0xFFFF, input.count - offset)
      append(isFinal && offset + count == input.count ? 1 : 0, count: 3)
      align()
      for part in [count, ~count] {
        append(UInt8(truncatingIfNeeded: part))
        append(UInt8(truncatingIfNeeded: part >> 8))
      }
      bytes.append(contentsOf: input[offset..<offset + count])
      offset += count
    } while offset < input.count
  }
}
