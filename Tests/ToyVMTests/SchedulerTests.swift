import Foundation
import Tenure
import Testing

@testable import ToyVM

/// Several threads that run processes, and what becomes of a run's processes and memory.
@Suite struct SchedulerTests {
  static let answers = LanguageTests.answers.filter {
    ["lang_processes", "lang_code"].contains($0.module) || $0.function == "broken_walks"
  }

  private func run(
    _ function: String, _ arguments: [Argument] = [], of bytes: [UInt8],
    on system: MemorySystem = MemorySystem(), _ change: (inout RunOptions) -> Void = { _ in }
  ) throws -> RunOutcome {
    let machine = Machine(system: system)
    let module = try machine.load(bytes)
    var options = RunOptions()
    options.reportsErrors = false
    change(&options)
    return try machine.run(module, function, arguments, options: options)
  }

  @Test(arguments: answers, [2, 4])
  func threadsAnswerAsErlang(_ answer: LanguageTests.Answer, threads: Int) throws {
    let outcome = try run(answer.function, of: try BeamFixtures.bytes(answer.module)) {
      $0.schedulers = threads
    }
    #expect(outcome == .returned(answer.value), "\(answer)")
  }

  /// A walk over a large table does not keep others from running.
  @Test func walksOverTablesGiveWay() throws {
    let outcome = try run(
      "giving_way", [.integer(30_000)], of: try BeamFixtures.bytes("lang_tables"))
    let calls = Array(repeating: "true", count: 12).joined(separator: ",")
    #expect(outcome == .returned("[[\(calls)],[\(calls)]]"))
  }

  @Test(
    arguments: BenchmarkPrograms.expectations.filter { concurrent.contains($0.program) }, [2, 3])
  func programsOnThreads(_ expected: BenchmarkPrograms.Expectation, threads: Int) throws {
    let system = MemorySystem(
      configuration: SystemConfiguration(levers: HeapLevers(zeal: 50, verifies: true)))
    let outcome = try run(
      "run", [.integer(expected.size)], of: try BenchmarkPrograms.bytes(expected.program),
      on: system
    ) { $0.schedulers = threads }
    #expect(outcome == .returned(expected.answer), "\(expected)")
  }

  static let concurrent: Set<String> = ["ring", "echo", "spawning", "table_counters"]

  @Test(arguments: [1, 3])
  func whereAllWaitTheRunEnds(threads: Int) throws {
    var code = ModuleAssembler()
    code.add(.label, .unsigned(3))
    code.add(.wait, .label(3))
    let outcome = try run("run", of: code.module()) { $0.schedulers = threads }
    #expect(outcome == .deadlock)
  }

  /// A timer that aims at a process that has ended keeps nobody waiting.
  @Test(.timeLimit(.minutes(1)), arguments: [1, 3])
  func aTimerForNobodyIsNone(threads: Int) throws {
    let bytes = try BeamFixtures.bytes("lang_processes")
    let outcome = try run("waits_for_nothing", [.integer(600_000)], of: bytes) {
      $0.schedulers = threads
    }
    #expect(outcome == .deadlock)
  }

  /// The steps are those of all processes together.
  @Test func processesShareTheSteps() throws {
    let bytes = try BenchmarkPrograms.bytes("ring")
    let outcome = try run("run", [.integer(100)], of: bytes) { $0.steps = 1_000 }
    #expect(outcome == .outOfSteps)
  }

  /// Such code never comes to where a process can give way.
  @Test(arguments: [false, true])
  func aLoopOfExceptionsUsesUpTheSteps(_ checksOperands: Bool) throws {
    var code = ModuleAssembler()
    code.add(.allocateZero, .unsigned(1), .unsigned(0))
    code.add(.label, .unsigned(3))
    code.add(.try, .y(0), .label(4))
    code.add(.ifEnd)
    code.add(.label, .unsigned(4))
    code.add(.tryCase, .y(0))
    code.add(.jump, .label(3))
    let outcome = try run("run", of: code.module()) {
      $0.checksOperands = checksOperands
      $0.steps = 20_000
    }
    #expect(outcome == .outOfSteps)
  }

  /// Nor may it wait for long.
  @Test func waitsUseUpSteps() throws {
    let began = ContinuousClock.now
    var code = ModuleAssembler()
    code.add(.label, .unsigned(3))
    code.add(.waitTimeout, .label(3), .integer(2_000))
    code.add(.timeout)
    code.add(.move, .integer(1), .x(0))
    code.add(.return)
    let outcome = try run("run", of: code.module()) { $0.steps = 20_000 }
    #expect(outcome == .outOfSteps)
    #expect(ContinuousClock.now - began < .seconds(2))
  }

  /// Processes that came and went leave no memory behind, and so do those that a run's end ends.
  @Test(arguments: [1, 2])
  func memoryReturns(threads: Int) throws {
    let system = MemorySystem()
    let machine = Machine(system: system)
    let module = try machine.load(try BenchmarkPrograms.bytes("spawning"))
    let processes = try machine.load(try BeamFixtures.bytes("lang_processes"))
    var options = RunOptions()
    options.schedulers = threads
    let before = system.memory()
    for _ in 0..<2 {
      let outcome = try machine.run(module, "run", [.integer(1_000)], options: options)
      #expect(outcome == .returned("{500500,500500,250}"))
      #expect(try machine.run(processes, "bad_receivers") != .deadlock)
      #expect(system.processCount == 0)
      // Where there are threads, the system keeps the records of processes: 100 bytes each or so of
      // those that lived together. A heap has 1,900.
      let kept = threads == 1 ? 0 : 256 << 10
      #expect(system.memory().processes <= before.processes + kept)
      #expect(system.memory().ets == before.ets)
      #expect(system.registeredNames.isEmpty)
    }
  }

  /// Free pages within carriers go back after the decay time while all threads wait, and none of them
  /// allocates.
  @Test(arguments: [1, 2])
  func waitingThreadsLetFreePagesGo(threads: Int) throws {
    let memory = MemoryConfiguration(carrierDecayMilliseconds: 5, usesHugePages: false)
    let system = MemorySystem(configuration: SystemConfiguration(memory: memory))
    let blocks = try (0..<4_000).map { _ in
      let block = try system.allocator.allocate(byteCount: 3_000, kind: .embedder)
      memset(block.base, 1, block.byteCount)
      return block
    }
    // Of each run of forty blocks one stays, so no carrier is empty.
    let freed = blocks.enumerated().filter { $0.offset % 40 != 0 }.map(\.element)
    for block in freed { system.allocator.free(block, kind: .embedder) }
    let before = Self.residentCount(of: freed)
    var code = ModuleAssembler()
    code.add(.label, .unsigned(3))
    code.add(.waitTimeout, .label(3), .integer(100))
    code.add(.timeout)
    code.add(.move, .integer(1), .x(0))
    code.add(.return)
    let outcome = try run("run", of: code.module(), on: system) { $0.schedulers = threads }
    #expect(outcome == .returned("1"))
    let after = Self.residentCount(of: freed)
    #expect(before > freed.count * 9 / 10)
    #expect(after < freed.count / 4, "\(after) of \(freed.count)")
  }

  /// Blocks whose middle is in memory.
  private static func residentCount(of blocks: [MemoryBlock]) -> Int {
    blocks.count { block in
      let middle = UInt(bitPattern: block.base) + UInt(block.byteCount / 2)
      var page: UInt8 = 0
      return mincore(UnsafeMutableRawPointer(bitPattern: middle & ~4095), 1, &page) == 0
        && page & 1 != 0
    }
  }
}
