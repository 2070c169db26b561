extension RegexParser {
  /// The counts of `{n}`, `{n,}` or `{n,m}` here, and how many bytes they take.
  func repeatCounts() -> (least: [UInt8], most: [UInt8]?, length: Int)? {
    var at = place + 1
    func digits() -> [UInt8] { Array(pattern[at...].prefix { 48...57 ~= $0 }) }
    let least = digits()
    at += least.count
    guard !least.isEmpty, at < pattern.count else { return nil }
    if pattern[at] == UInt8(ascii: "}") { return (least, least, at + 1 - place) }
    guard pattern[at] == UInt8(ascii: ",") else { return nil }
    at += 1
    let most = digits()
    at += most.count
    guard at < pattern.count, pattern[at] == UInt8(ascii: "}") else { return nil }
    return (least, most.isEmpty ? nil : most, at + 1 - place)
  }

  /// Whether a quantifier stands here.
  var isQuantifierHere: Bool {
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): true
    case UInt8(ascii: "{"): repeatCounts() != nil
    default: false
    }
  }

  mutating func repeatLast(
    _ items: inout [RegexNode], _ last: inout Int?
  ) throws(RegexError) {
    let (least, most) = try quantifier()
    guard let index = last else { throw failure("nothing to repeat", at: place - 1) }
    var greed = options.contains(.ungreedy) ? RegexGreed.lazy : .greedy
    // What is ignored may stand between a quantifier and what says how greedy it is.
    if options.contains(.extended) { while let next = byte, try skipIgnored(next) {} }
    if starts(with: "(?#") { _ = try parseGroup() }
    if byte == UInt8(ascii: "?") {
      place += 1
      greed = greed == .lazy ? .greedy : .lazy
    } else if byte == UInt8(ascii: "+") {
      place += 1
      greed = .possessive
    }
    last = nil
    if case .look = items[index] {
      // More than once is no more than once.
      items[index] = .repeat(
        items[index], least: min(1, least), most: min(1, most ?? 1), greed)
    } else {
      items[index] = .repeat(items[index], least: least, most: most, greed)
    }
  }

  private mutating func quantifier() throws(RegexError) -> (least: Int, most: Int?) {
    switch byte {
    case UInt8(ascii: "*"):
      place += 1
      return (0, nil)
    case UInt8(ascii: "+"):
      place += 1
      return (1, nil)
    case UInt8(ascii: "?"):
      place += 1
      return (0, 1)
    default:
      guard let counts = repeatCounts() else { throw failure("nothing to repeat") }
      let start = place
      func number(_ digits: [UInt8], from offset: Int) throws(RegexError) -> Int {
        var value = 0
        for (index, digit) in digits.enumerated() {
          value = 10 * value + Int(digit - 48)
          if value > 65_535 {
            throw failure("number too big in {} quantifier", at: start + offset + index + 1)
          }
        }
        return value
      }
      let least = try number(counts.least, from: 1)
      var most: Int?
      if let digits = counts.most {
        most = try number(digits, from: counts.length - 1 - digits.count)
      }
      place += counts.length
      if let most, most < least {
        throw failure("numbers out of order in {} quantifier", at: place - 1)
      }
      return (least, most)
    }
  }
}
