import Tenure

extension ModuleValidator {
  /// Runs an instruction on what is known.
  mutating func step(_ i: GenericInstruction, at index: Int) throws(Violation) {
    if try stepData(i, at: index) { return }
    if try stepTest(i, at: index) { return }
    if try stepControl(i) { return }
    if try stepCall(i, at: index) { return }
    if try stepArithmetic(i, at: index) { return }
    if try stepException(i, at: index) { return }
    if try stepMessage(i) { return }
    if try stepMap(i, at: index) { return }
    if try stepMatch(i, at: index) { return }
    if try stepOutput(i) { return }
    // What the interpreter has no instruction for raises an error there.
    try branchToHandler()
    isReachable = false
  }

  /// Frames, room and jumps. False for other instructions.
  private mutating func stepControl(_ i: GenericInstruction) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .line, .executableLine, .debugLine, .nifStart, .onLoad, .recvMark, .recvSet: break
    case .funcInfo:
      for index in 0..<shape.functions[function].arity { try checkArgumentOfClause(index) }
      try branchToHandler()
      isReachable = false
    case .intCodeEnd: throw Violation("the code runs to its end")
    case .jump:
      try branch(to: try label(o[0]))
      isReachable = false
    case .allocate, .allocateZero:
      try allocate(o[0], ensuring: 0, live: try live(o[1]), isClear: i.opcode == .allocateZero)
    case .allocateHeap, .allocateHeapZero:
      try allocate(
        o[0], ensuring: try heapWords(o[1]), live: try live(o[2]),
        isClear: i.opcode == .allocateHeapZero)
    case .testHeap: try collect(live: try live(o[1]), ensuring: try heapWords(o[0]))
    case .deallocate: try deallocate(try number(o[0]))
    case .trim: try trim(try number(o[0]), leaving: try number(o[1]))
    case .initYregs:
      for register in try list(o[0]) { try initialize(register) }
    case .initRegister: try initialize(o[0])
    case .return:
      guard now.hasNoFrame else { throw Violation("a return with a frame") }
      try checkArguments(1)
      isReachable = false
    default: return false
    }
    return true
  }

  /// The arguments of a call that no clause takes are shown, but for the state of a match.
  private func checkArgumentOfClause(_ index: Int) throws(Violation) {
    let type = now.x(index)
    let isKnown = type.isTerm || type.mayBeContext
    guard isKnown, !type.isBorrowed else { throw Violation("x\(index) holds \(type)") }
  }

  private mutating func allocate(
    _ size: Operand, ensuring room: Int, live: Int, isClear: Bool
  ) throws(Violation) {
    guard now.hasNoFrame else { throw Violation("a frame in a frame") }
    let words = try number(size)
    guard words < 1 << 16 else { throw Violation("a frame of \(words)") }
    try collect(live: live, ensuring: room)
    now.frame = words
    for index in 0..<words { now.setY(index, isClear ? .term : .undefined) }
  }

  /// Takes the frame down.
  func deallocate(_ words: Int) throws(Violation) {
    guard let frame = now.frame else { throw Violation("no frame is there") }
    guard frame == words else { throw Violation("\(words) words of a frame of \(frame)") }
    try checkTags(below: words)
    now.frame = nil
  }

  private func trim(_ words: Int, leaving rest: Int) throws(Violation) {
    guard let frame = now.frame else { throw Violation("no frame is there") }
    guard words <= frame, rest == frame - words else {
      throw Violation("\(words) words of a frame of \(frame), which leaves no \(rest)")
    }
    try checkTags(below: words)
    for index in 0..<rest { now.setY(index, now.y(index + words)) }
    now.frame = rest
  }

  private func checkTags(below words: Int) throws(Violation) {
    for index in 0..<words where now.y(index).isTag {
      throw Violation("y\(index) still holds \(now.y(index))")
    }
  }

  private func initialize(_ register: Operand) throws(Violation) {
    guard case .y = register else { throw Violation("\(register) is no register of a frame") }
    try write(register, .term)
  }
}
