/// Takes a pattern apart: the syntax of Perl as PCRE has it, which Erlang's `re` documents.
///
/// The messages and places of errors are those that `re:compile/2` tells.
struct RegexParser {
  let pattern: [UInt8]
  var place = 0
  var settings: RegexSettings
  /// The options where the parser stands; groups change and restore them.
  var options: RegexOptions
  /// The groups so far.
  var groupCount = 0
  /// The numbers of each name, by the first pass for those that come later.
  var names: [String: [Int]] = [:]
  var namesInOrder: [(name: String, number: Int)] = []
  let known: RegexOutline
  var depth = 0
  /// The last group that a reference by number names.
  var highestReference = 0
  /// The groups that are open, and how many sequences were when each began: the whole pattern first.
  var openGroups = [(number: 0, sequences: 0)]
  /// Of each sequence that is open, whether what it has so far can match nothing at all.
  var mayBeEmpty: [Bool] = []
  var closedGroups: [Int: RegexNode] = [:]
  /// How many conditional groups are open.
  var conditionals = 0
  /// What the pattern asks for and is lacked: any other error comes before it.
  var lacked: RegexError?
  /// Whether the pattern itself asks for CR or LF.
  var asksForLineEnds = false
  /// Within `\Q...\E`.
  var isQuoting = false

  /// What one pass finds out for the next.
  struct RegexOutline {
    var groupCount = Int.max
    var names: [String: [Int]]?
  }

  static let mostGroups = 65_535
  static let mostDepth = 250

  init(_ pattern: [UInt8], _ settings: RegexSettings, known: RegexOutline = RegexOutline()) {
    self.pattern = pattern
    self.settings = settings
    self.known = known
    options = settings.options
  }

  // MARK: - Characters

  /// Whether later groups are not known yet: what depends on them is looked at in the second pass.
  var isFirstPass: Bool { known.names == nil }
  var isAtEnd: Bool { place >= pattern.count }
  var byte: UInt8? { place < pattern.count ? pattern[place] : nil }
  var isUnicode: Bool { settings.options.contains(.unicode) }

  /// Whether classes go by Unicode.
  var byUnicode: Bool { settings.options.contains(.unicodeClasses) }

  func peek(_ distance: Int) -> UInt8? {
    place + distance < pattern.count ? pattern[place + distance] : nil
  }

  func starts(with text: StaticString) -> Bool {
    let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return pattern.count - place >= bytes.count && pattern[place...].starts(with: bytes)
  }

  mutating func skip(_ text: StaticString) -> Bool {
    guard starts(with: text) else { return false }
    place += text.utf8CodeUnitCount
    return true
  }

  func failure(_ message: String, at offset: Int? = nil) -> RegexError {
    RegexError(message: message, offset: offset ?? place)
  }

  /// Notes what is asked for and lacked, once the pattern is known to be right.
  mutating func lack(_ construct: String, at offset: Int) {
    if lacked == nil { lacked = failure("\(construct) is not supported", at: offset) }
  }

  /// Takes the character that comes next.
  mutating func character() -> UInt32 {
    let (value, count) = pattern.withUnsafeBufferPointer {
      RegexText.decode($0, at: place, isUnicode: isUnicode)
    }
    place += count
    return value
  }

  // MARK: - The whole

  /// Takes the whole pattern apart.
  mutating func parse() throws(RegexError) -> RegexNode {
    try parseLeadingOptions()
    let node = try parseAlternatives()
    if !isAtEnd && !isFirstPass { throw failure("unmatched parentheses") }
    if !isFirstPass && highestReference > groupCount {
      throw failure(Self.noGroup, at: pattern.count)
    }
    if !isFirstPass, let lacked { throw lacked }
    return node
  }

  /// `(*UTF8)`, `(*CRLF)` and the like, before all else.
  private mutating func parseLeadingOptions() throws(RegexError) {
    while starts(with: "(*") {
      if skip("(*UTF8)") || skip("(*UTF)") {
        if settings.options.contains(.neverUnicode) {
          throw failure("setting UTF is disabled by the application", at: 0)
        }
        settings.options.insert(.unicode)
      } else if skip("(*UCP)") {
        settings.options.insert(.unicodeClasses)
      } else if skip("(*CR)") {
        settings.newline = .cr
      } else if skip("(*LF)") {
        settings.newline = .lf
      } else if skip("(*CRLF)") {
        settings.newline = .crlf
      } else if skip("(*ANYCRLF)") {
        settings.newline = .anyCRLF
      } else if skip("(*ANY)") {
        settings.newline = .any
      } else if skip("(*BSR_ANYCRLF)") {
        settings.breaksAreCRLF = true
      } else if skip("(*BSR_UNICODE)") {
        settings.breaksAreCRLF = false
      } else if !skip("(*NO_START_OPT)") && !skip("(*NO_AUTO_POSSESS)") {
        break
      }
    }
    options.formUnion(settings.options.intersection([.unicode, .unicodeClasses]))
  }

