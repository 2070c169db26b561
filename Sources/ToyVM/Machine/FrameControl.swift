import Tenure

// Steps that instructions are made of. Fused instructions are rows of them.
extension Frame {
  @inline(__always) mutating func moveXX(_ from: UInt, _ to: UInt) {
    xSlot(to).pointee = moved(xSlot(from))
  }
  @inline(__always) mutating func moveXY(_ from: UInt, _ to: UInt) {
    ySlot(to).pointee = moved(xSlot(from))
  }
  @inline(__always) mutating func moveYX(_ from: UInt, _ to: UInt) {
    xSlot(to).pointee = moved(ySlot(from))
  }
  @inline(__always) mutating func moveYY(_ from: UInt, _ to: UInt) {
    ySlot(to).pointee = moved(ySlot(from))
  }

  /// Takes a step for a call; false where none is left. Before anything else that the instruction
  /// does, for it begins again with the next slice, and moves may not be done twice. Checked code
  /// counts its instructions, not its calls.
  @inline(__always) mutating func takeStep() -> Bool {
    if Checks.isOn { return true }
    steps &-= 1
    return steps >= 0
  }
  /// Goes on at the address in a slot.
  @inline(__always) mutating func enter(slot: Int) { code = target(slot) }
  /// Calls the function whose address is in an instruction's last slot.
  @inline(__always) mutating func call(slot: Int) {
    pushReturn(code + (slot + 1))
    enter(slot: slot)
  }
  /// Takes the frame down and returns.
  @inline(__always) mutating func leaveFrame(words: Int) {
    popFrame(words: words)
    popReturn()
  }
  /// Goes on behind the instruction if a test holds, else by a jump. A branch rather than a
  /// choice: the processor goes on with the code it expects, without waiting for the test.
  @inline(__always) mutating func go(if holds: Bool, slots: Int, else jump: Int) {
    if _fastPath(holds) { code += slots } else { code += jump }
  }
}

// MARK: - Control

extension Frame {
  @inline(__always) mutating func jump(_ w: UInt) { code += w.jump }
  @inline(__always) mutating func call(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    call(slot: 1)
    return true
  }
  @inline(__always) mutating func callOnly(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    enter(slot: 1)
    return true
  }
  @inline(__always) mutating func callLast(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    popFrame(words: w.frameWords)
    enter(slot: 1)
    return true
  }
  @inline(__always) mutating func deallocateReturn(_ w: UInt) { leaveFrame(words: w.frameWords) }
  @inline(__always) mutating func allocate(_ w: UInt) {
    pushFrame(words: w.frameWords)
    code += 1
  }
  @inline(__always) mutating func skip(_ w: UInt) { code += 1 }
  @inline(__always) mutating func deallocate(_ w: UInt) {
    popFrame(words: w.frameWords)
    code += 1
  }
  @inline(__always) mutating func initYRegisters(_ w: UInt) {
    var index = 0
    while index < w.count {
      store(.nil, code[1 &+ index] & 0xFFFF)
      index &+= 1
    }
    code += 1 + w.count
  }
}

// MARK: - Exceptions

extension Frame {
  @inline(__always) mutating func `catch`(_ w: UInt) {
    slot(w.fieldA).pointee = code[1]
    code += 2
  }
  @inline(__always) mutating func tryEnd(_ w: UInt) {
    store(.nil, w.fieldA)
    code += 1
  }
  /// Class, reason and trace of the exception go to the first X registers.
  @inline(__always) mutating func tryCase(_ w: UInt) {
    store(.nil, w.fieldA)
    x[0] = x[1]
    x[1] = x[2]
    x[2] = x[3]
    code += 1
  }
}

// MARK: - Moves

