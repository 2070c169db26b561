import Tenure
import Testing

@testable import ToyVM

/// Code that breaks a rule that memory depends on: the module is refused, and told is where and why.
@Suite struct ValidationTests {
  /// A body of `broken:run/0`, and what is wrong with it.
  struct Lie: Sendable, CustomTestStringConvertible {
    let instruction: String
    let reason: String
    let body: @Sendable (inout ModuleAssembler) -> Void

    init(
      _ instruction: String, _ reason: String,
      _ body: @escaping @Sendable (inout ModuleAssembler) -> Void
    ) {
      self.instruction = instruction
      self.reason = reason
      self.body = body
    }

    var testDescription: String { "\(instruction): \(reason)" }
  }

  private func expectRefusal(_ lie: Lie) {
    var assembler = ModuleAssembler()
    lie.body(&assembler)
    let machine = Machine(system: MemorySystem())
    #expect {
      try machine.load(assembler.module())
    } throws: { error in
      guard case .invalid(let error)? = error as? LoadError else {
        Issue.record("\(lie.testDescription): \(error)")
        return false
      }
      guard error.function == "broken:run/0", error.instruction == lie.instruction,
        error.reason == lie.reason
      else {
        Issue.record("\(lie.testDescription): \(error)")
        return false
      }
      return true
    }
  }

  static let frames: [Lie] = [
    Lie("move", "y0 in a frame of 0") { $0.add(.move, .integer(1), .y(0)) },
    Lie("move", "y1 in a frame of 1") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.move, .integer(1), .y(1))
    },
    Lie("allocate", "a frame in a frame") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.allocate, .unsigned(1), .unsigned(0))
    },
    Lie("deallocate", "no frame is there") { $0.add(.deallocate, .unsigned(3)) },
    Lie("deallocate", "2 words of a frame of 1") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.deallocate, .unsigned(2))
    },
    Lie("trim", "2 words of a frame of 3, which leaves no 2") {
      $0.add(.allocateZero, .unsigned(3), .unsigned(0))
      $0.add(.trim, .unsigned(2), .unsigned(2))
    },
    Lie("return", "a return with a frame") {
      $0.add(.allocate, .unsigned(0), .unsigned(0))
      $0.add(.move, .integer(1), .x(0))
      $0.add(.return)
    },
    Lie("return", "x0 holds nothing") { $0.add(.return) },
    Lie("call", "a call without a frame") { $0.add(.call, .unsigned(0), .label(2)) },
    Lie("call_only", "the frame stays") {
      $0.add(.allocate, .unsigned(0), .unsigned(0))
      $0.add(.callOnly, .unsigned(0), .label(2))
    },
    Lie("call_only", "the label 3 begins no function of 0 arguments") {
      $0.add(.callOnly, .unsigned(0), .label(3))
      $0.add(.label, .unsigned(3))
    },
    Lie("call_only", "the label 2 begins no function of 1 arguments") {
      $0.add(.callOnly, .unsigned(1), .label(2))
    },
    Lie("call", "nothing is in y0, and it may raise an exception") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.call, .unsigned(0), .label(2))
    },
    Lie("int_code_end", "the code runs to its end") { $0.add(.move, .integer(1), .x(0)) },
    Lie("jump", "a loop without a call") {
      $0.add(.label, .unsigned(3))
      $0.add(.jump, .label(3))
    },
  ]

  @Test(arguments: frames) func framesAndCalls(_ lie: Lie) {
    // The last is told of the function, not of the jump.
    let isLoop = lie.reason == "a loop without a call"
    expectRefusal(isLoop ? Lie("label", lie.reason, lie.body) : lie)
  }

  static let registers: [Lie] = [
    Lie("move", "x3 holds nothing") { $0.add(.move, .x(3), .x(0)) },
    Lie("test_heap", "x0 is live and holds nothing") {
      $0.add(.testHeap, .unsigned(2), .unsigned(1))
    },
    Lie("move", "x1 holds nothing") {
      $0.add(.move, .integer(1), .x(0))
      $0.add(.move, .integer(1), .x(1))
      $0.add(.testHeap, .unsigned(2), .unsigned(1))
      $0.add(.move, .x(1), .x(0))
    },
    Lie("move", "x1 holds nothing") {
      $0.add(.allocate, .unsigned(0), .unsigned(0))
      $0.add(.move, .integer(1), .x(1))
      $0.add(.call, .unsigned(0), .label(2))
      $0.add(.move, .x(1), .x(0))
    },
    // One of two ways to the label leaves the register as it was.
    Lie("move", "x1 holds nothing") {
      $0.add(.move, .integer(1), .x(0))
      $0.add(.isAtom, .label(3), .x(0))
      $0.add(.move, .integer(1), .x(1))
      $0.add(.label, .unsigned(3))
      $0.add(.move, .x(1), .x(0))
    },
    Lie("test_heap", "nothing is in y1, and it may raise an exception") {
      $0.add(.allocate, .unsigned(2), .unsigned(0))
      $0.add(.initYregs, .list([.y(0)]))
      $0.add(.testHeap, .unsigned(2), .unsigned(0))
    },
    Lie("put_map_assoc", "x1 is needed and not among the 1 live registers") {
      $0.add(.move, .integer(1), .x(0))
      $0.add(.move, .integer(1), .x(1))
      $0.add(.putMapAssoc, .label(0), .x(0), .x(0), .unsigned(1), .list([.integer(1), .x(1)]))
    },
    Lie("bif2", "a native that builds, and nothing says what is live") {
      let sum = $0.native("+", 2)
      $0.add(.bif2, .label(0), sum, .integer(1), .integer(2), .x(0))
    },
  ]

  @Test(arguments: registers) func registersWithoutTerms(_ lie: Lie) { expectRefusal(lie) }

  static let rooms: [Lie] = [
    Lie("put_list", "it builds 2 words where 0 are ensured") {
      $0.add(.putList, .integer(1), .integer(2), .x(0))
    },
    Lie("put_tuple2", "it builds 3 words where 2 are ensured") {
      $0.add(.testHeap, .unsigned(4), .unsigned(0))
      $0.add(.putList, .integer(1), .integer(2), .x(0))
      $0.add(.putTuple2, .x(0), .list([.integer(1), .integer(2)]))
    },
    Lie("put_list", "it builds 2 words where 0 are ensured") {
      $0.add(.allocateHeap, .unsigned(0), .unsigned(9), .unsigned(0))
      $0.add(.call, .unsigned(0), .label(2))
      $0.add(.putList, .integer(1), .x(0), .x(0))
    },
    // One of two ways to the label ensures less.
    Lie("put_list", "it builds 2 words where 1 are ensured") {
      $0.add(.testHeap, .unsigned(2), .unsigned(0))
      $0.add(.isAtom, .label(3), .integer(1))
      $0.add(.testHeap, .unsigned(1), .unsigned(0))
      $0.add(.label, .unsigned(3))
      $0.add(.putList, .integer(1), .integer(2), .x(0))
    },
    Lie("update_record", "it builds 3 words where 0 are ensured") {
      $0.add(.testHeap, .unsigned(3), .unsigned(0))
      $0.add(.putTuple2, .x(0), .list([.integer(1), .integer(2)]))
      $0.add(.updateRecord, .atom("copy"), .unsigned(2), .x(0), .x(0), .list([]))
    },
    Lie("bs_put_string", "no bit string is begun") {
      $0.add(.bsPutString, .unsigned(0), .unsigned(0))
    },
  ]

  @Test(arguments: rooms) func roomThatIsNotThere(_ lie: Lie) { expectRefusal(lie) }

  static let handlers: [Lie] = [
    Lie("try_end", "y0 holds a term") {
      $0.add(.allocateZero, .unsigned(1), .unsigned(0))
      $0.add(.tryEnd, .y(0))
    },
    Lie("catch_end", "y0 holds the mark of a try") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.try, .y(0), .label(3))
      $0.add(.label, .unsigned(3))
      $0.add(.catchEnd, .y(0))
    },
    Lie("move", "y0 holds the mark of a try") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.try, .y(0), .label(3))
      $0.add(.move, .integer(1), .y(0))
      $0.add(.label, .unsigned(3))
    },
    Lie("deallocate", "y0 still holds the mark of a catch") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.catch, .y(0), .label(3))
      $0.add(.deallocate, .unsigned(1))
      $0.add(.label, .unsigned(3))
    },
    Lie("try", "a handler at the label 4 of another function") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.try, .y(0), .label(4))
    },
    // What the handler finds in x0 is no value.
    Lie("move", "x0 holds what may be no value") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.try, .y(0), .label(3))
      $0.add(.ifEnd)
      $0.add(.label, .unsigned(3))
      $0.add(.move, .x(0), .x(5))
    },
    // A register of the frame that was not set when the exception was raised.
    Lie("call", "nothing is in y1, and it may raise an exception") {
      $0.add(.allocate, .unsigned(2), .unsigned(0))
      $0.add(.try, .y(0), .label(3))
      $0.add(.call, .unsigned(0), .label(2))
      $0.add(.label, .unsigned(3))
    },
  ]

  static let handlersOfOtherStates: [Lie] = [
    // The frame is of one word or of five: the handler would take the one for the other.
    Lie("try", "a handler in a frame of unknown size") {
      $0.add(.isAtom, .label(4), .integer(1))
      $0.add(.allocateZero, .unsigned(1), .unsigned(0))
      $0.add(.jump, .label(3))
      $0.add(.label, .unsigned(4))
      $0.add(.allocateZero, .unsigned(5), .unsigned(0))
      $0.add(.label, .unsigned(3))
      $0.add(.try, .y(0), .label(4))
    },
    // A collection has let go of what says that there was an exception.
    Lie("try_case", "x0 holds nothing") {
      $0.add(.allocate, .unsigned(1), .unsigned(0))
      $0.add(.try, .y(0), .label(3))
      $0.add(.ifEnd)
      $0.add(.label, .unsigned(3))
      $0.add(.testHeap, .unsigned(4), .unsigned(0))
      $0.add(.tryCase, .y(0))
    },
    Lie("try_case", "x2 holds the state of a match") {
      $0.add(.allocateZero, .unsigned(2), .unsigned(0))
      $0.add(.move, .integer(1), .x(0))
      $0.add(.bsStartMatch3, .label(4), .x(0), .unsigned(1), .y(1))
      $0.add(.try, .y(0), .label(3))
      $0.add(.ifEnd)
      $0.add(.label, .unsigned(3))
      $0.add(.move, .y(1), .x(2))
      $0.add(.tryCase, .y(0))
      $0.add(.label, .unsigned(4))
    },
  ]

  static let changedStates: [Lie] = [
    // Where the exception is taken it is told by the state of a match.
    Lie("try_case", "x1 holds nothing") {
      $0.add(.allocateZero, .unsigned(2), .unsigned(0))
      $0.add(.move, .integer(1), .x(0))
      $0.add(.bsStartMatch3, .label(4), .x(0), .unsigned(1), .y(1))
      $0.add(.move, .integer(1), .x(0))
      $0.add(.try, .y(0), .label(3))
      $0.add(.isAtom, .label(5), .x(0))
      $0.add(.ifEnd)
      $0.add(.label, .unsigned(3))
      $0.add(.move, .y(1), .x(1))
      $0.add(.label, .unsigned(5))
      $0.add(.tryCase, .y(0))
      $0.add(.label, .unsigned(4))
      $0.add(.ifEnd)
    },
    // The one state of a match is a bit string from then on, whoever refers to it.
    Lie("bs_get_tail", "x1 holds what may be the state of a match") {
      $0.add(.bsInit2, .label(0), .unsigned(2), .unsigned(0), .unsigned(0), .unsigned(0), .x(0))
      $0.add(.bsStartMatch2, .label(3), .x(0), .unsigned(1), .unsigned(1), .x(0))
      $0.add(.move, .x(0), .x(1))
      $0.add(.bsContextToBinary, .x(0))
      $0.add(.bsGetTail, .x(1), .x(0), .unsigned(2))
      $0.add(.label, .unsigned(3))
    },
    // So it may be behind a call that is handed it.
    Lie("bs_get_tail", "y0 holds what may be the state of a match") {
      $0.add(.allocateZero, .unsigned(1), .unsigned(0))
      $0.add(.bsInit2, .label(0), .unsigned(2), .unsigned(0), .unsigned(0), .unsigned(0), .x(0))
      $0.add(.bsStartMatch2, .label(3), .x(0), .unsigned(1), .unsigned(1), .x(0))
      $0.add(.move, .x(0), .y(0))
      $0.add(.call, .unsigned(1), .label(7))
      $0.add(.bsGetTail, .y(0), .x(0), .unsigned(0))
      $0.add(.label, .unsigned(3))
      $0.add(.ifEnd)
      $0.add(.label, .unsigned(6))
      $0.add(.funcInfo, .atom("broken"), .atom("end"), .unsigned(1))
      $0.add(.label, .unsigned(7))
      $0.add(.bsContextToBinary, .x(0))
      $0.add(.return)
    },
  ]

  @Test(arguments: changedStates) func statesThatChangeInTheirPlace(_ lie: Lie) {
    expectRefusal(lie)
  }

  /// The states of two matches: the end of one leaves the other what it is.
  @Test func theEndOfAnotherMatch() throws {
    var code = ModuleAssembler()
    for register in 0...1 {
      code.add(
        .bsInit2, .label(0), .unsigned(2), .unsigned(0), .unsigned(register), .unsigned(0),
        .x(register))
    }
    code.add(.bsStartMatch2, .label(3), .x(0), .unsigned(2), .unsigned(1), .x(0))
    code.add(.bsStartMatch2, .label(3), .x(1), .unsigned(2), .unsigned(1), .x(1))
    code.add(.bsContextToBinary, .x(0))
    code.add(.bsGetTail, .x(1), .x(0), .unsigned(2))
    code.add(.move, .integer(1), .x(0))
    code.add(.return)
    code.add(.label, .unsigned(3))
    code.add(.ifEnd)
    let machine = Machine(system: MemorySystem())
    #expect(try machine.run(machine.load(code.module()), "run") == .returned("1"))
  }

  @Test(arguments: handlersOfOtherStates) func handlersThatFindOtherStates(_ lie: Lie) {
    expectRefusal(lie)
  }

  @Test(arguments: handlers) func handlersOfExceptions(_ lie: Lie) { expectRefusal(lie) }

  static let kinds: [Lie] = [
    Lie("get_tuple_element", "element 2 of a tuple of 1") {
      $0.add(.testHeap, .unsigned(2), .unsigned(0))
      $0.add(.putTuple2, .x(0), .list([.integer(1)]))
      $0.add(.getTupleElement, .x(0), .unsigned(1), .x(1))
    },
    Lie("bs_get_tail", "x0 holds a term") {
      $0.add(.move, .integer(1), .x(0))
      $0.add(.bsGetTail, .x(0), .x(1), .unsigned(1))
    },
    // The state of a match is no element of a tuple.
    Lie("put_tuple2", "x1 holds the state of a match") {
      $0.add(.move, .integer(1), .x(0))
      $0.add(.bsStartMatch3, .label(3), .x(0), .unsigned(1), .x(1))
      $0.add(.testHeap, .unsigned(2), .unsigned(2))
      $0.add(.putTuple2, .x(0), .list([.x(1)]))
      $0.add(.label, .unsigned(3))
    },
    Lie("call_ext_only", "x0 holds the state of a match") {
      let native = $0.native("is_atom", 1)
      $0.add(.move, .integer(1), .x(0))
      $0.add(.bsStartMatch3, .label(3), .x(0), .unsigned(1), .x(0))
      $0.add(.callExtOnly, .unsigned(1), native)
      $0.add(.label, .unsigned(3))
    },
    // A command takes the place of what the next one goes on with.
    Lie("bs_match", "x0 holds a term") {
      $0.add(.move, .integer(1), .x(0))
      $0.add(.bsStartMatch3, .label(3), .x(0), .unsigned(1), .x(0))
      $0.add(
        .bsMatch, .label(3), .x(0),
        .list([
          .atom("ensure_at_least"), .unsigned(16), .unsigned(8), .atom("integer"),
          .unsigned(1), .unsigned(0), .unsigned(8), .unsigned(1), .x(0), .atom("skip"),
          .unsigned(8),
        ]))
      $0.add(.label, .unsigned(3))
    },
    Lie("fadd", "nothing is in the register float(1)") {
      $0.add(.fconv, .integer(1), .float(0))
      $0.add(.fadd, .label(0), .float(0), .float(1), .float(0))
    },
  ]

  @Test(arguments: kinds) func operandsOfAnotherKind(_ lie: Lie) { expectRefusal(lie) }

  static let messages: [Lie] = [
    // What belongs to a message that stays in the queue is gone with the next look.
    Lie("call", "nothing is in y0, and it may raise an exception") {
      $0.add(.allocateZero, .unsigned(1), .unsigned(0))
      $0.add(.label, .unsigned(3))
      $0.add(.loopRec, .label(4), .x(0))
      $0.add(.move, .x(0), .y(0))
      $0.add(.loopRecEnd, .label(3))
      $0.add(.label, .unsigned(4))
      $0.add(.call, .unsigned(0), .label(2))
      $0.add(.deallocate, .unsigned(1))
      $0.add(.return)
    },
    // Who is called may have the message dropped.
    Lie("call", "y0 holds some of a message that was not taken") {
      $0.add(.allocateZero, .unsigned(1), .unsigned(0))
      $0.add(.label, .unsigned(3))
      $0.add(.loopRec, .label(4), .x(0))
      $0.add(.move, .x(0), .y(0))
      $0.add(.call, .unsigned(0), .label(2))
      $0.add(.label, .unsigned(4))
      $0.add(.wait, .label(3))
    },
    Lie("return", "x0 holds part of a message that is not taken") {
      $0.add(.label, .unsigned(3))
      $0.add(.loopRec, .label(4), .x(0))
      $0.add(.return)
      $0.add(.label, .unsigned(4))
      $0.add(.wait, .label(3))
    },
    Lie("move", "x0 holds nothing") {
      $0.add(.move, .integer(1), .x(0))
      $0.add(.label, .unsigned(3))
      $0.add(.move, .x(0), .x(1))
      $0.add(.wait, .label(3))
    },
  ]

  @Test(arguments: messages) func messagesThatAreNotTaken(_ lie: Lie) {
    // The first is noticed where the loop comes back to a frame that is not whole.
    let isFirst = lie.reason.hasPrefix("nothing is in y0")
    expectRefusal(
      isFirst
        ? Lie("loop_rec", "nothing is in y0, and it may raise an exception", lie.body) : lie)
  }

  /// The way by which a function is called is told in the module's tables.
  @Test func exportsThatBeginNoFunction() throws {
    let machine = Machine(system: MemorySystem())
    let bytes = ModuleAssembler().module(exportLabel: 1)
    #expect(throws: LoadError.self) { try machine.load(bytes) }
  }
}
