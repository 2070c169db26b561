import Terms

/// Compiles a match specification clause by clause to a program; see ``MatchOpcode``.
///
/// Without recursion: what is nested in heads and expressions waits on stacks of words.
struct MatchCompiler: ~Copyable {
  let atoms: AtomTable
  let scratch: any ScratchProvider
  /// This node, where it has a name of its own.
  let localNode: Node?
  /// The instructions so far.
  var code: MatchWords
  /// Where the last one begins.
  var lastInstruction = 0
  /// Where the clause at hand begins.
  var clauseStart = 0
  /// The terms that the program has at places of their own before the object.
  var literals: MatchWords
  /// The size of the frame that all clauses so far need.
  var frame = MatchFrame()
  /// Where constants are built that do not stand in the specification as they are.
  var constants: MatchConstants

  /// Terms of the head, or expressions, that are yet to be looked at.
  var pending: MatchWords
  /// What expressions left for those around them; see ``MatchOperand``.
  var operands: MatchWords
  /// Where the places stand in the code that the ends of `andalso` and `orelse` are to be put in.
  var jumps: MatchWords
  /// The variables of the clause in the order of their slots.
  var variables: MatchWords
  /// Where each of them is bound in the code; 0 once it is read.
  var bindings: MatchWords
  /// The slots of the variables, once there are so many that a search would take long.
  private var slots: [Term: Int] = [:]
  private static var searchLimit: Int { 16 }
  /// The slots in the order of the numbers of the variables, once somebody asked.
  var sortedSlots: [Int]?
  /// The temporary words in use.
  var temporaries = 0
  /// The clause at hand, from 1.
  var clause = 0
  var isGuard = false

  init(
    atoms: AtomTable, scratch: any ScratchProvider, localNode: Node?,
    constants: consuming MatchConstants
  ) {
    self.atoms = atoms
    self.scratch = scratch
    self.localNode = localNode
    self.constants = constants
    code = MatchWords(scratch)
    literals = MatchWords(scratch)
    pending = MatchWords(scratch)
    operands = MatchWords(scratch)
    jumps = MatchWords(scratch)
    variables = MatchWords(scratch)
    bindings = MatchWords(scratch)
  }

  /// Compiles all clauses.
  /// - Parameter specification: a list of them, which stays where it is as long as the program.
  mutating func compile(_ specification: Term) throws(MatchSpecificationError) {
    guard specification.isCons else { throw .notAList }
    var rest = specification
    while rest.isCons {
      clause += 1
      let parts = rest.cons[0]
      guard parts.isTuple(arity: 3) else { throw .notAClause(clause: clause) }
      if clause > 1 { code[clauseStart + 1] = UInt(code.count) }
      clauseStart = code.count
      try emit(.clause)
      try code.push(0)
      let elements = parts.tupleElements
      try compile(head: elements[0], guards: elements[1], body: elements[2])
      rest = rest.cons[1]
    }
    guard rest.isNil else { throw .improperList }
  }

  private mutating func compile(
    head: Term, guards: Term, body: Term
  ) throws(MatchSpecificationError) {
    variables.removeLast(downTo: 0)
    bindings.removeLast(downTo: 0)
    slots.removeAll(keepingCapacity: true)
    sortedSlots = nil
    try compileHead(head)
    isGuard = true
    try compileGuards(guards)
    isGuard = false
    try compileBody(body)
    dropUnusedBindings()
  }

  // MARK: - Emitting

  /// Appends an instruction.
  mutating func emit(
    _ opcode: MatchOpcode, _ a: Int = 0, _ b: Int = 0
  ) throws(MatchSpecificationError) {
    let limit = MatchInstruction.maximumOperand
    if abs(a) > limit || abs(b) > limit { throw .tooLarge }
    lastInstruction = code.count
    try code.push(MatchInstruction(opcode, a, b).bits)
  }

  /// The place of a literal in the frame.
  mutating func place(ofLiteral term: Term) throws(MatchSpecificationError) -> Int {
    // The same immediate comes again and again.
    if literals.count > 0 && literals[literals.count - 1] == term.bits { return -literals.count }
    if literals.count >= MatchInstruction.maximumOperand { throw .tooLarge }
    try literals.push(term.bits)
    frame.literals = max(frame.literals, literals.count)
    return -literals.count
  }

  /// The slot of a variable, if the head has it.
  func slot(of name: Term) -> Int? {
    if variables.count > Self.searchLimit { return slots[name] }
    for index in 0..<variables.count where variables[index] == name.bits {
      return MatchFrame.firstVariable + index
    }
    return nil
  }

  /// Gives a variable the next slot.
  mutating func addVariable(_ name: Term) throws(MatchSpecificationError) -> Int {
    let slot = MatchFrame.firstVariable + variables.count
    try variables.push(name.bits)
    if variables.count > Self.searchLimit {
      // Those before, too, when the limit is passed.
      let first = variables.count == Self.searchLimit + 1 ? 0 : variables.count - 1
      for index in first..<variables.count {
        slots[Term(bits: variables[index])] = MatchFrame.firstVariable + index
      }
    }
    frame.words = max(frame.words, slot + 1)
    return slot
  }

  /// The name of the node.
  func nodeName() throws(MatchSpecificationError) -> Term {
    if let localNode { return localNode.name }
    do throws(AtomError) {
      return try atoms.atom("nonode@nohost")
    } catch {
      throw .atom(error)
    }
  }

  /// The place of the next temporary word.
  mutating func reserveTemporary() -> Int {
    let place = MatchFrame.firstVariable + variables.count + temporaries
    temporaries += 1
    frame.words = max(frame.words, place + 1)
    return place
  }

  /// The error of a flaw in the part of the clause that is at hand.
  func flaw(_ flaw: MatchFlaw) -> MatchSpecificationError {
    isGuard
      ? .invalidGuard(clause: clause, flaw) : .invalidBody(clause: clause, flaw)
  }
}
