/// How many characters a text has for its reader: letters with their accents are one each.
///
/// These are Swift's characters, but for two kinds that OTP 25 takes apart, whose rules are those of
/// Unicode 14: consonants of Indic scripts that a virama links, and what stands behind a joiner that
/// joins a pictograph to no other. Left are scalars that Unicode 15 or later made marks or
/// pictographs, or no pictographs any more: a `~tp` text with such a string can break at another
/// place.
package enum CharacterCounting {
  /// The characters of a text in UTF-8 from a byte on.
  package static func count(_ text: borrowing [UInt8], from start: Int) -> Int {
    let isPlain = text.withUnsafeBufferPointer { bytes in
      bytes[start...].allSatisfy { $0 < 0x80 }
    }
    if isPlain { return text.count - start }
    return String(decoding: text[start...], as: UTF8.self).reduce(0) { $0 + count(in: $1) }
  }

  /// How many characters OTP makes of one of Swift's.
  private static func count(in character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    var count = 1
    var (isPictograph, isJoined, isLinked) = (Self.isPictograph(first), false, false)
    for scalar in character.unicodeScalars.dropFirst() {
      let isMark = Self.isMark(scalar)
      let isParted =
        isMark
        ? isJoined && isPictograph
        : isJoined && !isPictograph || isLinked && scalar.properties.generalCategory == .otherLetter
      if isParted { count += 1 }
      if isParted || !isMark {
        isPictograph = Self.isPictograph(scalar)
        isLinked = false
      }
      if isVirama(scalar) { isLinked = true }
      isJoined = scalar == joiner
    }
    return count
  }

  /// ZERO WIDTH JOINER.
  private static var joiner: Unicode.Scalar { "\u{200D}" }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark, .format, .modifierSymbol: true
    default: false
    }
  }

  /// Whether a joiner joins a scalar to a pictograph before it, which a string tells.
  private static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
    if isMark(scalar) { return false }
    var text = "\u{1F468}\u{200D}"
    text.unicodeScalars.append(scalar)
    return text.count == 1
  }

  /// The viramas that link consonants (`InCB=Linker` of Unicode 15.1).
  private static func isVirama(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x94D, 0x9CD, 0xACD, 0xB4D, 0xC4D, 0xD4D: true
    default: false
    }
  }
}
