import Tenure

extension Translator {
  /// Tests and choices. False for other instructions.
  mutating func translateTest(_ i: GenericInstruction) throws(LoadError) -> Bool {
    if let opcode = Self.kindTests[i.opcode] {
      let field = try anyRegister(i, 1)
      let start = buffer.begin(opcode, a: field)
      buffer.jump(to: try target(i, 0), at: start)
      return true
    }
    switch i.opcode {
    case .isFunction2:
      try beginWithValues(.isFunctionOfArity, i, a: 1, b: 2, jump: try target(i, 0))
    case .testArity:
      let field = try anyRegister(i, 1)
      let start = buffer.begin(.testArity, a: field)
      buffer.jump(to: try target(i, 0), at: start)
      buffer.append(Header.tuple(arity: try unsigned(i, 2, below: 1 << 24)).bits)
    case .isTaggedTuple:
      let field = try anyRegister(i, 1)
      guard case .atom(let atom) = i.operands[3] else { throw unfit(i, 3) }
      let arity = try unsigned(i, 2, below: 1 << 24)
      guard arity > 0 else { throw unfit(i, 2) }
      let start = buffer.begin(.isTaggedTuple, a: field)
      buffer.jump(to: try target(i, 0), at: start)
      buffer.append(Header.tuple(arity: arity).bits)
      buffer.append(atoms[atom].bits)
    case .isEqExact, .isNeExact, .isEq, .isNe, .isLt, .isGe: try translateComparison(i)
    case .selectVal: try translateSelect(i)
    case .selectTupleArity: try translateSelectArity(i)
    default: return false
    }
    return true
  }

  private static let kindTests: [GenericOpcode: Opcode] = [
    .isNil: .isNil, .isNonemptyList: .isNonemptyList, .isList: .isList, .isTuple: .isTuple,
    .isAtom: .isAtom, .isInteger: .isInteger, .isFloat: .isFloat, .isNumber: .isNumber,
    .isMap: .isMap, .isBinary: .isBinary, .isBitstr: .isBitString, .isFunction: .isFunction,
    .isPid: .isPid, .isPort: .isPort, .isReference: .isReference, .isBoolean: .isBoolean,
  ]

  private mutating func translateComparison(_ i: GenericInstruction) throws(LoadError) {
    let jump = try target(i, 0)
    let right = constants.term(of: i.operands[2])
    if let right, let field = register(i.operands[1]) {
      let isExact = i.opcode == .isEqExact || i.opcode == .isNeExact
      if isExact && right.isImmediate || (i.opcode == .isLt || i.opcode == .isGe) && right.isSmall {
        let opcode: Opcode =
          switch i.opcode {
          case .isEqExact: .isExactlyWord
          case .isNeExact: .isNotExactlyWord
          case .isLt: .isLessThanSmall
          default: .isNotLessThanSmall
          }
        let start = buffer.begin(opcode, a: field)
        buffer.jump(to: jump, at: start)
        buffer.append(right.bits)
        return
      }
    }
    let opcode: Opcode =
      switch i.opcode {
      case .isEqExact: .isExactlyEqual
      case .isNeExact: .isNotExactlyEqual
      case .isEq: .isEqual
      case .isNe: .isNotEqual
      case .isLt: .isLess
      default: .isNotLess
      }
    try beginWithValues(opcode, i, a: 1, b: 2, jump: jump)
  }

  /// The value and label of each choice.
  private func choices(_ i: GenericInstruction) throws(LoadError) -> [(Operand, Int)] {
    let elements = try list(i, 2)
    guard elements.count % 2 == 0 else { throw unfit(i, 2) }
    var choices: [(Operand, Int)] = []
    for index in stride(from: 0, to: elements.count, by: 2) {
      guard case .label(let label) = elements[index + 1], label != 0 else { throw unfit(i, 2) }
      choices.append((elements[index], label))
    }
    return choices
  }

  private mutating func translateSelect(_ i: GenericInstruction) throws(LoadError) {
    let field = try anyRegister(i, 0)
    let otherwise = try target(i, 1)
    var immediates: [(word: UInt, label: Int)] = []
    for (operand, label) in try choices(i) {
      guard let term = constants.term(of: operand) else { throw unfit(i, 2) }
      if term.isImmediate {
        immediates.append((term.bits, label))
      } else {
        // A float or a big integer has no word to compare: a test for each, before the choice.
        let start = buffer.begin(.isNotExactlyEqual, n: 3, a: field, b: 2 * 8 | 2)
        buffer.appendJump(to: label, from: start)
        buffer.append(term.bits)
      }
    }
    if try selectDense(field, immediates, otherwise) { return }
    let isShort = immediates.count <= 6
    if !isShort { immediates.sort { $0.word < $1.word } }
    let start = buffer.begin(isShort ? .selectLinear : .selectSorted, a: field)
    buffer.appendJump(to: otherwise, from: start, lowerHalf: UInt(immediates.count))
    for (word, label) in immediates {
      buffer.append(word)
      buffer.appendJump(to: label, from: start)
    }
  }

  /// Makes a table of jumps where the values are small integers that lie close together.
  private mutating func selectDense(
    _ field: UInt, _ choices: [(word: UInt, label: Int)], _ otherwise: Int
  ) throws(LoadError) -> Bool {
    let values = choices.map { Term(bits: $0.word) }
    guard choices.count >= 4, values.allSatisfy(\.isSmall),
      let least = values.map(\.smallValue).min(), let most = values.map(\.smallValue).max(),
      most - least < 3 * choices.count
    else { return false }
    var labels = Array(repeating: otherwise, count: most - least + 1)
    // The first of two equal values is the one that counts.
    for (value, choice) in zip(values, choices).reversed() {
      labels[value.smallValue - least] = choice.label
    }
    let start = buffer.begin(.selectDense, a: field)
    buffer.appendJump(to: otherwise, from: start, lowerHalf: UInt(labels.count))
    buffer.append(UInt(bitPattern: least))
    for label in labels { buffer.appendJump(to: label, from: start) }
    return true
  }

  private mutating func translateSelectArity(_ i: GenericInstruction) throws(LoadError) {
    let field = try anyRegister(i, 0)
    let choices = try choices(i)
    let start = buffer.begin(.selectArity, a: field)
    buffer.appendJump(to: try target(i, 1), from: start, lowerHalf: UInt(choices.count))
    for (operand, label) in choices {
      guard case .unsigned(let arity) = operand, arity < 1 << 24 else { throw unfit(i, 2) }
      buffer.append(Header.tuple(arity: arity).bits)
      buffer.appendJump(to: label, from: start)
    }
  }
}
