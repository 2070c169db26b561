/// What a pattern is compiled with, as options of `re:compile/2` say.
struct RegexOptions: OptionSet, Hashable, Sendable {
  let rawValue: Int

  /// Pattern and subject are code points in UTF-8, not bytes.
  static let unicode = RegexOptions(rawValue: 1 << 0)
  static let anchored = RegexOptions(rawValue: 1 << 1)
  static let caseless = RegexOptions(rawValue: 1 << 2)
  static let dollarEndOnly = RegexOptions(rawValue: 1 << 3)
  static let dotAll = RegexOptions(rawValue: 1 << 4)
  static let extended = RegexOptions(rawValue: 1 << 5)
  /// A match begins before the first newline or at it.
  static let firstLine = RegexOptions(rawValue: 1 << 6)
  static let multiline = RegexOptions(rawValue: 1 << 7)
  static let noAutoCapture = RegexOptions(rawValue: 1 << 8)
  static let duplicateNames = RegexOptions(rawValue: 1 << 9)
  static let ungreedy = RegexOptions(rawValue: 1 << 10)
  /// Classes such as `\w` go by the properties of Unicode.
  static let unicodeClasses = RegexOptions(rawValue: 1 << 11)
  static let neverUnicode = RegexOptions(rawValue: 1 << 12)
  /// Escapes that mean nothing are errors, `(?X)`.
  static let extra = RegexOptions(rawValue: 1 << 13)
}

/// What ends a line.
enum RegexNewline: Int, Sendable {
  case lf, cr, crlf, anyCRLF, any
}

/// Options and what ends a line.
struct RegexSettings: Hashable, Sendable {
  var options: RegexOptions = []
  var newline = RegexNewline.lf
  /// Whether `\R` is CR, LF or CRLF only.
  var breaksAreCRLF = false
}

/// Why a pattern cannot be compiled, and at which byte of it.
struct RegexError: Error, Equatable {
  let message: String
  let offset: Int
}

/// How a match is made, as options of `re:run/3` say.
struct RegexMatchOptions: OptionSet, Sendable {
  let rawValue: Int

  static let anchored = RegexMatchOptions(rawValue: 1)
  static let notBeginningOfLine = RegexMatchOptions(rawValue: 2)
  static let notEndOfLine = RegexMatchOptions(rawValue: 4)
  static let notEmpty = RegexMatchOptions(rawValue: 8)
  static let notEmptyAtStart = RegexMatchOptions(rawValue: 16)
}
