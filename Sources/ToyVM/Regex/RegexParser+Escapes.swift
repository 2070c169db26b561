/// What an escape stands for.
enum RegexEscape {
  case character(UInt32)
  case set(RegexSet)
  case node(RegexNode)
}

extension RegexParser {
  private static let noDigits = "digits missing in \\x{} or \\o{}"

  /// An escape outside of classes.
  mutating func parseEscape() throws(RegexError) -> RegexNode {
    switch try parseEscape(inClass: false) {
    case .character(let value): return literal(value)
    case .set(let set): return .set(set)
    case .node(let node): return node
    }
  }

  /// An escape.
  mutating func parseEscape(inClass: Bool) throws(RegexError) -> RegexEscape {
    place += 1
    guard let byte else { throw failure("\\ at end of pattern") }
    if byte >= 0x80 { return .character(character()) }
    place += 1
    switch byte {
    case UInt8(ascii: "a"): return .character(7)
    case UInt8(ascii: "e"): return .character(27)
    case UInt8(ascii: "f"): return .character(12)
    case UInt8(ascii: "n"): return .character(10)
    case UInt8(ascii: "r"): return .character(13)
    case UInt8(ascii: "t"): return .character(9)
    case UInt8(ascii: "c"): return .character(try controlCharacter())
    case UInt8(ascii: "x"): return .character(try hexadecimal())
    case UInt8(ascii: "o"): return .character(try octalInBraces())
    case 48...57: return try digits(byte, inClass: inClass)
    case UInt8(ascii: "d"), UInt8(ascii: "s"), UInt8(ascii: "w"), UInt8(ascii: "h"),
      UInt8(ascii: "v"), UInt8(ascii: "D"), UInt8(ascii: "S"), UInt8(ascii: "W"),
      UInt8(ascii: "H"), UInt8(ascii: "V"):
      let isNegated = byte & 0x20 == 0
      if !inClass, isUnicode, !byUnicode, byte | 0x20 == UInt8(ascii: "w") {
        return .node(.word(isNegated: isNegated))
      }
      let set = RegexClasses.escape(byte | 0x20, byUnicode: byUnicode) ?? RegexSet()
      return .set(isNegated ? set.inverted : set)
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      return .set(try property(isNegated: byte == UInt8(ascii: "P")))
    case UInt8(ascii: "L"), UInt8(ascii: "l"), UInt8(ascii: "U"), UInt8(ascii: "u"):
      throw unsupportedEscape
    case UInt8(ascii: "N") where self.byte == UInt8(ascii: "{") && !isRepeatedHere:
      throw unsupportedEscape
    default:
      if inClass { return try classEscape(byte) }
      return try plainEscape(byte)
    }
  }

  private var unsupportedEscape: RegexError {
    failure("PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u", at: place - 1)
  }

  /// Whether counts of a repetition stand here.
  private var isRepeatedHere: Bool {
    var at = place + 1
    while at < pattern.count, 48...57 ~= pattern[at] || pattern[at] == UInt8(ascii: ",") { at += 1 }
    return at > place + 1 && at < pattern.count && pattern[at] == UInt8(ascii: "}")
      && pattern[place + 1] != UInt8(ascii: ",")
  }

  private func classEscape(_ byte: UInt8) throws(RegexError) -> RegexEscape {
    switch byte {
    case UInt8(ascii: "b"): return .character(8)
    case UInt8(ascii: "N"): throw failure("\\N is not supported in a class", at: place - 1)
    case UInt8(ascii: "B") where options.contains(.extra),
      UInt8(ascii: "R") where options.contains(.extra),
      UInt8(ascii: "X") where options.contains(.extra):
      throw failure("invalid escape sequence in character class", at: place - 1)
    default: return try unknownEscape(byte)
    }
  }

  private func unknownEscape(_ byte: UInt8) throws(RegexError) -> RegexEscape {
    let isLetter = 65...90 ~= byte || 97...122 ~= byte
    if isLetter && options.contains(.extra) {
      throw failure("unrecognized character follows \\", at: place - 1)
    }
    return .character(UInt32(byte))
  }

  private mutating func plainEscape(_ byte: UInt8) throws(RegexError) -> RegexEscape {
    switch byte {
    case UInt8(ascii: "b"): return .node(.wordBoundary(byUnicode: byUnicode, isNegated: false))
    case UInt8(ascii: "B"): return .node(.wordBoundary(byUnicode: byUnicode, isNegated: true))
    case UInt8(ascii: "A"): return .node(.assertion(.absoluteStart))
    case UInt8(ascii: "G"): return .node(.assertion(.searchStart))
    case UInt8(ascii: "Z"): return .node(.assertion(.absoluteEndOrNewline))
    case UInt8(ascii: "z"): return .node(.assertion(.absoluteEnd))
    case UInt8(ascii: "K"): return .node(.keepOut)
    case UInt8(ascii: "N"): return .node(.anyButNewline)
    case UInt8(ascii: "C"): return .node(.anyByte)
    case UInt8(ascii: "X"):
      lack("\\X", at: place - 1)
      return .node(.anyByte)
    case UInt8(ascii: "R"): return .node(.lineBreak(onlyCRLF: settings.breaksAreCRLF))
    case UInt8(ascii: "k"): return .node(try namedReference())
    case UInt8(ascii: "g"): return .node(try generalReference())
    default: return try unknownEscape(byte)
    }
  }

