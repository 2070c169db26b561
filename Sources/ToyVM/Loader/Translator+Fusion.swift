import Tenure

// Pairs and triples of instructions that the compiler writes often become one: each saves a
// dispatch. A fused instruction is made of the steps of its parts (FrameControl.swift), which costs
// nothing: they are inlined. No label stands between instructions that follow each other in `items`.
extension Translator {
  /// Translates instructions that fuse; nothing where none do.
  ///
  /// - Returns: how many instructions were translated.
  mutating func fuse(at index: Int) throws(LoadError) -> Int? {
    switch items[index].instruction.opcode {
    case .isNonemptyList: try fuseListTest(at: index)
    case .isTuple: try fuseTupleTest(at: index)
    case .testHeap: try fuseBuilding(at: index)
    case .allocate: try fuseAllocate(at: index)
    case .gcBif2: try fuseAddReturn(at: index)
    case .deallocate: try fuseReturn(at: index)
    case .move: try fuseMove(at: index)
    case .callFun, .callFun2: try fuseFunCall(at: index)
    case .getTupleElement: try fuseElements(at: index)
    default: nil
    }
  }

  private func instruction(_ index: Int, _ opcode: GenericOpcode) -> GenericInstruction? {
    guard index < items.count, items[index].instruction.opcode == opcode,
      // What must be looked at is looked at before the instruction itself.
      !items[index].needsCheck || opcode == .getTupleElement
    else { return nil }
    return items[index].instruction
  }

  private mutating func fuseListTest(at index: Int) throws(LoadError) -> Int? {
    let test = items[index].instruction
    guard isX(test.operands[1]) else { return nil }
    let a = try register(test, 1)
    if let allocate = instruction(index + 1, .allocate),
      let get = instruction(index + 2, .getList), get.operands[0] == test.operands[1]
    {
      let words = UInt(try unsigned(allocate, 0, below: 1 << 16))
      let start = buffer.begin(
        .isNonemptyListAllocateGetList, a: a, b: try register(get, 1), c: try register(get, 2))
      buffer.appendJump(
        to: try target(test, 0), from: start,
        lowerHalf: words << 8 | UInt(try live(allocate, 1)))
      return 3
    }
    if let get = instruction(index + 1, .getList), get.operands[0] == test.operands[1] {
      let start = buffer.begin(
        .isNonemptyListGetList, a: a, b: try register(get, 1), c: try register(get, 2))
      buffer.appendJump(to: try target(test, 0), from: start)
      return 2
    }
    return nil
  }

  private mutating func fusePutList(at index: Int) throws(LoadError) -> Int? {
    guard let put = instruction(index + 1, .putList) else { return nil }
    let test = items[index].instruction
    let words = UInt(try heapWords(test, 0))
    guard words < 1 << 20 else { return nil }
    let room = words << 8 | UInt(try live(test, 1))
    let c = try register(put, 2)
    if isX(put.operands[2]), let deallocate = instruction(index + 2, .deallocate),
      instruction(index + 3, .return) != nil
    {
      let frame = UInt(try unsigned(deallocate, 0, below: 1 << 16))
      try beginWithValues(
        .testHeapPutListReturn, put, a: 0, b: 1, c: c, jump: 0, lowerHalf: frame << 32 | room)
      return 4
    }
    try beginWithValues(.testHeapPutList, put, a: 0, b: 1, c: c, jump: 0, lowerHalf: room)
    return 2
  }

  private mutating func fuseBuilding(at index: Int) throws(LoadError) -> Int? {
    if let count = try fusePutList(at: index) { return count }
    return try fusePutTuple(at: index)
  }

  private mutating func fuseTupleTest(at index: Int) throws(LoadError) -> Int? {
    let test = items[index].instruction
    guard let field = register(test.operands[1]), let arity = instruction(index + 1, .testArity),
      arity.operands[1] == test.operands[1], arity.operands[0] == test.operands[0]
    else { return nil }
    let start = buffer.begin(.isTupleOfArity, a: field)
    buffer.jump(to: try target(test, 0), at: start)
    buffer.append(Header.tuple(arity: try unsigned(arity, 2, below: 1 << 24)).bits)
    return 2
  }

  private mutating func fusePutTuple(at index: Int) throws(LoadError) -> Int? {
    guard let put = instruction(index + 1, .putTuple2) else { return nil }
    let test = items[index].instruction
    let words = try heapWords(test, 0)
    let elements = try list(put, 1)
    guard words < 1 << 16, !elements.isEmpty, elements.count < 256 else { return nil }
    var frame: UInt?
    if let deallocate = instruction(index + 2, .deallocate), instruction(index + 3, .return) != nil
    {
      frame = UInt(try unsigned(deallocate, 0, below: 1 << 16))
    }
    buffer.begin(
      frame == nil ? .testHeapPutTuple : .testHeapPutTupleReturn, n: elements.count,
      a: try register(put, 0), b: UInt(try live(test, 1)), c: UInt(words))
    if let frame { buffer.append(frame) }
    for element in elements { buffer.append(try sourceWord(element, put)) }
    return frame == nil ? 2 : 4
  }

