/// The parts of a text in the order in which they begin, each in front of its own parts.
///
/// ```
/// +---------------------------+
/// | characters <<5 | kind| t  |  bit 0: stands behind the `|` of a list
/// | offset of the first byte  |
/// | index of the next part    |  that is no part of this one
/// +---------------------------+
/// ```
/// While a part is open, its characters are those that are short of the bytes in front of it, and
/// its next index is that of the part around it.
struct PartTape: TextParts, ~Copyable {
  private static var wordsPerPart: Int { 3 }
  private static var tailMark: UInt { 1 }

  private var words: ScratchWords
  private(set) var count = 0
  private var innermost = -1
  /// The bytes in front beyond one for each character.
  private var surplus = 0
  private var mark: UInt = 0

  init(_ scratch: any ScratchProvider) { words = ScratchWords(provider: scratch) }

  // MARK: - Writing

  private mutating func append(
    _ kind: TextPart, _ characters: Int, _ start: Int, _ next: Int
  ) throws(ScratchExhausted) {
    try words.append(UInt(characters) << 5 | kind.rawValue << 1 | mark)
    try words.append(UInt(start))
    try words.append(UInt(bitPattern: next))
    mark = 0
    count += 1
  }

  mutating func add(
    _ kind: TextPart, from start: Int, of output: borrowing [UInt8]
  ) throws(ScratchExhausted) {
    let byteCount = output.count - start
    let characters = CharacterCounting.count(output, from: start)
    try append(kind, characters, start, count + 1)
    surplus += byteCount - characters
  }

  mutating func open(_ kind: TextPart, at start: Int) throws(ScratchExhausted) {
    let part = count
    try append(kind, surplus, start, innermost)
    innermost = part
  }

  mutating func close(at end: Int) {
    let place = innermost * Self.wordsPerPart
    let surplusBefore = Int(words[place] >> 5)
    let characters = end - Int(words[place + 1]) - (surplus - surplusBefore)
    words[place] = UInt(characters) << 5 | words[place] & 31
    innermost = Int(bitPattern: words[place + 2])
    words[place + 2] = UInt(count)
  }

  mutating func markTail() { mark = Self.tailMark }

  // MARK: - Reading

  func kind(of part: Int) -> TextPart {
    guard let kind = TextPart(rawValue: words[part * Self.wordsPerPart] >> 1 & 15) else {
      preconditionFailure("the parts of a text are in disorder")
    }
    return kind
  }

  /// The characters of a part as the user counts them.
  func length(of part: Int) -> Int { Int(words[part * Self.wordsPerPart] >> 5) }

  func isTail(_ part: Int) -> Bool { words[part * Self.wordsPerPart] & Self.tailMark != 0 }

  func start(of part: Int) -> Int { Int(words[part * Self.wordsPerPart + 1]) }

  /// The part behind a part, or where the one around both ends.
  func next(after part: Int) -> Int { Int(words[part * Self.wordsPerPart + 2]) }
}
