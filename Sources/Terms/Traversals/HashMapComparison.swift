/// The comparison of two hash maps of equal size in standard order, in steps.
///
/// The map that has the smallest key which only one of them has stands first. Where the keys are
/// the same, the smallest key with unlike values decides. Either is found in one walk that keeps
/// the smallest so far. Each comparison of two keys or values is a question to ``TermOrder``, which
/// answers it without recursion: meanwhile this waits on the stack of ``PendingRuns``.
///
/// ```
///  bottom                                             top
/// | entry 0 | entry 1 | ... | the fields of this struct | runs of the question ... |
/// ```
/// The entries are what a walk over both trees found without a look at any key: leaves in the same
/// place, leaves in places that the other map has not, and a leaf where the other has a node.
struct HashMapComparison {
  typealias Question = (left: Term, right: Term, mode: PendingRuns.Mode)

  /// What comes of a step.
  enum Step {
    /// Two terms to compare; their order is to be given to the next step.
    case question(Question)
    /// The order of the maps.
    case answer(Int)
  }

  /// What the question asked was about.
  private enum Asked: UInt {
    case nothing, keysOfPair, keyOfMember, keyOfCandidate, keyOfPair, valuesOfPair
  }

  private var entries = 0
  private var endOfEntries = 0
  private var nextEntry = 0
  private var asked = Asked.nothing
  private var mode = PendingRuns.Mode.byValue
  private var comparesValues = false
  /// The leaves last asked about.
  private var left: UInt = 0
  private var right: UInt = 0
  /// The smallest key so far that decides, by its leaf, and how.
  private var smallest: UInt = 0
  private var sign = 0
  /// A leaf that may become the smallest.
  private var candidate: UInt = 0
  private var candidateSign = 0
  /// The leaf that is looked for among the next entries, whether it was found, and their number.
  private var wanted: UInt = 0
  private var wantedSign = 0
  private var isFound = false
  private var membersLeft = 0
  private var waitingWordsBelow = 0

  private init() {}

  private static var words: Int { 16 }
}

// MARK: - On the stack

extension HashMapComparison {
  /// Begins a comparison, which waits for its first step.
  static func begin(
    _ left: PendingRuns.Words, _ right: PendingRuns.Words, _ mode: PendingRuns.Mode,
    in pending: inout PendingRuns, scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    var comparison = HashMapComparison()
    comparison.mode = mode
    comparison.entries = pending.stack.count
    comparison.nextEntry = comparison.entries
    try HashMapEntries.push(left, right, to: &pending.stack, scratch: scratch)
    comparison.endOfEntries = pending.stack.count
    comparison.waitingWordsBelow = pending.waitingWords
    try comparison.wait(in: &pending)
  }

  /// Takes the comparison on top of the stack, or nothing where there is none; what its question
  /// left there is dropped.
  init?(topOf pending: inout PendingRuns) {
    if pending.waitingWords == 0 { return nil }
    let first = pending.waitingWords - Self.words
    func word(_ index: Int) -> UInt { pending.stack[first + index] }
    func number(_ index: Int) -> Int { Int(bitPattern: word(index)) }
    guard let asked = Asked(rawValue: word(3)), let mode = PendingRuns.Mode(rawValue: word(4))
    else { preconditionFailure("the comparison of two maps is in disorder") }
    (entries, endOfEntries, nextEntry) = (number(0), number(1), number(2))
    (self.asked, self.mode, comparesValues) = (asked, mode, word(5) != 0)
    (left, right, smallest, sign) = (word(6), word(7), word(8), number(9))
    (candidate, candidateSign) = (word(10), number(11))
    (wanted, wantedSign, isFound) = (word(12), number(13) >> 1, word(13) & 1 != 0)
    (membersLeft, waitingWordsBelow) = (number(14), number(15))
    pending.stack.removeLast(downTo: endOfEntries)
    pending.waitingWords = waitingWordsBelow
  }

  /// Lets the comparison wait on the stack until its question is answered.
  func wait(in pending: inout PendingRuns) throws(ScratchExhausted) {
    for number in [entries, endOfEntries, nextEntry] { try pending.push(number) }
    try pending.stack.push(asked.rawValue)
    try pending.stack.push(mode.rawValue)
    try pending.push(comparesValues ? 1 : 0)
    for word in [left, right, smallest] { try pending.stack.push(word) }
    try pending.push(sign)
    try pending.stack.push(candidate)
    try pending.push(candidateSign)
    try pending.stack.push(wanted)
    try pending.push(wantedSign << 1 | (isFound ? 1 : 0))
    try pending.push(membersLeft)
    try pending.push(waitingWordsBelow)
    assert(pending.stack.count == endOfEntries + Self.words)
    pending.waitingWords = pending.stack.count
  }

  /// Forgets the entries.
  func end(in pending: inout PendingRuns) {
    pending.stack.removeLast(downTo: entries)
  }
}

extension PendingRuns {
  fileprivate mutating func push(_ number: Int) throws(ScratchExhausted) {
    try stack.push(UInt(bitPattern: number))
  }
}

// MARK: - Steps

