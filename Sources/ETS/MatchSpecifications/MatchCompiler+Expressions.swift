import Terms

// Guards and bodies.
//
// Operands are left on a stack, that of the first argument uppermost, and taken by the instruction
// that needs them.

extension MatchCompiler {
  mutating func compileGuards(_ guards: Term) throws(MatchSpecificationError) {
    guard guards.isList else { throw flaw(.notAList) }
    var rest = guards
    while rest.isCons {
      try putOff(.requirement(rest.cons[0]))
      try work()
      rest = rest.cons[1]
    }
    guard rest.isNil else { throw flaw(.improperList) }
  }

  /// Only the last expression is the result; the others have no effect, but must be right.
  mutating func compileBody(_ body: Term) throws(MatchSpecificationError) {
    if body.isNil { throw flaw(.empty) }
    guard body.isCons else { throw flaw(.notAList) }
    var rest = body
    while rest.isCons {
      let (instructions, literalCount) = (code.count, literals.count)
      let expression = rest.cons[0]
      if !expression.isImmediate { try emit(.body) }
      try putOff(.expression(expression))
      try work()
      let operand = popOperand()
      rest = rest.cons[1]
      if rest.isCons {
        code.removeLast(downTo: instructions)
        literals.removeLast(downTo: literalCount)
      } else {
        try emit(.end, place(of: operand))
      }
    }
    guard rest.isNil else { throw flaw(.improperList) }
  }

  private mutating func work() throws(MatchSpecificationError) {
    while let work = nextWork() {
      switch work {
      case .expression(let term): try visit(term)
      case .requirement(let term): try visitRequirement(term)
      case .call(let function, let arguments):
        try emitCall(function, arguments: arguments)
      case .tuple(let term): try finishTuple(term)
      case .list(let term, let count): try finishList(term, count: count)
      case .map(let term): try finishMap(term)
      case .step(let opcode, let place): try emitStep(opcode, place: place)
      case .lastStep(let place): try emitLastStep(place: place)
      case .requireTrue: try emit(.requireTrue, place(of: popOperand()))
      case .require(let function): try emitRequirement(function)
      }
    }
  }

  // MARK: - Looking at an expression

  private mutating func visit(_ term: Term) throws(MatchSpecificationError) {
    if term.isAtom {
      switch MatchAtom(term, atoms: atoms) {
      case .variable:
        guard let slot = slot(of: term) else {
          throw flaw(.unboundVariable(name: atoms.name(of: term)))
        }
        use(slot)
        try push(.place(slot))
      case .object: try push(.place(MatchFrame.object))
      case .bindings: try visitBindings()
      case .anything, .constant: try push(.constant(term))
      }
    } else if term.isCons {
      var (rest, count) = (term, 0)
      while rest.isCons {
        rest = rest.cons[1]
        count += 1
      }
      try putOff(.list(term, count: count))
      rest = term
      while rest.isCons {
        try putOff(.expression(rest.cons[0]))
        rest = rest.cons[1]
      }
      try putOff(.expression(rest))
    } else if term.isTuple {
      try visitTuple(term)
    } else if term.isMap && term.mapSize > 0 {
      try putOff(.map(term))
      var pairs = try MatchPairs(of: term, scratch: scratch)
      while let (key, value) = try pairs.next() {
        try putOff(.expression(key))
        try putOff(.expression(value))
      }
    } else {
      try push(.constant(term))
    }
  }

  /// `'$$'`: the values of the variables in the order of their numbers.
  private mutating func visitBindings() throws(MatchSpecificationError) {
    let first = MatchFrame.firstVariable
    if sortedSlots == nil {
      let names = (0..<variables.count).map { Term(bits: variables[$0]) }
      sortedSlots = names.indices.sorted { [atoms] in
        MatchAtom.isLess(names[$0], names[$1], atoms: atoms)
      }.map { $0 + first }
    }
    let slots = sortedSlots ?? []
    if slots.isEmpty { return try push(.constant(.nil)) }
    try push(.constant(.nil))
    for slot in slots.reversed() {
      use(slot)
      try push(.place(slot))
    }
    try emitBuilding(.makeList, count: slots.count, operands: slots.count + 1)
  }

  private mutating func visitTuple(_ term: Term) throws(MatchSpecificationError) {
    let elements = term.tupleElements
    guard let head = elements.first else { throw flaw(.neitherCallNorTuple) }
    if elements.count == 1 && head.isTuple {
      if head == .emptyTuple { return try push(.constant(head)) }
      try putOff(.tuple(head))
      for element in head.tupleElements { try putOff(.expression(element)) }
      return
    }
    guard head.isAtom else { throw flaw(.neitherCallNorTuple) }
    let (name, arity) = (atoms.name(of: head), elements.count - 1)
    if let form = MatchForm(name: name, arity: arity) {
      return try visit(form, name, arguments: elements)
    }
    guard let function = MatchFunction(name: name, arity: arity) else {
      throw flaw(.unknownFunction(name: name, arity: arity))
    }
    if function == .node {
      // Whoever has no node of its own is of this one.
      try push(.constant(nodeName()))
      try putOff(.call(function, arguments: 2))
    } else {
      try putOff(.call(function, arguments: arity))
    }
    for argument in elements.dropFirst() { try putOff(.expression(argument)) }
  }

  /// - Parameter arguments: behind the name.
  private mutating func visit(
    _ form: MatchForm, _ name: String, arguments: UnsafeMutableBufferPointer<Term>
  ) throws(MatchSpecificationError) {
    let count = arguments.count - 1
    switch form {
    case .const:
      if count != 1 { throw flaw(.wrongArguments(name: name)) }
      try push(.constant(arguments[1]))
    case .selfPid:
      if count != 0 { throw flaw(.wrongArguments(name: name)) }
      try push(.place(MatchFrame.selfPid))
    case .localNode:
      try push(.constant(nodeName()))
    case .and, .or:
      if count == 0 { throw flaw(.noArguments(name: name)) }
      // Of one argument it is still asked that it be a Boolean.
      if count == 1 { try push(.constant(form == .and ? .true : .false)) }
      for _ in 0..<max(1, count - 1) {
        try putOff(.call(form == .and ? .and : .or, arguments: 2))
      }
      for argument in arguments.dropFirst() { try putOff(.expression(argument)) }
    case .andAlso, .orElse:
      if count == 0 { throw flaw(.noArguments(name: name)) }
      let place = reserveTemporary()
      try jumps.push(0)
      try putOff(.lastStep(place: place))
      try putOff(.expression(arguments[count]))
      for argument in arguments[1..<count].reversed() {
        try putOff(.step(form == .andAlso ? .andAlso : .orElse, place: place))
        try putOff(.expression(argument))
      }
    }
  }

  /// Looks at a guard. Of a conjunction, each part is one.
  private mutating func visitRequirement(_ term: Term) throws(MatchSpecificationError) {
    if term.isTuple, let name = term.tupleElements.first, name.isAtom {
      let arguments = term.tupleElements.dropFirst()
      let text = atoms.name(of: name)
      switch MatchForm(name: text, arity: arguments.count) {
      case .and, .andAlso:
        if arguments.isEmpty { throw flaw(.noArguments(name: text)) }
        for argument in arguments.reversed() { try putOff(.requirement(argument)) }
        return
      case nil:
        let function = MatchFunction(name: text, arity: arguments.count)
        if let function, function.isKindTest || function.requirement != nil {
          try putOff(.require(function))
          for argument in arguments { try putOff(.expression(argument)) }
          return
        }
      default: break
      }
    }
    try putOff(.requireTrue)
    try putOff(.expression(term))
  }
}
