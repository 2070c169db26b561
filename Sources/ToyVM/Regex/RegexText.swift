import Tenure

/// Text as patterns look at it: bytes, or code points in UTF-8 that is known to be valid.
enum RegexText {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  /// The character at a place before the end, and how many bytes it takes.
  @inline(__always)
  static func decode(
    _ text: Bytes, at place: Int, isUnicode: Bool
  ) -> (value: UInt32, count: Int) {
    let first = UInt32(text[place])
    if !isUnicode || first < 0x80 { return (first, 1) }
    func tail(_ distance: Int) -> UInt32 { UInt32(text[place + distance] & 0x3F) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | tail(1), 2) }
    if first < 0xF0 { return ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
    return ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
  }

  /// Where the character begins that ends at a place behind the beginning.
  @inline(__always)
  static func previous(
    _ text: Bytes, before place: Int, isUnicode: Bool
  ) -> Int {
    var start = place - 1
    if isUnicode { while text[start] & 0xC0 == 0x80 { start -= 1 } }
    return start
  }

  /// The bytes of the end of a line at a place; 0 where there is none.
  @inline(__always)
  static func newline(
    _ text: Bytes, at place: Int, _ kind: RegexNewline,
    isUnicode: Bool
  ) -> Int {
    guard place < text.count else { return 0 }
    let byte = text[place]
    let isCRLF = byte == 13 && place + 1 < text.count && text[place + 1] == 10
    return newline(byte, isCRLF: isCRLF, kind) { decode(text, at: place, isUnicode: isUnicode) }
  }

  /// The bytes of the end of a line that ends at a place; 0 where none does.
  @inline(__always)
  static func newline(
    _ text: Bytes, endingAt place: Int,
    _ kind: RegexNewline, isUnicode: Bool
  ) -> Int {
    guard place > 0 else { return 0 }
    let byte = text[place - 1]
    let isCRLF = byte == 10 && place - 1 > 0 && text[place - 2] == 13
    return newline(byte, isCRLF: isCRLF, kind) {
      decode(text, at: previous(text, before: place, isUnicode: isUnicode), isUnicode: isUnicode)
    }
  }

  /// The bytes of the end of a line of which a byte is known, and whether it is of both.
  /// - Parameter character: the one of that byte, and its bytes.
  @inline(__always)
  private static func newline(
    _ byte: UInt8, isCRLF: Bool, _ kind: RegexNewline, character: () -> (UInt32, Int)
  ) -> Int {
    switch kind {
    case .lf: return byte == 10 ? 1 : 0
    case .cr: return byte == 13 ? 1 : 0
    case .crlf: return isCRLF ? 2 : 0
    case .anyCRLF: return isCRLF ? 2 : byte == 10 || byte == 13 ? 1 : 0
    case .any:
      if isCRLF { return 2 }
      if 10...13 ~= byte { return 1 }
      if byte < 0x80 { return 0 }
      let (value, count) = character()
      return [0x85, 0x2028, 0x2029].contains(value) ? count : 0
    }
  }
}

extension RegexText {
  /// A character as UTF-8.
  static func utf8(_ character: UInt32) -> [UInt8] {
    guard let scalar = Unicode.Scalar(character) else { return [0xFF] }
    return Array(String(scalar).utf8)
  }
}

extension RegexText {
  /// Where the character ends that begins at a place before the end.
  @inline(__always)
  static func next(_ text: Bytes, _ place: Int, isUnicode: Bool) -> Int {
    if !isUnicode { return place + 1 }
    switch text[place] {
    case 0..<0x80: return place + 1
    case 0x80..<0xE0: return place + 2
    case 0xE0..<0xF0: return place + 3
    default: return place + 4
    }
  }
}

extension RegexText {
  /// Where the first bytes stand that are no UTF-8; nothing where all are.
  static func firstInvalid(_ text: [UInt8]) -> Int? {
    text.withUnsafeBytes { text in
      var place = 0
      while place < text.count {
        guard let (_, count) = UTF8Decoding.decode(text, at: place) else { return place }
        place += count
      }
      return nil
    }
  }
}
