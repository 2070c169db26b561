/// What holds before an instruction of a function: frame, room and the types of registers.
///
/// ```
/// | frame + 1 | room | flags | floats, 2 words | x 0 ... | y 0 ... |
/// ```
/// A view of words that belong to the validator.
struct CodeState {
  let words: UnsafeMutablePointer<UInt32>
  let xCount: Int
  let yCount: Int

  static var headerCount: Int { 5 }
  /// The words of a state.
  static func wordCount(x: Int, y: Int) -> Int { headerCount + x + y }
  var wordCount: Int { Self.wordCount(x: xCount, y: yCount) }

  /// Facts that hold or not.
  struct Flags: OptionSet {
    let rawValue: UInt32
    /// A bit string waits for its segments.
    static let hasOutput = Flags(rawValue: 1)
    /// The tuple that is marked as fresh is the youngest object.
    static let hasFresh = Flags(rawValue: 2)
  }

  /// The words of the frame; nothing where there is none, or where ways with frames of several
  /// sizes meet.
  @inline(__always) var frame: Int? {
    get { words[0] == 0 || words[0] >= Self.someFrame ? nil : Int(words[0]) - 1 }
    nonmutating set { words[0] = newValue.map { UInt32($0 + 1) } ?? 0 }
  }
  @inline(__always) var hasNoFrame: Bool { words[0] == 0 }
  /// The Y registers that there are on every way here.
  @inline(__always) var reach: Int {
    words[0] >= Self.someFrame ? Int(words[0] - Self.someFrame) : max(1, Int(words[0])) - 1
  }
  /// What is added to the registers that frames of several sizes have in common.
  private static var someFrame: UInt32 { 1 << 31 }
  /// The words that may be built before the next that must be ensured.
  @inline(__always) var room: Int {
    get { Int(words[1]) }
    nonmutating set { words[1] = UInt32(newValue) }
  }
  @inline(__always) var flags: Flags {
    get { Flags(rawValue: words[2]) }
    nonmutating set { words[2] = newValue.rawValue }
  }
  /// The float registers that hold numbers, a bit each.
  @inline(__always) var floats: UInt64 {
    get { UInt64(words[3]) | UInt64(words[4]) << 32 }
    nonmutating set {
      words[3] = UInt32(truncatingIfNeeded: newValue)
      words[4] = UInt32(truncatingIfNeeded: newValue >> 32)
    }
  }

  @inline(__always) func x(_ index: Int) -> ValueType {
    index < xCount ? ValueType(bits: words[Self.headerCount + index]) : .undefined
  }
  @inline(__always) func setX(_ index: Int, _ type: ValueType) {
    if index < xCount { words[Self.headerCount + index] = type.bits }
  }
  @inline(__always) func y(_ index: Int) -> ValueType {
    ValueType(bits: words[Self.headerCount + xCount + index])
  }
  @inline(__always) func setY(_ index: Int, _ type: ValueType) {
    words[Self.headerCount + xCount + index] = type.bits
  }

  /// Forgets the X registers from an index on.
  @inline(__always) func forgetX(from live: Int) {
    var index = live
    while index < xCount {
      words[Self.headerCount + index] = 0
      index += 1
    }
  }

  /// Forgets all that the state of a function's beginning has not.
  func clear() { words.update(repeating: 0, count: wordCount) }

  /// Becomes a copy.
  @inline(__always) func update(from other: CodeState) {
    words.update(from: other.words, count: wordCount)
  }

  /// Becomes what holds of both in x0 to x3 where x0 of one may be no value: the others say then
  /// what was raised, and elsewhere nobody asks for them.
  private func joinException(_ other: CodeState) -> Bool {
    let (left, right) = (x(0), other.x(0))
    var isChanged = false
    for index in 0...3 {
      let (mine, theirs) = (x(index), other.x(index))
      var joined = mine.joined(with: theirs)
      let fits =
        (mine.fitsException || !left.mayBeNoValue) && (theirs.fitsException || !right.mayBeNoValue)
      if index > 0, !joined.isTerm || joined.isBorrowed {
        joined = fits ? .ofException : .undefined
      }
      isChanged = isChanged || joined != mine
      setX(index, joined)
    }
    return isChanged
  }

  /// Whether an exception may go through the frame.
  private var isPlain: Bool {
    (0..<reach).allSatisfy { !y($0).isUndefined && !y($0).isTag && !y($0).isBorrowed }
  }

  /// Becomes what holds of both.
  ///
  /// - Returns: whether that is less than before; nothing where frames differ of which one is not
  ///   whole or has a handler.
  func join(_ other: CodeState) -> Bool? {
    var isChanged = false
    if words[0] != other.words[0] {
      guard isPlain, other.isPlain else { return nil }
      let common = Self.someFrame + UInt32(min(reach, other.reach))
      isChanged = words[0] != common
      words[0] = common
    }
    if other.words[1] < words[1] {
      words[1] = other.words[1]
      isChanged = true
    }
    for index in 2..<Self.headerCount {
      let both = words[index] & other.words[index]
      isChanged = isChanged || both != words[index]
      words[index] = both
    }
    var index = Self.headerCount
    let end = index + xCount + reach
    if x(0).mayBeNoValue || other.x(0).mayBeNoValue {
      isChanged = joinException(other) || isChanged
      index += 4
    }
    while index < end {
      let before = words[index]
      if before != other.words[index] {
        let joined = ValueType(bits: before).joined(with: ValueType(bits: other.words[index])).bits
        isChanged = isChanged || joined != before
        words[index] = joined
      }
      index += 1
    }
    return isChanged
  }
}
