import Tenure
import Testing

@testable import ToyVM

/// Code that breaks a rule which only its run shows, with operands checked and without: each ends as
/// malformed code, and touches nothing it must not.
@Suite struct BrokenRulesTests {
  private func outcome(
    zeal: Int = 0, steps: Int = 5_000, _ body: (inout ModuleAssembler) -> Void
  ) throws -> RunOutcome {
    let checked = try outcome(zeal: zeal, steps: steps, checksOperands: true, body)
    let unchecked = try outcome(zeal: zeal, steps: steps, checksOperands: false, body)
    #expect(checked == unchecked)
    return unchecked
  }

  private func outcome(
    zeal: Int, steps: Int, checksOperands: Bool, _ body: (inout ModuleAssembler) -> Void
  ) throws -> RunOutcome {
    var assembler = ModuleAssembler()
    body(&assembler)
    let system = MemorySystem(
      configuration: SystemConfiguration(levers: HeapLevers(zeal: zeal, verifies: true)))
    let machine = Machine(system: system)
    let module = try machine.load(assembler.module())
    return try machine.run(
      module, "run", options: RunOptions(steps: steps, checksOperands: checksOperands))
  }

  @Test func anElementFarBeyondNoTuple() throws {
    let outcome = try outcome { code in
      code.add(.move, .integer(1), .x(0))
      code.add(.getTupleElement, .x(0), .unsigned(2_000), .x(1))
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

  /// The compiler lets a call that never returns run into a handler.
  @Test func aHandlerWithoutException() throws {
    let outcome = try outcome { code in
      code.add(.allocate, .unsigned(1), .unsigned(0))
      code.add(.try, .y(0), .label(3))
      code.add(.move, .integer(1), .x(0))
      code.add(.label, .unsigned(3))
      code.add(.tryCase, .y(0))
      code.add(.deallocate, .unsigned(1))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a handler without exception"))
  }

  @Test func theHeadOfNoList() throws {
    let outcome = try outcome { code in
      code.add(.move, .integer(1), .x(0))
      code.add(.getHd, .x(0), .x(0))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("the cell of no list"))
  }

  @Test func theFieldsOfNoMap() throws {
    let outcome = try outcome { code in
      code.add(.move, .integer(1), .x(0))
      code.add(.getMapElements, .label(3), .x(0), .list([.integer(1), .x(0)]))
      code.add(.label, .unsigned(3))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("the elements of no map"))
  }

  @Test func anUpdateOfAnotherTuple() throws {
    let outcome = try outcome { code in
      code.add(.testHeap, .unsigned(6), .unsigned(0))
      code.add(.putTuple2, .x(0), .list([.integer(1)]))
      code.add(.updateRecord, .atom("copy"), .unsigned(3), .x(0), .x(0), .list([]))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("an update of another tuple"))
  }

  @Test func aPositionBeyondWhatIsMatched() throws {
    let outcome = try outcome { code in
      code.add(.bsInit2, .label(0), .unsigned(2), .unsigned(0), .unsigned(0), .unsigned(0), .x(0))
      code.add(.bsStartMatch3, .label(3), .x(0), .unsigned(1), .x(0))
      code.add(.bsSetPosition, .x(0), .integer(17))
      code.add(.label, .unsigned(3))
      code.add(.move, .integer(1), .x(0))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a position beyond what is matched"))
  }

  @Test func aPlaceThatNoPositionIsKeptIn() throws {
    let outcome = try outcome { code in
      code.add(.bsInit2, .label(0), .unsigned(2), .unsigned(0), .unsigned(0), .unsigned(0), .x(0))
      code.add(.bsStartMatch2, .label(3), .x(0), .unsigned(1), .unsigned(1), .x(0))
      code.add(.bsSave2, .x(0), .unsigned(7))
      code.add(.label, .unsigned(3))
      code.add(.move, .integer(1), .x(0))
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a position that cannot be saved"))
  }

  /// Such a match would be tried again and again.
  @Test func aMatchThatCannotFailAndDoes() throws {
    let outcome = try outcome { code in
      code.add(.move, .integer(1), .x(0))
      code.add(.bsStartMatch4, .atom("no_fail"), .unsigned(1), .x(0), .x(0))
      code.add(.move, .integer(1), .x(0))
      code.add(.return)
    }
    guard case .exception(let report) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(report.reason == "badarg")
  }

  @Test func aMessageThatIsNotLookedAt() throws {
    let outcome = try outcome { code in
      code.add(.move, .integer(1), .x(0))
      code.add(.removeMessage)
      code.add(.return)
    }
    #expect(outcome == .malformedCode("a message that is not looked at"))
  }
}
