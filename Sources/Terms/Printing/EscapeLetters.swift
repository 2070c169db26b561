/// The letters of Erlang's escape sequences.
enum EscapeLetters {
  /// The letter that stands behind a backslash for a character in quotes of any kind; nothing
  /// where the character has none.
  static func letter(for character: UInt32) -> UInt8? {
    switch character {
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0B: UInt8(ascii: "v")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    case 0x1B: UInt8(ascii: "e")
    case 0x5C: UInt8(ascii: "\\")
    default: nil
    }
  }
}
