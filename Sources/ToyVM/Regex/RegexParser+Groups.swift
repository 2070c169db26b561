extension RegexParser {
  static let badOption = "unrecognized character after (? or (?-"
  static let noFixedLength = "lookbehind assertion is not fixed length"
  static let noGroup = "reference to non-existent subpattern"
  static let nameWithDigit = "group name must start with a non-digit"
  private static let noTerminator = "syntax error in subpattern name (missing terminator)"

  /// What begins with a round bracket; nothing for a comment or a setting.
  mutating func parseGroup() throws(RegexError) -> RegexNode? {
    if peek(1) == UInt8(ascii: "*"), let next = peek(2), isLetter(next) || next == UInt8(ascii: ":")
    {
      return try parseVerb()
    }
    place += 1
    guard skip("?") else {
      return options.contains(.noAutoCapture) ? try inGroup() : try parseCapture()
    }
    guard let byte else { throw failure(Self.badOption) }
    switch byte {
    case UInt8(ascii: "#"):
      guard let end = pattern[place...].firstIndex(of: UInt8(ascii: ")")) else {
        throw failure("missing ) after comment", at: pattern.count)
      }
      place = end + 1
      return nil
    case UInt8(ascii: ":"): return try inGroup(skipping: 1)
    case UInt8(ascii: "|"): return try inGroup(skipping: 1, restartingNumbers: true)
    case UInt8(ascii: ">"): return .atomic(try inGroup(skipping: 1))
    case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"):
      if let look = try parseLook() { return look }
      place += 1
      guard let next = self.byte, isWord(next) else {
        throw failure("unrecognized character after (?<")
      }
      return try parseNamedCapture(endingWith: ">")
    case UInt8(ascii: "'"):
      place += 1
      return try parseNamedCapture(endingWith: "'")
    case UInt8(ascii: "P"): return try parsePythonGroup()
    case UInt8(ascii: "("): return try parseConditional()
    case UInt8(ascii: "C"): return try parseCallout()
    case UInt8(ascii: "R"), UInt8(ascii: "&"), UInt8(ascii: "+"), 48...57: return try parseCall()
    case UInt8(ascii: "-") where peek(1).map { 48...57 ~= $0 } == true: return try parseCall()
    default: return try parseOptions()
    }
  }

  private func isLetter(_ byte: UInt8) -> Bool { 65...90 ~= byte || 97...122 ~= byte }

  /// The alternatives of a group and its end; options that are set within end with it.
  private mutating func inGroup(
    skipping count: Int = 0, restartingNumbers: Bool = false, isBehind: Bool = false
  ) throws(RegexError) -> RegexNode {
    place += count
    let before = options
    let node = try parseAlternatives(restartingNumbers: restartingNumbers, isBehind: isBehind)
    options = before
    guard skip(")") else { throw failure("missing )") }
    return node
  }

  private mutating func parseCapture() throws(RegexError) -> RegexNode {
    groupCount += 1
    let number = groupCount
    openGroups.append((number, mayBeEmpty.count))
    let group = RegexNode.capture(number, try inGroup())
    openGroups.removeLast()
    if closedGroups[number] == nil { closedGroups[number] = group }
    return group
  }

  /// A group whose name comes next, which may be empty.
  private mutating func parseNamedCapture(
    endingWith end: Character
  ) throws(RegexError) -> RegexNode {
    if let byte, 48...57 ~= byte { throw failure(Self.nameWithDigit) }
    let name = try parseName(endingWith: end)
    let number = groupCount + 1
    let numbers = names[name] ?? []
    if !numbers.isEmpty && !options.contains(.duplicateNames) && !numbers.contains(number) {
      throw failure("two named subpatterns have the same name", at: place - 1)
    }
    if namesInOrder.contains(where: { $0.number == number && $0.name != name }) {
      throw failure(
        "different names for subpatterns of the same number are not allowed", at: place - 1)
    }
    if !numbers.contains(number) {
      names[name] = numbers + [number]
      namesInOrder.append((name, number))
    }
    return try parseCapture()
  }

  func isWord(_ byte: UInt8) -> Bool { RegexClasses.word.containsLow(Int(byte)) }

  /// A name and what ends it.
  mutating func parseName(endingWith end: Character) throws(RegexError) -> String {
    let name = pattern[place...].prefix { isWord($0) }
    place += name.count
    guard byte == end.asciiValue else { throw failure(Self.noTerminator) }
    if name.count > 32 {
      throw failure("subpattern name is too long (maximum 32 characters)")
    }
    place += 1
    return String(decoding: name, as: UTF8.self)
  }

  /// The name of a group that is defined elsewhere, and what ends it.
  mutating func parseReferenceName(endingWith end: Character) throws(RegexError) -> String {
    if let byte, 48...57 ~= byte { throw failure(Self.nameWithDigit) }
    if byte.map(isWord) != true { throw failure("subpattern name expected") }
    return try parseName(endingWith: end)
  }

  /// The groups of a name, those that come later included.
  func groups(named name: String, at offset: Int) throws(RegexError) -> [Int] {
    guard let all = known.names else { return names[name] ?? [1] }
    guard let numbers = all[name] else { throw failure(Self.noGroup, at: offset) }
    return numbers
  }

  /// `(?P<name>...)`, `(?P=name)`, `(?P>name)`.
  private mutating func parsePythonGroup() throws(RegexError) -> RegexNode {
    place += 1
    if skip("<") { return try parseNamedCapture(endingWith: ">") }
    if skip("=") {
      let name = try parseReferenceName(endingWith: ")")
      return backReference(try groups(named: name, at: place - 1))
    }
    if skip(">") {
      return try callByName(endingWith: ")")
    }
    throw failure("unrecognized character after (?P")
  }

  func backReference(_ numbers: [Int]) -> RegexNode {
    .backReference(numbers, isCaseless: options.contains(.caseless))
  }

  /// What looks ahead or behind; nothing where it is something else.
  mutating func parseLook() throws(RegexError) -> RegexNode? {
    let isBehind = byte == UInt8(ascii: "<")
    guard let kind = isBehind ? peek(1) : byte,
      kind == UInt8(ascii: "=") || kind == UInt8(ascii: "!")
    else { return nil }
    if !isBehind, kind == UInt8(ascii: "!"), peek(1) == UInt8(ascii: ")") {
      // What never matches; as in PCRE, it cannot be repeated but right behind it.
      place += 2
      if !isQuantifierHere { return .fail }
      place -= 2
    }
    let node = try inGroup(skipping: isBehind ? 2 : 1, isBehind: isBehind)
    return .look(node, isBehind: isBehind, isNegated: kind == UInt8(ascii: "!"))
  }

  /// `(?i-m)` for the rest of the group, or `(?i-m:...)`.
  private mutating func parseOptions() throws(RegexError) -> RegexNode? {
    var changed = options
    var isSetting = true
    while let byte, byte != UInt8(ascii: ")"), byte != UInt8(ascii: ":") {
      let option: RegexOptions
      switch byte {
      case UInt8(ascii: "-"):
        isSetting = false
        place += 1
        continue
      case UInt8(ascii: "i"): option = .caseless
      case UInt8(ascii: "m"): option = .multiline
      case UInt8(ascii: "s"): option = .dotAll
      case UInt8(ascii: "x"): option = .extended
      case UInt8(ascii: "U"): option = .ungreedy
      case UInt8(ascii: "J"): option = .duplicateNames
      case UInt8(ascii: "X"): option = .extra
      default: throw failure(Self.badOption)
      }
      if isSetting { changed.insert(option) } else { changed.remove(option) }
      place += 1
    }
    guard let end = byte else { throw failure(Self.badOption) }
    place += 1
    if end == UInt8(ascii: ")") {
      options = changed
      return nil
    }
    let before = options
    options = changed
    defer { options = before }
    return try inGroup()
  }

  /// A number that programs with callouts get told; nobody here listens.
  mutating func parseCallout() throws(RegexError) -> RegexNode? {
    place += 1
    var number = 0
    while let digit = byte, 48...57 ~= digit {
      number = 10 * number + Int(digit - 48)
      place += 1
      if number > 255 { throw failure("number after (?C is > 255") }
    }
    guard skip(")") else { throw failure("closing ) for (?C expected") }
    return nil
  }

  /// `(*FAIL)`, and `(*MARK:name)`, which says nothing; the others are not supported.
  private mutating func parseVerb() throws(RegexError) -> RegexNode? {
    let start = place
    place += 2
    let name = String(decoding: pattern[place...].prefix { isLetter($0) }, as: UTF8.self)
    place += name.utf8.count
    var hasArgument = false
    if skip(":") {
      let argument = pattern[place...].prefix { $0 != UInt8(ascii: ")") }
      place += argument.count
      hasArgument = !argument.isEmpty
    }
    let verbs = ["ACCEPT", "COMMIT", "F", "FAIL", "MARK", "PRUNE", "SKIP", "THEN", ""]
    guard byte == UInt8(ascii: ")"), verbs.contains(name) else {
      throw failure("(*VERB) not recognized or malformed")
    }
    if hasArgument, ["ACCEPT", "COMMIT", "F", "FAIL"].contains(name) {
      throw failure("an argument is not allowed for (*ACCEPT), (*FAIL), or (*COMMIT)")
    }
    let isMark = name.isEmpty || name == "MARK"
    if isMark && !hasArgument { throw failure("(*MARK) must have an argument") }
    place += 1
    if isMark { return nil }
    if name != "F" && name != "FAIL" { lack("(*\(name))", at: start) }
    return .fail
  }
}
