/// Why a match was given up.
enum RegexLimit: Error {
  /// More ways were tried than are allowed.
  case steps
  /// More ways were open at once, or calls in calls.
  case depth
  /// A group was called within a call of it at the same place: nothing is found then.
  case endless
}

/// Looks for a match of a pattern: tries one way after the other, in the order that Perl has, and
/// remembers what failed, so that nothing is tried twice.
///
/// ```
///   stack:  | way that is open | old value of a slot | what failed if this is reached | ...
/// ```
///
/// Time is linear in the text where the pattern has no back reference, call or condition on what was
/// captured, and no loop within a lookaround that goes round in vain; else the steps are limited.
/// After Davis et al., "Using Selective Memoization to Defeat Regular Expression Denial of Service".
struct RegexMatcher {
  enum FrameKind {
    /// A way that is open: instruction `a` at place `b`; `c` is the memory of its split, or -1.
    case way
    /// When this is reached, the split `a` has failed at place `b`.
    case failed
    /// The slot `a` held `b`.
    case slot
    /// A repetition at instruction `a` that may end anywhere from `b` to `c`, or from `c` on.
    case greedy, lazy
  }

  struct Frame {
    var kind: FrameKind
    var a: Int
    var b: Int
    var c: Int
    /// How often a lazy repetition may still go on.
    var left = 0
  }

  static let mostSteps = 10_000_000
  static let mostFrames = 5_000_000
  static let mostCalls = 1000
  /// The steps from which on it is worth to remember.
  private static let stepsBeforeMemory = 1000
  /// The most memory for what failed, in words.
  private static let mostMemoryWords = 1 << 25

  let program: RegexProgram
  let text: RegexText.Bytes
  let options: RegexMatchOptions
  let isUnicode: Bool
  let newline: RegexNewline
  /// Whether `\R` is CR, LF or CRLF only, where the match says so.
  let breaksAreCRLF: Bool?
  /// Where the search begins.
  let offset: Int
  var slots: [Int]
  var stack: [Frame] = []
  /// The groups that are called, with where that was.
  var called: [(group: Int, place: Int)] = []
  private(set) var steps = 0
  private let stepLimit: Int
  let frameLimit: Int
  private var memory: [UInt64] = []
  private var mayRemember: Bool
  private let stepsAreGiven: Bool

  init(
    _ program: RegexProgram, _ text: RegexText.Bytes, from offset: Int,
    _ options: RegexMatchOptions, newline: RegexNewline? = nil, breaksAreCRLF: Bool? = nil,
    stepLimit: Int? = nil, frameLimit: Int? = nil
  ) {
    self.program = program
    self.text = text
    self.offset = offset
    self.options = options
    isUnicode = program.isUnicode
    self.newline = newline ?? program.settings.newline
    self.breaksAreCRLF = breaksAreCRLF
    slots = [Int](repeating: -1, count: program.slotCount)
    self.stepLimit = stepLimit ?? Self.mostSteps
    stepsAreGiven = stepLimit != nil
    self.frameLimit = min(Self.mostFrames, frameLimit ?? Self.mostFrames)
    mayRemember =
      program.memoCount > 0
      && program.memoCount * (text.count + 1) / 64 < Self.mostMemoryWords
  }

  // MARK: - The search

  /// Finds the first match.
  ///
  /// - Returns: where each group begins and ends, the whole first; -1 where one has not matched.
  mutating func search() throws(RegexLimit) -> [Int]? {
    do { return try searchFromEach() } catch .endless { return nil }
  }

  private mutating func searchFromEach() throws(RegexLimit) -> [Int]? {
    let isAnchored =
      options.contains(.anchored) || program.settings.options.contains(.anchored)
    let endsInFirstLine = program.settings.options.contains(.firstLine)
    var start = offset
    while true {
      if let first = program.firstBytes, !isAnchored, !endsInFirstLine {
        while start < text.count, !first[Int(text[start])] { start += 1 }
        if start == text.count { return nil }
      }
      for index in slots.indices { slots[index] = -1 }
      slots[0] = start
      stack.removeAll(keepingCapacity: true)
      if let end = try run(0, at: start) {
        slots[1] = end
        return Array(slots[..<(2 * (program.groupCount + 1))])
      }
      if isAnchored || start >= text.count { return nil }
      if endsInFirstLine, newlineLength(at: start) > 0 { return nil }
      start = next(start)
    }
  }

