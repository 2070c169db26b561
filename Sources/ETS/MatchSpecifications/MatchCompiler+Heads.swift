import Terms

// Heads.
//
// A structure is looked at from its first word to its last: leaves at once, structures in it later,
// the last one first, each at the address that a register has kept. So the order in which variables
// are bound is that of ERTS; it tells which of `0.0` and `-0.0`, which are equal, a variable is.

extension MatchCompiler {
  mutating func compileHead(_ head: Term) throws(MatchSpecificationError) {
    pending.removeLast(downTo: 0)
    var register = 0
    try compileWord(head, at: MatchFrame.object, &register)
    while let bits = pending.pop(), let kept = pending.pop() {
      let structure = Term(bits: bits)
      // All behind it were done with.
      register = Int(kept)
      if structure.isCons {
        try enter(register)
        try compileWord(structure.cons[0], at: 0, &register)
        try compileWord(structure.cons[1], at: 1, &register)
      } else if structure.isTuple {
        try enter(register)
        for (index, element) in structure.tupleElements.enumerated() {
          try compileWord(element, at: 1 + index, &register)
        }
      } else {
        try compileMap(structure, &register)
      }
    }
  }

  /// Matches one word of the structure that is open.
  /// - Parameter register: the first one that is free.
  private mutating func compileWord(
    _ pattern: Term, at place: Int, _ register: inout Int
  ) throws(MatchSpecificationError) {
    if pattern.isAtom {
      switch MatchAtom(pattern, atoms: atoms) {
      case .variable: return try compileVariable(pattern, at: place)
      case .anything: return
      case .object, .bindings, .constant: break
      }
    }
    if pattern.isImmediate || pattern == .emptyTuple {
      try emit(.word, place)
      return try code.push(pattern.bits)
    }
    if pattern.isCons {
      try emit(.cons, place, register)
    } else if pattern.isTuple {
      try emit(.tuple, place, register)
      try code.push(pattern.header.bits)
    } else if pattern.isMap {
      try emit(.map, place, register)
      try code.push(UInt(pattern.mapSize))
    } else if pattern.isFloat {
      try emit(.float, place)
      return try code.push(pattern.boxed[1])
    } else {
      try emit(.term, place)
      return try code.push(pattern.bits)
    }
    try pending.push(UInt(register), pattern.bits)
    register += 1
    frame.registers = max(frame.registers, register)
  }

  private mutating func compileVariable(
    _ name: Term, at place: Int
  ) throws(MatchSpecificationError) {
    if let slot = slot(of: name) {
      use(slot)
      return try emit(.same, place, slot)
    }
    let slot = try addVariable(name)
    try emit(.bind, place, slot)
    try bindings.push(UInt(lastInstruction))
  }

  /// Notes that somebody reads a variable.
  mutating func use(_ slot: Int) { bindings[slot - MatchFrame.firstVariable] = 0 }

  /// Takes away the instructions that bind variables which nobody reads.
  mutating func dropUnusedBindings() {
    var (unused, kept) = (0, clauseStart + 1)
    for index in clauseStart + 1..<code.count {
      while unused < bindings.count && bindings[unused] < UInt(index) { unused += 1 }
      if unused < bindings.count && bindings[unused] == UInt(index) { continue }
      code[kept] = code[index]
      kept += 1
    }
    code.removeLast(downTo: kept)
  }

  /// Opens the structure whose address a register holds: where the last instruction keeps it there,
  /// with that one.
  private mutating func enter(_ register: Int) throws(MatchSpecificationError) {
    let last = MatchInstruction(bits: code[lastInstruction])
    if last.b == register && (last.opcode == .cons || last.opcode == .tuple) {
      let opcode = last.opcode == .cons ? MatchOpcode.enterCons : .enterTuple
      code[lastInstruction] = MatchInstruction(opcode, last.a).bits
      if opcode == .enterTuple && lastInstruction == clauseStart + 2 {
        code[clauseStart] = MatchInstruction(.clauseOfTuple).bits
        code[lastInstruction] = code[lastInstruction + 1]
        code.removeLast(downTo: lastInstruction + 1)
      }
    } else {
      try emit(.enter, register)
    }
  }

  /// Matches the values of the keys of a map that a register holds.
  private mutating func compileMap(
    _ pattern: Term, _ register: inout Int
  ) throws(MatchSpecificationError) {
    let (map, value) = (register, register + 1)
    register += 2
    frame.registers = max(frame.registers, register)
    var pairs = try MatchPairs(of: pattern, scratch: scratch)
    while let (key, pattern) = try pairs.next() {
      if key.isAtom {
        switch MatchAtom(key, atoms: atoms) {
        case .variable: throw .invalidHead(clause: clause, .variableInMapKey)
        case .anything: throw .invalidHead(clause: clause, .underscoreInMapKey)
        case .object, .bindings, .constant: break
        }
      }
      try emit(.lookUp, map, value)
      try code.push(key.bits)
      try compileWord(pattern, at: 0, &register)
    }
  }
}
