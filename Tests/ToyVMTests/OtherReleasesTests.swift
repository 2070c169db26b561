import Tenure
import Testing

@testable import ToyVM

/// Instructions that OTP 25's compiler does not write, put together by hand.
@Suite struct OtherReleasesTests {
  private func run(_ assembler: ModuleAssembler, _ levers: HeapLevers) throws -> RunOutcome {
    var configuration = SystemConfiguration()
    configuration.levers = levers
    let machine = Machine(system: MemorySystem(configuration: configuration))
    try machine.load(assembler.module())
    return try machine.run("broken", "run")
  }

  private func expect(
    _ result: String, _ build: (inout ModuleAssembler) -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var assembler = ModuleAssembler()
    build(&assembler)
    for levers in [HeapLevers(), HeapLevers(zeal: 1, verifies: true)] {
      #expect(
        try run(assembler, levers) == .returned(result), sourceLocation: sourceLocation)
    }
  }

  /// Puts a binary of bytes into x0.
  private func makeBytes(_ a: inout ModuleAssembler, _ bytes: [Int]) {
    let segments = bytes.flatMap { byte -> [ModuleAssembler.Part] in
      [.atom("integer"), .unsigned(1), .unsigned(1), .unsigned(0), .integer(byte), .integer(8)]
    }
    a.add(
      .bsCreateBin, .label(0), .unsigned(0), .unsigned(0), .unsigned(1), .x(0), .list(segments))
  }

  /// Makes a tuple of x1 to x3 the result; a failed match is answered by `no`.
  private func finish(_ a: inout ModuleAssembler) {
    a.add(.testHeap, .unsigned(4), .unsigned(4))
    a.add(.putTuple2, .x(0), .list([.x(1), .x(2), .x(3)]))
    a.add(.return)
    a.add(.label, .unsigned(3))
    a.add(.move, .atom("no"), .x(0))
    a.add(.return)
  }

  @Test(arguments: [
    ([1, 2, 3, 4, 5], "{258,<<3>>,<<4,5>>}"), ([9, 2, 3, 4, 5], "no"), ([1], "no"),
  ])
  func commandsOfAMatch(_ bytes: [Int], _ result: String) throws {
    try expect(result) { a in
      makeBytes(&a, bytes)
      a.add(.bsStartMatch4, .atom("no_fail"), .unsigned(1), .x(0), .x(0))
      a.add(
        .bsMatch, .label(3), .x(0),
        .list([
          .atom("ensure_at_least"), .unsigned(24), .unsigned(8), .atom("integer"), .unsigned(1),
          .unsigned(0), .unsigned(16), .unsigned(1), .x(1),
        ]))
      a.add(.bsGetPosition, .x(0), .x(4), .unsigned(2))
      a.add(.bsSetPosition, .x(0), .integer(0))
      a.add(
        .bsMatch, .label(3), .x(0),
        .list([
          .atom("=:="), .unsigned(0), .unsigned(8), .unsigned(1), .atom("skip"), .unsigned(8),
          .atom("binary"), .unsigned(2), .unsigned(0), .unsigned(8), .unsigned(1), .x(2),
          .atom("get_tail"), .unsigned(3), .unsigned(1), .x(3),
        ]))
      finish(&a)
    }
  }

  @Test(arguments: [(40, "{1,a,b}"), (32, "no")])
  func exactSizes(_ bits: Int, _ result: String) throws {
    try expect(result) { a in
      makeBytes(&a, [1, 2, 3, 4, 5])
      a.add(.bsStartMatch4, .atom("no_fail"), .unsigned(1), .x(0), .x(0))
      a.add(
        .bsMatch, .label(3), .x(0),
        .list([
          .atom("ensure_exactly"), .unsigned(bits), .atom("integer"), .unsigned(1), .unsigned(4),
          .unsigned(8), .unsigned(1), .x(1),
        ]))
      a.add(.move, .atom("a"), .x(2))
      a.add(.move, .atom("b"), .x(3))
      finish(&a)
    }
  }

  @Test func updatedRecords() throws {
    try expect("{rec,new,3}") { a in
      a.add(.testHeap, .unsigned(4), .unsigned(0))
      a.add(.putTuple2, .x(0), .list([.atom("rec"), .integer(2), .integer(3)]))
      a.add(.testHeap, .unsigned(4), .unsigned(1))
      a.add(
        .updateRecord, .atom("reuse"), .unsigned(3), .x(0), .x(0),
        .list([.unsigned(2), .atom("new")]))
      a.add(.return)
    }
  }

  /// A match as OTP 21 has it: positions are saved in the context, which becomes a binary again.
  @Test func savedPositions() throws {
    try expect("{1,1,<<1,2,3>>}") { a in
      makeBytes(&a, [1, 2, 3])
      for register in 1...2 { a.add(.move, .integer(0), .x(register)) }
      a.add(.bsStartMatch2, .label(3), .x(0), .unsigned(3), .unsigned(1), .x(3))
      a.add(.bsSave2, .x(3), .unsigned(0))
      a.add(
        .bsGetInteger2, .label(3), .x(3), .unsigned(4), .integer(8), .unsigned(1), .unsigned(0),
        .x(1))
      a.add(.bsRestore2, .x(3), .unsigned(0))
      a.add(
        .bsGetInteger2, .label(3), .x(3), .unsigned(4), .integer(8), .unsigned(1), .unsigned(0),
        .x(2))
      a.add(.bsContextToBinary, .x(3))
      finish(&a)
    }
  }

  /// A context without places for positions gets them where a match goes on that needs them.
  @Test func contextsThatGrow() throws {
    try expect("{2,3,<<2,3>>}") { a in
      makeBytes(&a, [1, 2, 3])
      for register in 1...2 { a.add(.move, .integer(0), .x(register)) }
      a.add(.bsStartMatch3, .label(3), .x(0), .unsigned(3), .x(3))
      a.add(
        .bsGetInteger2, .label(3), .x(3), .unsigned(4), .integer(8), .unsigned(1), .unsigned(0),
        .x(1))
      a.add(.bsStartMatch2, .label(3), .x(3), .unsigned(4), .unsigned(2), .x(3))
      a.add(
        .bsGetInteger2, .label(3), .x(3), .unsigned(4), .integer(8), .unsigned(1), .unsigned(0),
        .x(1))
      a.add(.bsSave2, .x(3), .unsigned(1))
      a.add(
        .bsGetInteger2, .label(3), .x(3), .unsigned(4), .integer(8), .unsigned(1), .unsigned(0),
        .x(2))
      a.add(.bsRestore2, .x(3), .atom("start"))
      a.add(.bsContextToBinary, .x(3))
      finish(&a)
    }
  }

  /// What a match works on need not be among the registers that a collection keeps.
  @Test func contextsThatAreNotLive() throws {
    try expect("{<<2>>,<<3>>,a}") { a in
      makeBytes(&a, [1, 2, 3])
      for register in 1...3 { a.add(.move, .atom("a"), .x(register)) }
      a.add(.move, .x(0), .x(1))
      a.add(.move, .atom("a"), .x(0))
      a.add(.bsStartMatch4, .atom("no_fail"), .unsigned(1), .x(1), .x(1))
      a.add(.bsSkipBits2, .label(3), .x(1), .integer(8), .unsigned(1), .unsigned(0))
      a.add(.move, .x(1), .x(2))
      a.add(
        .bsGetBinary2, .label(3), .x(2), .unsigned(2), .integer(8), .unsigned(1), .unsigned(0),
        .x(0))
      a.add(.move, .x(0), .x(3))
      a.add(.move, .x(1), .x(0))
      a.add(.move, .x(3), .x(1))
      a.add(.move, .x(0), .x(2))
      a.add(.bsGetTail, .x(2), .x(2), .unsigned(2))
      a.add(.move, .atom("a"), .x(3))
      finish(&a)
    }
  }
}
