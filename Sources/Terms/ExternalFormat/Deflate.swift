/// Packs bytes in the container of zlib (RFC 1950).
public enum Deflate {
  /// Packs bytes.
  /// - Parameter level: 0 (only stored) to 9.
  public static func zlib(_ input: UnsafeRawBufferPointer, level: Int) -> [UInt8] {
    precondition(0...9 ~= level, "the level \(level)")
    var output: [UInt8] = [0x78, 0x01]
    var offset = 0
    repeat {
      let count = min(0xFFFF, input.count - offset)
      output.append(offset + count == input.count ? 1 : 0)
      for part in [count, ~count] {
        output.append(UInt8(truncatingIfNeeded: part))
        output.append(UInt8(truncatingIfNeeded: part >> 8))
      }
      output.append(contentsOf: input[offset..<offset + count])
      offset += count
    } while offset < input.count
    let sum = Checksum.adler32(input)
    for shift in [24, 16, 8, 0] as [UInt32] {
      output.append(UInt8(truncatingIfNeeded: sum >> shift))
    }
    return output
  }
}
