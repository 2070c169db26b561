import Tenure
import Testing

@testable import ToyVM

/// Code that breaks a rule which only its run shows, with operands checked and without: each ends as
/// malformed code, and touches nothing it must not.
@Suite struct BrokenRulesTests {
  private func outcome(
    zeal: Int = 0, steps: Int = 5000, _ body: (inout ModuleAssembler) -> Void
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

  /// What an exception tells of a message is whole after the message was left in the queue.
  @Test func anExceptionWithPartOfAMessage() throws {
    let outcome = try outcome { code in
      let itself = code.native("self", 0)
      let head = code.native("hd", 1)
      code.add(.allocateZero, .unsigned(2), .unsigned(0))
      code.add(.bif0, itself, .x(0))
      code.add(.testHeap, .unsigned(2), .unsigned(1))
      code.add(.putTuple2, .x(1), .list([.integer(7)]))
      code.add(.send)
      code.add(.try, .y(0), .label(3))
      code.add(.loopRec, .label(4), .x(0))
      code.add(.bif1, .label(0), head, .x(0), .x(0))
      code.add(.label, .unsigned(4))
      code.add(.ifEnd)
      code.add(.label, .unsigned(3))
      code.add(.tryCase, .y(0))
      code.add(.move, .x(2), .y(1))
      code.add(.label, .unsigned(5))
      code.add(.loopRec, .label(6), .x(0))
      code.add(.loopRecEnd, .label(5))
      code.add(.label, .unsigned(6))
      code.add(.testHeap, .unsigned(500), .unsigned(0))
      code.add(.move, .y(1), .x(0))
      code.add(.buildStacktrace)
      code.add(.deallocate, .unsigned(2))
      code.add(.return)
    }
    #expect(outcome == .returned("[{erlang,hd,[{7}],[]},{broken,run,0,[]}]"))
  }

  /// The time of a receive that an exception left is not that of the next one.
  @Test func anExceptionInAReceiveWithoutEnd() throws {
    let outcome = try outcome { code in
      let itself = code.native("self", 0)
      let later = code.native("send_after", 3)
      code.add(.allocateZero, .unsigned(1), .unsigned(0))
      code.add(.bif0, itself, .x(1))
      code.add(.move, .integer(1), .x(0))
      code.add(.move, .integer(7), .x(2))
      code.add(.callExt, .unsigned(3), later)
      code.add(.try, .y(0), .label(5))
      code.add(.label, .unsigned(3))
      code.add(.loopRec, .label(4), .x(0))
      code.add(.ifEnd)
      code.add(.label, .unsigned(4))
      code.add(.waitTimeout, .label(3), .atom("infinity"))
      code.add(.ifEnd)
      code.add(.label, .unsigned(5))
      code.add(.tryCase, .y(0))
      code.add(.label, .unsigned(6))
      code.add(.loopRec, .label(7), .x(0))
      code.add(.loopRecEnd, .label(6))
      code.add(.label, .unsigned(7))
      code.add(.waitTimeout, .label(6), .integer(1))
      code.add(.timeout)
      code.add(.move, .integer(1), .x(0))
      code.add(.deallocate, .unsigned(1))
      code.add(.return)
    }
    #expect(outcome == .returned("1"))
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
