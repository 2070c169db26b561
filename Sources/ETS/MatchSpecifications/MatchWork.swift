import Terms

/// What is yet to be done for an expression; the last that was put off is done first.
enum MatchWork {
  /// Compile an expression to an operand.
  case expression(Term)
  /// Compile a guard, which must be `true`.
  case requirement(Term)
  /// Call a function with the operands.
  case call(MatchFunction, arguments: Int)
  /// Make a tuple, list or map of the operands, or take the term itself where they are its own.
  case tuple(Term)
  case list(Term, count: Int)
  case map(Term)
  /// Go on, or not, after an argument of `andalso` or `orelse`, whose value the place is for.
  case step(MatchOpcode, place: Int)
  /// End `andalso` or `orelse` with its last argument.
  case lastStep(place: Int)
  /// Fail unless the operand is `true`, is of a kind, or two of them compare so.
  case requireTrue
  case require(MatchFunction)
}

extension MatchCompiler {
  /// Puts work off: three words, what it is uppermost.
  mutating func putOff(_ work: MatchWork) throws(MatchSpecificationError) {
    switch work {
    case .expression(let term): try pending.push(term.bits, 0, 0)
    case .requirement(let term): try pending.push(term.bits, 0, 1)
    case .call(let function, let arguments):
      try pending.push(UInt(function.rawValue), UInt(arguments), 2)
    case .tuple(let term): try pending.push(term.bits, 0, 3)
    case .list(let term, let count): try pending.push(term.bits, UInt(count), 4)
    case .map(let term): try pending.push(term.bits, 0, 5)
    case .step(let opcode, let place):
      try pending.push(UInt(opcode.rawValue), UInt(place), 6)
    case .lastStep(let place): try pending.push(0, UInt(place), 7)
    case .requireTrue: try pending.push(0, 0, 8)
    case .require(let function): try pending.push(UInt(function.rawValue), 0, 9)
    }
  }

  /// Takes up the work that was put off last.
  mutating func nextWork() -> MatchWork? {
    guard let kind = pending.pop(), let count = pending.pop(), let word = pending.pop() else {
      return nil
    }
    let term = Term(bits: word)
    switch kind {
    case 0: return .expression(term)
    case 1: return .requirement(term)
    case 2: return .call(function(word), arguments: Int(count))
    case 3: return .tuple(term)
    case 4: return .list(term, count: Int(count))
    case 5: return .map(term)
    case 6:
      let opcode = MatchOpcode(rawValue: UInt8(word))
      guard let opcode else { preconditionFailure("no opcode \(word) was put off") }
      return .step(opcode, place: Int(count))
    case 7: return .lastStep(place: Int(count))
    case 8: return .requireTrue
    default: return .require(function(word))
    }
  }

  private func function(_ word: UInt) -> MatchFunction {
    guard let function = MatchFunction(rawValue: UInt8(word)) else {
      preconditionFailure("no function \(word) was put off")
    }
    return function
  }
}
