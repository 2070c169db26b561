import Terms

/// What an expression is for the one around it: a constant that needs no instruction, or a place
/// in the frame.
enum MatchOperand {
  case constant(Term)
  /// A variable, the object or the process: words that live as long as the run.
  case place(Int)
  /// A word that is free again once it was read.
  case temporary(Int)
}

extension MatchCompiler {
  mutating func push(_ operand: MatchOperand) throws(MatchSpecificationError) {
    switch operand {
    case .constant(let term): try operands.push(term.bits, 0)
    case .place(let place): try operands.push(UInt(place), 1)
    case .temporary(let place): try operands.push(UInt(place), 2)
    }
  }

  /// An operand by its number from the bottom.
  func operand(at index: Int) -> MatchOperand {
    let word = operands[2 * index]
    switch operands[2 * index + 1] {
    case 0: return .constant(Term(bits: word))
    case 1: return .place(Int(word))
    default: return .temporary(Int(word))
    }
  }

  var operandCount: Int { operands.count / 2 }

  /// Takes operands away once an instruction that reads them is at hand.
  mutating func removeOperands(downTo left: Int) {
    var index = operandCount
    while index > left {
      index -= 1
      if case .temporary = operand(at: index) { temporaries -= 1 }
    }
    operands.removeLast(downTo: 2 * left)
  }

  /// The last operand, taken away.
  mutating func popOperand() -> MatchOperand {
    precondition(operandCount > 0, "an expression without an operand")
    let operand = operand(at: operandCount - 1)
    removeOperands(downTo: operandCount - 1)
    return operand
  }

  /// The place in the frame where an operand stands.
  mutating func place(of operand: MatchOperand) throws(MatchSpecificationError) -> Int {
    switch operand {
    case .constant(let term): try place(ofLiteral: term)
    case .place(let place), .temporary(let place): place
    }
  }
}
