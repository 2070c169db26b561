import Tenure

/// Where the functions of a module's code begin and end, and which labels stand in them.
struct ModuleShape {
  /// A function: its instructions from the label before `func_info` on.
  struct Function {
    /// The first instruction and the one behind the last.
    var range: Range<Int>
    /// The label that calls go to, and where it stands.
    let entry: Int
    let entryIndex: Int
    let name: Int
    let arity: Int
  }

  private(set) var functions: [Function] = []
  /// The function of each label, or -1.
  private(set) var functionOfLabel: [Int32]
  /// The instruction of each label, or -1.
  private(set) var indexOfLabel: [Int32]

  /// Finds the functions. O(instructions).
  ///
  /// - Throws: ``ValidationError`` for a `func_info` without its two labels, or code in no function.
  init(
    _ instructions: [GenericInstruction], labelCount: Int, module: String
  ) throws(ValidationError) {
    functionOfLabel = Array(repeating: -1, count: max(1, labelCount))
    indexOfLabel = functionOfLabel
    for index in instructions.indices where instructions[index].opcode == .funcInfo {
      functions.append(try Self.function(at: index, instructions, module))
      if functions.count > 1 {
        let start = functions[functions.count - 1].range.lowerBound
        let before = functions[functions.count - 2].range.lowerBound
        functions[functions.count - 2].range = before..<start
      }
    }
    let first = functions.first?.range.lowerBound ?? instructions.count
    for index in 0..<first
    where instructions[index].opcode != .line && instructions[index].opcode != .intCodeEnd {
      throw Self.error(instructions[index], module, "it stands in no function")
    }
    for (number, function) in functions.enumerated() {
      for index in function.range where instructions[index].opcode == .label {
        guard case .unsigned(let label) = instructions[index].operands[0],
          indexOfLabel.indices.contains(label), indexOfLabel[label] < 0
        else { throw Self.error(instructions[index], module, "no label, or one that stands twice") }
        functionOfLabel[label] = Int32(number)
        indexOfLabel[label] = Int32(index)
      }
    }
  }

  private static func function(
    at index: Int, _ instructions: [GenericInstruction], _ module: String
  ) throws(ValidationError) -> Function {
    let info = instructions[index]
    var start = index - 1
    while start >= 0 && instructions[start].opcode == .line { start -= 1 }
    var entry = index + 1
    while entry < instructions.count && instructions[entry].opcode == .line { entry += 1 }
    guard start >= 0, instructions[start].opcode == .label, entry < instructions.count,
      instructions[entry].opcode == .label,
      case .unsigned(let label) = instructions[entry].operands[0],
      case .atom(let name) = info.operands[1], case .unsigned(let arity) = info.operands[2],
      arity < 256
    else { throw error(info, module, "no label before it and behind it, or no name and arity") }
    return Function(
      range: start..<instructions.count, entry: label, entryIndex: entry, name: name, arity: arity)
  }

  private static func error(
    _ i: GenericInstruction, _ module: String, _ reason: String
  ) -> ValidationError {
    ValidationError(
      function: module, instruction: i.opcode.erlangName, offset: i.byteOffset, reason: reason)
  }

  /// The function that a call of a label begins, if it is one's entry.
  func function(enteredAt label: Int) -> Int? {
    guard functionOfLabel.indices.contains(label), functionOfLabel[label] >= 0,
      functions[Int(functionOfLabel[label])].entry == label
    else { return nil }
    return Int(functionOfLabel[label])
  }
}
