import Tenure

extension ModuleValidator {
  /// Calls. False for other instructions.
  mutating func stepCall(_ i: GenericInstruction, at index: Int) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .call:
      try enter(o[1], arity: try live(o[0]), at: index)
      try comeBack()
    case .callOnly:
      try enter(o[1], arity: try live(o[0]), at: index)
      try leave(nil)
    case .callLast:
      try enter(o[1], arity: try live(o[0]), at: index)
      try leave(o[2])
    case .callExt:
      let callee = try callee(o, at: index)
      if callee.neverReturns { return try raise() }
      let given = now.x(1)
      try comeBack()
      if callee.setsElement { rejuvenate(like: given) }
    case .callExtOnly, .callExtLast:
      // What only raises leaves the frame as it is, whatever the instruction says of it.
      if try callee(o, at: index).neverReturns { return try raise() }
      try leave(i.opcode == .callExtLast ? o[2] : nil)
    case .callFun:
      try takeArguments(try live(o[0]) + 1, at: index)
      try comeBack()
    case .callFun2:
      try takeArguments(try live(o[1]), at: index)
      try read(o[2])
      try takeMessage(for: o[2], at: index)
      try comeBack()
    case .apply:
      try takeArguments(try live(o[0]) + 2, at: index)
      try comeBack()
    case .applyLast:
      try takeArguments(try live(o[0]) + 2, at: index)
      try leave(o[1])
    default: return false
    }
    return true
  }

  private mutating func callee(_ o: [Operand], at index: Int) throws(Violation) -> ImportedFunction
  {
    let place = try number(o[1])
    guard imports.indices.contains(place), try number(o[0]) == imports[place].name.arity else {
      throw Violation("no import of that arity")
    }
    try takeArguments(imports[place].name.arity, at: index)
    return imports[place]
  }

  /// A call of a function of the module. It may be handed the state of a match.
  private mutating func enter(
    _ target: Operand, arity: Int, at index: Int
  ) throws(Violation) {
    let label = try label(target)
    guard let callee = shape.function(enteredAt: label), shape.functions[callee].arity == arity
    else { throw Violation("the label \(label) begins no function of \(arity) arguments") }
    var handed: UInt64 = 0
    for register in 0..<arity {
      let type = now.x(register)
      let isContext = type.mayBeContext
      guard isContext || type.isTerm, !isContext || register < 64 else {
        throw Violation("x\(register) holds \(type)")
      }
      if isContext {
        handed |= 1 << UInt64(register)
        if endsMatches { endMatch(type) }
      }
      try takeMessage(for: .x(register), at: index)
    }
    if handed & ~contexts[callee] != 0 {
      contexts[callee] |= handed
      waiting.append(callee)
    }
  }

  /// Checks the arguments of a call.
  private mutating func takeArguments(_ count: Int, at index: Int) throws(Violation) {
    for register in 0..<count {
      let type = now.x(register)
      guard type.isTerm else { throw Violation("x\(register) holds \(type)") }
      try takeMessage(for: .x(register), at: index)
    }
  }

  /// Has the message that is looked at made part of the heap before a call that is handed some of
  /// it. Only code that no compiler wrote does that.
  private mutating func takeMessage(for argument: Operand, at index: Int) throws(Violation) {
    if try type(of: argument).isBorrowed {
      check(index)
      takeMessage()
    }
  }

  /// After what raises an exception in any case.
  private mutating func raise() throws(Violation) -> Bool {
    try branchToHandler()
    isReachable = false
    return true
  }

  /// After a call: nothing but its result and the frame is left.
  private mutating func comeBack() throws(Violation) {
    guard let frame = now.frame else { throw Violation("a call without a frame") }
    // Who is called may have the message dropped while the frame is a root.
    for index in 0..<frame where now.y(index).isBorrowed {
      throw Violation("y\(index) holds some of a message that was not taken")
    }
    try branchToHandler()
    forgetMessage()
    endCall()
  }

  /// What is left after what is like a call.
  func endCall() {
    now.forgetX(from: 0)
    now.setX(0, .term)
    now.room = 0
    now.floats = 0
    now.flags = []
  }

  /// A call in place of the function.
  private mutating func leave(_ words: Operand?) throws(Violation) {
    if let words {
      try deallocate(try number(words))
    } else if !now.hasNoFrame {
      throw Violation("the frame stays")
    }
    isReachable = false
  }

  /// Takes note that x0 holds the youngest object, a tuple as large as another.
  private func rejuvenate(like tuple: ValueType) {
    let size = tuple.kind == .tuple ? tuple.owned.aged : .tuple(1, isExact: false)
    now.setX(0, size.fresh)
    for index in 0..<now.reach where now.y(index).isFresh {
      now.setY(index, now.y(index).aged)
    }
    now.flags.insert(.hasFresh)
  }
}
