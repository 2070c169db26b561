/// One entry of a decoding table: what some bits at the front of the input mean.
///
/// ```
///  31            16 15   11 10   8 7   4 3     0
/// +----------------+-------+------+-----+-------+
/// | value          | 0     | kind |extra| length|
/// +----------------+-------+------+-----+-------+
/// ```
/// `length` is the bits of the code (of a subtable's link: those looked at so far), `extra` the
/// bits that follow and are added to `value` (of a link: the bits that index the subtable).
/// The word 0 is no code.
struct PrefixCodeEntry: BitwiseCopyable {
  let bits: UInt32

  init(bits: UInt32) { self.bits = bits }
  init(kind: Kind, value: Int, extra: Int, length: Int) {
    bits = UInt32(value) << 16 | kind.rawValue << 8 | UInt32(extra) << 4 | UInt32(length)
  }

  enum Kind: UInt32 {
    /// `value` is a symbol itself: a literal byte, or a code length.
    case symbol = 1
    /// `value` is the base of a length or a distance.
    case base = 2
    /// The block ends.
    case endOfBlock = 3
    /// `value` is the index of a subtable.
    case link = 4
  }

  var length: Int { Int(bits & 0xF) }
  var extra: Int { Int(bits >> 4 & 0xF) }
  var kindBits: UInt32 { bits >> 8 & 7 }
  var value: Int { Int(bits >> 16) }
}

/// What the symbols of a code stand for (RFC 1951, section 3.2.5).
enum PrefixCodeAlphabet {
  case codeLengths
  case literalsAndLengths
  case distances

  /// The bits that index the first table: most codes are found by one look.
  var rootBits: Int {
    switch self {
    case .codeLengths: 7
    case .literalsAndLengths: 10
    case .distances: 8
    }
  }

  /// The entries that hold the table of any complete code of 15 bits: by exhaustive search
  /// (`enough.c` of zlib) 1334 and 402, of which these are the next powers of two.
  var capacity: Int {
    switch self {
    case .codeLengths: 128
    case .literalsAndLengths: 2048
    case .distances: 512
    }
  }

  func entry(symbol: Int, length: Int) -> PrefixCodeEntry {
    switch self {
    case .codeLengths:
      return PrefixCodeEntry(kind: .symbol, value: symbol, extra: 0, length: length)
    case .literalsAndLengths:
      if symbol < 256 {
        return PrefixCodeEntry(kind: .symbol, value: symbol, extra: 0, length: length)
      }
      if symbol == 256 {
        return PrefixCodeEntry(kind: .endOfBlock, value: 0, extra: 0, length: length)
      }
      if symbol > 285 { return PrefixCodeEntry(bits: 0) }
      return Self.lengthEntry(symbol - 257, codeLength: length)
    case .distances:
      if symbol > 29 { return PrefixCodeEntry(bits: 0) }
      let extra = symbol < 4 ? 0 : symbol / 2 - 1
      let base = symbol < 4 ? 1 + symbol : 1 + (2 + symbol & 1) << extra
      return PrefixCodeEntry(kind: .base, value: base, extra: extra, length: length)
    }
  }

  /// Lengths 3 to 10 have a symbol each, then four symbols share each number of extra bits; the
  /// last symbol is the length 258 alone.
  private static func lengthEntry(_ number: Int, codeLength: Int) -> PrefixCodeEntry {
    let extra = number < 8 || number == 28 ? 0 : number / 4 - 1
    let base: Int
    switch number {
    case ..<8: base = 3 + number
    case 28: base = 258
    default: base = 3 + (4 + number & 3) << extra
    }
    return PrefixCodeEntry(kind: .base, value: base, extra: extra, length: codeLength)
  }
}

/// Builds the decoding table of a prefix code from the lengths of its codes.
enum PrefixCodeTable {
  static let maximumLength = 15

