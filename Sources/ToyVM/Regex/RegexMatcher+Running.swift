extension RegexMatcher {
  /// Runs code at a place until it matches.
  ///
  /// - Returns: where the match ends; nothing where no way leads to one. The ways that are left stand
  ///   above those that were open before.
  mutating func run(_ entry: Int, at start: Int) throws(RegexLimit) -> Int? {
    let base = stack.count
    var (code, place) = (entry, start)
    while true {
      let instruction = program.code[code]
      var isMatch = true
      switch instruction.operation {
      case .byte, .set, .any, .anyButNewline, .anyByte:
        let next = take(instruction, at: place)
        isMatch = next >= 0
        if isMatch { (code, place) = (code + 1, next) }
      case .split:
        isMatch = try split(instruction, at: place)
        if isMatch { code = Int(instruction.a) }
      case .jump: code = Int(instruction.a)
      case .save:
        try setSlot(Int(instruction.a), place)
        code += 1
      case .repeatOne:
        if let next = try beginRepeating(code, at: place) {
          (code, place) = (code + 2, next)
        } else {
          isMatch = false
        }
      case .loopUnlessEmpty:
        code = slots[Int(instruction.a)] == place ? code + 1 : Int(instruction.b)
      case .match:
        if mayEnd(at: place) { return place }
        isMatch = false
      case .subMatch: return place
      default:
        if let next = try runRare(instruction, code, at: place) {
          (code, place) = next
        } else {
          isMatch = false
        }
      }
      if isMatch { continue }
      guard let way = try takeWay(above: base) else { return nil }
      (code, place) = way
    }
  }

  /// Whether a match may end at a place: one that is empty may be unwelcome.
  private func mayEnd(at place: Int) -> Bool {
    if place != slots[0] { return true }
    return !options.contains(.notEmpty)
      && !(options.contains(.notEmptyAtStart) && place == offset)
  }

  /// Runs an instruction that most patterns do not have.
  ///
  /// - Returns: where to go on; nothing where it fails.
  private mutating func runRare(
    _ instruction: RegexInstruction, _ code: Int, at place: Int
  ) throws(RegexLimit) -> (code: Int, place: Int)? {
    switch instruction.operation {
    case .lineBreak:
      let next = lineBreak(at: place, onlyCRLF: breaksAreCRLF ?? (instruction.a == 1))
      return next < 0 ? nil : (code + 1, next)
    case .assertion:
      guard let assertion = RegexAssertion(rawValue: Int(instruction.a)),
        holds(assertion, at: place)
      else { return nil }
      return (code + 1, place)
    case .wordBoundary:
      let isBoundary = isBoundary(place, of: program.sets[Int(instruction.a)])
      return isBoundary == (instruction.b == 0) ? (code + 1, place) : nil
    case .look:
      return try looks(code, at: place, isNegated: instruction.b == 1)
        ? (Int(instruction.a), place) : nil
    case .ifLook:
      return try looks(code, at: place, isNegated: instruction.c == 1)
        ? (Int(instruction.a), place) : (Int(instruction.b), place)
    case .atomic:
      let base = stack.count
      guard let end = try run(code + 1, at: place) else { return nil }
      cut(to: base)
      return (Int(instruction.a), end)
    case .closeGroup:
      let slot = 2 * Int(instruction.a)
      try setSlot(slot, slots[Int(instruction.b)])
      try setSlot(slot + 1, place)
      return (code + 1, place)
    case .back:
      var start = place
      for _ in 0..<instruction.a {
        if start == 0 { return nil }
        start = RegexText.previous(text, before: start, isUnicode: isUnicode)
      }
      return (code + 1, start)
    case .backReference:
      let end = endOfReference(
        program.groupLists[Int(instruction.a)], isCaseless: instruction.b == 1, at: place)
      return end < 0 ? nil : (code + 1, end)
    case .ifMatched:
      let groups = program.groupLists[Int(instruction.a)]
      return groups.contains { slots[2 * $0 + 1] >= 0 }
        ? (code + 1, place) : (Int(instruction.b), place)
    case .ifCalled:
      let group = called.last?.group
      let isCalled = instruction.a < 0 ? group != nil : group == Int(instruction.a)
      return isCalled ? (code + 1, place) : (Int(instruction.b), place)
    case .call: return try call(Int(instruction.a), at: place).map { (code + 1, $0) }
    default: return nil
    }
  }

  /// Whether what follows an instruction matches at a place, or must not and does not.
  private mutating func looks(
    _ code: Int, at place: Int, isNegated: Bool
  ) throws(RegexLimit) -> Bool {
    let base = stack.count
    let isThere = try run(code + 1, at: place) != nil
    if isThere && !isNegated { cut(to: base) } else { undo(to: base) }
    return isThere != isNegated
  }

  /// Matches a group's pattern again. What it captures is forgotten, and no other way through it is
  /// tried.
  private mutating func call(_ group: Int, at place: Int) throws(RegexLimit) -> Int? {
    guard let entry = program.calls[group] else { return nil }
    if called.contains(where: { $0.group == group && $0.place == place }) { throw .endless }
    if called.count >= Self.mostCalls { throw .depth }
    let base = stack.count
    let before = slots
    called.append((group, place))
    defer { called.removeLast() }
    let end = try run(entry, at: place)
    stack.removeLast(stack.count - base)
    slots = before
    return end
  }

  /// Where the text ends that is the same as the first group's of some that has matched; -1 where it
  /// is another, or none has.
  private func endOfReference(_ groups: [Int], isCaseless: Bool, at place: Int) -> Int {
    guard let group = groups.first(where: { slots[2 * $0 + 1] >= 0 }) else { return -1 }
    var from = slots[2 * group]
    let to = slots[2 * group + 1]
    var end = place
    while from < to {
      guard end < text.count else { return -1 }
      let (one, oneCount) = RegexText.decode(text, at: from, isUnicode: isUnicode)
      let (other, otherCount) = RegexText.decode(text, at: end, isUnicode: isUnicode)
      let isSame =
        one == other
        || isCaseless && RegexCase.others(of: one, isUnicode: isUnicode).contains(other)
      if !isSame { return -1 }
      from += oneCount
      end += otherCount
    }
    return end
  }

  private func lineBreak(at place: Int, onlyCRLF: Bool) -> Int {
    let count = RegexText.newline(
      text, at: place, onlyCRLF ? .anyCRLF : .any, isUnicode: isUnicode)
    return count > 0 ? place + count : -1
  }

  // MARK: - Assertions

  private func holds(_ assertion: RegexAssertion, at place: Int) -> Bool {
    let isEnd = place == text.count
    switch assertion {
    case .absoluteStart: return place == 0
    case .searchStart: return place == offset
    case .start: return place == 0 && !options.contains(.notBeginningOfLine)
    case .lineStart:
      if place == 0 { return !options.contains(.notBeginningOfLine) }
      return !isEnd
        && RegexText.newline(text, endingAt: place, newline, isUnicode: isUnicode) > 0
    case .end: return isEnd && !options.contains(.notEndOfLine)
    case .endOrNewline: return isEndOrLastNewline(place) && !options.contains(.notEndOfLine)
    case .lineEnd:
      return isEnd ? !options.contains(.notEndOfLine) : newlineLength(at: place) > 0
    case .absoluteEnd: return isEnd
    case .absoluteEndOrNewline: return isEndOrLastNewline(place)
    }
  }

  private func isEndOrLastNewline(_ place: Int) -> Bool {
    if place == text.count { return true }
    let length = newlineLength(at: place)
    return length > 0 && place + length == text.count
  }

  /// Whether one side of a place is a character of a set, and the other is not.
  private func isBoundary(_ place: Int, of set: RegexSet) -> Bool {
    func isMember(at place: Int) -> Bool {
      set.contains(RegexText.decode(text, at: place, isUnicode: isUnicode).value)
    }
    let isBefore =
      place > 0 && isMember(at: RegexText.previous(text, before: place, isUnicode: isUnicode))
    let isBehind = place < text.count && isMember(at: place)
    return isBefore != isBehind
  }
}
