/// Unpacks one DEFLATE stream (RFC 1951) into an output.
///
/// Input bits are taken from a word of which the low `bitCount` bits are valid. Bits above them, if
/// not zero, are the true next ones, so that filling the word up once more changes nothing.
struct DeflateDecoder: ~Copyable {
  private let input: UnsafeRawBufferPointer
  private var position: Int
  private var bits: UInt64 = 0
  private var bitCount = 0
  private let literals: UnsafeMutablePointer<PrefixCodeEntry>
  private let distances: UnsafeMutablePointer<PrefixCodeEntry>

  /// Makes a decoder of the bytes from an offset on.
  init(input: UnsafeRawBufferPointer, offset: Int) {
    self.input = input
    position = offset
    literals = .allocate(capacity: PrefixCodeAlphabet.literalsAndLengths.capacity)
    distances = .allocate(capacity: PrefixCodeAlphabet.distances.capacity)
  }

  deinit {
    literals.deallocate()
    distances.deallocate()
  }

  /// The offset of the first byte of which no bit is used.
  var offset: Int { position - bitCount / 8 }

  /// Unpacks all blocks.
  mutating func run(into output: inout InflateOutput) throws(InflateError) {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try storedBlock(into: &output)
      case 1:
        fixedTables()
        try codedBlock(into: &output)
      case 2:
        try dynamicTables()
        try codedBlock(into: &output)
      default: throw error(.badBlockType)
      }
    }
  }

  private func error(_ reason: InflateError.Reason) -> InflateError {
    InflateError(reason, offset: offset)
  }

  // MARK: - Bits

  /// Fills the word up to at least 56 bits, or with all that is left.
  @inline(__always)
  private mutating func refill() {
    if position &+ 8 <= input.count {
      let next = UInt64(
        littleEndian: input.baseAddress.unsafelyUnwrapped
          .loadUnaligned(fromByteOffset: position, as: UInt64.self))
      bits |= next << UInt64(truncatingIfNeeded: bitCount)
      position &+= (63 &- bitCount) >> 3
      bitCount |= 56
    } else {
      refillAtEnd()
    }
  }

  @inline(never)
  private mutating func refillAtEnd() {
    while bitCount <= 56, position < input.count {
      bits |= UInt64(input[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  /// The next bits as a number, at most 16 of them.
  private mutating func take(_ count: Int) throws(InflateError) -> Int {
    if bitCount < count { refill() }
    if bitCount < count { throw InflateError(.truncated, offset: input.count) }
    let value = Int(bits & (1 << UInt64(count) - 1))
    bits >>= UInt64(count)
    bitCount -= count
    return value
  }

  // MARK: - Blocks

  private mutating func storedBlock(into output: inout InflateOutput) throws(InflateError) {
    position -= bitCount / 8
    bits = 0
    bitCount = 0
    guard input.count - position >= 4 else {
      throw InflateError(.truncated, offset: input.count)
    }
    let length = Int(input[position]) | Int(input[position + 1]) << 8
    let complement = Int(input[position + 2]) | Int(input[position + 3]) << 8
    guard length ^ complement == 0xFFFF else { throw error(.badStoredLength) }
    position += 4
    guard input.count - position >= length else {
      throw InflateError(.truncated, offset: input.count)
    }
    guard output.ensure(length) else { throw error(.limitExceeded) }
    output.append(UnsafeRawBufferPointer(rebasing: input[position..<position + length]))
    position += length
  }

  /// The codes of section 3.2.6, which need no description in the stream.
  private mutating func fixedTables() {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 288) { lengths in
      lengths.initialize(repeating: 8)
      for symbol in 144..<256 { lengths[symbol] = 9 }
      for symbol in 256..<280 { lengths[symbol] = 7 }
      let isCode = PrefixCodeTable.build(
        literals, alphabet: .literalsAndLengths, lengths: UnsafeBufferPointer(lengths))
      precondition(isCode, "the fixed code is a prefix code")
      for symbol in 0..<32 { lengths[symbol] = 5 }
      let isDistanceCode = PrefixCodeTable.build(
        distances, alphabet: .distances,
        lengths: UnsafeBufferPointer(rebasing: lengths[..<32]))
      precondition(isDistanceCode, "the fixed distance code is a prefix code")
    }
  }

  /// Reads the description of a block's two codes (section 3.2.7).
  private mutating func dynamicTables() throws(InflateError) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let lengthCodeCount = try take(4) + 4
    guard literalCount <= 286 else { throw error(.badCodeLengths) }
    guard distanceCount <= 30 else { throw error(.badCodeLengths) }
    let lengths = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 286 + 30)
    defer { lengths.deallocate() }
    lengths.initialize(repeating: 0)
    // The order in which the lengths of the code of code lengths stand, likeliest first.
    let order: StaticString =
      "\u{10}\u{11}\u{12}\u{0}\u{8}\u{7}\u{9}\u{6}\u{A}\u{5}\u{B}\u{4}\u{C}\u{3}\u{D}\u{2}\u{E}\u{1}\u{F}"
    for index in 0..<lengthCodeCount {
      lengths[Int(order.utf8Start[index])] = UInt8(try take(3))
    }
    // The table of this code is needed only until the others are built: it borrows their memory.
    guard
      PrefixCodeTable.build(
        distances, alphabet: .codeLengths, lengths: UnsafeBufferPointer(rebasing: lengths[..<19]))
    else { throw error(.badCodeLengths) }
    lengths.update(repeating: 0)
    try readLengths(lengths, count: literalCount + distanceCount)
    // Without a code for its end the block could not end.
    guard lengths[256] != 0 else { throw error(.badCodeLengths) }
    guard
      PrefixCodeTable.build(
        literals, alphabet: .literalsAndLengths,
        lengths: UnsafeBufferPointer(rebasing: lengths[..<literalCount])),
      PrefixCodeTable.build(
        distances, alphabet: .distances,
        lengths: UnsafeBufferPointer(
          rebasing: lengths[literalCount..<literalCount + distanceCount]))
    else { throw error(.badCodeLengths) }
  }

  /// Reads run-length coded code lengths with the code whose table stands in `distances`.
  private mutating func readLengths(
    _ lengths: UnsafeMutableBufferPointer<UInt8>, count: Int
  ) throws(InflateError) {
    var index = 0
    while index < count {
      refill()
      let entry = distances[Int(bits & 0x7F)]
      guard entry.bits != 0 else { throw error(bitCount < 7 ? .truncated : .badCode) }
      _ = try take(entry.length)
      var value: UInt8 = 0
      var run = 1
      switch entry.value {
      case 16:
        guard index > 0 else { throw error(.badCodeLengths) }
        value = lengths[index - 1]
        run = 3 + (try take(2))
      case 17: run = 3 + (try take(3))
      case 18: run = 11 + (try take(7))
      default: value = UInt8(entry.value)
      }
      guard run <= count - index else { throw error(.badCodeLengths) }
      for offset in index..<index + run { lengths[offset] = value }
      index += run
    }
  }

  /// The entry for the bits at the front, a subtable looked up where one is linked.
  @inline(__always)
  private func entry(
    _ table: UnsafeMutablePointer<PrefixCodeEntry>, rootBits: Int
  ) -> PrefixCodeEntry {
    let entry = table[Int(truncatingIfNeeded: bits) & (1 &<< rootBits &- 1)]
    if entry.kindBits != PrefixCodeEntry.Kind.link.rawValue { return entry }
    let index = Int(truncatingIfNeeded: bits >> UInt64(truncatingIfNeeded: rootBits))
    return table[entry.value &+ index & (1 &<< entry.extra &- 1)]
  }

  /// Drops the bits of an entry's code and returns its value with the extra bits added.
  @inline(__always)
  private mutating func value(of entry: PrefixCodeEntry) throws(InflateError) -> Int {
    let used = entry.length &+ entry.extra
    if used > bitCount { throw InflateError(.truncated, offset: input.count) }
    let extraBits = bits &>> UInt64(truncatingIfNeeded: entry.length)
    let mask: UInt64 = 1 &<< UInt64(truncatingIfNeeded: entry.extra) &- 1
    bits &>>= UInt64(truncatingIfNeeded: used)
    bitCount &-= used
    return entry.value &+ Int(truncatingIfNeeded: extraBits & mask)
  }

  /// Unpacks a block with the codes of the two tables.
  private mutating func codedBlock(into output: inout InflateOutput) throws(InflateError) {
    while true {
      // A literal or length takes at most 20 bits, a distance 28: one filling serves both.
      refill()
      let first = entry(literals, rootBits: 10)
      switch first.kindBits {
      case PrefixCodeEntry.Kind.symbol.rawValue:
        let byte = try value(of: first)
        guard output.ensure(1) else { throw error(.limitExceeded) }
        output.append(UInt8(truncatingIfNeeded: byte))
      case PrefixCodeEntry.Kind.base.rawValue:
        let length = try value(of: first)
        let second = entry(distances, rootBits: 8)
        guard second.bits != 0 else { throw error(bitCount < 15 ? .truncated : .badCode) }
        let distance = try value(of: second)
        guard distance <= output.count else { throw error(.badDistance) }
        guard output.ensure(length) else { throw error(.limitExceeded) }
        output.repeatBytes(distance: distance, length: length)
      case PrefixCodeEntry.Kind.endOfBlock.rawValue:
        _ = try value(of: first)
        return
      default:
        throw error(bitCount < 15 ? .truncated : .badCode)
      }
    }
  }
}
