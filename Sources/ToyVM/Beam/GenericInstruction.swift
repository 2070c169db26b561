/// An instruction as the compiler wrote it.
struct GenericInstruction: Equatable, Sendable {
  /// What it does.
  let opcode: GenericOpcode
  /// Its operands, as many as the opcode's arity.
  let operands: [Operand]
  /// Where it stands in the code.
  let byteOffset: Int
  /// One more than the highest X register among its operands, as far as it was read of a file.
  var xCount = 0
}

extension BeamFile {
  /// The instructions, up to and with the `int_code_end`.
  ///
  /// Atoms, labels, literals and registers are checked against the module's tables; which operands
  /// an instruction takes is up to who translates it. O(bytes of code).
  /// - Throws: ``BeamError`` for code that is damaged or has instructions unknown here.
  func instructions() throws(BeamError) -> [GenericInstruction] {
    var decoder = OperandDecoder(
      atomCount: atoms.count, labelCount: labelCount, literalCount: literals.count)
    var reader = BeamReader(chunk: "Code", bytes: code)
    var instructions: [GenericInstruction] = []
    instructions.reserveCapacity(code.count / 5)
    while true {
      let at = reader.offset
      let number = try reader.byte()
      guard let opcode = GenericOpcode(rawValue: number) else {
        throw .unsupportedOpcode(Int(number), offset: at)
      }
      var operands: [Operand] = []
      decoder.xCount = 0
      operands.reserveCapacity(opcode.arity)
      for _ in 0..<opcode.arity { operands.append(try decoder.operand(&reader)) }
      instructions.append(
        GenericInstruction(
          opcode: opcode, operands: operands, byteOffset: at, xCount: decoder.xCount))
      if opcode == .intCodeEnd { return instructions }
    }
  }
}
