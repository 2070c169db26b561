extension RegexParser {
  static let zeroReference = "a numbered reference must not be zero"
  private static let noCallEnd = "(?R or (?[+-]digits must be followed by )"
  private static let noAssertion = "assertion expected after (?( or (?(?C)"
  private static let malformedCondition = "malformed number or name after (?("
  /// A number that has as much before its last digit is too big.
  static let mostDecimal = 214_748_363

  /// `(?R)`, `(?1)`, `(?+1)`, `(?-1)`, `(?&name)`.
  mutating func parseCall() throws(RegexError) -> RegexNode {
    if skip("&") { return try callByName(endingWith: ")") }
    if skip("R") {
      guard byte == UInt8(ascii: ")") else { throw failure(Self.noCallEnd) }
      place += 1
      return try call(0)
    }
    return try callByNumber(endingWith: ")")
  }

  /// The rest of a call of a group by its name.
  mutating func callByName(endingWith end: Character) throws(RegexError) -> RegexNode {
    let name = try parseReferenceName(endingWith: end)
    return try call(try groups(named: name, at: place - 1)[0])
  }

  /// The rest of a call of a group by its number, counted from here where a sign stands before it.
  mutating func callByNumber(endingWith end: Character) throws(RegexError) -> RegexNode {
    let sign = parseSign()
    guard var number = try decimal() else {
      throw failure(sign == UInt8(ascii: "-") ? Self.badOption : "digit expected after (?+")
    }
    guard byte == end.asciiValue else { throw failure(Self.noCallEnd) }
    if sign != nil {
      if number == 0 { throw failure(Self.zeroReference) }
      number = counted(number, sign)
      if number <= 0 { throw failure(Self.noGroup) }
    }
    if number > known.groupCount { throw failure(Self.noGroup) }
    place += 1
    return try call(number)
  }

  /// A call, which must not come to itself again before a character was taken.
  private func call(_ number: Int) throws(RegexError) -> RegexNode {
    if !isFirstPass, conditionals == 0,
      let group = openGroups.last(where: { $0.number == number }),
      mayBeEmpty[group.sequences...].allSatisfy(\.self)
    {
      throw failure("recursive call could loop indefinitely", at: place - 1)
    }
    return .call(number)
  }

  /// Whether a node can match nothing at all; a call of what is not known yet can.
  func isEmpty(_ node: RegexNode) -> Bool {
    var calls: Set<Int> = []
    func isEmpty(_ node: RegexNode) -> Bool {
      node.mayBeEmpty { number in
        guard let group = closedGroups[number], calls.insert(number).inserted else { return true }
        defer { calls.remove(number) }
        return isEmpty(group)
      }
    }
    return isEmpty(node)
  }

  private mutating func parseSign() -> UInt8? {
    guard let byte, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") else { return nil }
    place += 1
    return byte
  }

  /// The number of a group that is counted from here where there is a sign.
  private func counted(_ number: Int, _ sign: UInt8?) -> Int {
    switch sign {
    case UInt8(ascii: "+"): groupCount + number
    case UInt8(ascii: "-"): groupCount - number + 1
    default: number
    }
  }

  /// The digits that come next, as a number.
  ///
  /// - Parameter isEscape: whether an error is at the last digit, not behind it.
  mutating func decimal(isEscape: Bool = false) throws(RegexError) -> Int? {
    let digits = pattern[place...].prefix { 48...57 ~= $0 }
    place += digits.count
    var value = 0
    for digit in digits {
      if value > Self.mostDecimal {
        throw failure("number is too big", at: isEscape ? place - 1 : place)
      }
      value = 10 * value + Int(digit - 48)
    }
    return digits.isEmpty ? nil : value
  }

  /// `(?(condition)then|else)`.
  mutating func parseConditional() throws(RegexError) -> RegexNode {
    let condition: RegexCondition
    var isDefinition = false
    if let callout = calloutLength() {
      guard peek(callout) == UInt8(ascii: "(") else { throw failure(Self.noAssertion) }
      place += 2
      _ = try parseCallout()
    }
    if peek(1) == UInt8(ascii: "?") || peek(1) == nil {
      place += 1
      guard let kind = peek(1) else { throw failure(Self.noAssertion) }
      place += 1
      guard [UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<")].contains(kind),
        let look = try parseLook()
      else { throw failure(Self.noAssertion, at: place - 1) }
      condition = .look(look)
    } else {
      place += 1
      condition = try parseCondition()
      if case .never = condition { isDefinition = true }
    }
    let before = options
    conditionals += 1
    let node = try parseAlternatives()
    conditionals -= 1
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

  /// The bytes of `(?C1)` where that stands here.
  private func calloutLength() -> Int? {
    guard starts(with: "(?C") else { return nil }
    let end = pattern[(place + 3)...].prefix { 48...57 ~= $0 }.endIndex
    return end < pattern.count && pattern[end] == UInt8(ascii: ")") ? end + 1 - place : nil
  }

  /// A condition that does not look: by number, by name, or within a call.
  ///
  /// The first pass looks at how it is written alone.
  private mutating func parseCondition() throws(RegexError) -> RegexCondition {
    let isCalled = skip("R&")
    let end: UInt8? =
      isCalled ? nil : skip("<") ? UInt8(ascii: ">") : skip("'") ? UInt8(ascii: "'") : nil
    if !isCalled, end == nil {
      let sign = parseSign()
      if sign != nil || byte.map({ 48...57 ~= $0 }) == true {
        let number = try decimal() ?? 0
        try endCondition()
        if isFirstPass { return .never }
        if number == 0 { throw failure("invalid condition (?(0)") }
        let group = counted(number, sign)
        guard group > 0, group <= known.groupCount else { throw failure(Self.noGroup) }
        return .matched([group])
      }
    }
    if let byte, 48...57 ~= byte { throw failure(Self.nameWithDigit) }
    let word = pattern[place...].prefix { isWord($0) }
    if word.isEmpty { throw failure(Self.noAssertion) }
    place += word.count
    if let end {
      guard byte == end else { throw failure(Self.malformedCondition) }
      place += 1
    }
    try endCondition()
    let name = String(decoding: word, as: UTF8.self)
    if isFirstPass { return name == "DEFINE" ? .never : .matched([]) }
    if let numbers = known.names?[name] {
      return isCalled ? .called(numbers[0]) : .matched(numbers)
    }
    if isCalled || end != nil { throw failure(Self.noGroup) }
    if name == "DEFINE" { return .never }
    guard name.first == "R", name.utf8.dropFirst().allSatisfy({ 48...57 ~= $0 }) else {
      throw failure(Self.noGroup)
    }
    var number = 0
    for digit in name.utf8.dropFirst() {
      if number > Self.mostDecimal { throw failure("number is too big") }
      number = 10 * number + Int(digit - 48)
    }
    return .called(number == 0 ? nil : number)
  }

  private mutating func endCondition() throws(RegexError) {
    guard skip(")") else { throw failure(Self.malformedCondition) }
  }
}
