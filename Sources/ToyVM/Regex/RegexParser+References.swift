extension RegexParser {
  private static let badReference =
    "\\g is not followed by a braced, angle-bracketed, or quoted name/number "
    + "or by a plain number"

  /// `\k<name>`, `\k'name'`, `\k{name}`.
  mutating func namedReference() throws(RegexError) -> RegexNode {
    let ends: [UInt8: Character] = [
      UInt8(ascii: "<"): ">", UInt8(ascii: "'"): "'", UInt8(ascii: "{"): "}",
    ]
    guard let byte, let end = ends[byte] else {
      throw failure(
        "\\k is not followed by a braced, angle-bracketed, or quoted name", at: place - 1)
    }
    place += 1
    let name = try parseReferenceName(endingWith: end)
    return backReference(try groups(named: name, at: place - 1))
  }

  /// `\g1`, `\g{-1}`, `\g{name}`; `\g<1>` and `\g'name'` call.
  mutating func generalReference() throws(RegexError) -> RegexNode {
    if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "'") {
      return try generalCall(endingWith: byte == UInt8(ascii: "<") ? ">" : "'")
    }
    let isBraced = skip("{")
    let digits = pattern[place...].prefix { 48...57 ~= $0 || $0 == UInt8(ascii: "-") }
    if isBraced, place + digits.count < pattern.count,
      pattern[place + digits.count] != UInt8(ascii: "}")
    {
      let name = try parseReferenceName(endingWith: "}")
      return backReference(try groups(named: name, at: place - 1))
    }
    let isRelative = skip("-")
    let number = try decimal(isEscape: true) ?? 0
    if isBraced && !skip("}") { throw failure(Self.badReference) }
    guard number > 0 else { throw failure(Self.zeroReference, at: place - 1) }
    if !isRelative {
      highestReference = max(highestReference, number)
      return backReference([number])
    }
    guard number <= groupCount else { throw failure(Self.noGroup, at: place - 1) }
    return backReference([groupCount - number + 1])
  }

  private mutating func generalCall(endingWith end: Character) throws(RegexError) -> RegexNode {
    place += 1
    guard let first = byte,
      first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || 48...57 ~= first
    else { return try callByName(endingWith: end) }
    let digits = pattern[(place + 1)...].prefix { 48...57 ~= $0 }
    guard digits.endIndex < pattern.count, pattern[digits.endIndex] == end.asciiValue else {
      throw failure(Self.badReference, at: place - 1)
    }
    return try callByNumber(endingWith: end)
  }
}