extension TermOrder {
  /// Goes on with a comparison until something must be asked that takes a stack.
  /// - Parameter result: the answer to the last question; of the first step, anything.
  func advance(
    _ maps: inout HashMapComparison, _ pending: inout PendingRuns, after result: Int
  ) -> HashMapComparison.Step {
    maps.take(result)
    while let question = maps.nextQuestion(pending) {
      if question.left == question.right {
        maps.take(0)
      } else if let known = orderShallow(question.left, question.right, question.mode) {
        maps.take(known)
      } else {
        return .question(question)
      }
    }
    maps.end(in: &pending)
    return .answer(maps.result)
  }
}

extension HashMapComparison {
  /// The order of the maps, when there are no more questions.
  var result: Int { smallest == 0 ? 0 : sign }

  private static func key(_ leaf: UInt) -> Term { term(leaf, 0) }
  private static func value(_ leaf: UInt) -> Term { term(leaf, 1) }
  private static func term(_ leaf: UInt, _ index: Int) -> Term {
    guard let cell = UnsafePointer<Term>(bitPattern: leaf) else {
      preconditionFailure("the comparison of two maps is in disorder")
    }
    return cell[index]
  }

  /// Takes the answer to the question asked last.
  mutating func take(_ result: Int) {
    switch asked {
    case .nothing: break
    case .keysOfPair:
      // The larger of two keys that differ is not the smallest of all.
      if result != 0 { (candidate, candidateSign) = result < 0 ? (left, -1) : (right, 1) }
    case .keyOfMember:
      if result == 0 { isFound = true } else { (candidate, candidateSign) = (right, -wantedSign) }
    case .keyOfCandidate:
      if result < 0 { (smallest, sign) = (candidate, candidateSign) }
      candidate = 0
    case .keyOfPair:
      if result > 0 { left = 0 }
    case .valuesOfPair:
      if result != 0 { (smallest, sign) = (left, result) }
      left = 0
    }
    asked = .nothing
  }

  private mutating func ask(_ about: Asked, _ left: Term, _ right: Term) -> Question {
    asked = about
    return (left, right, about == .valuesOfPair ? mode : .exact)
  }

  /// What has to be compared next, or nothing where the result is known.
  mutating func nextQuestion(_ pending: borrowing PendingRuns) -> Question? {
    while true {
      if comparesValues {
        if let question = nextValues(pending) { return question }
        if nextEntry >= endOfEntries { return nil }
        continue
      }
      if candidate != 0 {
        if smallest != 0 { return ask(.keyOfCandidate, Self.key(candidate), Self.key(smallest)) }
        (smallest, sign, candidate) = (candidate, candidateSign, 0)
      } else if wanted != 0 {
        if let question = nextMember(pending) { return question }
      } else if nextEntry < endOfEntries {
        if let question = nextKeys(pending) { return question }
      } else if smallest != 0 {
        return nil
      } else {
        (comparesValues, nextEntry, left) = (true, entries, 0)
      }
    }
  }

  private mutating func takeEntry(_ pending: borrowing PendingRuns) -> UInt {
    defer { nextEntry += 1 }
    return pending.stack[nextEntry]
  }

  private mutating func nextKeys(_ pending: borrowing PendingRuns) -> Question? {
    let entry = takeEntry(pending)
    let leaf = HashMapEntries.leaf(of: entry)
    switch HashMapEntries.Kind(of: entry) {
    case .pair:
      (left, right) = (leaf, takeEntry(pending))
      let (leftKey, rightKey) = (Self.key(left), Self.key(right))
      return leftKey == rightKey ? nil : ask(.keysOfPair, leftKey, rightKey)
    case .onlyLeft: (candidate, candidateSign) = (leaf, -1)
    case .onlyRight: (candidate, candidateSign) = (leaf, 1)
    case .leftAmong, .rightAmong:
      (wanted, isFound) = (leaf, false)
      wantedSign = HashMapEntries.Kind(of: entry) == .leftAmong ? -1 : 1
      membersLeft = Int(takeEntry(pending))
    }
    return nil
  }

  private mutating func nextMember(_ pending: borrowing PendingRuns) -> Question? {
    if membersLeft == 0 {
      if !isFound { (candidate, candidateSign) = (wanted, wantedSign) }
      wanted = 0
      return nil
    }
    membersLeft -= 1
    right = takeEntry(pending)
    if isFound {
      (candidate, candidateSign) = (right, -wantedSign)
      return nil
    }
    return ask(.keyOfMember, Self.key(wanted), Self.key(right))
  }

  /// All entries are pairs with the same key.
  private mutating func nextValues(_ pending: borrowing PendingRuns) -> Question? {
    if left == 0 {
      if nextEntry >= endOfEntries { return nil }
      (left, right) = (HashMapEntries.leaf(of: takeEntry(pending)), takeEntry(pending))
      if Self.value(left) == Self.value(right) {
        left = 0
        return nil
      }
      if smallest != 0 { return ask(.keyOfPair, Self.key(left), Self.key(smallest)) }
    }
    return ask(.valuesOfPair, Self.value(left), Self.value(right))
  }
}
