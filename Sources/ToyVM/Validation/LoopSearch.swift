/// Looks for loops in a function that no step of the interpreter's count ends: no call, no message,
/// no exception. Compilers write none, and a process could not be stopped in one.
struct LoopSearch {
  private enum Mark { case unseen, open, done }

  private let instructions: [GenericInstruction]
  private let shape: ModuleShape
  private var marks: [Int: Mark] = [:]

  init(_ instructions: [GenericInstruction], _ shape: ModuleShape) {
    self.instructions = instructions
    self.shape = shape
  }

  /// Whether there is such a loop among instructions. O(instructions).
  mutating func findsLoop(in range: Range<Int>) -> Bool {
    for index in range where instructions[index].opcode == .label {
      if marks[index, default: .unseen] == .unseen, findsLoop(from: index, range) { return true }
    }
    return false
  }

  /// A search in depth, without recursion.
  private mutating func findsLoop(from start: Int, _ range: Range<Int>) -> Bool {
    var path = [(label: start, next: successors(of: start, range)[...])]
    marks[start] = .open
    while let last = path.indices.last {
      guard let next = path[last].next.popFirst() else {
        marks[path.removeLast().label] = .done
        continue
      }
      switch marks[next, default: .unseen] {
      case .open: return true
      case .done: break
      case .unseen:
        marks[next] = .open
        path.append((next, successors(of: next, range)[...]))
      }
    }
    return false
  }

  /// The labels that code from a label on goes to before it comes to another.
  private func successors(of start: Int, _ range: Range<Int>) -> [Int] {
    var found: [Int] = []
    var index = start + 1
    while index < range.upperBound {
      let i = instructions[index]
      switch i.opcode {
      case .label: return found + [index]
      // What takes a step.
      case .call, .callLast, .callOnly, .callExt, .callExtLast, .callExtOnly, .callFun, .callFun2,
        .apply, .applyLast, .loopRecEnd, .wait:
        return found
      case .waitTimeout, .try, .catch: break
      default:
        for operand in i.operands { collect(operand, &found) }
      }
      if i.opcode.endsBlock { return found }
      index += 1
    }
    return found
  }

  private func collect(_ operand: Operand, _ found: inout [Int]) {
    switch operand {
    case .label(let label) where label != 0: found.append(Int(shape.indexOfLabel[label]))
    case .list(let elements): for element in elements { collect(element, &found) }
    default: break
    }
  }
}

extension GenericOpcode {
  /// Whether code never goes on behind the instruction.
  fileprivate var endsBlock: Bool {
    switch self {
    case .return, .jump, .selectVal, .selectTupleArity, .badmatch, .caseEnd, .ifEnd, .tryCaseEnd,
      .badrecord, .raise, .funcInfo, .intCodeEnd:
      true
    default: false
    }
  }
}
