import Tenure
import Testing
import ToyVM

/// Refused memory ends a run with an answer or with `system_limit`, never otherwise.
@Suite struct MemoryRefusalTests {
  @Test func aBudgetEndsAProgramThatGrows() throws {
    let run = try ToolProcess(
      ["run", "-f", "grow", "--max-memory", "2M", Repository.fixture("endings.beam")])
    #expect(run.exitCode == 1)
    #expect(run.errorLines.first == "** exception error: system_limit")
    #expect(run.errors.contains("the memory budget of 2097152 bytes"))
    #expect(!run.diedBySignal)
  }

  @Test(arguments: ["1", "4096", "131072", "200K", "300K"])
  func aBudgetTooSmallToBeginWithEndsToo(budget: String) throws {
    let run = try ToolProcess(
      ["run", "--max-memory", budget, Repository.program("nrev"), "15"])
    #expect(run.exitCode == 1, "\(run.errors)")
    #expect(run.errorLines.first?.hasPrefix("** exception error: system_limit") == true)
    #expect(!run.diedBySignal)
  }

  /// A sample of what the next test does for every request, as processes.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 12, 200])
  func aFailedRequestEndsTheToolWell(request: Int) throws {
    let run = try ToolProcess(
      ["run", "--print", "--fail-mapping", "\(request)", Repository.program("nrev"), "15"])
    #expect(!run.diedBySignal)
    if run.exitCode == 0 {
      #expect(run.output == "680\n")
      #expect(run.errors == "")
    } else {
      #expect(run.exitCode == 1, "\(run.errors)")
      #expect(run.errorLines.first?.hasPrefix("** exception error: system_limit") == true)
      #expect(run.output == "")
    }
  }

  /// Fails the first request, the second and so on, until a run makes fewer than that.
  @Test(arguments: [("nrev", 50, "22100"), ("binary_trees", 4, "{31,[{4,16,496}]}")])
  func everyFailedRequestLeavesAnAnswerOrALimit(
    program: String, size: Int, value: String
  ) throws {
    var limits = 0
    for request in 1...200 {
      let system = system(failing: request)
      let outcome = try outcome(of: program, size: size, on: system)
      switch outcome {
      case nil: limits += 1
      case .returned(let text): #expect(text == value, "request \(request)")
      case .exception(let report):
        #expect(report.reason == "system_limit", "request \(request)")
        #expect(report.memoryRefusal == .outOfMemory(.injectedFailure(request: request)))
        limits += 1
      case let other?: Issue.record("request \(request) ended with \(other)")
      }
      if system.allocator.source.statistics.failedRequestCount == 0 {
        #expect(outcome == .returned(value))
        #expect(limits > 5, "\(limits) of \(request) requests ended a run")
        return
      }
    }
    Issue.record("a run of \(program) makes more than 200 requests")
  }

  /// A system of tiny carriers, which asks for memory often.
  private func system(failing request: Int) -> MemorySystem {
    let memory = MemoryConfiguration(
      failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0)
    return MemorySystem(
      configuration: SystemConfiguration(memory: memory, levers: HeapLevers(verifies: true)))
  }

  /// How a run ends; nothing if it could not begin.
  private func outcome(
    of program: String, size: Int, on system: MemorySystem
  ) throws -> RunOutcome? {
    let machine = Machine(system: system)
    do {
      let module = try machine.load(path: Repository.program(program))
      return try machine.run(module, "run", [.integer(size)])
    } catch LoadError.outOfMemory {
      return nil
    } catch is HeapError {
      return nil
    }
  }
}
