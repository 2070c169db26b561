import Tenure

extension Translator {
  /// Puts a look at an operand before an instruction that takes its type for granted.
  mutating func translateCheck(_ i: GenericInstruction) throws(LoadError) {
    switch i.opcode {
    case .getList, .getHd, .getTl: buffer.begin(.requireCons, a: try register(i, 0))
    case .getTupleElement:
      try requireTuple(try register(i, 0), elements: try unsigned(i, 1, below: 1 << 24) + 1)
    case .testArity: try requireTuple(try register(i, 1), elements: 0)
    case .setTupleElement:
      let place = try unsigned(i, 2, below: 8_190)
      try requireTuple(try register(i, 1), elements: place + 1)
      try beginWithValues(
        .requireNewTuple, i, a: 0, c: UInt(8 * (1 + place)), fieldB: try register(i, 1))
    case .updateRecord:
      buffer.begin(.requireArity, a: try register(i, 2))
      buffer.append(UInt(try unsigned(i, 1, below: 1 << 24)))
    case .getMapElements, .hasMapFields: buffer.begin(.requireMap, a: try register(i, 1))
    case .bif2: buffer.begin(.requireMap, a: try register(i, 3))
    case .tryCase: buffer.begin(.requireNoValue)
    default: buffer.begin(.attachMessage)
    }
  }

  private mutating func requireTuple(_ field: UInt, elements: Int) throws(LoadError) {
    buffer.begin(.requireTuple, a: field)
    buffer.append(UInt(elements))
  }
}
