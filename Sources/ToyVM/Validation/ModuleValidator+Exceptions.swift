extension ModuleValidator {
  /// Catching and raising. False for other instructions.
  mutating func stepException(_ i: GenericInstruction, at index: Int) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .try, .catch:
      // Else the handler would be looked at with the frame of one way only.
      guard now.frame != nil else { throw Violation("a handler in a frame of unknown size") }
      let label = try label(o[1])
      guard label < shape.functionOfLabel.count, shape.functionOfLabel[label] == function else {
        throw Violation("a handler at the label \(label) of another function")
      }
      try write(try frameRegister(o[0]), .tag(isTry: i.opcode == .try, label: label))
    case .tryEnd: try endTag(o[0], .tryTag)
    case .tryCase:
      try endTag(o[0], .tryTag)
      // The compiler lets a call that never returns run into the handler.
      if now.x(0).kind != .noValue {
        try checkResult()
        check(index)
      }
      try checkException()
      now.forgetX(from: 3)
      for register in 0..<3 { now.setX(register, .term) }
    case .catchEnd:
      try endTag(o[0], .catchTag)
      try checkResult()
      try checkException()
      try branchToHandler()
      endCall()
    case .badmatch, .caseEnd, .badrecord, .tryCaseEnd:
      try readOwned(o[0])
      try raise()
    case .ifEnd: try raise()
    case .raise:
      try readOwned(o[0])
      try readOwned(o[1])
      try raise()
    case .rawRaise:
      // Goes on where x0 is no class.
      try checkArguments(3)
      try branchToHandler()
      now.setX(0, .term)
    case .buildStacktrace:
      try checkArguments(1)
      try collect(live: 1)
      now.setX(0, .term)
    default: return false
    }
    return true
  }

  private mutating func raise() throws(Violation) {
    try branchToHandler()
    isReachable = false
  }

  /// Where a handler ends x0 holds the result of what it protects, or nothing.
  private func checkResult() throws(Violation) {
    let result = now.x(0)
    guard result.isTerm || result.mayBeNoValue, !result.isBorrowed
    else { throw Violation("x0 holds \(result)") }
  }

  /// The registers that say what was raised do so, where there may be an exception.
  private func checkException() throws(Violation) {
    guard now.x(0).mayBeNoValue else { return }
    for register in 1...3 where !now.x(register).fitsException {
      throw Violation("x\(register) holds \(now.x(register))")
    }
  }

  private func frameRegister(_ operand: Operand) throws(Violation) -> Operand {
    guard case .y = operand else { throw Violation("\(operand) is no register of a frame") }
    return operand
  }

  /// Takes the mark of a handler away.
  private func endTag(_ operand: Operand, _ kind: ValueType.Kind) throws(Violation) {
    guard case .y(let index) = try frameRegister(operand) else { return }
    let type = try type(of: operand)
    guard type.kind == kind else { throw Violation("y\(index) holds \(type)") }
    now.setY(index, .term)
  }

  // MARK: - Messages

  /// Sending and receiving. False for other instructions.
  mutating func stepMessage(_ i: GenericInstruction) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .send:
      try checkArguments(2)
      try branchToHandler()
      endCall()
    case .loopRec:
      try branchToHandler()
      try branch(to: try label(o[0]))
      try write(o[1], .term.borrowed)
    case .loopRecEnd:
      forgetMessage()
      now.forgetX(from: 0)
      try branch(to: try label(o[0]))
      isReachable = false
    case .removeMessage:
      takeMessage()
      endWait()
    case .timeout:
      forgetMessage()
      endWait()
    case .wait:
      try wait(label: o[0])
      isReachable = false
    case .waitTimeout:
      if try type(of: o[1]).kind != .timeout { try readOwned(o[1]) }
      try wait(label: o[0], time: o[1])
    case .recvMarkerReserve: try write(o[0], .term)
    case .recvMarkerBind:
      try read(o[0])
      try read(o[1])
    case .recvMarkerUse:
      try read(o[0])
      forgetMessage()
    case .recvMarkerClear: try read(o[0])
    default: return false
    }
    return true
  }

  /// Waits for a message; nothing but the frame is left then. Where a timer runs already, it is not
  /// asked again how long.
  private mutating func wait(label: Operand, time: Operand? = nil) throws(Violation) {
    try branchToHandler()
    forgetMessage()
    endCall()
    now.setX(0, .undefined)
    if case .x(let index)? = time { now.setX(index, ValueType(.timeout)) }
    try branch(to: try self.label(label))
    endWait()
  }

  /// Forgets the time of a wait that is over.
  private func endWait() {
    for index in 0..<now.xCount where now.x(index).kind == .timeout {
      now.setX(index, .undefined)
    }
  }

  /// Makes the message that is looked at part of the heap.
  func takeMessage() {
    for index in 0..<now.xCount where now.x(index).isBorrowed {
      now.setX(index, now.x(index).owned)
    }
    for index in 0..<now.reach where now.y(index).isBorrowed {
      now.setY(index, now.y(index).owned)
    }
  }
}
