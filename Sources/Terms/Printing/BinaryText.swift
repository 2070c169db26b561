/// Bit strings as text: their bytes, or a string.
enum BinaryText {
  /// Writes bytes, and the bits behind the last as `5:3`.
  /// - Parameter depth: the bytes that are written and 1, `...` for the others.
  static func append(_ bits: BitRange, depth: Int, to output: inout [UInt8]) {
    output.append(contentsOf: "<<".utf8)
    for index in 0..<bits.byteCount {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      if index == depth - 1 {
        output.append(contentsOf: "...".utf8)
        break
      }
      let byte = UInt(bits.byte(at: index))
      let width = min(8, bits.bitCount - index * 8)
      NumberText.append(byte >> UInt(8 - width), to: &output)
      if width < 8 {
        output.append(UInt8(ascii: ":"))
        NumberText.append(width, to: &output)
      }
    }
    output.append(contentsOf: ">>".utf8)
  }

  /// Writes a binary as a string if it is one; with a depth, if it begins with one that is long
  /// enough to be worth it.
  ///
  /// Of Unicode strings, those that have no other character than Latin-1 does are still `/utf8` if
  /// the bytes differ.
  /// - Parameters:
  ///   - depth: at least 2.
  ///   - format: which characters are printable.
  /// - Returns: whether it did.
  static func appendString(
    _ bits: BitRange, depth: Int, _ format: TermFormat, to output: inout [UInt8]
  ) -> Bool {
    guard let pretty = format.pretty, pretty.findsStrings, bits.tailBits == 0, bits.bitCount > 0
    else { return false }
    // A level of depth is worth four characters.
    let isLimited = depth < TermFormat.unlimitedDepth
    let count = isLimited ? min((depth - 1) * 4, bits.byteCount) : bits.byteCount
    let least = isLimited ? depth - 1 : .max
    if format.characters == .unicode, let text = DecodedText(bits, characters: count) {
      return text.append(least: least, pretty.printable, to: &output)
    }
    let printable = (0..<count).prefix {
      StringText.isPrintable(UInt32(bits.byte(at: $0)), .latin1)
    }.count
    let isWhole = printable == bits.byteCount
    guard isWhole || printable >= least else { return false }
    appendQuoted((0..<printable).lazy.map { UInt32(bits.byte(at: $0)) }, to: &output)
    output.append(contentsOf: (isWhole ? ">>" : "...>>").utf8)
    return true
  }

  fileprivate static func appendQuoted(_ codes: some Sequence<UInt32>, to output: inout [UInt8]) {
    output.append(contentsOf: "<<\"".utf8)
    for code in codes { StringText.append(code, to: &output) }
    output.append(UInt8(ascii: "\""))
  }
}

/// The UTF-8 text that a binary begins with.
private struct DecodedText {
  private let bits: BitRange
  private let limit: Int

  /// Nothing where the first characters are no UTF-8.
  init?(_ bits: BitRange, characters limit: Int) {
    self.bits = bits
    self.limit = limit
    var offset = 0
    for _ in 0..<limit where offset < bits.byteCount {
      guard let (_, length) = Self.character(of: bits, at: offset) else { return nil }
      offset += length
    }
  }

  /// Writes the characters as a string, if they are printable or enough of them are.
  func append(
    least: Int, _ printable: TermFormat.Characters, to output: inout [UInt8]
  ) -> Bool {
    var codes: [UInt32] = []
    var offset = 0
    while codes.count < limit, offset < bits.byteCount,
      let (code, length) = Self.character(of: bits, at: offset),
      StringText.isPrintable(code, printable)
    {
      codes.append(code)
      offset += length
    }
    let isWhole = offset == bits.byteCount
    guard isWhole || codes.count >= least else { return false }
    BinaryText.appendQuoted(codes, to: &output)
    if codes.count < offset { output.append(contentsOf: "/utf8".utf8) }
    output.append(contentsOf: (isWhole ? ">>" : "...>>").utf8)
    return true
  }

  private static func character(
    of bits: BitRange, at offset: Int
  ) -> (codePoint: UInt32, byteCount: Int)? {
    var bytes: InlineArray<4, UInt8> = [0, 0, 0, 0]
    let count = min(4, bits.byteCount - offset)
    for index in 0..<count { bytes[index] = bits.byte(at: offset + index) }
    return withUnsafeBytes(of: bytes) {
      UTF8Decoding.decode(UnsafeRawBufferPointer(rebasing: $0[..<count]), at: 0)
    }
  }
}
