/// Makes code of a pattern.
struct RegexCompiler {
  private(set) var code: [RegexInstruction] = []
  private(set) var sets: [RegexSet] = []
  private(set) var groupLists: [[Int]] = []
  private(set) var calls: [Int: Int] = [:]
  private(set) var slotCount: Int
  private(set) var memoCount = 0
  private let isUnicode: Bool
  private let patternCount: Int
  private var hasCuts = false
  private var hasEmptyLoops = false
  private var dependsOnCaptures = false
  private var wanted: [Int] = []
  private var groups: [Int: RegexNode] = [:]
  /// The groups around what is compiled; 0 is the whole.
  private var enclosing = [0]
  /// The groups that back references name, and where each of them keeps that it has begun.
  private var referenced: Set<Int> = []
  private var startSlots: [Int: Int] = [:]
  /// Whether the group that comes next has only one way through it already.
  private var isAtomic = false

  /// The most instructions: what repeats repeats would else take all memory.
  private static let mostInstructions = 1 << 18

  init(_ parser: RegexParser) {
    slotCount = 2 * (parser.groupCount + 1)
    isUnicode = parser.isUnicode
    patternCount = parser.pattern.count
  }

  /// Whether failures may be remembered: where one depends on what was captured they may not, nor
  /// where a way that was cut off has gone round a loop in vain.
  var remembers: Bool { !dependsOnCaptures && !(hasCuts && hasEmptyLoops) }

  mutating func compile(_ node: RegexNode) throws(RegexError) {
    node.collectReferences(into: &referenced)
    groups[0] = node
    node.collectCaptures(into: &groups)
    try emit(node)
    append(.match)
    while let number = wanted.popLast() {
      if calls[number] != nil { continue }
      calls[number] = code.count
      try emit(groups[number] ?? .fail)
      append(.subMatch)
    }
  }

  private var here: Int32 { Int32(code.count) }

  @discardableResult
  private mutating func append(
    _ operation: RegexInstruction.Operation, a: Int32 = 0, b: Int32 = 0, c: Int32 = 0
  ) -> Int {
    code.append(RegexInstruction(operation: operation, a: a, b: b, c: c))
    return code.count - 1
  }

  private mutating func newSlot() -> Int {
    slotCount += 1
    return slotCount - 1
  }

  private mutating func newMemo() -> Int32 {
    memoCount += 1
    return Int32(memoCount - 1)
  }

  private mutating func add(_ list: [Int]) -> Int32 {
    groupLists.append(list)
    return Int32(groupLists.count - 1)
  }

  private mutating func emit(_ node: RegexNode) throws(RegexError) {
    if code.count > Self.mostInstructions {
      throw RegexError(message: "regular expression is too large", offset: patternCount)
    }
    switch node {
    case .empty: break
    case .fail: append(.fail)
    case .set, .word, .literal, .anyButNewline, .any, .anyByte: emitOne(node)
    case .lineBreak(let onlyCRLF): append(.lineBreak, a: onlyCRLF ? 1 : 0)
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .alternation(let nodes): try emitAlternation(nodes)
    case .capture(let number, let inner):
      enclosing.append(number)
      defer { enclosing.removeLast() }
      if inner.refers(to: number) && !isAtomic {
        // As in PCRE, there is one way through a group that refers to itself.
        isAtomic = true
        try emitAtomic(node)
        return
      }
      isAtomic = false
      if referenced.contains(number) {
        // What it took before is referred to until it ends again.
        let start = startSlots[number] ?? newSlot()
        startSlots[number] = start
        append(.save, a: Int32(start))
        try emit(inner)
        append(.closeGroup, a: Int32(number), b: Int32(start))
      } else {
        append(.save, a: Int32(2 * number))
        try emit(inner)
        append(.save, a: Int32(2 * number + 1))
      }
    case .atomic(let node): try emitAtomic(node)
    case .repeat(let node, let least, let most, let greed):
      try emitRepeat(node, least: least, most: most, greed)
    case .look(let node, _, let isNegated):
      hasCuts = true
      let start = append(.look, b: isNegated ? 1 : 0)
      try emit(node)
      append(.subMatch)
      code[start].a = here
    case .assertion(let assertion): append(.assertion, a: Int32(assertion.rawValue))
    case .wordBoundary(let byUnicode, let isNegated):
      sets.append(RegexClasses.escape(UInt8(ascii: "w"), byUnicode: byUnicode) ?? RegexSet())
      append(.wordBoundary, a: Int32(sets.count - 1), b: isNegated ? 1 : 0)
    case .backReference(let groups, let isCaseless):
      dependsOnCaptures = true
      append(.backReference, a: add(groups), b: isCaseless ? 1 : 0)
    case .behind(let node):
      guard case .fixed(let count) = node.length(groups, within: enclosing) else {
        throw RegexError(message: RegexParser.noFixedLength, offset: patternCount)
      }
      append(.back, a: Int32(count))
      try emit(node)
    case .keepOut:
      dependsOnCaptures = true
      append(.save, a: 0)
    case .conditional(let condition, let then, let otherwise):
      try emitConditional(condition, then, otherwise)
    case .call(let number):
      dependsOnCaptures = true
      wanted.append(number)
      append(.call, a: Int32(number))
    }
  }

