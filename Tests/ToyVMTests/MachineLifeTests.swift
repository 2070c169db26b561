import Tenure
import Testing

@testable import ToyVM

/// What a machine holds, and when it lets go.
@Suite struct MachineLifeTests {
  @Test func aMachineGoesWithItsLastReference() throws {
    var system: MemorySystem? = MemorySystem()
    weak let weakSystem = system
    let allocator = try #require(system).allocator
    var machine: Machine? = Machine(system: try #require(system), directories: ["/nowhere"])
    weak let code = machine?.code
    try machine?.load(try BeamFixtures.bytes("lang_calls"))
    _ = try machine?.run("lang_calls", "closures")
    #expect(code != nil)
    machine = nil
    #expect(code == nil)
    system = nil
    #expect(weakSystem == nil)
    #expect(allocator.allocatedBlockCount == 0)
  }

  /// Functions that the new module does not export are gone, and so is the code of the first when there
  /// is a third.
  @Test func aModuleIsReplaced() throws {
    let machine = Machine(system: MemorySystem())
    var first = ModuleAssembler()
    first.add(.move, .integer(1), .x(0))
    first.add(.return)
    #expect(try machine.load(first.module()) == "broken")
    #expect(try machine.run("broken", "run") == .returned("1"))
    var second = ModuleAssembler()
    second.add(.move, .integer(2), .x(0))
    second.add(.return)
    try machine.load(second.module())
    #expect(try machine.run("broken", "run") == .returned("2"))
    var chunks = BeamFixtures.chunks(second.module())
    for index in chunks.indices where chunks[index].name == "ExpT" {
      chunks[index].data = BeamFixtures.word(0)
    }
    try machine.load(BeamFixtures.container(chunks))
    #expect(try machine.run("broken", "run") == .undefined)
  }

  /// `erlang:hibernate/0` is OTP 28's: the Erlang here, 25, cannot be the judge, so the answers are those
  /// that its documentation gives.
  @Test(arguments: [RunVariant.plain, .plain.checked, .zeal, .tinyHeap])
  func aProcessHibernatesWithItsStack(_ variant: RunVariant) throws {
    let bytes = try BeamFixtures.bytes("hibernating")
    #expect(
      try variant.run(bytes, "run") == .returned("{waiting,true,{ok,20000,300,45150}}"))
    if variant.levers.zeal == 0 {
      #expect(try variant.run(bytes, "waiting") == .returned("{ok,20000,true,a}"))
    }
  }

  /// A tuple that holds a tuple twice that holds a tuple twice ...: few words, and a text of 2^60.
  @Test func aTextBeyondItsLimitIsNotWritten() throws {
    var code = ModuleAssembler()
    code.add(.testHeap, .unsigned(180), .unsigned(0))
    code.add(.move, .integer(1), .x(0))
    for _ in 0..<60 { code.add(.putTuple2, .x(0), .list([.x(0), .x(0)])) }
    code.add(.return)
    let machine = Machine(system: MemorySystem())
    try machine.load(code.module())
    let outcome = try machine.run("broken", "run", options: RunOptions(textByteLimit: 10_000))
    guard case .exception(let report) = outcome else {
      Issue.record("a text beyond its limit was written")
      return
    }
    #expect(report.reason == "system_limit")
  }
}
