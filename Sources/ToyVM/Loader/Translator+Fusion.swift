import Tenure

// Pairs and triples of instructions that the compiler writes often become one: each saves a
// dispatch. No label stands between instructions that follow each other in `items`.
extension Translator {
  /// Translates instructions that fuse; nothing where none do.
  ///
  /// - Returns: how many instructions were translated.
  mutating func fuse(at index: Int) throws(LoadError) -> Int? {
    switch items[index].instruction.opcode {
    case .isNonemptyList: try fuseListTest(at: index)
    case .testHeap: try fusePutList(at: index)
    case .deallocate: try fuseReturn(at: index)
    case .move: try fuseMove(at: index)
    case .getTupleElement: try fuseElements(at: index)
    default: nil
    }
  }

  private func instruction(_ index: Int, _ opcode: GenericOpcode) -> GenericInstruction? {
    guard index < items.count, items[index].instruction.opcode == opcode else { return nil }
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

  private mutating func fuseReturn(at index: Int) throws(LoadError) -> Int? {
    guard instruction(index + 1, .return) != nil else { return nil }
    let words = try unsigned(items[index].instruction, 0, below: 1 << 16)
    buffer.begin(.deallocateReturn, a: UInt(words))
    return 2
  }

  private mutating func fuseElements(at index: Int) throws(LoadError) -> Int? {
    let first = items[index].instruction
    guard let second = instruction(index + 1, .getTupleElement),
      isX(first.operands[0]), second.operands[0] == first.operands[0],
      first.operands[2] != first.operands[0]
    else { return nil }
    let place = try unsigned(first, 1, below: 1 << 24)
    guard place < 8_000, try unsigned(second, 1, below: 1 << 24) == place + 1 else { return nil }
    buffer.begin(
      .getTupleElementPair, a: try register(first, 0), b: try register(first, 2),
      c: UInt(8 * (1 + place)))
    buffer.append(try register(second, 2))
    return 2
  }

  private mutating func fuseMove(at index: Int) throws(LoadError) -> Int? {
    let move = items[index].instruction
    guard let from = register(move.operands[0]) else { return nil }
    let to = try register(move, 1)
    let fromX = isX(move.operands[0])
    let toX = isX(move.operands[1])
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
    if fromX, let call = instruction(index + 1, .call) {
      if let line = items[index + 1].line { note(line: line) }
      buffer.begin(.moveXXCall, a: from, b: to)
      buffer.appendAddress(of: try target(call, 1))
      return 2
    }
    if !fromX, let call = instruction(index + 1, .callLast) {
      let words = UInt(try unsigned(call, 2, below: 1 << 16))
      buffer.begin(.moveYXCallLast, a: from, b: to, c: words)
      buffer.appendAddress(of: try target(call, 1))
      return 2
    }
    return nil
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
