/// Lists of characters as strings in quotes.
enum StringText {
  /// Whether a list is proper and all of it printable characters.
  static func isPrintable(_ list: Term, _ characters: TermFormat.Characters) -> Bool {
    var rest = list
    while rest.isCons {
      let head = rest.cons[0]
      guard head.isSmall, let code = UInt32(exactly: head.smallValue),
        isPrintable(code, characters)
      else { return false }
      rest = rest.cons[1]
    }
    return rest.isNil
  }

  /// Whether a string may have a character (`io_lib:printable_latin1_list/1` and
  /// `io_lib:printable_unicode_list/1`).
  static func isPrintable(_ code: UInt32, _ characters: TermFormat.Characters) -> Bool {
    switch code {
    case 0x20...0x7E, 0x08...0x0D, 0x1B, 0xA0...0xFF: true
    case 0x100...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: characters == .unicode
    default: false
    }
  }

  /// Writes a list of printable characters.
  static func append(_ list: Term, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    var rest = list
    while rest.isCons {
      append(UInt32(rest.cons[0].smallValue), to: &output)
      rest = rest.cons[1]
    }
    output.append(UInt8(ascii: "\""))
  }

  /// Writes a printable character as it stands between double quotes.
  static func append(_ code: UInt32, to output: inout [UInt8]) {
    let backslash = UInt8(ascii: "\\")
    if let letter = EscapeLetters.letter(for: code) {
      output.append(contentsOf: [backslash, letter])
      return
    }
    switch code {
    case 0x22: output.append(contentsOf: [backslash, 0x22])
    case 0..<0x80: output.append(UInt8(code))
    default:
      guard let scalar = Unicode.Scalar(code) else {
        preconditionFailure("\(code) is no character")
      }
      output.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
    }
  }
}
