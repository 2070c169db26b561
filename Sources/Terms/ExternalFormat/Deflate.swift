/// Packs bytes in the container of zlib (RFC 1950), as deflate has it (RFC 1951).
public enum Deflate {
  /// Packs bytes.
  ///
  /// - Parameters:
  ///   - input: what is packed.
  ///   - level: 0 stores, 1 is fastest, 9 packs best; each level looks as hard as zlib's does.
  /// - Complexity: O(bytes), with a factor that the level bounds.
  /// - Returns: the stream, which is longer than the input by 11 bytes and 5 a block at most.
  public static func zlib(_ input: UnsafeRawBufferPointer, level: Int) -> [UInt8] {
    precondition(0...9 ~= level, "the level \(level)")
    var output = DeflateOutput(capacity: 64 + input.count / (level == 0 ? 1 : 3))
    output.append(0x78)
    // The level's class in the two upper bits, and what makes the header a multiple of 31.
    output.append([0x01, 0x01, 0x5E, 0x5E, 0x5E, 0x5E, 0x9C, 0xDA, 0xDA, 0xDA][level])
    if let search = DeflateSearch(level: level), !input.isEmpty {
      var encoder = DeflateEncoder(input: input, search: search)
      encoder.run(into: &output)
    } else if level > 0 {
      // A block of the format's own codes with nothing in it but its end.
      output.append(0x03)
      output.append(0x00)
    } else {
      output.store(input, isFinal: true)
    }
    let sum = Checksum.adler32(input)
    for shift in [24, 16, 8, 0] as [UInt32] {
      output.append(UInt8(truncatingIfNeeded: sum >> shift))
    }
    return output.bytes
  }
}

/// How hard a level looks for matches: the limits of zlib's levels, as its documentation of
/// `deflateTune` names them.
struct DeflateSearch {
  /// From this length on, a next match is looked for a quarter as hard.
  let goodLength: Int
  /// From this length on, no better match is looked for at the next byte; where matches are taken
  /// at once, the bytes of longer ones are not searched for later.
  let lazyLength: Int
  /// From this length on, a match is good enough.
  let niceLength: Int
  /// The most places that are tried.
  let maximumTries: Int
  /// Whether a match waits for a better one at the next byte.
  let isLazy: Bool

  /// The limits of a level, none for 0.
  init?(level: Int) {
    let limits: (Int, Int, Int, Int)
    switch level {
    case 1: limits = (4, 4, 8, 4)
    case 2: limits = (4, 5, 16, 8)
    case 3: limits = (4, 6, 32, 32)
    case 4: limits = (4, 4, 16, 16)
    case 5: limits = (8, 16, 32, 32)
    case 6: limits = (8, 16, 128, 128)
    case 7: limits = (8, 32, 128, 256)
    case 8: limits = (32, 128, 258, 1024)
    case 9: limits = (32, 258, 258, 4096)
    default: return nil
    }
    (goodLength, lazyLength, niceLength, maximumTries) = limits
    isLazy = level >= 4
  }
}
