/// An operand of an instruction.
enum Operand: Equatable, Sendable {
  /// A count, an index or the like.
  case unsigned(Int)
  /// An integer literal.
  case integer(Int)
  /// An integer, or a count, beyond the range of `Int`.
  case bigInteger(isNegative: Bool, magnitude: [UInt])
  /// An atom, by its index in the module.
  case atom(Int)
  /// `[]`.
  case `nil`
  /// An X register.
  case x(Int)
  /// A Y register.
  case y(Int)
  /// A float register.
  case float(Int)
  /// A label; 0 is none.
  case label(Int)
  /// A literal, by its index in the module.
  case literal(Int)
  /// Operands of a variable number.
  case list([Operand])
  /// What a `test_heap` or `allocate` needs.
  case allocation(words: Int, floats: Int, funs: Int)
}

/// The compact term encoding: a tag in the low bits of the first byte, and a number
/// (`beam_asm:encode/2`, `beam_load.c`).
///
/// ```
///  7     5 4 3 2   0
/// +-------+---+-----+
/// | value     0 tag |                       0 to 15
/// | high  |0 1| tag | low byte              0 to 2047
/// | n - 2 |1 1| tag | n bytes               n from 2 to 8, two's complement
/// |1 1 1  |1 1| tag | n - 9, as a term of its own | n bytes
/// +-------+---+-----+
/// ```
enum CompactTag: UInt8, Sendable {
  case unsigned, integer, atom, x, y, label, character, extended
}

/// The number of a compact term.
enum CompactNumber: Equatable, Sendable {
  case small(Int)
  case big(isNegative: Bool, magnitude: [UInt])
}

extension BeamReader {
  /// Reads a tag and its number.
  mutating func compactTag() throws(BeamError) -> (CompactTag, CompactNumber) {
    let first = try byte()
    guard let tag = CompactTag(rawValue: first & 7) else {
      preconditionFailure("three bits are a tag")
    }
    if first & 0x08 == 0 { return (tag, .small(Int(first >> 4))) }
    if first & 0x10 == 0 { return (tag, .small(Int(first >> 5) << 8 | Int(try byte()))) }
    if first >> 5 < 7 { return (tag, try signedNumber(byteCount: Int(first >> 5) + 2)) }
    let at = offset
    let next = try byte()
    // The length is a term too, of the tag 0; more than its two short forms would be 2 KB.
    guard next & 7 == 0, next & 0x18 != 0x18 else { throw corrupt("a number's length", at: at) }
    let length =
      next & 0x08 == 0 ? Int(next >> 4) : Int(next >> 5) << 8 | Int(try byte())
    return (tag, try signedNumber(byteCount: length + 9))
  }

  /// Reads a length that stands as a compact term.
  mutating func compactLength() throws(BeamError) -> Int {
    let at = offset
    guard case (.unsigned, .small(let length)) = try compactTag(), length >= 0 else {
      throw corrupt("no length", at: at)
    }
    return length
  }

  /// Reads a big-endian number in two's complement.
  private mutating func signedNumber(byteCount: Int) throws(BeamError) -> CompactNumber {
    var digits = try take(byteCount)
    let isNegative = digits[digits.startIndex] & 0x80 != 0
    let fill: UInt8 = isNegative ? 0xFF : 0
    while digits.count > 8, digits.first == fill { digits.removeFirst() }
    if digits.count == 8, (digits[digits.startIndex] & 0x80 != 0) != isNegative {
      // Exactly 64 bits of magnitude.
      return big(digits, isNegative: isNegative)
    }
    if digits.count > 8 { return big(digits, isNegative: isNegative) }
    var number = isNegative ? -1 : 0
    for digit in digits { number = number << 8 | Int(digit) }
    return .small(number)
  }

  /// The sign and the absolute value of a number whose sign extension is cut off.
  private func big(_ digits: ArraySlice<UInt8>, isNegative: Bool) -> CompactNumber {
    let fill: UInt = isNegative ? .max : 0
    var words: [UInt] = []
    var end = digits.endIndex
    while end > digits.startIndex {
      let start = max(digits.startIndex, end - 8)
      words.append(digits[start..<end].reduce(fill) { $0 << 8 | UInt($1) })
      end = start
    }
    guard isNegative else { return .big(isNegative: false, magnitude: words) }
    // The two's complement of it, whose highest word is full where the sign was cut off.
    var carry = true
    for index in words.indices {
      let (negated, overflow) = (~words[index]).addingReportingOverflow(carry ? 1 : 0)
      words[index] = negated
      carry = overflow
    }
    if carry { words.append(1) }
    while words.count > 1, words.last == 0 { words.removeLast() }
    return .big(isNegative: true, magnitude: words)
  }
}