  /// One character, which takes one instruction but where it is a literal of several bytes.
  private mutating func emitOne(_ node: RegexNode) {
    switch node {
    case .literal(let character):
      if isUnicode, character >= 0x80 {
        for byte in RegexText.utf8(character) { append(.byte, a: Int32(byte)) }
      } else {
        append(.byte, a: Int32(character))
      }
    case .set(let set):
      if let single = set.single, single < 0x80 || !isUnicode {
        append(.byte, a: Int32(single))
      } else {
        sets.append(set)
        append(.set, a: Int32(sets.count - 1))
      }
    case .word(let isNegated):
      emitOne(.set(isNegated ? RegexClasses.word.inverted : RegexClasses.word))
    case .any: append(.any)
    case .anyByte: append(.anyByte)
    default: append(.anyButNewline)
    }
  }

  private mutating func emitAlternation(_ nodes: [RegexNode]) throws(RegexError) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      if index == nodes.count - 1 {
        try emit(node)
      } else {
        let split = append(.split, a: here + 1, c: newMemo())
        try emit(node)
        jumps.append(append(.jump))
        code[split].b = here
      }
    }
    for jump in jumps { code[jump].a = here }
  }

  private mutating func emitAtomic(_ node: RegexNode) throws(RegexError) {
    hasCuts = true
    let start = append(.atomic)
    try emit(node)
    append(.subMatch)
    code[start].a = here
  }

  private mutating func emitConditional(
    _ condition: RegexCondition, _ then: RegexNode, _ otherwise: RegexNode
  ) throws(RegexError) {
    let test: Int
    switch condition {
    case .matched(let groups):
      dependsOnCaptures = true
      test = append(.ifMatched, a: add(groups))
    case .called(let group):
      dependsOnCaptures = true
      test = append(.ifCalled, a: Int32(group ?? -1))
    case .never:
      // What it defines is there to be called.
      return
    case .look(let look):
      guard case .look(let node, _, let isNegated) = look else { return }
      hasCuts = true
      test = append(.ifLook, c: isNegated ? 1 : 0)
      try emit(node)
      append(.subMatch)
      code[test].a = here
    }
    try emit(then)
    let jump = append(.jump)
    code[test].b = here
    try emit(otherwise)
    code[jump].a = here
  }

  // MARK: - Repetition

  private mutating func emitRepeat(
    _ node: RegexNode, least: Int, most: Int?, _ greed: RegexGreed
  ) throws(RegexError) {
    if node.isOneCharacter {
      var required = node
      if case .word(let isNegated) = node, least > 1 || most == nil {
        // In PCRE the repetitions that must be there take no character beyond ASCII for a letter.
        required = .set(isNegated ? RegexClasses.asciiWord.inverted : RegexClasses.asciiWord)
      }
      for _ in 0..<least { try emit(required) }
      if most == least { return }
      append(
        .repeatOne, a: most.map { Int32($0 - least) } ?? -1, b: Int32(greed.rawValue),
        c: newMemo())
      if case .literal(let character) = node, isUnicode, character >= 0x80 {
        emitOne(.set(RegexSet([character])))
      } else {
        emitOne(node)
      }
    } else if greed == .possessive {
      try emitAtomic(.repeat(node, least: least, most: most, .greedy))
    } else if let most {
      for _ in 0..<least { try emit(node) }
      var splits: [Int] = []
      for _ in least..<most {
        splits.append(append(.split, c: newMemo()))
        try emit(node)
      }
      for split in splits { aim(split, body: Int32(split + 1), end: here, greed) }
    } else {
      try emitLoop(node, least: least, greed)
    }
  }

  /// A loop without an end: a round that takes nothing is its last.
  private mutating func emitLoop(
    _ node: RegexNode, least: Int, _ greed: RegexGreed
  ) throws(RegexError) {
    for _ in 1..<max(1, least) { try emit(node) }
    let head = least == 0 ? append(.split, c: newMemo()) : nil
    let body = here
    var slot: Int?
    if node.mayBeEmpty {
      hasEmptyLoops = true
      let new = newSlot()
      append(.save, a: Int32(new))
      slot = new
    }
    try emit(node)
    if let head {
      if let slot {
        append(.loopUnlessEmpty, a: Int32(slot), b: Int32(head))
      } else {
        append(.jump, a: Int32(head))
      }
      aim(head, body: body, end: here, greed)
      return
    }
    var check: Int?
    if let slot { check = append(.loopUnlessEmpty, a: Int32(slot), b: here + 2) }
    let skip = check != nil ? append(.jump) : nil
    let split = append(.split, c: newMemo())
    aim(split, body: body, end: here, greed)
    if let skip { code[skip].a = here }
  }

  private mutating func aim(_ split: Int, body: Int32, end: Int32, _ greed: RegexGreed) {
    code[split].a = greed == .lazy ? end : body
    code[split].b = greed == .lazy ? body : end
  }
}
