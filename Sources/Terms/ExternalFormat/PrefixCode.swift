/// A prefix code as deflate has it: told by its lengths, codes of one length in order of their
/// symbols (RFC 1951, section 3.2.2).
struct PrefixCode {
  /// The bits of each symbol's code, 0 where it has none.
  let lengths: [UInt8]
  /// The codes, their bits in the order in which they are written.
  private let codes: [UInt16]

  /// The code of given lengths.
  init(lengths: [UInt8]) {
    self.lengths = lengths
    var counts = [UInt16](repeating: 0, count: 16)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    // The first code of each length, then the next one.
    var next = [UInt16](repeating: 0, count: 16)
    for length in 1..<16 { next[length] = (next[length - 1] + counts[length - 1]) << 1 }
    codes = lengths.map { length in
      if length == 0 { return 0 }
      defer { next[Int(length)] &+= 1 }
      return next[Int(length)].bitReversed >> (16 - UInt16(length))
    }
  }

  /// The shortest code for symbols that occur so often, none longer than a limit.
  init(frequencies: [UInt32], longest: Int) {
    let tree = HuffmanTree(frequencies: frequencies)
    self.init(lengths: tree.lengths(longest: longest))
  }

  /// The bits of all symbols that occur so often.
  func bits(_ frequencies: [UInt32]) -> Int {
    var bits = 0
    for symbol in frequencies.indices { bits += Int(frequencies[symbol]) * Int(lengths[symbol]) }
    return bits
  }

  @inline(__always)
  func write(_ symbol: Int, to output: inout DeflateOutput) {
    output.append(UInt32(codes[symbol]), count: UInt32(lengths[symbol]))
  }
}

extension UInt16 {
  /// The bits in the opposite order.
  fileprivate var bitReversed: UInt16 {
    var bits = self
    bits = bits >> 1 & 0x5555 | (bits & 0x5555) << 1
    bits = bits >> 2 & 0x3333 | (bits & 0x3333) << 2
    bits = bits >> 4 & 0x0F0F | (bits & 0x0F0F) << 4
    return bits.byteSwapped
  }
}
