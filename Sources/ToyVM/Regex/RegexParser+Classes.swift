extension RegexParser {
  private static let noEnd = "missing terminating ] for character class"

  /// A class in square brackets.
  mutating func parseClass() throws(RegexError) -> RegexNode {
    if isPosixName() {
      if peek(1) != UInt8(ascii: ":") {
        throw failure("POSIX collating elements are not supported")
      }
      throw failure("POSIX named classes are supported only within a class")
    }
    place += 1
    let isNegated = skip("^")
    var set = RegexSet()
    var isFirst = true
    var quotes = false
    while true {
      guard let byte else { throw failure(Self.noEnd) }
      if quotes && skip("\\E") {
        quotes = false
        continue
      }
      if !quotes {
        if skip("\\Q") {
          quotes = true
          continue
        }
        if skip("\\E") { continue }
        if byte == UInt8(ascii: "]") && !isFirst { break }
      }
      isFirst = false
      if !quotes, byte == UInt8(ascii: "["), isPosixName() {
        set.formUnion(try parsePosixClass())
        continue
      }
      guard let first = try classItem(&set, quotes: quotes) else { continue }
      try parseRange(from: first, into: &set, quotes: &quotes)
    }
    place += 1
    if isNegated {
      return .set(set.inverted)
    }
    return .set(set)
  }

  /// A character of a class; nothing where it was an escape for a set, which is put in.
  private mutating func classItem(
    _ set: inout RegexSet, quotes: Bool
  ) throws(RegexError) -> UInt32? {
    guard !quotes, byte == UInt8(ascii: "\\") else { return character() }
    switch try parseEscape(inClass: true) {
    case .character(let value): return value
    case .set(let escaped):
      set.formUnion(escaped)
      return nil
    case .node: throw failure("invalid escape sequence in character class", at: place - 1)
    }
  }

  /// A character, or a range where a hyphen stands behind it.
  private mutating func parseRange(
    from first: UInt32, into set: inout RegexSet, quotes: inout Bool
  ) throws(RegexError) {
    if quotes && skip("\\E") { quotes = false }
    while !quotes && skip("\\E") {}
    guard !quotes, byte == UInt8(ascii: "-"), let next = peek(1), next != UInt8(ascii: "]") else {
      return insert(first...first, into: &set)
    }
    let hyphen = place
    place += 1
    while skip("\\E") {}
    if skip("\\Q") {
      quotes = true
      if skip("\\E") { quotes = false }
    }
    if byte == UInt8(ascii: "]") && !quotes {
      insert(first...first, into: &set)
      return insert(0x2D...0x2D, into: &set)
    }
    if isAtEnd { throw failure(Self.noEnd) }
    if !quotes, byte == UInt8(ascii: "["), isPosixName() {
      throw failure("invalid range in character class", at: place)
    }
    if !quotes, byte == UInt8(ascii: "\\"), let escape = peek(1),
      "ABCGKkRXZzPp".utf8.contains(escape)
    {
      throw failure("invalid range in character class", at: place + 1)
    }
    var rest = RegexSet()
    guard let last = try classItem(&rest, quotes: quotes) else {
      throw failure("invalid range in character class", at: place - 1)
    }
    if last < first {
      throw failure("range out of order in character class", at: max(hyphen + 1, place - 1))
    }
    insert(first...last, into: &set)
  }

  private mutating func insert(_ range: ClosedRange<UInt32>, into set: inout RegexSet) {
    if range == 10...10 || range == 13...13 { asksForLineEnds = true }
    let part = RegexSet(range)
    set.formUnion(
      options.contains(.caseless) ? part.withOtherCases(isUnicode: isUnicode) : part)
  }

  /// Whether `[:`, `[.` or `[=` begins here with what ends it.
  private func isPosixName() -> Bool {
    guard let kind = peek(1),
      [UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "=")].contains(kind)
    else { return false }
    var at = place + 2
    while at + 1 < pattern.count {
      if pattern[at] == UInt8(ascii: "\\"),
        pattern[at + 1] == UInt8(ascii: "]") || pattern[at + 1] == UInt8(ascii: "\\")
      {
        at += 1
      } else if pattern[at] == UInt8(ascii: "[") && pattern[at + 1] == kind
        || pattern[at] == UInt8(ascii: "]")
      {
        return false
      } else if pattern[at] == kind && pattern[at + 1] == UInt8(ascii: "]") {
        return true
      }
      at += 1
    }
    return false
  }

  /// `[:name:]` or `[:^name:]`.
  private mutating func parsePosixClass() throws(RegexError) -> RegexSet {
    guard peek(1) == UInt8(ascii: ":") else {
      throw failure("POSIX collating elements are not supported")
    }
    place += 2
    let isNegated = skip("^")
    let start = place
    while !starts(with: ":]") { place += 1 }
    let name = String(decoding: pattern[start..<place], as: UTF8.self)
    guard
      let set = RegexClasses.posix(
        name, byUnicode: byUnicode, isCaseless: options.contains(.caseless))
    else { throw failure("unknown POSIX class name", at: start) }
    place += 2
    return isNegated ? set.inverted : set
  }
}