extension Frame {
  @inline(__always) mutating func moveXX(_ w: UInt) {
    moveXX(w.fieldA, w.fieldB)
    code += 1
  }
  @inline(__always) mutating func moveXY(_ w: UInt) {
    moveXY(w.fieldA, w.fieldB)
    code += 1
  }
  @inline(__always) mutating func moveYX(_ w: UInt) {
    moveYX(w.fieldA, w.fieldB)
    code += 1
  }
  @inline(__always) mutating func moveYY(_ w: UInt) {
    moveYY(w.fieldA, w.fieldB)
    code += 1
  }
  @inline(__always) mutating func moveCX(_ w: UInt) {
    xSlot(w.fieldA).pointee = code[1]
    code += 2
  }
  @inline(__always) mutating func moveCY(_ w: UInt) {
    ySlot(w.fieldA).pointee = code[1]
    code += 2
  }
  @inline(__always) mutating func moveXXMoveXX(_ w: UInt) {
    moveXX(w.fieldA, w.fieldB)
    moveXX(w.fieldC, code[1] & 0xFFFF)
    code += 2
  }
  @inline(__always) mutating func moveXYMoveXX(_ w: UInt) {
    moveXY(w.fieldA, w.fieldB)
    moveXX(w.fieldC, code[1] & 0xFFFF)
    code += 2
  }
  @inline(__always) mutating func moveXYMoveXY(_ w: UInt) {
    moveXY(w.fieldA, w.fieldB)
    moveXY(w.fieldC, code[1] & 0xFFFF)
    code += 2
  }
  @inline(__always) mutating func moveYXMoveYX(_ w: UInt) {
    moveYX(w.fieldA, w.fieldB)
    moveYX(w.fieldC, code[1] & 0xFFFF)
    code += 2
  }
  @inline(__always) mutating func swap(_ w: UInt) {
    let left = moved(slot(w.fieldA))
    slot(w.fieldA).pointee = moved(slot(w.fieldB))
    slot(w.fieldB).pointee = left
    code += 1
  }
}

// MARK: - Moves with frames, calls and returns

extension Frame {
  @inline(__always) mutating func moveXXReturn(_ w: UInt) {
    moveXX(w.fieldA, w.fieldB)
    popReturn()
  }
  @inline(__always) mutating func moveCXReturn(_ w: UInt) {
    xSlot(w.fieldA).pointee = code[1]
    popReturn()
  }
  @inline(__always) mutating func moveXXCall(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    moveXX(w.fieldA, w.fieldB)
    call(slot: 1)
    return true
  }
  @inline(__always) mutating func moveXXCallOnly(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    moveXX(w.fieldA, w.fieldB)
    enter(slot: 1)
    return true
  }
  @inline(__always) mutating func moveYXCallLast(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    moveYX(w.fieldA, w.fieldB)
    popFrame(words: Int(w.fieldC))
    enter(slot: 1)
    return true
  }
  @inline(__always) mutating func moveXXMoveXXCallOnly(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    moveXX(w.fieldA, w.fieldB)
    moveXX(w.fieldC, w.countedX)
    enter(slot: 1)
    return true
  }
  @inline(__always) mutating func moveXYMoveXXCall(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    moveXY(w.fieldA, w.fieldB)
    moveXX(w.fieldC, w.countedX)
    call(slot: 1)
    return true
  }
  @inline(__always) mutating func allocateMoveXYMoveXX(_ w: UInt) {
    beginFrame(w)
    code += 2
  }
  @inline(__always) mutating func allocateMoveXYMoveXXCall(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    beginFrame(w)
    call(slot: 2)
    return true
  }
  @inline(__always) mutating func allocateInitMoveXYMoveXXCall(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    beginFrame(w)
    ySlot(code[2] & 0xFFFF).pointee = Term.nil.bits
    call(slot: 3)
    return true
  }
  @inline(__always) mutating func moveYXMoveYYTrimCall(_ w: UInt) -> Bool {
    guard takeStep() else { return false }
    moveYX(w.fieldA, w.fieldB)
    moveYY(w.fieldC, code[1] & 0xFFFF_FFFF)
    popFrame(words: code[1].upperHalf)
    call(slot: 2)
    return true
  }

  /// A frame whose room is there, what is kept in it, and an argument.
  @inline(__always) private mutating func beginFrame(_ w: UInt) {
    pushFrame(words: w.frameWords)
    moveXY(w.fieldB, w.fieldC)
    moveXX(code[1] & 0xFFFF_FFFF, code[1] >> 32)
  }
}
