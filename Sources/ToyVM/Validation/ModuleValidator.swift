import Tenure

/// Looks whether code keeps the rules that the interpreter trusts it to keep.
///
/// An abstract interpretation of each function: every instruction is run once on what is known of
/// frame, room and registers instead of on their contents, and what is known at a label is what
/// holds of all ways to it. A label is looked at again when that becomes less. Compilers write few
/// jumps backwards, so most functions take one walk over their instructions.
///
/// What a function is called with it does not know: arguments are terms. Only that a caller hands
/// on the state of a match is remembered, and the function is then looked at once more.
///
/// - Complexity: O(instructions × registers) for code without jumps backwards.
struct ModuleValidator {
  let file: BeamFile
  let instructions: [GenericInstruction]
  let constants: ModuleConstants
  /// What each import is to the instructions that call it.
  let imports: [ImportedFunction]
  let shape: ModuleShape

  /// Of each function the arguments that may be the state of a match, a bit each.
  var contexts: [UInt64]
  /// The functions that are to be looked at again.
  var waiting: [Int] = []
  /// Whether a function that is handed the state of a match may make it a bit string. Compilers that
  /// keep it over calls have no such instruction.
  let endsMatches: Bool
  /// Of each instruction whether its operand's type is not certain, and must be looked at as it runs.
  private(set) var needsCheck: [Bool]

  // The function that is looked at.
  var function = 0
  var now: CodeState
  var isReachable = false
  /// The instruction that is looked at.
  private var place = 0
  /// Whether a jump goes back from something else than the wait for a message.
  private var jumpsBack = false
  private var states: StateTable
  private var stepsLeft: Int

  init(
    file: BeamFile, instructions: [GenericInstruction], constants: ModuleConstants,
    imports: [ImportedFunction]
  ) throws(ValidationError) {
    self.file = file
    self.instructions = instructions
    self.constants = constants
    self.imports = imports
    shape = try ModuleShape(
      instructions, labelCount: file.labelCount, module: file.module)
    endsMatches = instructions.contains { $0.opcode == .bsContextToBinary }
    contexts = Array(repeating: 0, count: shape.functions.count)
    needsCheck = Array(repeating: false, count: instructions.count)
    states = StateTable(labelCount: file.labelCount)
    now = states.current
    // Real code takes less than two.
    stepsLeft = 64 * instructions.count + 10_000
  }

  /// Looks at every function.
  ///
  /// - Returns: of each instruction whether what it takes apart must be looked at as it runs.
  /// - Throws: ``ValidationError`` for the first rule that is broken.
  static func validate(
    _ file: BeamFile, _ instructions: [GenericInstruction], constants: ModuleConstants,
    imports: [ImportedFunction]
  ) throws(ValidationError) -> [Bool] {
    var validator = try ModuleValidator(
      file: file, instructions: instructions, constants: constants, imports: imports)
    defer { validator.states.deallocate() }
    try validator.checkTables()
    for function in validator.shape.functions.indices { try validator.validate(function) }
    while let function = validator.waiting.popLast() { try validator.validate(function) }
    return validator.needsCheck
  }

  /// What other modules call, and what closures are made of, begins a function of that arity.
  private func checkTables() throws(ValidationError) {
    for entry in file.exports {
      try checkEntry(entry.label, arity: entry.arity, named: file.atoms[entry.name], "export")
    }
    for lambda in file.lambdas {
      try checkEntry(
        lambda.label, arity: lambda.totalArity, named: file.atoms[lambda.function], "fun")
      guard lambda.freeCount >= 0, lambda.arity >= 0 else {
        throw ValidationError(
          function: file.module, instruction: "fun", offset: 0,
          reason: "\(lambda.freeCount) free variables of \(lambda.totalArity) arguments")
      }
    }
  }

  private func checkEntry(
    _ label: Int, arity: Int, named name: String, _ table: String
  ) throws(ValidationError) {
    if let function = shape.function(enteredAt: label), shape.functions[function].arity == arity {
      return
    }
    throw ValidationError(
      function: "\(file.module):\(name)/\(arity)", instruction: table, offset: 0,
      reason: "the label \(label) begins no function of that arity")
  }

  // MARK: - A function

  private mutating func validate(_ number: Int) throws(ValidationError) {
    function = number
    let function = shape.functions[number]
    let (xCount, yCount) = registerCounts(function)
    states.begin(x: max(xCount, function.arity, 4), y: yCount)
    now = states.current
    beginEntry(function)
    var start = function.entryIndex
    while true {
      try walk(from: start, to: function.range.upperBound)
      guard let label = states.firstWaiting() else { break }
      start = Int(shape.indexOfLabel[label])
      isReachable = false
    }
    guard jumpsBack else { return }
    jumpsBack = false
    var search = LoopSearch(instructions, shape)
    if search.findsLoop(in: function.range) {
      throw error(instructions[function.entryIndex], Violation("a loop without a call"))
    }
  }