  /// Fills a table of `alphabet.capacity` entries.
  ///
  /// A code must use up all bit patterns, but for a code of one symbol with the length 1, or of
  /// none (as zlib reads section 3.2.7).
  /// - Returns: whether the lengths make a prefix code.
  static func build(
    _ table: UnsafeMutablePointer<PrefixCodeEntry>, alphabet: PrefixCodeAlphabet,
    lengths: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: maximumLength + 1) { counts in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: lengths.count) { sorted in
        counts.initialize(repeating: 0)
        for length in lengths { counts[Int(length)] += 1 }
        guard isPrefixCode(counts) else { return false }
        sort(lengths, counts, into: sorted)
        let symbols = lengths.count - counts[0]
        let root = 1 << alphabet.rootBits
        table.initialize(repeating: PrefixCodeEntry(bits: 0), count: root)
        return fill(
          table, alphabet: alphabet, lengths: lengths, counts: counts,
          sorted: UnsafeBufferPointer(rebasing: sorted[..<symbols]))
      }
    }
  }

  private static func isPrefixCode(_ counts: UnsafeMutableBufferPointer<Int>) -> Bool {
    var free = 1
    var longest = 0
    for length in 1...maximumLength {
      free = free << 1 - counts[length]
      if free < 0 { return false }
      if counts[length] > 0 { longest = length }
    }
    return free == 0 || longest <= 1
  }

  /// Orders the symbols that have a code by its length, then by symbol.
  private static func sort(
    _ lengths: UnsafeBufferPointer<UInt8>, _ counts: UnsafeMutableBufferPointer<Int>,
    into sorted: UnsafeMutableBufferPointer<UInt16>
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: maximumLength + 2) { starts in
      starts.initialize(repeating: 0)
      for length in 1...maximumLength { starts[length + 1] = starts[length] + counts[length] }
      for symbol in 0..<lengths.count where lengths[symbol] != 0 {
        let length = Int(lengths[symbol])
        sorted[starts[length]] = UInt16(symbol)
        starts[length] += 1
      }
    }
  }

  /// Codes stand in the input from their highest bit on, so they are counted up bit-reversed.
  private static func fill(
    _ table: UnsafeMutablePointer<PrefixCodeEntry>, alphabet: PrefixCodeAlphabet,
    lengths: UnsafeBufferPointer<UInt8>, counts: UnsafeMutableBufferPointer<Int>,
    sorted: UnsafeBufferPointer<UInt16>
  ) -> Bool {
    let rootBits = alphabet.rootBits
    var code = 0
    var subtable = 0
    var subtableBits = 0
    var subtablePrefix = -1
    var used = 1 << rootBits
    for symbol in sorted {
      let length = Int(lengths[Int(symbol)])
      let entry = alphabet.entry(symbol: Int(symbol), length: length)
      if length <= rootBits {
        var index = code
        while index < 1 << rootBits {
          table[index] = entry
          index += 1 << length
        }
      } else {
        let prefix = code & (1 << rootBits - 1)
        if prefix != subtablePrefix {
          subtablePrefix = prefix
          subtable = used
          subtableBits = bitsOfSubtable(counts, length: length, rootBits: rootBits)
          used += 1 << subtableBits
          if used > alphabet.capacity { return false }
          table[prefix] = PrefixCodeEntry(
            kind: .link, value: subtable, extra: subtableBits, length: rootBits)
        }
        var index = code >> rootBits
        while index < 1 << subtableBits {
          table[subtable + index] = entry
          index += 1 << (length - rootBits)
        }
      }
      counts[length] -= 1
      // Adds one to the reversed code.
      var bit = 1 << (length - 1)
      while code & bit != 0 { bit >>= 1 }
      code = bit == 0 ? 0 : code & (bit - 1) | bit
    }
    return true
  }

  /// The bits that the codes of one root prefix need beyond it, counted from those yet to come.
  private static func bitsOfSubtable(
    _ counts: UnsafeMutableBufferPointer<Int>, length: Int, rootBits: Int
  ) -> Int {
    var bits = length - rootBits
    var free = 1 << bits
    while bits + rootBits < maximumLength {
      free -= counts[bits + rootBits]
      if free <= 0 { break }
      bits += 1
      free <<= 1
    }
    return bits
  }
}
