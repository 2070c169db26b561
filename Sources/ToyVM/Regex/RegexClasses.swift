/// The sets that escapes and the names of POSIX stand for.
///
/// As Erlang has them: those of Latin 1, and only classes by Unicode, `ucp`, have members beyond.
enum RegexClasses {
  static let digit = RegexSet(0x30...0x39)
  static let space = RegexSet([9, 10, 11, 12, 13, 32])
  static let word = RegexSet { isLetter($0) || 0x30...0x39 ~= $0 || $0 == 0x5F }
  static let asciiWord = RegexSet { $0 < 128 && word.containsLow(Int($0)) }
  static let horizontalSpace = RegexSet(
    [9, 0x20, 0xA0, 0x1680, 0x180E, 0x202F, 0x205F, 0x3000] + Array(0x2000...0x200A))
  static let verticalSpace = RegexSet([10, 11, 12, 13, 0x85, 0x2028, 0x2029])

  /// The set of `\d`, `\s`, `\w` and the others, by the letter in lower case.
  static func escape(_ letter: UInt8, byUnicode: Bool) -> RegexSet? {
    func set(_ property: RegexProperty) -> RegexSet {
      var set = RegexSet()
      set.insert(property, isNegated: false)
      return set
    }
    switch letter {
    case UInt8(ascii: "d"): return byUnicode ? set(.category("Nd")) : digit
    case UInt8(ascii: "s"): return byUnicode ? set(.space) : space
    case UInt8(ascii: "w"): return byUnicode ? set(.word) : word
    case UInt8(ascii: "h"): return horizontalSpace
    case UInt8(ascii: "v"): return verticalSpace
    default: return nil
    }
  }

  /// The set of a name of POSIX.
  static func posix(_ name: String, byUnicode: Bool, isCaseless: Bool) -> RegexSet? {
    var name = name
    if isCaseless && (name == "lower" || name == "upper") { name = "alpha" }
    if byUnicode, let property = unicodeProperty(ofPosix: name) {
      var set = RegexSet()
      set.insert(property, isNegated: false)
      return set
    }
    switch name {
    case "alpha": return RegexSet(lowWhere: isLetter)
    case "lower": return RegexSet { isLetter($0) && !isUpper($0) }
    case "upper": return RegexSet(lowWhere: isUpper)
    case "alnum": return RegexSet { isLetter($0) || 0x30...0x39 ~= $0 }
    case "ascii": return RegexSet(0...255)
    case "blank": return byUnicode ? horizontalSpace : RegexSet([9, 32])
    case "cntrl": return RegexSet(lowWhere: isControl)
    case "digit": return digit
    case "graph": return RegexSet { !isControl($0) && $0 != 32 }
    case "print": return RegexSet { !isControl($0) }
    case "punct":
      return RegexSet { !isControl($0) && $0 != 32 && !isLetter($0) && !(0x30...0x39 ~= $0) }
    case "space": return space
    case "word": return word
    case "xdigit": return RegexSet(Array(0x30...0x39) + Array(0x41...0x46) + Array(0x61...0x66))
    default: return nil
    }
  }

  private static func unicodeProperty(ofPosix name: String) -> RegexProperty? {
    switch name {
    case "alpha": .category("L")
    case "lower": .category("Ll")
    case "upper": .category("Lu")
    case "alnum": .alphanumeric
    case "space": .space
    case "word": .word
    case "digit": .category("Nd")
    case "cntrl": .category("Cc")
    case "graph": .graphic
    case "print": .printable
    case "punct": .punctuation
    default: nil
    }
  }

  private static func isUpper(_ c: UInt32) -> Bool {
    0x41...0x5A ~= c || 0xC0...0xD6 ~= c || 0xD8...0xDE ~= c
  }

  private static func isLetter(_ c: UInt32) -> Bool {
    isUpper(c) || 0x61...0x7A ~= c || 0xDF...0xF6 ~= c || 0xF8...0xFF ~= c
      || [0xAA, 0xB5, 0xBA].contains(c)
  }

  private static func isControl(_ c: UInt32) -> Bool { c < 32 || 0x7F...0x9F ~= c }
}
