import Tenure

extension Translator {
  /// Moves, lists, tuples and funs. False for other instructions.
  mutating func translateData(_ i: GenericInstruction) throws(LoadError) -> Bool {
    switch i.opcode {
    case .move: try translateMove(i)
    case .swap: buffer.begin(.swap, a: try register(i, 0), b: try register(i, 1))
    case .getList:
      let a = try anyRegister(i, 0)
      buffer.begin(.getList, a: a, b: try register(i, 1), c: try register(i, 2))
    case .getHd, .getTl:
      let a = try anyRegister(i, 0)
      buffer.begin(i.opcode == .getHd ? .getHead : .getTail, a: a, b: try register(i, 1))
    case .putList: try beginWithValues(.putList, i, a: 0, b: 1, c: try register(i, 2))
    case .putTuple2: try translatePutTuple(i)
    case .getTupleElement: try translateGetTupleElement(i)
    case .setTupleElement:
      let offset = UInt(8 * (1 + (try unsigned(i, 2, below: 8_190))))
      let tuple = try register(i, 1)
      try beginWithValues(.setTupleElement, i, a: 0, c: offset, fieldB: tuple)
    case .fmove: try translateFloatMove(i)
    case .fconv:
      try beginWithValues(.floatConvert, i, a: 0, fieldB: try float(i, 1))
    case .makeFun3:
      try translateMakeFun(i, free: try list(i, 2), to: try register(i, 1))
    case .makeFun2: try translateMakeFun2(i)
    case .updateRecord: try translateUpdate(i)
    default: return false
    }
    return true
  }

  private mutating func translateMove(_ i: GenericInstruction) throws(LoadError) {
    let to = try register(i, 1)
    if let from = register(i.operands[0]) {
      let opcode: Opcode =
        isX(i.operands[0])
        ? (isX(i.operands[1]) ? .moveXX : .moveXY) : (isX(i.operands[1]) ? .moveYX : .moveYY)
      buffer.begin(opcode, a: from, b: to)
      return
    }
    guard let term = constants.term(of: i.operands[0]) else { throw unfit(i, 0) }
    buffer.begin(isX(i.operands[1]) ? .moveCX : .moveCY, a: to)
    buffer.append(term.bits)
  }

  private mutating func translatePutTuple(_ i: GenericInstruction) throws(LoadError) {
    let elements = try list(i, 1)
    guard !elements.isEmpty, elements.count < 1 << 24 else { throw unfit(i, 1) }
    let isShort = elements.count < 256
    buffer.begin(.putTuple, n: isShort ? elements.count : 0, a: try register(i, 0))
    if !isShort { buffer.append(UInt(elements.count)) }
    for element in elements { buffer.append(try sourceWord(element, i)) }
  }

  private mutating func translateGetTupleElement(_ i: GenericInstruction) throws(LoadError) {
    let index = try unsigned(i, 1, below: 1 << 24)
    let tuple = try anyRegister(i, 0)
    let to = try register(i, 2)
    if index < 8_190 {
      buffer.begin(.getTupleElement, a: tuple, b: to, c: UInt(8 * (1 + index)))
      return
    }
    // Too far for a field: as a call of element/2.
    let start = buffer.begin(.guardNative, n: 3, a: 2 * 8 | 2, b: tuple, c: to)
    buffer.appendJump(to: 0, from: start, lowerHalf: UInt(GuardNative.element.rawValue) << 16)
    buffer.append(Term.small(index + 1).bits)
  }

  private mutating func translateFloatMove(_ i: GenericInstruction) throws(LoadError) {
    if case .float = i.operands[0] {
      buffer.begin(.floatStore, a: try float(i, 0), b: try register(i, 1))
    } else {
      try beginWithValues(.floatLoad, i, a: 0, fieldB: try float(i, 1))
    }
  }

  /// `update_record` of OTP 26: hint, size, source, register, list of places and values.
  private mutating func translateUpdate(_ i: GenericInstruction) throws(LoadError) {
    let arity = try unsigned(i, 1, below: 1 << 24)
    let updates = try list(i, 4)
    guard updates.count % 2 == 0 else { throw unfit(i, 4) }
    buffer.begin(.updateRecord)
    buffer.append(UInt(4 + updates.count) << 32 | UInt(arity))
    buffer.append(try sourceWord(i.operands[2], i))
    buffer.append(try register(i, 3))
    for place in stride(from: 0, to: updates.count, by: 2) {
      guard case .unsigned(let index) = updates[place], 1...max(1, arity) ~= index, arity > 0 else {
        throw unfit(i, 4)
      }
      buffer.append(UInt(index))
      buffer.append(try sourceWord(updates[place + 1], i))
    }
  }

  /// `make_fun2` of OTP 23 and before: the free variables are the first X registers, and it makes
  /// room itself.
  private mutating func translateMakeFun2(_ i: GenericInstruction) throws(LoadError) {
    let free = file.lambdas[try unsigned(i, 0, below: file.lambdas.count)].freeCount
    guard free < 256 else { throw unfit(i, 0) }
    let start = buffer.begin(.testHeap, n: free)
    buffer.setUpperHalf(Fun.words(free: free), at: start)
    try translateMakeFun(i, free: (0..<free).map { .x($0) }, to: 0)
  }

  private mutating func translateMakeFun(
    _ i: GenericInstruction, free: [Operand], to: UInt
  ) throws(LoadError) {
    let index = try unsigned(i, 0, below: file.lambdas.count)
    guard free.count == file.lambdas[index].freeCount, free.count < 256 else { throw unfit(i, 2) }
    buffer.begin(.makeFun, n: free.count, a: to)
    buffer.appendLambda(index: index)
    for variable in free { buffer.append(try sourceWord(variable, i)) }
  }
}
