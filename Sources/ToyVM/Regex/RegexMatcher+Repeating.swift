/// Repetitions of one character.
///
/// What is remembered of one without a limit is that it fails where it would begin at a place, so
/// that a later one stops there; of one with a limit, that what follows fails at a place.
extension RegexMatcher {
  /// Where a character ends that begins at a place and that an instruction takes; -1 where there is
  /// none such.
  @inline(__always)
  func take(_ instruction: RegexInstruction, at place: Int) -> Int {
    guard place < text.count else { return -1 }
    switch instruction.operation {
    case .byte: return Int32(text[place]) == instruction.a ? place + 1 : -1
    case .anyByte: return place + 1
    case .any: return RegexText.next(text, place, isUnicode: isUnicode)
    case .anyButNewline:
      return newlineLength(at: place) > 0
        ? -1 : RegexText.next(text, place, isUnicode: isUnicode)
    case .set:
      let byte = text[place]
      if byte < 0x80 || !isUnicode {
        return program.sets[Int(instruction.a)].containsLow(Int(byte)) ? place + 1 : -1
      }
      let (value, count) = RegexText.decode(text, at: place, isUnicode: true)
      return program.sets[Int(instruction.a)].contains(value) ? place + count : -1
    default: return -1
    }
  }

  /// Begins a repetition.
  ///
  /// - Returns: where what follows is tried first; nothing where it is known to fail.
  mutating func beginRepeating(_ code: Int, at place: Int) throws(RegexLimit) -> Int? {
    let instruction = program.code[code]
    let one = program.code[code + 1]
    let most = instruction.a < 0 ? Int.max : Int(instruction.a)
    let isUnlimited = instruction.a < 0
    let memo = Int(instruction.c)
    if instruction.b == RegexGreed.lazy.rawValue {
      if isUnlimited && hasFailed(memo, place) { return nil }
      let frame = Frame(kind: .lazy, a: code, b: place, c: place, left: most)
      try push(frame)
      if !isUnlimited && hasFailed(memo, place) {
        return lengthen(frame)?.place
      }
      return place
    }
    let isPossessive = instruction.b == RegexGreed.possessive.rawValue
    if !isPossessive && isUnlimited && hasFailed(memo, place) { return nil }
    var end = place
    var taken = 0
    while taken < most {
      let next = take(one, at: end)
      if next < 0 || isUnlimited && !isPossessive && hasFailed(memo, next) { break }
      end = next
      taken += 1
    }
    if isPossessive { return end }
    try push(Frame(kind: .greedy, a: code, b: place, c: end))
    if !isUnlimited && hasFailed(memo, end) { return shorten(stack[stack.count - 1])?.place }
    return end
  }

  /// Has the repetition on top of the stack, whose last end was in vain, end earlier.
  mutating func shorten(_ frame: Frame) -> (code: Int, place: Int)? {
    let memo = Int(program.code[frame.a].c)
    let isLimited = program.code[frame.a].a >= 0
    let one = program.code[frame.a + 1].operation
    let isBytes = one == .byte || one == .anyByte
    var end = frame.c
    remember(memo, end)
    repeat {
      if end <= frame.b {
        stack.removeLast()
        return nil
      }
      end = RegexText.previous(text, before: end, isUnicode: isUnicode && !isBytes)
    } while isLimited && hasFailed(memo, end)
    stack[stack.count - 1].c = end
    return (frame.a + 2, end)
  }

  /// Has the repetition on top of the stack, whose last end was in vain, end later.
  mutating func lengthen(_ frame: Frame) -> (code: Int, place: Int)? {
    let memo = Int(program.code[frame.a].c)
    let isLimited = program.code[frame.a].a >= 0
    var frame = frame
    if isLimited { remember(memo, frame.c) }
    repeat {
      let next = frame.left > 0 ? take(program.code[frame.a + 1], at: frame.c) : -1
      if next < 0 || !isLimited && hasFailed(memo, next) {
        if !isLimited { for place in frame.b...frame.c { remember(memo, place) } }
        stack.removeLast()
        return nil
      }
      frame.c = next
      if isLimited { frame.left -= 1 }
    } while isLimited && hasFailed(memo, frame.c)
    stack[stack.count - 1] = frame
    return (frame.a + 2, frame.c)
  }
}
