import Tenure

extension Translator {
  /// The error of an operand that the instruction cannot take.
  func unfit(_ i: GenericInstruction, _ place: Int) -> LoadError {
    .malformed(
      reason: "\(i.opcode.erlangName) at byte \(i.byteOffset) of the code: "
        + "operand \(place + 1) is \(i.operands[place])")
  }

  func unsigned(_ i: GenericInstruction, _ place: Int, below limit: Int) throws(LoadError) -> Int {
    guard case .unsigned(let number) = i.operands[place], number < limit else {
      throw unfit(i, place)
    }
    return number
  }

  /// A label, or 0 for none.
  func label(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> Int {
    guard case .label(let label) = i.operands[place] else { throw unfit(i, place) }
    return label
  }

  /// A label that must be there.
  func target(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> Int {
    let label = try label(i, place)
    guard label != 0 else { throw unfit(i, place) }
    return label
  }

  func list(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> [Operand] {
    guard case .list(let elements) = i.operands[place] else { throw unfit(i, place) }
    return elements
  }

  /// The field of a register, or nothing for another operand.
  func register(_ operand: Operand) -> UInt? {
    switch operand {
    case .x(let index): UInt(index * 8)
    case .y(let index): UInt(index * 8) | 1
    default: nil
    }
  }

  /// The field of an operand that must be a register.
  func register(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> UInt {
    guard let field = register(i.operands[place]) else { throw unfit(i, place) }
    return field
  }

  func isX(_ operand: Operand) -> Bool {
    if case .x = operand { true } else { false }
  }

  func isY(_ operand: Operand) -> Bool {
    if case .y = operand { true } else { false }
  }

  /// The field of a float register.
  func float(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> UInt {
    guard case .float(let index) = i.operands[place], index < MachineRegisters.floatCount else {
      throw unfit(i, place)
    }
    return UInt(index * 8)
  }

  /// The field of a register that holds an operand: a constant is moved to one first.
  mutating func anyRegister(
    _ i: GenericInstruction, _ place: Int, constantRegister: Int = 0
  ) throws(LoadError) -> UInt {
    if let field = register(i.operands[place]) { return field }
    guard let term = constants.term(of: i.operands[place]) else { throw unfit(i, place) }
    let field = UInt(MachineRegisters.constantOffset(constantRegister))
    buffer.begin(.moveCX, a: field)
    buffer.append(term.bits)
    return field
  }

  /// The source word of an operand: a term, or a register.
  func sourceWord(_ operand: Operand, _ i: GenericInstruction) throws(LoadError) -> UInt {
    switch operand {
    case .x(let index): return UInt(index * 8) << 3
    case .y(let index): return UInt(index * 8) << 3 | 4
    default:
      guard let term = constants.term(of: operand) else {
        throw .malformed(
          reason: "\(i.opcode.erlangName) at byte \(i.byteOffset) of the code names \(operand)")
      }
      return term.bits
    }
  }

  /// Begins an instruction whose values may be constants; these follow in slots of their own,
  /// behind `jump` and `word` where these are given. The count behind the opcode is that of all
  /// slots.
  mutating func beginWithValues(
    _ opcode: Opcode, _ i: GenericInstruction, a: Int? = nil, b: Int? = nil, c: UInt = 0,
    fieldB: UInt = 0, jump: Int? = nil, lowerHalf: UInt = 0, word: UInt? = nil
  ) throws(LoadError) {
    var slotCount = (jump == nil ? 1 : 2) + (word == nil ? 0 : 1)
    var words: [UInt] = []
    func field(_ place: Int?) throws(LoadError) -> UInt {
      guard let place else { return 0 }
      if let field = register(i.operands[place]) { return field }
      guard let term = constants.term(of: i.operands[place]) else { throw unfit(i, place) }
      words.append(term.bits)
      slotCount += 1
      return UInt((slotCount - 1) * 8) | 2
    }
    let fieldA = try field(a)
    let fieldOfB = b == nil ? fieldB : try field(b)
    let start = buffer.begin(opcode, n: slotCount, a: fieldA, b: fieldOfB, c: c)
    if let jump { buffer.appendJump(to: jump, from: start, lowerHalf: lowerHalf) }
    if let word { buffer.append(word) }
    for word in words { buffer.append(word) }
  }
}