  /// Alternatives up to the end of a group, or of the pattern.
  ///
  /// - Parameters:
  ///   - restartingNumbers: whether each counts its groups from the same number.
  ///   - isBehind: whether each looks behind, by its own fixed length.
  mutating func parseAlternatives(
    restartingNumbers: Bool = false, isBehind: Bool = false
  ) throws(RegexError) -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.mostDepth { throw failure("parentheses are too deeply nested") }
    let first = groupCount
    var most = groupCount
    var branches = [try parseBranch(isBehind: isBehind)]
    while byte == UInt8(ascii: "|") {
      place += 1
      if restartingNumbers {
        most = max(most, groupCount)
        groupCount = first
      }
      branches.append(try parseBranch(isBehind: isBehind))
    }
    groupCount = max(most, groupCount)
    return branches.count == 1 ? branches[0] : .alternation(branches)
  }

  private mutating func parseBranch(isBehind: Bool) throws(RegexError) -> RegexNode {
    let branch = try parseSequence()
    if !isBehind || isFirstPass { return branch }
    if branch.length() == .varying { throw failure(Self.noFixedLength) }
    return .behind(branch)
  }

  private mutating func parseSequence() throws(RegexError) -> RegexNode {
    var items: [RegexNode] = []
    mayBeEmpty.append(true)
    defer { mayBeEmpty.removeLast() }
    // How many items are known to match nothing at all, if they can.
    var seen = 0
    var isEmptySoFar = true
    // What a quantifier would repeat; nothing where there is none.
    var last: Int?
    while let byte {
      if isQuoting {
        if skip("\\E") {
          isQuoting = false
        } else {
          last = items.count
          items.append(literal(character()))
        }
        continue
      }
      if options.contains(.extended), try skipIgnored(byte) { continue }
      switch byte {
      case UInt8(ascii: "|"), UInt8(ascii: ")"):
        return items.count == 1 ? items[0] : .sequence(items)
      case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
        try repeatLast(&items, &last)
      case UInt8(ascii: "{") where repeatCounts() != nil: try repeatLast(&items, &last)
      case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "Q"):
        place += 2
        isQuoting = true
      case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "E"): place += 2
      default:
        let start = place
        // The last may still be repeated.
        while isEmptySoFar, seen + 1 < items.count {
          isEmptySoFar = isEmpty(items[seen])
          seen += 1
        }
        mayBeEmpty[mayBeEmpty.count - 1] =
          isEmptySoFar && (items.count == seen || isEmpty(items[seen]))
        let item = try parseItem(byte)
        guard let item else {
          // A setting, or a comment, which does not come between an item and its quantifier.
          if start + 2 < pattern.count, pattern[start + 2] != UInt8(ascii: "#") { last = nil }
          continue
        }
        last = isRepeatable(item, begins: byte) ? items.count : nil
        items.append(item)
      }
    }
    isQuoting = false
    return items.count == 1 ? items[0] : .sequence(items)
  }

  private func isRepeatable(_ item: RegexNode, begins byte: UInt8) -> Bool {
    switch item {
    case .fail: false
    case .assertion, .wordBoundary, .keepOut: byte == UInt8(ascii: "(")
    default: true
    }
  }

  /// Skips white space and comments where the pattern is written with them.
  mutating func skipIgnored(_ byte: UInt8) throws(RegexError) -> Bool {
    if [9, 10, 11, 12, 13, 32].contains(byte) {
      place += 1
      return true
    }
    guard byte == UInt8(ascii: "#") else { return false }
    while !isAtEnd {
      let length = pattern.withUnsafeBufferPointer {
        RegexText.newline($0, at: place, settings.newline, isUnicode: isUnicode)
      }
      place += max(1, length)
      if length > 0 { break }
    }
    return true
  }

  /// One item; nothing for what matches nothing at all, such as a comment.
  private mutating func parseItem(_ byte: UInt8) throws(RegexError) -> RegexNode? {
    switch byte {
    case UInt8(ascii: "("): return try parseGroup()
    case UInt8(ascii: "["): return try parseClass()
    case UInt8(ascii: "\\"): return try parseEscape()
    case UInt8(ascii: "."):
      place += 1
      return options.contains(.dotAll) ? .any : .anyButNewline
    case UInt8(ascii: "^"):
      place += 1
      return .assertion(options.contains(.multiline) ? .lineStart : .start)
    case UInt8(ascii: "$"):
      place += 1
      if options.contains(.multiline) { return .assertion(.lineEnd) }
      return .assertion(options.contains(.dollarEndOnly) ? .end : .endOrNewline)
    default: return literal(character())
    }
  }

  /// A character that stands for itself, and for its other cases where case does not count.
  mutating func literal(_ character: UInt32) -> RegexNode {
    if character == 10 || character == 13 { asksForLineEnds = true }
    if options.contains(.caseless) {
      let others = RegexCase.others(of: character, isUnicode: isUnicode)
      if !others.isEmpty { return .set(RegexSet([character] + others)) }
    }
    return .literal(character)
  }
}