  private mutating func beginEntry(_ function: ModuleShape.Function) {
    now.clear()
    for index in 0..<function.arity {
      let isContext = index < 64 && contexts[self.function] >> UInt64(index) & 1 == 1
      now.setX(index, isContext ? .termOrContext : .term)
    }
    isReachable = true
  }

  /// The registers that a function names.
  private func registerCounts(_ function: ModuleShape.Function) -> (x: Int, y: Int) {
    var (x, y) = (0, 0)
    for index in function.range {
      let i = instructions[index]
      x = max(x, i.xCount)
      switch i.opcode {
      case .allocate, .allocateHeap, .allocateZero, .allocateHeapZero:
        if case .unsigned(let words) = i.operands[0] { y = max(y, words) }
      case .call, .callExt, .callFun, .apply:
        if case .unsigned(let arity) = i.operands[0] { x = max(x, min(arity, 255) + 2) }
      default: break
      }
    }
    return (x, min(y, 1 << 16))
  }

  /// Runs instructions from one that is reached, or from a label.
  private mutating func walk(from start: Int, to end: Int) throws(ValidationError) {
    var index = start
    while index < end {
      let i = instructions[index]
      if i.opcode == .label {
        guard case .unsigned(let label) = i.operands[0] else { break }
        try attempt(i) { validator throws(Violation) in try validator.arrive(at: label) }
      } else if isReachable {
        stepsLeft -= 1
        try attempt(i) { validator throws(Violation) in
          validator.place = index
          if validator.stepsLeft < 0 { throw Violation("its function does not settle") }
          try validator.step(i, at: index)
        }
      }
      index += 1
    }
    if isReachable {
      try attempt(instructions[end - 1]) { _ throws(Violation) in
        throw Violation("the function runs on behind it")
      }
    }
  }

  @inline(__always)
  private mutating func attempt(
    _ i: GenericInstruction, _ body: (inout Self) throws(Violation) -> Void
  ) throws(ValidationError) {
    do { try body(&self) } catch { throw self.error(i, error) }
  }

  private func error(_ i: GenericInstruction, _ violation: Violation) -> ValidationError {
    let function = shape.functions[function]
    return ValidationError(
      function: "\(file.module):\(file.atoms[function.name])/\(function.arity)",
      instruction: i.opcode.erlangName, offset: i.byteOffset, reason: violation.reason)
  }

  /// Notes that an instruction must look at its operand as it runs.
  mutating func check(_ index: Int) { needsCheck[index] = true }

  // MARK: - Labels

  /// Comes to a label: from the instruction before, or because a jump goes there.
  private mutating func arrive(at label: Int) throws(Violation) {
    if isReachable {
      try merge(into: label)
    }
    isReachable = states.take(label, into: now)
  }

  /// Takes what holds now along a jump to a label.
  mutating func branch(to label: Int) throws(Violation) {
    guard label < shape.functionOfLabel.count, shape.functionOfLabel[label] == function else {
      throw Violation("a jump to the label \(label) of another function")
    }
    if Int(shape.indexOfLabel[label]) <= place, !instructions[place].opcode.waits {
      jumpsBack = true
    }
    if label == shape.functions[function].entry {
      // A slice may end there, and the arguments are all that is kept then.
      guard now.hasNoFrame else { throw Violation("a jump with a frame to where calls go") }
      try checkArguments(shape.functions[function].arity)
    }
    try merge(into: label)
  }

  private mutating func merge(into label: Int) throws(Violation) {
    try states.merge(now, into: label)
  }

  /// Takes what holds now to the handler that an exception would find, if one is in this frame.
  mutating func branchToHandler() throws(Violation) {
    guard let frame = now.frame else { return }
    for index in 0..<frame where now.y(index).isUndefined {
      throw Violation("nothing is in y\(index), and it may raise an exception")
    }
    guard let handler = (0..<frame).first(where: { now.y($0).isTag }) else { return }
    let label = now.y(handler).number
    let kept = states.spare
    kept.update(from: now)
    now.forgetX(from: 0)
    now.setX(0, .noValue)
    for index in 1...3 { now.setX(index, .ofException) }
    now.room = 0
    now.floats = 0
    now.flags = []
    forgetMessage()
    defer { now.update(from: kept) }
    try branch(to: label)
  }

  /// Forgets what belongs to a message that is not looked at any more.
  mutating func forgetMessage() {
    for index in 0..<now.reach where now.y(index).isBorrowed { now.setY(index, .undefined) }
    for index in 0..<now.xCount where now.x(index).isBorrowed { now.setX(index, .undefined) }
  }
}

extension GenericOpcode {
  /// Whether the instruction goes round the messages.
  fileprivate var waits: Bool { self == .loopRecEnd || self == .wait || self == .waitTimeout }
}
