/// The literals and matches of one block, which is written in the shortest of three ways.
struct DeflateBlock: ~Copyable {
  /// The symbols after which zlib begins another block.
  static var capacity: Int { 1 << 14 - 1 }
  private static var endOfBlock: Int { 256 }

  /// A literal is its byte, a match `distance << 16 | length`.
  private let tokens: UnsafeMutablePointer<UInt32>
  private var count = 0
  private var literals = [UInt32](repeating: 0, count: 286)
  private var distances = [UInt32](repeating: 0, count: 30)

  init() { tokens = .allocate(capacity: Self.capacity) }

  deinit { tokens.deallocate() }

  var isFull: Bool { count == Self.capacity }

  @inline(__always)
  mutating func append(_ literal: UInt8) {
    tokens[count] = UInt32(literal)
    count &+= 1
    literals[Int(literal)] &+= 1
  }

  @inline(__always)
  mutating func append(length: Int, distance: Int) {
    tokens[count] = UInt32(truncatingIfNeeded: distance << 16 | length)
    count &+= 1
    literals[LengthCode(length).symbol] &+= 1
    distances[DistanceCode(distance).symbol] &+= 1
  }

  /// Writes the block and empties it.
  /// - Parameter bytes: what it stands for.
  mutating func write(
    _ bytes: UnsafeRawBufferPointer, isFinal: Bool, to output: inout DeflateOutput
  ) {
    literals[Self.endOfBlock] += 1
    let extra = extraBits()
    let dynamic = DeflateCodes(literals: literals, distances: distances)
    let dynamicBits = dynamic.headerBits + extra + dynamic.bits(literals, distances)
    let fixedBits = extra + DeflateCodes.fixed.bits(literals, distances)
    // In whole bytes, the simpler way where two take as many: so zlib chooses.
    let dynamicBytes = (dynamicBits + 10) >> 3
    let fixedBytes = (fixedBits + 10) >> 3
    if bytes.count + 4 <= min(dynamicBytes, fixedBytes) {
      output.store(bytes, isFinal: isFinal)
    } else {
      let isDynamic = dynamicBytes < fixedBytes
      output.append((isFinal ? 1 : 0) | (isDynamic ? 2 : 1) << 1, count: 3)
      if isDynamic { dynamic.writeHeader(to: &output) }
      writeTokens(isDynamic ? dynamic : .fixed, to: &output)
    }
    if isFinal { output.align() }
    count = 0
    for symbol in literals.indices { literals[symbol] = 0 }
    for symbol in distances.indices { distances[symbol] = 0 }
  }

  /// The bits behind the codes of lengths and distances.
  private func extraBits() -> Int {
    var bits = 0
    for symbol in 265..<285 { bits += Int(literals[symbol]) * ((symbol - 261) / 4) }
    for symbol in 4..<30 { bits += Int(distances[symbol]) * (symbol / 2 - 1) }
    return bits
  }

  private func writeTokens(_ codes: borrowing DeflateCodes, to output: inout DeflateOutput) {
    for index in 0..<count {
      let token = tokens[index]
      let distance = Int(token >> 16)
      if distance == 0 {
        codes.literals.write(Int(token), to: &output)
        continue
      }
      let length = LengthCode(Int(token & 0xFFFF))
      codes.literals.write(length.symbol, to: &output)
      output.append(length.extra, count: length.extraBits)
      let back = DistanceCode(distance)
      codes.distances.write(back.symbol, to: &output)
      output.append(back.extra, count: back.extraBits)
    }
    codes.literals.write(Self.endOfBlock, to: &output)
  }
}

/// How the length of a match is coded: four codes for each power of two (RFC 1951, section 3.2.5).
struct LengthCode {
  let symbol: Int
  let extra: UInt32
  let extraBits: UInt32

  @inline(__always)
  init(_ length: Int) {
    let value = length &- 3
    if value < 8 || length == 258 {
      (symbol, extra, extraBits) = (length == 258 ? 285 : 257 &+ value, 0, 0)
      return
    }
    let power = Int.bitWidth &- 1 &- value.leadingZeroBitCount
    symbol = 257 &+ 4 &* (power &- 1) &+ (value >> (power &- 2)) & 3
    extraBits = UInt32(truncatingIfNeeded: power &- 2)
    extra = UInt32(truncatingIfNeeded: value) & (1 << extraBits &- 1)
  }
}

/// How the distance of a match is coded: two codes for each power of two.
struct DistanceCode {
  let symbol: Int
  let extra: UInt32
  let extraBits: UInt32

  @inline(__always)
  init(_ distance: Int) {
    let value = distance &- 1
    if value < 4 {
      (symbol, extra, extraBits) = (value, 0, 0)
      return
    }
    let power = Int.bitWidth &- 1 &- value.leadingZeroBitCount
    symbol = 2 &* power &+ (value >> (power &- 1)) & 1
    extraBits = UInt32(truncatingIfNeeded: power &- 1)
    extra = UInt32(truncatingIfNeeded: value) & (1 << extraBits &- 1)
  }
}
