/// How many characters a text has for its reader: letters with their accents are one each.
enum CharacterCounting {
  static func count(_ text: borrowing [UInt8], from start: Int) -> Int {
    let isPlain = text.withUnsafeBufferPointer { bytes in
      bytes[start...].allSatisfy { $0 < 0x80 }
    }
    if isPlain { return text.count - start }
    return String(decoding: text[start...], as: UTF8.self).count
  }
}