  // MARK: - Characters by number

  private mutating func controlCharacter() throws(RegexError) -> UInt32 {
    guard let byte else { throw failure("\\c at end of pattern") }
    guard byte < 128 else { throw failure("\\c must be followed by an ASCII character") }
    place += 1
    return UInt32(97...122 ~= byte ? byte - 32 : byte) ^ 0x40
  }

  private func checked(_ value: UInt32, at offset: Int) throws(RegexError) -> UInt32 {
    if value > (isUnicode ? 0x10_FFFF : 0xFF) {
      throw failure("character value in \\x{} or \\o{} is too large", at: offset)
    }
    if isUnicode && 0xD800...0xDFFF ~= value {
      throw failure("disallowed Unicode code point (>= 0xd800 && <= 0xdfff)", at: offset)
    }
    return value
  }

  private func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 48...57: UInt32(byte - 48)
    case 65...70: UInt32(byte - 55)
    case 97...102: UInt32(byte - 87)
    default: nil
    }
  }

  private mutating func hexadecimal() throws(RegexError) -> UInt32 {
    guard byte == UInt8(ascii: "{") else {
      var value: UInt32 = 0
      for _ in 0..<2 {
        guard let byte, let digit = hexDigit(byte) else { break }
        value = 16 * value + digit
        place += 1
      }
      return value
    }
    let problem = "non-hex character in \\x{} (closing brace missing?)"
    return try inBraces(base: 16, problem: problem)
  }

  private mutating func octalInBraces() throws(RegexError) -> UInt32 {
    guard byte == UInt8(ascii: "{") else {
      throw failure("missing opening brace after \\o", at: place - 1)
    }
    let problem = "non-octal character in \\o{} (closing brace missing?)"
    if peek(1) == UInt8(ascii: "}") { throw failure(Self.noDigits, at: place - 1) }
    return try inBraces(base: 8, problem: problem)
  }

  private mutating func inBraces(base: UInt32, problem: String) throws(RegexError) -> UInt32 {
    place += 1
    var value: UInt32 = 0
    var isEmpty = true
    while let byte, let digit = hexDigit(byte), digit < base {
      value = base * value + digit
      isEmpty = false
      if value > 0x10_FFFF || !isUnicode && value > 0xFF {
        // All digits belong to it.
        while let byte = self.byte, let digit = hexDigit(byte), digit < base { place += 1 }
        throw failure("character value in \\x{} or \\o{} is too large")
      }
      place += 1
    }
    guard byte == UInt8(ascii: "}") else { throw failure(problem) }
    if isEmpty { throw failure(Self.noDigits) }
    place += 1
    return try checked(value, at: place - 1)
  }

  /// A back reference, or a character by its octal number.
  private mutating func digits(_ first: UInt8, inClass: Bool) throws(RegexError) -> RegexEscape {
    if first != UInt8(ascii: "0") && !inClass {
      let start = place
      place -= 1
      let number = try decimal(isEscape: true) ?? 0
      if number < 8 || number <= groupCount {
        highestReference = max(highestReference, number)
        return .node(backReference([number]))
      }
      place = start
    }
    if first >= UInt8(ascii: "8") { return .character(UInt32(first)) }
    var value = UInt32(first - 48)
    for _ in 0..<2 {
      guard let byte, 48...55 ~= byte else { break }
      value = 8 * value + UInt32(byte - 48)
      place += 1
    }
    if value > 0xFF && !isUnicode {
      throw failure("octal value is greater than \\377 in 8-bit non-UTF-8 mode", at: place - 1)
    }
    return .character(value)
  }

  // MARK: - Properties

  /// The set of `\pL` or `\p{^Lu}`.
  private mutating func property(isNegated: Bool) throws(RegexError) -> RegexSet {
    let malformed = "malformed \\P or \\p sequence"
    guard let byte else { throw failure(malformed, at: place) }
    var isNegated = isNegated
    var name: String
    if byte == UInt8(ascii: "{") {
      place += 1
      if skip("^") { isNegated.toggle() }
      // Names have at most 30 characters.
      guard let end = pattern[place...].prefix(31).firstIndex(of: UInt8(ascii: "}")) else {
        throw failure(malformed, at: min(pattern.count, place + 30))
      }
      name = String(decoding: pattern[place..<end], as: UTF8.self)
      place = end + 1
    } else {
      place += 1
      name = String(decoding: [byte], as: UTF8.self)
    }
    guard let property = RegexProperty(name: name) else {
      let isScript = name.utf8.count > 2 && name.first?.isUppercase == true
      guard isScript && RegexProperty.scripts.contains(name) else {
        throw failure("unknown property name after \\P or \\p", at: place - 1)
      }
      lack("\\p{\(name)}", at: place - 1)
      return RegexSet()
    }
    var set = RegexSet()
    set.insert(property, isNegated: isNegated)
    return set
  }
}
