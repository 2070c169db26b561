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
    let number = decimal() ?? 0
    if isBraced && !skip("}") { throw failure(Self.badReference) }
    guard number > 0 else { throw failure("a numbered reference must not be zero", at: place - 1) }
    if !isRelative {
      highestReference = max(highestReference, number)
      return backReference([number])
    }
    guard number <= groupCount else {
      throw failure("reference to non-existent subpattern", at: place - 1)
    }
    return backReference([groupCount - number + 1])
  }

  private mutating func generalCall(endingWith end: Character) throws(RegexError) -> RegexNode {
    place += 1
    guard let first = byte else {
      throw failure(Self.badReference)
    }
    let sign = first == UInt8(ascii: "+") || first == UInt8(ascii: "-") ? first : nil
    guard sign != nil || 48...57 ~= first else {
      let name = try parseReferenceName(endingWith: end)
      return .call(try groups(named: name, at: place - 1)[0], at: place - 1)
    }
    if sign != nil { place += 1 }
    guard var number = decimal(), byte == end.asciiValue else {
      throw failure(Self.badReference)
    }
    place += 1
    if sign == UInt8(ascii: "+") { number += groupCount }
    if sign == UInt8(ascii: "-") { number = groupCount - number + 1 }
    guard 0...known.groupCount ~= number else {
      throw failure("reference to non-existent subpattern", at: place - 1)
    }
    return .call(number, at: place - 1)
  }
}
