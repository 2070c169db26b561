/// A property of characters, `\p{Name}`.
enum RegexProperty: Equatable, Sendable {
  case any
  /// A general category, or the group of those that begin with a letter.
  case category(String)
  /// `L&`.
  case cased
  /// `Xan`, `Xsp` and `Xps`, `Xwd`, `Xuc`.
  case alphanumeric, space, word, universalName
  /// What the classes of POSIX are where they go by Unicode.
  case graphic, printable, punctuation

  /// The property of a name; nothing where there is none such.
  init?(name: String) {
    switch name {
    case "Any": self = .any
    case "L&": self = .cased
    case "Xan": self = .alphanumeric
    case "Xsp", "Xps": self = .space
    case "Xwd": self = .word
    case "Xuc": self = .universalName
    default:
      guard Self.categories.contains(name) || Self.groups.contains(name) else { return nil }
      self = .category(name)
    }
  }

  private static let groups: Set<String> = ["C", "L", "M", "N", "P", "S", "Z"]
  private static let categories: Set<String> = [
    "Cc", "Cf", "Cn", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl",
    "No", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs",
  ]

  /// Whether a character has the property.
  func holds(_ character: UInt32) -> Bool {
    if self == .any { return true }
    let category = Self.category(of: character)
    let group = category.prefix(1)
    switch self {
    case .any: return true
    case .category(let name): return name.utf8.count == 1 ? group == name : category == name
    case .cased: return ["Ll", "Lu", "Lt"].contains(category)
    case .alphanumeric: return group == "L" || group == "N"
    case .word: return group == "L" || group == "N" || character == 0x5F
    case .space: return group == "Z" || 9...13 ~= character || character == 0x85
    case .universalName:
      return [0x24, 0x40, 0x60].contains(character) || 0xA0...0xD7FF ~= character
        || character >= 0xE000
    case .graphic:
      return group != "Z" && (group != "C" || category == "Cf" && !Self.isHidden(character))
    case .printable:
      return category != "Zl" && category != "Zp"
        && (group != "C" || category == "Cf" && !Self.isHidden(character))
    case .punctuation: return group == "P" || character < 128 && group == "S"
    }
  }

  /// Format characters that are not graphic: they are shown as nothing at all.
  private static func isHidden(_ character: UInt32) -> Bool {
    character == 0x061C || character == 0x180E || 0x2066...0x2069 ~= character
  }

  private static func category(of character: UInt32) -> String {
    guard let scalar = Unicode.Scalar(character) else { return "Cs" }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}

extension RegexProperty {
  /// Scripts, which patterns may name and which are not told apart here.
  static let scripts: Set<String> = [
    "Adlam", "Arabic", "Armenian", "Balinese", "Bengali", "Bopomofo", "Braille", "Buginese",
    "Cherokee", "Common", "Coptic", "Cyrillic", "Deseret", "Devanagari", "Ethiopic", "Georgian",
    "Glagolitic", "Gothic", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hebrew", "Hiragana",
    "Inherited", "Javanese", "Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam",
    "Mongolian", "Myanmar", "Ogham", "Oriya", "Runic", "Sinhala", "Syriac", "Tamil", "Telugu",
    "Thaana", "Thai", "Tibetan", "Tifinagh", "Vai", "Yi",
  ]
}
