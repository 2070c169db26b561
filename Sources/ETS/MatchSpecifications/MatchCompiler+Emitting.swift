import Terms

// Instructions for expressions whose operands are there.

extension MatchCompiler {
  /// An operand by its number from the top.
  private func operand(fromTop index: Int) -> MatchOperand {
    operand(at: operandCount - 1 - index)
  }

  /// Takes the operands of an instruction and puts in the place of its result.
  private mutating func finish(
    instruction: Int, _ opcode: MatchOpcode, _ b: Int, operands count: Int
  ) throws(MatchSpecificationError) {
    removeOperands(downTo: operandCount - count)
    let place = reserveTemporary()
    if place > MatchInstruction.maximumOperand { throw .tooLarge }
    code[instruction] = MatchInstruction(opcode, place, b).bits
    try push(.temporary(place))
  }

  mutating func emitCall(
    _ function: MatchFunction, arguments: Int
  ) throws(MatchSpecificationError) {
    let start = code.count
    try emit(.call)
    // Always two words: the functions of fewer arguments do not look.
    for pair in 0..<2 {
      var word: UInt = 0
      for half in 0..<2 where 2 * pair + half < arguments {
        let place = try place(of: operand(fromTop: 2 * pair + half))
        word |= (UInt(bitPattern: place) & 0xFFFF_FFFF) << UInt(32 * half)
      }
      try code.push(word)
    }
    try finish(instruction: start, .call, Int(function.rawValue), operands: arguments)
  }

  /// Emits an instruction that makes a term of the operands.
  /// - Parameters:
  ///   - count: what the instruction says of their number.
  ///   - operands: how many there are.
  mutating func emitBuilding(
    _ opcode: MatchOpcode, count: Int, operands: Int
  ) throws(MatchSpecificationError) {
    let start = code.count
    try emit(opcode, 0, count)
    for index in 0..<operands {
      try code.push(UInt(bitPattern: place(of: operand(fromTop: index))))
    }
    try finish(instruction: start, opcode, count, operands: operands)
  }

  // MARK: - Terms

  /// Whether the operands are constants, and whether they are the terms themselves.
  private func areConstant(
    _ count: Int, is original: (Int) -> Term
  ) -> (isConstant: Bool, isSame: Bool) {
    var isSame = true
    for index in 0..<count {
      guard case .constant(let term) = operand(fromTop: index) else { return (false, false) }
      if term != original(index) { isSame = false }
    }
    return (true, isSame)
  }

  private func constant(fromTop index: Int) -> Term {
    guard case .constant(let term) = operand(fromTop: index) else {
      preconditionFailure("an operand that is no constant any more")
    }
    return term
  }

  mutating func finishTuple(_ tuple: Term) throws(MatchSpecificationError) {
    let elements = tuple.tupleElements
    let (isConstant, isSame) = areConstant(elements.count) { elements[$0] }
    if !isConstant {
      return try emitBuilding(.makeTuple, count: elements.count, operands: elements.count)
    }
    var result = tuple
    if !isSame {
      let words = constants.reserve(1 + elements.count)
      words[0] = tuple.header.bits
      for index in elements.indices { words[1 + index] = constant(fromTop: index).bits }
      result = .boxed(at: words)
    }
    removeOperands(downTo: operandCount - elements.count)
    try push(.constant(result))
  }

  mutating func finishList(_ list: Term, count: Int) throws(MatchSpecificationError) {
    // The tail was looked at first, so it is below all elements.
    var rest = list
    let (isConstant, isSame) = areConstant(count + 1) { index in
      if index == count { return rest }
      defer { rest = rest.cons[1] }
      return rest.cons[0]
    }
    if !isConstant { return try emitBuilding(.makeList, count: count, operands: count + 1) }
    var result = list
    if !isSame {
      result = constant(fromTop: count)
      for index in (0..<count).reversed() {
        let cell = constants.reserve(2)
        cell[0] = constant(fromTop: index).bits
        cell[1] = result.bits
        result = .cons(at: cell)
      }
    }
    removeOperands(downTo: operandCount - count - 1)
    try push(.constant(result))
  }

  mutating func finishMap(_ map: Term) throws(MatchSpecificationError) {
    let size = map.mapSize
    var pairs = try MatchPairs(of: map, scratch: scratch)
    var isSame = true
    for index in 0..<size {
      guard let pair = try pairs.next() else { preconditionFailure("a map of fewer pairs") }
      for (part, original) in [pair.key, pair.value].enumerated() {
        guard case .constant(let term) = operand(fromTop: 2 * index + part), term == original
        else {
          isSame = false
          break
        }
      }
    }
    if !isSame { return try emitBuilding(.makeMap, count: size, operands: 2 * size) }
    removeOperands(downTo: operandCount - 2 * size)
    try push(.constant(map))
  }

  // MARK: - Truth

  mutating func emitStep(
    _ opcode: MatchOpcode, place result: Int
  ) throws(MatchSpecificationError) {
    try emit(opcode, result, place(of: popOperand()))
    // Until the end is known, each instruction leads to the one before.
    let last = jumps.count - 1
    try code.push(jumps[last])
    jumps[last] = UInt(lastInstruction)
  }

  mutating func emitLastStep(place result: Int) throws(MatchSpecificationError) {
    try emit(.move, result, place(of: popOperand()))
    guard var jump = jumps.pop() else { preconditionFailure("an end without a beginning") }
    while jump != 0 {
      let before = code[Int(jump) + 1]
      code[Int(jump) + 1] = UInt(code.count) - jump
      jump = before
    }
    try push(.temporary(result))
  }

  mutating func emitRequirement(_ function: MatchFunction) throws(MatchSpecificationError) {
    let first = try place(of: operand(fromTop: 0))
    if let (opcode, isSwapped) = function.requirement {
      let second = try place(of: operand(fromTop: 1))
      removeOperands(downTo: operandCount - 2)
      return try emit(opcode, isSwapped ? second : first, isSwapped ? first : second)
    }
    removeOperands(downTo: operandCount - 1)
    try emit(.requireKind, first, Int(function.rawValue))
  }
}
