extension RegexParser {
  /// `(?R)`, `(?1)`, `(?+1)`, `(?-1)`, `(?&name)`.
  mutating func parseCall() throws(RegexError) -> RegexNode {
    if skip("&") {
      let name = try parseReferenceName(endingWith: ")")
      return .call(try groups(named: name, at: place - 1)[0], at: place - 1)
    }
    let number: Int
    if skip("R") { number = 0 } else { number = try parseReferenceNumber() }
    guard byte == UInt8(ascii: ")") else {
      throw failure("(?R or (?[+-]digits must be followed by )")
    }
    guard 0...known.groupCount ~= number else { throw failure(Self.noGroup) }
    place += 1
    return .call(number, at: place - 1)
  }

  /// A number, counted from here where a sign stands before it.
  private mutating func parseReferenceNumber() throws(RegexError) -> Int {
    let sign = byte
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { place += 1 }
    guard let number = decimal() else { throw failure("digit expected after (?+") }
    switch sign {
    case UInt8(ascii: "+"): return number == 0 ? -1 : groupCount + number
    case UInt8(ascii: "-"): return number == 0 || number > groupCount ? -1 : groupCount - number + 1
    default: return number
    }
  }

  mutating func decimal() -> Int? {
    let digits = pattern[place...].prefix { 48...57 ~= $0 }
    place += digits.count
    return digits.isEmpty ? nil : Int(String(decoding: digits, as: UTF8.self)) ?? Int.max / 2
  }

  /// `(?(condition)then|else)`.
  mutating func parseConditional() throws(RegexError) -> RegexNode {
    let condition: RegexCondition
    var isDefinition = false
    if peek(1) == UInt8(ascii: "?") || peek(1) == nil {
      place += 1
      guard let kind = peek(1) else { throw failure("assertion expected after (?( or (?(?C)") }
      place += 1
      guard [UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<")].contains(kind),
        let look = try parseLook()
      else { throw failure("assertion expected after (?( or (?(?C)", at: place - 1) }
      condition = .look(look)
    } else {
      place += 1
      condition = try parseCondition()
      if case .never = condition { isDefinition = true }
    }
    let before = options
    let node = try parseAlternatives()
    options = before
    guard byte == UInt8(ascii: ")") else { throw failure("missing )") }
    var branches = [node]
    if case .alternation(let all) = node { branches = all }
    if isDefinition && branches.count > 1 && !isFirstPass {
      throw failure("DEFINE group contains more than one branch")
    }
    if branches.count > 2 && !isFirstPass {
      throw failure("conditional group contains more than two branches")
    }
    place += 1
    return .conditional(
      condition, then: branches[0], else: branches.count == 2 ? branches[1] : .empty)
  }

  private mutating func parseCondition() throws(RegexError) -> RegexCondition {
    let malformed = "malformed number or name after (?("
    if let byte, 48...57 ~= byte || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
      let number = try parseReferenceNumber()
      guard skip(")") else { throw failure(malformed) }
      guard number > 0, number <= known.groupCount else { throw failure(Self.noGroup) }
      return .matched([number])
    }
    if skip("<") || skip("'") {
      if byte.map(isWord) != true { throw failure("assertion expected after (?( or (?(?C)") }
      let name = try parseName(endingWith: pattern[place - 1] == UInt8(ascii: "<") ? ">" : "'")
      guard skip(")") else { throw failure(malformed) }
      return .matched(try groups(named: name, at: place))
    }
    if skip("R&") {
      let name = try parseReferenceName(endingWith: ")")
      return .called(try groups(named: name, at: place)[0])
    }
    let name = String(decoding: pattern[place...].prefix { isWord($0) }, as: UTF8.self)
    place += name.utf8.count
    if name.isEmpty { throw failure("assertion expected after (?( or (?(?C)") }
    guard skip(")") else { throw failure(malformed) }
    if known.names?[name] != nil || names[name] != nil {
      return .matched(try groups(named: name, at: place))
    }
    if name == "DEFINE" { return .never }
    if name == "R" { return .called(nil) }
    if name.first == "R", let number = Int(name.dropFirst()) {
      guard number <= known.groupCount else { throw failure(Self.noGroup) }
      return .called(number)
    }
    return .matched(try groups(named: name, at: place))
  }
}
