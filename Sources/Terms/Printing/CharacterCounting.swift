/// How many characters a text has for its reader: letters with their accents are one each.
///
/// These are Swift's characters. Newer rules of Unicode than OTP 25 has join some consonants of
/// Indic scripts, so a `~tp` text of such strings can break at other places.
enum CharacterCounting {
  static func count(_ text: borrowing [UInt8], from start: Int) -> Int {
    let isPlain = text.withUnsafeBufferPointer { bytes in
      bytes[start...].allSatisfy { $0 < 0x80 }
    }
    if isPlain { return text.count - start }
    return String(decoding: text[start...], as: UTF8.self).count
  }
}