  /// A frame of which at most one word is cleared and one is set, an argument, and a call.
  private mutating func fuseAllocate(at index: Int) throws(LoadError) -> Int? {
    var cleared: UInt?
    if let clear = instruction(index + 1, .initYregs) {
      let registers = try list(clear, 0)
      guard registers.count == 1, isY(registers[0]) else { return nil }
      cleared = register(registers[0])
    }
    let moves = index + (cleared == nil ? 1 : 2)
    guard let first = instruction(moves, .move), let second = instruction(moves + 1, .move),
      isX(first.operands[0]), isY(first.operands[1]), isX(second.operands[0]),
      isX(second.operands[1])
    else { return nil }
    let call = instruction(moves + 2, .call)
    // The fused one clears last.
    if let cleared, call == nil || cleared == register(first.operands[1]) { return nil }
    if call != nil { noteLine(at: moves + 2) }
    let allocate = items[index].instruction
    buffer.begin(
      call == nil
        ? .allocateMoveXYMoveXX
        : cleared == nil ? .allocateMoveXYMoveXXCall : .allocateInitMoveXYMoveXXCall,
      n: try live(allocate, 1), a: UInt(try unsigned(allocate, 0, below: 1 << 16)),
      b: try register(first, 0), c: try register(first, 1))
    buffer.append(try register(second, 0) | (try register(second, 1)) << 32)
    if let cleared { buffer.append(cleared) }
    guard let call else { return 3 }
    buffer.appendAddress(of: try target(call, 1))
    return moves + 3 - index
  }

  /// An argument and a word of the frame, the end of the frame, and a call.
  private mutating func fuseMovesTrimAndCall(at index: Int) throws(LoadError) -> Int? {
    let first = items[index].instruction
    guard let second = instruction(index + 1, .move), let trim = instruction(index + 2, .trim),
      let call = instruction(index + 3, .call), isY(first.operands[0]), isX(first.operands[1]),
      isY(second.operands[0]), isY(second.operands[1])
    else { return nil }
    noteLine(at: index + 3)
    buffer.begin(
      .moveYXMoveYYTrimCall, a: try register(first, 0), b: try register(first, 1),
      c: try register(second, 0))
    buffer.append(
      try register(second, 1) | UInt(try unsigned(trim, 0, below: 1 << 16)) << 32)
    buffer.appendAddress(of: try target(call, 1))
    return 4
  }

  /// A sum that a function ends with.
  private mutating func fuseAddReturn(at index: Int) throws(LoadError) -> Int? {
    let sum = items[index].instruction
    guard let deallocate = instruction(index + 1, .deallocate),
      instruction(index + 2, .return) != nil, isX(sum.operands[5]),
      register(sum.operands[3]) != nil, register(sum.operands[4]) != nil,
      case .unsigned(let place) = sum.operands[2], imports.indices.contains(place),
      case .label(0) = sum.operands[0],
      case .arithmetic(.add, let operation)? = importedFunctions[place].operation
    else { return nil }
    let frame = UInt(try unsigned(deallocate, 0, below: 1 << 16))
    try beginWithValues(
      .addReturn, sum, a: 3, b: 4, c: try register(sum, 5), jump: 0,
      lowerHalf: UInt(operation.rawValue) << 16 | UInt(try live(sum, 1)))
    buffer.append(frame)
    return 3
  }

  private mutating func fuseReturn(at index: Int) throws(LoadError) -> Int? {
    guard instruction(index + 1, .return) != nil else { return nil }
    let words = try unsigned(items[index].instruction, 0, below: 1 << 16)
    buffer.begin(.deallocateReturn, a: UInt(words))
    return 2
  }

  /// A call of a fun that a function ends with: its frame must go before the call, or a loop
  /// through funs would need stack without end.
  private mutating func fuseFunCall(at index: Int) throws(LoadError) -> Int? {
    guard let deallocate = instruction(index + 1, .deallocate),
      instruction(index + 2, .return) != nil
    else { return nil }
    let (arity, fun) = try funCall(items[index].instruction)
    let words = UInt(try unsigned(deallocate, 0, below: 1 << 16 - 1))
    buffer.begin(.callFun, n: arity, a: fun, b: 1 + words)
    return 3
  }

