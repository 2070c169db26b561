import Tenure

/// Translates a module's generic instructions into those of the interpreter.
///
/// Operands are resolved once, here: registers become byte offsets, labels jumps, atoms and
/// literals words, names of functions the addresses of their entries.
struct Translator {
  /// An instruction and the line it came from, if a `line` stood before it.
  struct Item {
    let instruction: GenericInstruction
    let line: Int?
    /// Whether it must look at its operand as it runs.
    let needsCheck: Bool
  }

  let file: BeamFile
  let atoms: [Term]
  let constants: ModuleConstants
  let imports: [UnsafeMutablePointer<ExportEntry>]
  /// What each of them is to instructions.
  let importedFunctions: [ImportedFunction]
  let store: CodeStore
  var buffer: CodeBuffer
  var functions: [FunctionInfo] = []
  var lines: [SourceLine] = []
  /// The native that the function about to begin stands for.
  var shadowed: UnsafeMutablePointer<ExportEntry>?
  /// Whether the next label is where calls of a function with arguments go, and where that was.
  var isAtEntry = false
  var entryEnd = -1
  /// What there is no instruction for, by name: calling it raises an error.
  private(set) var missingNames: [String] = []
  /// What stands between labels, lines taken out.
  var items: [Item] = []

  init(
    file: BeamFile, atoms: [Term], constants: ModuleConstants,
    imports: [UnsafeMutablePointer<ExportEntry>], importedFunctions: [ImportedFunction],
    store: CodeStore
  ) {
    self.file = file
    self.atoms = atoms
    self.constants = constants
    self.imports = imports
    self.importedFunctions = importedFunctions
    self.store = store
    buffer = CodeBuffer(labelCount: file.labelCount)
  }

  /// Translates all instructions of a module.
  ///
  /// - Parameter needsCheck: of each whether its operand must be looked at as it runs.
  mutating func translate(
    _ instructions: [GenericInstruction], needsCheck: [Bool]
  ) throws(LoadError) {
    items.reserveCapacity(instructions.count)
    var line: Int?
    for (instruction, needsCheck) in zip(instructions, needsCheck) {
      if instruction.opcode == .line {
        if case .unsigned(let index) = instruction.operands[0] { line = index }
      } else {
        items.append(Item(instruction: instruction, line: line, needsCheck: needsCheck))
        line = nil
      }
    }
    // So that something stands before the first function.
    buffer.begin(.codeEnd)
    var next = 0
    while next < items.count {
      if let line = items[next].line { note(line: line) }
      next += try translate(at: next)
    }
    buffer.begin(.codeEnd)
  }

  mutating func note(line: Int) {
    guard file.lines.locations.indices.contains(line) else { return }
    let location = file.lines.locations[line]
    lines.append(SourceLine(start: buffer.end, file: location.file, line: location.line))
  }

  /// Translates the instruction at an index, with those behind it that it is fused with.
  ///
  /// - Returns: how many instructions were translated.
  private mutating func translate(at index: Int) throws(LoadError) -> Int {
    if items[index].needsCheck { try translateCheck(items[index].instruction) }
    if let count = try fuse(at: index) { return count }
    let instruction = items[index].instruction
    try translate(instruction)
    return 1
  }

  private mutating func translate(_ i: GenericInstruction) throws(LoadError) {
    if try translateControl(i) { return }
    if try translateData(i) { return }
    if try translateTest(i) { return }
    if try translateArithmetic(i) { return }
    if try translateException(i) { return }
    if try translateMap(i) { return }
    if try translateMatching(i) { return }
    if try translateBuilding(i) { return }
    missing(i.opcode.erlangName)
  }

  /// Makes an instruction that raises `{not_implemented, Name}`.
  mutating func missing(_ name: String) {
    missingNames.append(name)
    buffer.begin(.notImplemented)
    buffer.append(((try? store.system.atoms.atom(name)) ?? .undefined).bits)
  }
}

extension GenericOpcode {
  /// The instruction's name as Erlang's compiler writes it.
  var erlangName: String {
    var name = ""
    for character in "\(self)" {
      if character.isUppercase {
        name += "_" + character.lowercased()
      } else {
        name.append(character)
      }
    }
    return name
  }
}
