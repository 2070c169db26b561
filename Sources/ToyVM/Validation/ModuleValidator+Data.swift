import Tenure

extension ModuleValidator {
  /// Moves, lists, tuples, floats and funs. False for other instructions.
  mutating func stepData(_ i: GenericInstruction, at index: Int) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .move:
      let type = try movable(o[0])
      try write(o[1], type)
    case .swap:
      let (left, right) = (try movable(o[0]), try movable(o[1]))
      try write(o[0], right)
      try write(o[1], left)
    case .getList:
      let list = try read(o[0], as: .cons, at: index)
      try write(o[1], .term.borrowed(like: list))
      try write(o[2], .term.borrowed(like: list))
    case .getHd, .getTl:
      let list = try read(o[0], as: .cons, at: index)
      try write(o[1], .term.borrowed(like: list))
    case .putList:
      let parts = try read(o[0...1])
      try build(words: 2)
      try write(o[2], .cons.borrowed(like: parts))
    case .putTuple2:
      let elements = try list(o[1])
      let parts = try read(elements)
      try build(words: 1 + elements.count)
      try write(o[0], .tuple(elements.count, isExact: true).borrowed(like: parts))
    case .getTupleElement:
      let place = try number(o[1])
      let tuple = try tuple(o[0], upTo: place + 1, at: index)
      try write(o[2], .term.borrowed(like: tuple))
    case .setTupleElement: try stepStore(o, at: index)
    case .updateRecord: try stepUpdate(o, at: index)
    case .makeFun3:
      let free = try list(o[2])
      let parts = try read(free)
      try makeFun(o[0], free: free.count)
      try write(o[1], parts)
    case .makeFun2:
      let place = try number(o[0])
      guard file.lambdas.indices.contains(place) else { throw Violation("no fun \(place)") }
      let free = file.lambdas[place].freeCount
      guard free < 256 else { throw Violation("\(free) free variables") }
      try checkArguments(free)
      try collect(live: free, ensuring: Fun.words(free: free))
      try makeFun(o[0], free: free)
      now.setX(0, .term)
    default: return try stepFloat(i)
    }
    return true
  }

  /// What goes from register to register: a term, or the state of a match.
  private func movable(_ operand: Operand) throws(Violation) -> ValueType {
    let type = try type(of: operand)
    guard type.isTerm || type.mayBeContext else {
      throw Violation("\(Self.name(operand)) holds \(type)")
    }
    return type
  }

  /// Reads what has to be of a kind: where that is not proven it is looked at as it runs.
  @discardableResult
  mutating func read(
    _ operand: Operand, as needed: ValueType, at index: Int
  ) throws(Violation) -> ValueType {
    let type = try read(operand)
    if type.kind != needed.kind {
      try leaveToCheck(operand, at: index)
      try refine(operand, needed)
    }
    return type
  }

  /// A tuple of which an element is read.
  private mutating func tuple(
    _ operand: Operand, upTo count: Int, at index: Int
  ) throws(Violation) -> ValueType {
    let type = try read(operand)
    if type.kind != .tuple || type.number < count {
      if type.kind == .tuple && type.isExact {
        throw Violation("element \(count) of \(type)")
      }
      try leaveToCheck(operand, at: index)
      try refine(operand, .tuple(count, isExact: false))
    }
    return type
  }

  /// Has an operand looked at when the instruction runs.
  mutating func leaveToCheck(_ operand: Operand, at index: Int) throws(Violation) {
    switch operand {
    case .x, .y: check(index)
    default: throw Violation("\(operand) is of another kind")
    }
  }

  /// A store into a tuple, which must be the youngest object: all others refer to older ones.
  private mutating func stepStore(_ o: [Operand], at index: Int) throws(Violation) {
    let element = try read(o[0])
    let place = try number(o[2])
    let tuple = try tuple(o[1], upTo: place + 1, at: index)
    let isCertain = now.flags.contains(.hasFresh) && tuple.isFresh && !element.isFresh
    if !isCertain { try leaveToCheck(o[1], at: index) }
    guard !element.isBorrowed else { throw Violation("\(Self.name(o[0])) holds \(element)") }
  }

  private mutating func stepUpdate(_ o: [Operand], at index: Int) throws(Violation) {
    let count = try number(o[1])
    let type = try read(o[2])
    if !(type.kind == .tuple && type.isExact && type.number == count) {
      try leaveToCheck(o[2], at: index)
    }
    let updates = try list(o[4])
    var parts = type
    for place in stride(from: 1, to: updates.count, by: 2) {
      parts = parts.borrowed(like: try read(updates[place]))
    }
    try build(words: 1 + count)
    try write(o[3], .tuple(count, isExact: true).borrowed(like: parts))
  }

  private func makeFun(_ operand: Operand, free: Int) throws(Violation) {
    let place = try number(operand)
    guard file.lambdas.indices.contains(place), file.lambdas[place].freeCount == free else {
      throw Violation("no fun \(place) with \(free) free variables")
    }
    try build(words: Fun.words(free: free))
  }

  // MARK: - Floats

  private mutating func stepFloat(_ i: GenericInstruction) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .fmove:
      if case .float = o[0] {
        try readFloat(o[0])
        try build(words: 2)
        try write(o[1], .term)
      } else {
        try loadFloat(o)
      }
    case .fconv: try loadFloat(o)
    case .fadd, .fsub, .fmul, .fdiv:
      try readFloat(o[1])
      try readFloat(o[2])
      try branchOnFailure(o[0])
      try writeFloat(o[3])
    case .fnegate:
      try readFloat(o[1])
      try branchOnFailure(o[0])
      try writeFloat(o[2])
    case .fclearerror, .fcheckerror: break
    default: return false
    }
    return true
  }

  private mutating func loadFloat(_ o: [Operand]) throws(Violation) {
    try readOwned(o[0])
    try branchToHandler()
    try writeFloat(o[1])
  }

  private func floatBit(_ operand: Operand) throws(Violation) -> UInt64 {
    guard case .float(let index) = operand, index < MachineRegisters.floatCount else {
      throw Violation("\(operand) is no float register")
    }
    return 1 << UInt64(index)
  }

  private func readFloat(_ operand: Operand) throws(Violation) {
    guard now.floats & (try floatBit(operand)) != 0 else {
      throw Violation("nothing is in the register \(operand)")
    }
  }

  private func writeFloat(_ operand: Operand) throws(Violation) {
    now.floats |= try floatBit(operand)
  }
}
