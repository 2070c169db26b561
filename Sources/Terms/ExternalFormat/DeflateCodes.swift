/// The two prefix codes of a block, and how they are told to the reader (RFC 1951, section 3.2.7).
struct DeflateCodes {
  let literals: PrefixCode
  let distances: PrefixCode
  private let header: [HeaderItem]
  private let headerCode: PrefixCode
  private let headerLengths: Int

  /// An item of the header: a code length, or a run of them.
  private struct HeaderItem {
    let symbol: Int
    let extra: UInt32
    let extraBits: UInt32
  }

  /// The order in which the lengths of the header's own code stand.
  private static let headerOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  /// The codes of the format itself.
  static let fixed = DeflateCodes(
    literals: PrefixCode(
      lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }),
    distances: PrefixCode(lengths: [UInt8](repeating: 5, count: 30)), header: [])

  private init(literals: PrefixCode, distances: PrefixCode, header: [HeaderItem]) {
    self.literals = literals
    self.distances = distances
    self.header = header
    var counts = [UInt32](repeating: 0, count: 19)
    for item in header { counts[item.symbol] += 1 }
    let code = PrefixCode(frequencies: counts, longest: 7)
    headerCode = code
    let used = Self.headerOrder.lastIndex { code.lengths[$0] > 0 } ?? 3
    headerLengths = max(4, used + 1)
  }

  /// The codes that are shortest for symbols that occur so often.
  init(literals: [UInt32], distances: [UInt32]) {
    let literalCode = PrefixCode(frequencies: literals, longest: 15)
    let distanceCode = PrefixCode(frequencies: distances, longest: 15)
    // Runs might go on from one code to the other, but zlib ends them between.
    let items =
      Self.items(of: Array(literalCode.lengths.prefix(Self.used(literalCode, atLeast: 257))))
      + Self.items(of: Array(distanceCode.lengths.prefix(Self.used(distanceCode, atLeast: 1))))
    self.init(literals: literalCode, distances: distanceCode, header: items)
  }

  private static func used(_ code: PrefixCode, atLeast least: Int) -> Int {
    max(least, (code.lengths.lastIndex { $0 > 0 } ?? -1) + 1)
  }

  /// The bits of all symbols, without what stands behind codes.
  func bits(_ literalCounts: [UInt32], _ distanceCounts: [UInt32]) -> Int {
    literals.bits(literalCounts) + distances.bits(distanceCounts)
  }

  /// The bits of the header, without the three that every block begins with.
  var headerBits: Int {
    header.reduce(14 + 3 * headerLengths) { sum, item in
      sum + Int(headerCode.lengths[item.symbol]) + Int(item.extraBits)
    }
  }

  func writeHeader(to output: inout DeflateOutput) {
    output.append(UInt32(Self.used(literals, atLeast: 257) - 257), count: 5)
    output.append(UInt32(Self.used(distances, atLeast: 1) - 1), count: 5)
    output.append(UInt32(headerLengths - 4), count: 4)
    for symbol in Self.headerOrder.prefix(headerLengths) {
      output.append(UInt32(headerCode.lengths[symbol]), count: 3)
    }
    for item in header {
      headerCode.write(item.symbol, to: &output)
      output.append(item.extra, count: item.extraBits)
    }
  }

  /// Code lengths with their runs: 16 repeats the last 3 to 6 times, 17 and 18 are zeros.
  private static func items(of lengths: [UInt8]) -> [HeaderItem] {
    var items: [HeaderItem] = []
    var index = 0
    while index < lengths.count {
      let length = lengths[index]
      var end = index + 1
      while end < lengths.count && lengths[end] == length { end += 1 }
      var left = end - index
      if length > 0 {
        items.append(HeaderItem(symbol: Int(length), extra: 0, extraBits: 0))
        left -= 1
        while left >= 3 {
          let run = min(left, 6)
          items.append(HeaderItem(symbol: 16, extra: UInt32(run - 3), extraBits: 2))
          left -= run
        }
      }
      while length == 0 && left >= 3 {
        let run = min(left, 138)
        items.append(
          run < 11
            ? HeaderItem(symbol: 17, extra: UInt32(run - 3), extraBits: 3)
            : HeaderItem(symbol: 18, extra: UInt32(run - 11), extraBits: 7))
        left -= run
      }
      for _ in 0..<left { items.append(HeaderItem(symbol: Int(length), extra: 0, extraBits: 0)) }
      index = end
    }
    return items
  }
}
