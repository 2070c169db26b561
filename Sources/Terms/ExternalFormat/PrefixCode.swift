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
    var symbols = frequencies.indices.filter { frequencies[$0] > 0 }
    symbols.sort { (frequencies[$0], $0) < (frequencies[$1], $1) }
    var lengths = [UInt8](repeating: 0, count: frequencies.count)
    if symbols.count <= 2 {
      // A code of one bit needs two symbols to be complete, which no reader asks for but of ours:
      // give the second to a symbol that does not occur.
      for symbol in symbols { lengths[symbol] = 1 }
      if symbols.count == 1 { lengths[symbols[0] == 0 ? 1 : 0] = 1 }
    } else {
      var counts = Self.lengthCounts(symbols.map { UInt64(frequencies[$0]) }, longest: longest)
      // The rarest symbols have the longest codes.
      var length = longest
      for symbol in symbols {
        while counts[length] == 0 { length -= 1 }
        counts[length] -= 1
        lengths[symbol] = UInt8(length)
      }
    }
    self.init(lengths: lengths)
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

  // MARK: - Lengths

  /// How many codes there are of each length.
  /// - Parameter weights: of three symbols or more, the lightest first.
  private static func lengthCounts(_ weights: [UInt64], longest: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: longest + 1)
    for depth in depths(weights) { counts[min(depth, longest)] += 1 }
    // Cut off at the limit, the codes overfill the space that lengths share (Kraft's inequality).
    // Each step takes a unit away: a longest code goes beside one that becomes a bit longer.
    var space = 0
    for length in 1...longest { space += counts[length] << (longest - length) }
    while space > 1 << longest {
      counts[longest] -= 1
      var length = longest - 1
      while counts[length] == 0 { length -= 1 }
      counts[length] -= 1
      counts[length + 1] += 2
      space -= 1
    }
    return counts
  }

  /// The depth of each leaf in the tree of Huffman, built from two queues: the leaves in order of
  /// their weights, and the nodes in the order in which they are made (van Leeuwen, 1976).
  private static func depths(_ weights: [UInt64]) -> [Int] {
    let leaves = weights.count
    var nodeWeights: [UInt64] = []
    var parents = [Int](repeating: 0, count: 2 * leaves - 1)
    var (nextLeaf, nextNode) = (0, 0)
    func takeLightest() -> Int {
      if nextNode == nodeWeights.count
        || (nextLeaf < leaves && weights[nextLeaf] <= nodeWeights[nextNode])
      {
        nextLeaf += 1
        return nextLeaf - 1
      }
      nextNode += 1
      return leaves + nextNode - 1
    }
    func weight(_ index: Int) -> UInt64 {
      index < leaves ? weights[index] : nodeWeights[index - leaves]
    }
    for node in leaves..<2 * leaves - 1 {
      let (left, right) = (takeLightest(), takeLightest())
      nodeWeights.append(weight(left) + weight(right))
      parents[left] = node
      parents[right] = node
    }
    var depths = [Int](repeating: 0, count: 2 * leaves - 1)
    for index in (0..<2 * leaves - 2).reversed() { depths[index] = depths[parents[index]] + 1 }
    return Array(depths[..<leaves])
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
