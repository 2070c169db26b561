import Tenure

extension Translator {
  /// Arithmetic, natives of guards and floats. False for other instructions.
  mutating func translateArithmetic(_ i: GenericInstruction) throws(LoadError) -> Bool {
    switch i.opcode {
    case .bif0: try translateNative(i, import: 0, jump: nil, live: nil, arguments: [], to: 1)
    case .bif1: try translateNative(i, import: 1, jump: 0, live: nil, arguments: [2], to: 3)
    case .bif2: try translateNative(i, import: 1, jump: 0, live: nil, arguments: [2, 3], to: 4)
    case .gcBif1: try translateNative(i, import: 2, jump: 0, live: 1, arguments: [3], to: 4)
    case .gcBif2: try translateNative(i, import: 2, jump: 0, live: 1, arguments: [3, 4], to: 5)
    case .gcBif3:
      let name = imports[try unsigned(i, 2, below: imports.count)].pointee.name
      guard name.module == .erlang, text(of: name) == "binary_part/3" else {
        missing("erlang:" + text(of: name))
        break
      }
      try beginWithValues(
        .binaryPart, i, a: 3, b: 4, c: try register(i, 6), jump: try label(i, 0),
        lowerHalf: UInt(try live(i, 1)), word: try sourceWord(i.operands[5], i))
    case .fadd: try translateFloatOperation(i, .floatAdd)
    case .fsub: try translateFloatOperation(i, .floatSubtract)
    case .fmul: try translateFloatOperation(i, .floatMultiply)
    case .fdiv: try translateFloatOperation(i, .floatDivide)
    case .fnegate:
      let start = buffer.begin(.floatNegate, a: try float(i, 1), b: try float(i, 2))
      buffer.appendJump(to: try label(i, 0), from: start)
    case .fclearerror, .fcheckerror: break
    default: return false
    }
    return true
  }

  private mutating func translateFloatOperation(
    _ i: GenericInstruction, _ opcode: Opcode
  ) throws(LoadError) {
    let start = buffer.begin(opcode, a: try float(i, 1), b: try float(i, 2), c: try float(i, 3))
    buffer.appendJump(to: try label(i, 0), from: start)
  }

  private func text(of name: FunctionName) -> String {
    "\(store.system.atoms.name(of: name.function))/\(name.arity)"
  }

  private mutating func translateNative(
    _ i: GenericInstruction, import place: Int, jump: Int?, live: Int?, arguments: [Int], to: Int
  ) throws(LoadError) {
    let function = importedFunctions[try unsigned(i, place, below: imports.count)]
    let name = function.name
    let jumpLabel = if let jump { try label(i, jump) } else { 0 }
    let liveCount = if let live { try self.live(i, live) } else { 0 }
    let to = try register(i, to)
    guard name.module == .erlang, name.arity == arguments.count else { throw unfit(i, place) }
    switch function.operation {
    case .arithmetic(let opcode, let operation):
      let lower = UInt(operation.rawValue) << 16 | UInt(liveCount)
      try translateBinary(i, opcode, arguments, to: to, jump: jumpLabel, lowerHalf: lower)
    case .native(let native):
      try beginWithValues(
        .guardNative, i, a: arguments.first, b: arguments.count > 1 ? arguments[1] : nil, c: to,
        jump: jumpLabel, lowerHalf: UInt(native.rawValue) << 16 | UInt(liveCount))
    case nil: missing("erlang:" + text(of: name))
    }
  }

  private mutating func translateBinary(
    _ i: GenericInstruction, _ opcode: Opcode, _ arguments: [Int], to: UInt, jump: Int,
    lowerHalf: UInt
  ) throws(LoadError) {
    if opcode == .add || opcode == .subtract, let field = register(i.operands[arguments[0]]),
      case .integer(let value) = i.operands[arguments[1]], Term.fitsSmall(value)
    {
      // A small is subtracted by adding its opposite, but for the errors, which name the
      // operation, and the least small, which has none.
      let addend = opcode == .add ? value : -value
      if Term.fitsSmall(addend) {
        let start = buffer.begin(.addSmall, n: 4, a: field, c: to)
        buffer.appendJump(to: jump, from: start, lowerHalf: lowerHalf)
        buffer.append(Term.small(addend).bits)
        buffer.append(Term.small(value).bits)
        return
      }
    }
    try beginWithValues(
      opcode, i, a: arguments[0], b: arguments[1], c: to, jump: jump, lowerHalf: lowerHalf)
  }
}

extension BinaryArithmetic {
  private static let opcodes: [String: (Opcode, BinaryArithmetic)] = [
    "+": (.add, .add), "-": (.subtract, .subtract), "*": (.multiply, .multiply),
    "/": (.arithmetic, .floatDivide), "div": (.divide, .divide),
    "rem": (.remainder, .remainder), "band": (.and, .and), "bor": (.or, .or),
    "bxor": (.xor, .xor), "bsl": (.shiftLeft, .shiftLeft), "bsr": (.shiftRight, .shiftRight),
  ]

  /// The instruction and operation of an arithmetic function's name.
  static func named(
    _ name: FunctionName, in atoms: AtomTable
  ) -> (Opcode, BinaryArithmetic)? {
    name.arity == 2 ? opcodes[atoms.name(of: name.function)] : nil
  }
}

extension GuardNative {
  private static let byName: [String: GuardNative] = Dictionary(
    uniqueKeysWithValues: allCases.map { ("\($0.name.0)/\($0.name.1)", $0) })

  /// The native of a function's name.
  static func named(_ name: FunctionName, in atoms: AtomTable) -> GuardNative? {
    byName["\(atoms.name(of: name.function))/\(name.arity)"]
  }
}