  private mutating func fuseElements(at index: Int) throws(LoadError) -> Int? {
    let first = items[index].instruction
    guard let second = instruction(index + 1, .getTupleElement),
      isX(first.operands[0]), second.operands[0] == first.operands[0],
      first.operands[2] != first.operands[0]
    else { return nil }
    let place = try unsigned(first, 1, below: 1 << 24)
    guard place < 8_000, try unsigned(second, 1, below: 1 << 24) == place + 1 else { return nil }
    if items[index + 1].needsCheck { try translateCheck(second) }
    buffer.begin(
      .getTupleElementPair, a: try register(first, 0), b: try register(first, 2),
      c: UInt(8 * (1 + place)))
    buffer.append(try register(second, 2))
    return 2
  }

  private mutating func fuseMove(at index: Int) throws(LoadError) -> Int? {
    let move = items[index].instruction
    guard let from = register(move.operands[0]) else { return try fuseConstantReturn(at: index) }
    let to = try register(move, 1)
    let fromX = isX(move.operands[0])
    let toX = isX(move.operands[1])
    if let count = try fuseMovesAndCall(at: index) { return count }
    if let count = try fuseMovesTrimAndCall(at: index) { return count }
    if let second = instruction(index + 1, .move), let secondFrom = register(second.operands[0]),
      let opcode = Self.pairs[
        MovePair(
          fromX: fromX, toX: toX, secondFromX: isX(second.operands[0]),
          secondToX: isX(second.operands[1]))]
    {
      buffer.begin(opcode, a: from, b: to, c: secondFrom)
      buffer.append(try register(second, 1))
      return 2
    }
    guard toX else { return nil }
    if fromX, instruction(index + 1, .return) != nil {
      buffer.begin(.moveXXReturn, a: from, b: to)
      return 2
    }
    return try fuseMoveAndCall(at: index, from: from, to: to, fromX: fromX)
  }

  private mutating func fuseConstantReturn(at index: Int) throws(LoadError) -> Int? {
    let move = items[index].instruction
    guard instruction(index + 1, .return) != nil, isX(move.operands[1]),
      let term = constants.term(of: move.operands[0])
    else { return nil }
    buffer.begin(.moveCXReturn, a: try register(move, 1))
    buffer.append(term.bits)
    return 2
  }

  private mutating func fuseMoveAndCall(
    at index: Int, from: UInt, to: UInt, fromX: Bool
  ) throws(LoadError) -> Int? {
    let call: GenericInstruction
    if fromX, let local = instruction(index + 1, .call) {
      noteLine(at: index + 1)
      buffer.begin(.moveXXCall, a: from, b: to)
      call = local
    } else if fromX, let tail = instruction(index + 1, .callOnly) {
      noteLine(at: index + 1)
      buffer.begin(.moveXXCallOnly, a: from, b: to)
      call = tail
    } else if !fromX, let last = instruction(index + 1, .callLast) {
      noteLine(at: index + 1)
      let words = UInt(try unsigned(last, 2, below: 1 << 16))
      buffer.begin(.moveYXCallLast, a: from, b: to, c: words)
      call = last
    } else {
      return nil
    }
    buffer.appendAddress(of: try target(call, 1))
    return 2
  }

  /// Two moves, the second between X registers, and a call.
  private mutating func fuseMovesAndCall(at index: Int) throws(LoadError) -> Int? {
    let first = items[index].instruction
    guard let second = instruction(index + 1, .move), isX(first.operands[0]),
      isX(second.operands[0]), case .x(let to) = second.operands[1], to < 256
    else { return nil }
    let opcode: Opcode
    let call: GenericInstruction
    if isY(first.operands[1]), let local = instruction(index + 2, .call) {
      opcode = .moveXYMoveXXCall
      call = local
    } else if isX(first.operands[1]), let tail = instruction(index + 2, .callOnly) {
      opcode = .moveXXMoveXXCallOnly
      call = tail
    } else {
      return nil
    }
    noteLine(at: index + 2)
    buffer.begin(
      opcode, n: to, a: try register(first, 0), b: try register(first, 1),
      c: try register(second, 0))
    buffer.appendAddress(of: try target(call, 1))
    return 3
  }

  private mutating func noteLine(at index: Int) {
    if let line = items[index].line { note(line: line) }
  }

  private struct MovePair: Hashable {
    var fromX: Bool
    var toX: Bool
    var secondFromX: Bool
    var secondToX: Bool
  }

  private static let pairs: [MovePair: Opcode] = [
    MovePair(fromX: true, toX: true, secondFromX: true, secondToX: true): .moveXXMoveXX,
    MovePair(fromX: true, toX: false, secondFromX: true, secondToX: true): .moveXYMoveXX,
    MovePair(fromX: true, toX: false, secondFromX: true, secondToX: false): .moveXYMoveXY,
    MovePair(fromX: false, toX: true, secondFromX: false, secondToX: true): .moveYXMoveYX,
  ]
}
