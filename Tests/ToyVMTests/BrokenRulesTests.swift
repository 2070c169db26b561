import Tenure
import Testing

@testable import ToyVM

/// Code that breaks a rule that no compiler breaks, run with operands checked: each ends as
/// malformed code, and touches nothing it must not.
@Suite struct BrokenRulesTests {
  private func outcome(
    zeal: Int = 0, steps: Int = 5_000, _ body: (inout ModuleAssembler) -> Void
  ) throws -> RunOutcome {
    var assembler = ModuleAssembler()
    body(&assembler)
    let system = MemorySystem(
      configuration: SystemConfiguration(levers: HeapLevers(zeal: zeal, verifies: true)))
    let machine = Machine(system: system)
    let module = try machine.load(assembler.module())
    return try machine.run(
      module, "run", options: RunOptions(steps: steps, checksOperands: true))
  }

  @Test func anElementFarBeyondNoTuple() throws {
    let outcome = try outcome { code in
      code.add(.move, .integer(1), .x(0))
      code.add(.getTupleElement, .x(0), .unsigned(2_000), .x(1))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("an element of no tuple"))
  }

  @Test func anElementBeyondATuple() throws {
    let outcome = try outcome { code in
      code.add(.testHeap, .unsigned(2), .unsigned(0))
      code.add(.putTuple2, .x(0), .list([.integer(1)]))
      code.add(.getTupleElement, .x(0), .unsigned(1), .x(1))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("an element of no tuple"))
  }

  /// The collector would not find an element that is younger than its tuple.
  @Test func aStoreIntoATupleThatSurvived() throws {
    let outcome = try outcome(zeal: 1) { code in
      code.add(.testHeap, .unsigned(2), .unsigned(0))
      code.add(.putTuple2, .x(0), .list([.integer(1)]))
      code.add(.testHeap, .unsigned(2), .unsigned(1))
      code.add(.putTuple2, .x(1), .list([.integer(2)]))
      code.add(.setTupleElement, .x(1), .x(0), .unsigned(0))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a store into an old object"))
  }

  /// A walk through such a tuple would never end.
  @Test func aTupleStoredInItself() throws {
    let outcome = try outcome { code in
      code.add(.testHeap, .unsigned(2), .unsigned(0))
      code.add(.putTuple2, .x(0), .list([.integer(1)]))
      code.add(.setTupleElement, .x(0), .x(0), .unsigned(0))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a store into an old object"))
  }

  @Test func aStoreIntoANewTuple() throws {
    let outcome = try outcome { code in
      code.add(.testHeap, .unsigned(5), .unsigned(0))
      code.add(.putTuple2, .x(1), .list([.integer(7)]))
      code.add(.putTuple2, .x(0), .list([.integer(1), .integer(2)]))
      code.add(.setTupleElement, .x(1), .x(0), .unsigned(1))
      code.add(.return)
    }
    #expect(outcome == .returned("{1,{7}}"))
  }

  /// What a collection pushes must not run into the heap that was filled to the last word.
  @Test(arguments: [1, 3, 7])
  func moreIsBuiltThanEnsured(_ words: Int) throws {
    let elements = Array(repeating: ModuleAssembler.Part.integer(1), count: words)
    let outcome = try outcome { code in
      code.add(.move, .integer(0), .x(0))
      code.add(.label, .unsigned(3))
      code.add(.putTuple2, .x(0), .list(elements))
      code.add(.jump, .label(3))
    }
    #expect(outcome == .malformedCode("more words built than ensured"))
    // The 233 words of a new heap but the one that its stack holds.
    let full = try self.outcome { code in
      for _ in 0..<(232 / (words + 1)) { code.add(.putTuple2, .x(0), .list(elements)) }
      code.add(.testHeap, .unsigned(9), .unsigned(1))
      code.add(.return)
    }
    #expect(full == .malformedCode("more words built than ensured"))
  }

  @Test func callsWithoutFrames() throws {
    let outcome = try outcome { code in
      code.add(.label, .unsigned(3))
      code.add(.call, .unsigned(0), .label(3))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("calls without frames"))
  }

  @Test func aRegisterBeyondTheStack() throws {
    let outcome = try outcome { code in
      code.add(.move, .y(40), .x(0))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a Y register beyond the stack"))
  }

  @Test func aReturnToATerm() throws {
    let outcome = try outcome { code in
      code.add(.move, .integer(1), .y(0))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a return to no call"))
  }

  @Test func aFrameThatWasNotPushed() throws {
    let outcome = try outcome { code in
      code.add(.deallocate, .unsigned(3))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a frame larger than the stack"))
  }

  /// A handler finds no value in x0; whatever it does with it must end well.
  @Test(arguments: HandlerUse.allCases)
  func noValueOfAHandler(_ use: HandlerUse) throws {
    let outcome = try outcome { code in
      code.add(.allocate, .unsigned(1), .unsigned(0))
      code.add(.try, .y(0), .label(3))
      code.add(.ifEnd)
      code.add(.label, .unsigned(3))
      switch use {
      case .returned:
        code.add(.deallocate, .unsigned(1))
        code.add(.return)
      case .moved: code.add(.move, .x(0), .x(5))
      case .native:
        let native = code.native("tuple_to_list", 1)
        code.add(.callExt, .unsigned(1), native)
      case .raised:
        let native = code.native("error", 1)
        code.add(.callExt, .unsigned(1), native)
      case .undefined:
        let native = code.native("no_such_function", 1)
        code.add(.callExt, .unsigned(1), native)
      case .collected:
        code.add(.testHeap, .unsigned(2_000), .unsigned(4))
        code.add(.move, .x(0), .x(5))
      }
    }
    guard case .malformedCode = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  enum HandlerUse: CaseIterable { case returned, moved, native, raised, undefined, collected }
}