  /// Where the next match may begin.
  private func next(_ start: Int) -> Int {
    var next = start + 1
    if isUnicode { while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 } }
    // The two halves of an end of a line are one, unless the pattern knows them.
    if newline == .crlf || newline == .anyCRLF || newline == .any, !program.asksForLineEnds,
      next < text.count, text[next - 1] == 13, text[next] == 10
    {
      next += 1
    }
    return next
  }

  func newlineLength(at place: Int) -> Int {
    RegexText.newline(text, at: place, newline, isUnicode: isUnicode)
  }

  // MARK: - Ways

  /// Counts a step, and begins to remember where there are many.
  private mutating func count() throws(RegexLimit) {
    steps += 1
    if steps == Self.stepsBeforeMemory && mayRemember {
      memory = [UInt64](repeating: 0, count: program.memoCount * (text.count + 1) / 64 + 1)
    }
    if steps > stepLimit && (stepsAreGiven || memory.isEmpty) { throw .steps }
  }

  @inline(__always)
  mutating func push(_ frame: Frame) throws(RegexLimit) {
    if stack.count >= frameLimit { throw .depth }
    stack.append(frame)
  }

  @inline(__always)
  mutating func setSlot(_ slot: Int, _ value: Int) throws(RegexLimit) {
    try push(Frame(kind: .slot, a: slot, b: slots[slot], c: 0))
    slots[slot] = value
  }

  /// Whether a step is known to fail at a place.
  @inline(__always)
  func hasFailed(_ memo: Int, _ place: Int) -> Bool {
    if memory.isEmpty { return false }
    let bit = memo * (text.count + 1) + place
    return memory[bit >> 6] >> UInt64(bit & 63) & 1 != 0
  }

  mutating func remember(_ memo: Int, _ place: Int) {
    if memory.isEmpty { return }
    let bit = memo * (text.count + 1) + place
    memory[bit >> 6] |= 1 << UInt64(bit & 63)
  }

  /// Tries one of two ways first.
  ///
  /// - Returns: false where both are known to fail.
  mutating func split(_ instruction: RegexInstruction, at place: Int) throws(RegexLimit) -> Bool {
    if hasFailed(Int(instruction.c), place) { return false }
    try count()
    try push(Frame(kind: .way, a: Int(instruction.b), b: place, c: Int(instruction.c)))
    return true
  }

  /// Takes the next way that is open.
  ///
  /// - Returns: where it goes on; nothing where none is left above a height of the stack.
  mutating func takeWay(above base: Int) throws(RegexLimit) -> (code: Int, place: Int)? {
    while stack.count > base {
      let frame = stack[stack.count - 1]
      switch frame.kind {
      case .slot:
        slots[frame.a] = frame.b
        stack.removeLast()
      case .failed:
        remember(frame.a, frame.b)
        stack.removeLast()
      case .way:
        try count()
        if memory.isEmpty {
          stack.removeLast()
        } else {
          stack[stack.count - 1] = Frame(kind: .failed, a: frame.c, b: frame.b, c: 0)
        }
        return (frame.a, frame.b)
      case .greedy:
        try count()
        if let way = shorten(frame) { return way }
      case .lazy:
        try count()
        if let way = lengthen(frame) { return way }
      }
    }
    return nil
  }

  /// Lets go of all ways above a height, as one was taken that stays; the slots keep their values.
  mutating func cut(to base: Int) {
    var kept = base
    for index in base..<stack.count where stack[index].kind == .slot {
      stack[kept] = stack[index]
      kept += 1
    }
    stack.removeLast(stack.count - kept)
  }

  /// Takes back all that was done above a height.
  mutating func undo(to base: Int) {
    while stack.count > base {
      let frame = stack.removeLast()
      if frame.kind == .slot { slots[frame.a] = frame.b }
    }
  }
}
