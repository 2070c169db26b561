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
  /// Goes back as many characters as a node always takes, if there are so many, and matches it there.
  case behind(RegexNode)
  case keepOut
  case conditional(RegexCondition, then: RegexNode, else: RegexNode)
  /// The pattern of a group again, or the whole one for 0.
  case call(Int)
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
  var isOneCharacter: Bool {
    switch self {
    case .set, .word, .literal, .anyButNewline, .any, .anyByte: true
    default: false
    }
  }

  /// Whether it can match without taking a character, as far as that can be told.
  var mayBeEmpty: Bool { mayBeEmpty { _ in true } }

  /// Whether it can match without taking a character.
  ///
  /// - Parameter callMayBeEmpty: whether a group that is called can.
  func mayBeEmpty(_ callMayBeEmpty: (Int) -> Bool) -> Bool {
    switch self {
    case .set, .word, .literal, .anyButNewline, .any, .anyByte, .lineBreak, .fail: false
    case .empty, .look, .assertion, .wordBoundary, .keepOut, .behind, .backReference: true
    case .call(let number): callMayBeEmpty(number)
    case .capture(_, let node), .atomic(let node): node.mayBeEmpty(callMayBeEmpty)
    case .sequence(let nodes): nodes.allSatisfy { $0.mayBeEmpty(callMayBeEmpty) }
    case .alternation(let nodes): nodes.contains { $0.mayBeEmpty(callMayBeEmpty) }
    case .conditional(_, let then, let otherwise):
      then.mayBeEmpty(callMayBeEmpty) || otherwise.mayBeEmpty(callMayBeEmpty)
    case .repeat(let node, let least, _, _): least == 0 || node.mayBeEmpty(callMayBeEmpty)
    }
  }
}
