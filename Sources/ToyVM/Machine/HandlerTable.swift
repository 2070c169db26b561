import Tenure

/// Which handler runs which opcode; the loop runs those without one.
enum HandlerTable {
  typealias List = [(Opcode, Handler)]

  /// Fills the table of a machine.
  static func fill(_ table: UnsafeMutableRawPointer) {
    let handlers = table.bindMemory(to: Handler.self, capacity: 256)
    handlers.initialize(repeating: leaveToLoop, count: 256)
    for list in [
      control, exceptions, moves, lists, tuples, tests, comparisons, arithmetic, floats, bitStrings,
    ] {
      for (opcode, handler) in list { handlers[Int(opcode.rawValue)] = handler }
    }
  }
}
