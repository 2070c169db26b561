/// How an atom's name is written in Erlang source (`io_lib:write_atom`).
enum AtomText {
  /// What becomes of characters above U+00FF.
  enum WideCharacters {
    /// `\x{3B1}`, as `~w` writes them.
    case escaped
    /// As they are, as in the text of an external fun.
    case plain
  }

  /// Writes a name, in quotes where it needs them.
  static func append(
    _ name: UnsafeRawBufferPointer, wide: WideCharacters = .escaped, to output: inout [UInt8]
  ) {
    if !needsQuotes(name) {
      output.append(contentsOf: name)
      return
    }
    let quote = UInt8(ascii: "'")
    output.append(quote)
    var offset = 0
    while offset < name.count {
      let (codePoint, length) = character(of: name, at: offset)
      if codePoint > 0xFF && wide == .escaped {
        output.append(contentsOf: "\\x{".utf8)
        output.append(contentsOf: String(codePoint, radix: 16, uppercase: true).utf8)
        output.append(UInt8(ascii: "}"))
      } else if codePoint >= 0xA0 {
        output.append(contentsOf: name[offset..<offset + length])
      } else {
        appendInQuotes(UInt8(codePoint), to: &output)
      }
      offset += length
    }
    output.append(quote)
  }

  private static func character(
    of name: UnsafeRawBufferPointer, at offset: Int
  ) -> (codePoint: UInt32, byteCount: Int) {
    guard let character = UTF8Decoding.decode(name, at: offset) else {
      preconditionFailure("the name of an atom is no UTF-8")
    }
    return character
  }

  /// Writes a character below U+00A0: backslash forms for quotes and controls, which have three
  /// octal digits where they have no letter.
  private static func appendInQuotes(_ byte: UInt8, to output: inout [UInt8]) {
    let backslash = UInt8(ascii: "\\")
    if let letter = EscapeLetters.letter(for: UInt32(byte)) {
      output.append(contentsOf: [backslash, letter])
      return
    }
    switch byte {
    case UInt8(ascii: "'"): output.append(contentsOf: [backslash, byte])
    case 0x7F: output.append(contentsOf: [backslash, UInt8(ascii: "d")])
    case 0x20..<0x7F: output.append(byte)
    default:
      let zero = UInt8(ascii: "0")
      output.append(contentsOf: [
        backslash, zero + byte >> 6, zero + byte >> 3 & 7, zero + byte & 7,
      ])
    }
  }
}

// MARK: - Names that stand alone

extension AtomText {
  /// Whether a name is anything but a lower-case letter followed by letters, digits, `_` and `@`,
  /// all of them of Latin-1, or is a reserved word.
  static func needsQuotes(_ name: UnsafeRawBufferPointer) -> Bool {
    if name.isEmpty { return true }
    var offset = 0
    while offset < name.count {
      let (codePoint, length) = character(of: name, at: offset)
      let fits = offset == 0 ? isLowerCase(codePoint) : isNameCharacter(codePoint)
      if !fits { return true }
      offset += length
    }
    return isReserved(name)
  }

  private static func isLowerCase(_ codePoint: UInt32) -> Bool {
    switch codePoint {
    case 0x61...0x7A, 0xDF...0xF6, 0xF8...0xFF: true
    default: false
    }
  }

  private static func isNameCharacter(_ codePoint: UInt32) -> Bool {
    switch codePoint {
    case 0x30...0x39, 0x40...0x5A, 0x5F: true  // Digits, `@` and upper case, `_`.
    case 0xC0...0xD6, 0xD8...0xDE: true
    default: isLowerCase(codePoint)
    }
  }

  /// The words of the language in OTP 25 (`erl_scan:reserved_word/1`).
  private static let reservedWords: [UInt64] = [
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case",
    "catch", "cond", "div", "end", "fun", "if", "let", "not", "of", "or", "orelse", "receive",
    "rem", "try", "when", "xor",
  ].map { (word: StaticString) in word.withUTF8Buffer { number(of: UnsafeRawBufferPointer($0)) } }

  /// Up to 8 bytes as a number, which is quicker to compare.
  private static func number(of name: UnsafeRawBufferPointer) -> UInt64 {
    name.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
    // None is longer than `andalso` and `receive`.
    name.count <= 7 && reservedWords.contains(number(of: name))
  }
}
