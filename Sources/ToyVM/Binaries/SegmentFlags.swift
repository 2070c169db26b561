import Tenure

/// How a segment of a bit string stands there.
struct SegmentFlags: OptionSet {
  let rawValue: UInt8

  /// The lowest byte first.
  static let little = SegmentFlags(rawValue: 2)
  /// The first bit is a sign.
  static let signed = SegmentFlags(rawValue: 4)
  /// The byte order of this machine, which is little.
  static let native = SegmentFlags(rawValue: 16)

  var isLittle: Bool { !isDisjoint(with: [.little, .native]) }
  /// Whether the highest byte comes first, and there is no sign.
  var isPlain: Bool { isDisjoint(with: [.little, .signed, .native]) }
}

/// What stands in a segment that is built.
enum SegmentKind: UInt8 {
  case integer, float, binary, append, string, utf8, utf16, utf32
  /// As `append`, to what nobody else refers to.
  case privateAppend

  @inline(__always) var appends: Bool { self == .append || self == .privateAppend }
}

/// A form of Unicode.
enum UnicodeForm: UInt8 {
  case utf8, utf16, utf32

  /// The bits of a code point; more than there are for what is none.
  func bitCount(_ codePoint: Int) -> Int {
    switch self {
    case .utf8: codePoint < 0x80 ? 8 : codePoint < 0x800 ? 16 : codePoint < 0x1_0000 ? 24 : 32
    case .utf16: codePoint < 0x1_0000 ? 16 : 32
    case .utf32: 32
    }
  }

  /// The code point that a term is, or nothing for what is none.
  static func codePoint(_ term: Term) -> Int? {
    guard term.isSmall else { return nil }
    let value = term.smallValue
    return 0...0x10_FFFF ~= value && !(0xD800...0xDFFF ~= value) ? value : nil
  }
}
