import Tenure

extension Translator {
  /// Catching and raising. False for other instructions.
  mutating func translateException(_ i: GenericInstruction) throws(LoadError) -> Bool {
    switch i.opcode {
    case .catch, .try:
      guard isY(i.operands[0]) else { throw unfit(i, 0) }
      buffer.begin(.catch, a: try register(i, 0))
      buffer.appendHandler(label: try target(i, 1))
    case .catchEnd: buffer.begin(.catchEnd, a: try frameRegister(i))
    case .tryEnd: buffer.begin(.tryEnd, a: try frameRegister(i))
    case .tryCase: buffer.begin(.tryCase, a: try frameRegister(i))
    case .tryCaseEnd: try beginWithValues(.tryCaseEnd, i, a: 0)
    case .badmatch: try beginWithValues(.badMatch, i, a: 0)
    case .caseEnd: try beginWithValues(.caseEnd, i, a: 0)
    case .badrecord: try beginWithValues(.badRecord, i, a: 0)
    case .ifEnd: buffer.begin(.ifEnd)
    case .raise: try beginWithValues(.raise, i, a: 0, b: 1)
    case .rawRaise: buffer.begin(.rawRaise)
    case .buildStacktrace: buffer.begin(.buildStacktrace)
    default: return false
    }
    return true
  }

  private func frameRegister(_ i: GenericInstruction) throws(LoadError) -> UInt {
    guard isY(i.operands[0]) else { throw unfit(i, 0) }
    return try register(i, 0)
  }

  /// Maps. False for other instructions.
  mutating func translateMap(_ i: GenericInstruction) throws(LoadError) -> Bool {
    switch i.opcode {
    case .getMapElements:
      let map = try anyRegister(i, 1)
      let pairs = try list(i, 2)
      guard pairs.count % 2 == 0, pairs.count < 512 else { throw unfit(i, 2) }
      let start = buffer.begin(.getMapElements, n: pairs.count / 2, a: map)
      buffer.appendJump(to: try target(i, 0), from: start)
      for index in stride(from: 0, to: pairs.count, by: 2) {
        buffer.append(try sourceWord(pairs[index], i))
        guard let to = register(pairs[index + 1]) else { throw unfit(i, 2) }
        buffer.append(to)
      }
    case .hasMapFields:
      let map = try anyRegister(i, 1)
      let keys = try list(i, 2)
      guard keys.count < 256 else { throw unfit(i, 2) }
      let start = buffer.begin(.hasMapFields, n: keys.count, a: map)
      buffer.appendJump(to: try target(i, 0), from: start)
      for key in keys { buffer.append(try sourceWord(key, i)) }
    case .putMapAssoc, .putMapExact:
      let map = try anyRegister(i, 1)
      let pairs = try list(i, 4)
      guard pairs.count % 2 == 0, pairs.count < 1 << 16 else { throw unfit(i, 4) }
      let start = buffer.begin(
        .putMap, n: i.opcode == .putMapExact ? 1 : 0, a: map, b: try register(i, 2))
      buffer.appendJump(
        to: try label(i, 0), from: start,
        lowerHalf: UInt(pairs.count / 2) << 16 | UInt(try live(i, 3)))
      for operand in pairs { buffer.append(try sourceWord(operand, i)) }
    default: return false
    }
    return true
  }
}
