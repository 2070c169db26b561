/// Adler-32 (RFC 1950, section 8.2) and CRC-32 (RFC 1952, section 8), which compressed data carry.
public enum Checksum {
  /// The Adler-32 of bytes, or of all bytes so far when `previous` is the sum of those before.
  ///
  /// - Parameters:
  ///   - bytes: what is summed.
  ///   - previous: the sum of the bytes before them; 1 where there are none.
  public static func adler32(_ bytes: UnsafeRawBufferPointer, previous: UInt32 = 1) -> UInt32 {
    var low = previous & 0xFFFF
    var high = previous >> 16
    var index = 0
    while index < bytes.count {
      // The most bytes after which neither sum can exceed 32 bits.
      let end = min(index &+ 5552, bytes.count)
      while index < end {
        low &+= UInt32(bytes[index])
        high &+= low
        index &+= 1
      }
      low %= 65521
      high %= 65521
    }
    return high << 16 | low
  }

  /// The CRC-32 of bytes, or of all bytes so far when `previous` is the sum of those before.
  ///
  /// - Parameters:
  ///   - bytes: what is summed.
  ///   - previous: the sum of the bytes before them; 0 where there are none.
  public static func crc32(_ bytes: UnsafeRawBufferPointer, previous: UInt32 = 0) -> UInt32 {
    crcTables.withUnsafeBufferPointer { table in
      var sum = ~previous
      var index = 0
      // Eight bytes at once: what each does to the sum depends on how many stand behind it.
      while index &+ 8 <= bytes.count {
        let word =
          UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(sum)
        sum = 0
        for place in 0..<8 {
          sum ^= table[256 &* (7 &- place) &+ Int(truncatingIfNeeded: word >> (8 * place)) & 0xFF]
        }
        index &+= 8
      }
      while index < bytes.count {
        sum = table[Int((sum ^ UInt32(bytes[index])) & 0xFF)] ^ sum >> 8
        index &+= 1
      }
      return ~sum
    }
  }

  /// The remainder of each byte by the polynomial 0xEDB88320 (bits reversed), then of each with one
  /// to seven zero bytes behind it.
  private static let crcTables: [UInt32] = {
    var tables: [UInt32] = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { rest, _ in
        rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ 0xEDB8_8320
      }
    }
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables.append(tables[Int(before & 0xFF)] ^ before >> 8)
    }
    return tables
  }()
}
