/// Reading code points out of UTF-8 bytes, with all that Unicode forbids refused: overlong forms,
/// surrogates, and numbers above U+10FFFF (RFC 3629).
public enum UTF8Decoding {
  /// The code point that begins at an offset and the bytes it takes, or nothing where none does.
  @inlinable
  public static func decode(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) -> (codePoint: UInt32, byteCount: Int)? {
    let first = bytes[offset]
    if first < 0x80 { return (UInt32(first), 1) }
    let length: Int
    var codePoint: UInt32
    let smallest: UInt32
    switch first {
    case 0xC2...0xDF: (length, codePoint, smallest) = (2, UInt32(first & 0x1F), 0x80)
    case 0xE0...0xEF: (length, codePoint, smallest) = (3, UInt32(first & 0x0F), 0x800)
    case 0xF0...0xF4: (length, codePoint, smallest) = (4, UInt32(first & 0x07), 0x1_0000)
    default: return nil
    }
    if bytes.count - offset < length { return nil }
    for position in offset + 1..<offset + length {
      let byte = bytes[position]
      if byte & 0xC0 != 0x80 { return nil }
      codePoint = codePoint << 6 | UInt32(byte & 0x3F)
    }
    if codePoint < smallest || codePoint > 0x10_FFFF { return nil }
    if 0xD800...0xDFFF ~= codePoint { return nil }
    return (codePoint, length)
  }

  /// The number of code points, or nothing where the bytes are no UTF-8.
  public static func countCodePoints(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    var count = 0
    while offset < bytes.count {
      guard let (_, length) = decode(bytes, at: offset) else { return nil }
      offset += length
      count += 1
    }
    return count
  }
}
