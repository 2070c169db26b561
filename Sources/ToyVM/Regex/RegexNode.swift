/// A pattern, taken apart.
indirect enum RegexNode {
  case empty
  case fail
  /// A character, and those that count as the same.
  case set(RegexSet)
  /// `\w` or `\W` of code points where classes do not go by Unicode.
  case word(isNegated: Bool)
  /// A character of bytes; one that has no other case, or where case counts.
  case literal(UInt32)
  /// Any character but a newline.
  case anyButNewline
  case any
  case anyByte
  /// `\R`, and whether it is CR, LF or CRLF only.
  case lineBreak(onlyCRLF: Bool)
  case sequence([RegexNode])
  case alternation([RegexNode])
  case capture(Int, RegexNode)
  case atomic(RegexNode)
  case `repeat`(RegexNode, least: Int, most: Int?, RegexGreed)
  case look(RegexNode, isBehind: Bool, isNegated: Bool)
  case assertion(RegexAssertion)
  case wordBoundary(byUnicode: Bool, isNegated: Bool)
  /// What one of some groups matched last: the first of them that matched.
  case backReference([Int], isCaseless: Bool)
  /// Goes back some characters, if there are so many.
  case back(Int)
  case keepOut
  case conditional(RegexCondition, then: RegexNode, else: RegexNode)
  /// The pattern of a group again, or the whole one for 0; and where that stands.
  case call(Int, at: Int)
}

enum RegexGreed: Int {
  case greedy, lazy, possessive
}

/// What takes no characters.
enum RegexAssertion: Int {
  /// `^`, `^` at each line, `\A`, `\G`.
  case start, lineStart, absoluteStart, searchStart
  /// `$`, with a newline before the end allowed, without, at each line; `\Z`, `\z`.
  case endOrNewline, end, lineEnd, absoluteEndOrNewline, absoluteEnd
}

indirect enum RegexCondition {
  /// One of the groups has matched.
  case matched([Int])
  /// Within a call of a group, or of any.
  case called(Int?)
  case look(RegexNode)
  case never
}

extension RegexNode {
  /// How many characters it takes, if always the same number.
  var fixedLength: Int? {
    switch self {
    case .set, .word, .literal, .anyButNewline, .any, .anyByte: return 1
    case .lineBreak, .backReference, .call: return nil
    case .empty, .fail, .look, .assertion, .wordBoundary, .keepOut, .back: return 0
    case .capture(_, let node), .atomic(let node): return node.fixedLength
    case .sequence(let nodes):
      var sum = 0
      for node in nodes {
        guard let length = node.fixedLength else { return nil }
        sum += length
      }
      return sum
    case .alternation(let nodes):
      guard let first = nodes[0].fixedLength, nodes.allSatisfy({ $0.fixedLength == first })
      else { return nil }
      return first
    case .repeat(let node, let least, let most, _):
      if most == 0 { return node.isOneCharacter ? 0 : nil }
      guard least == most, let length = node.fixedLength else { return nil }
      return least * length
    case .conditional(_, let then, let otherwise):
      guard let length = then.fixedLength, otherwise.fixedLength == length else { return nil }
      return length
    }
  }

  var isOneCharacter: Bool {
    switch self {
    case .set, .word, .literal, .anyButNewline, .any, .anyByte: true
    default: false
    }
  }

  /// Whether it can match without taking a character, as far as that can be told.
  var mayBeEmpty: Bool {
    switch self {
    case .set, .word, .literal, .anyButNewline, .any, .anyByte, .lineBreak, .fail: false
    case .empty, .look, .assertion, .wordBoundary, .keepOut, .back, .backReference, .call,
      .conditional:
      true
    case .capture(_, let node), .atomic(let node): node.mayBeEmpty
    case .sequence(let nodes): nodes.allSatisfy(\.mayBeEmpty)
    case .alternation(let nodes): nodes.contains(where: \.mayBeEmpty)
    case .repeat(let node, let least, _, _): least == 0 || node.mayBeEmpty
    }
  }
}
