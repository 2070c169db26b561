import Tenure
import Testing
import ToyVM

/// Refused memory, wherever it strikes: the right answer or an error, and nothing is lost.
@Suite struct RefusalTests {
  /// How a program ended under a refusal.
  private enum End: Equatable {
    case answered
    case systemLimit
    /// The module or the process could not be made.
    case notBegun
    case wrong(String)

    var isWrong: Bool { if case .wrong = self { true } else { false } }
  }

  static let programs = [
    ("binary_trees", 4), ("churn", 8), ("deep_recursion", 5_000), ("factorial", 200),
    ("nbody", 3), ("nrev", 50), ("quicksort", 60), ("sieve", 5_000), ("two_list_queue", 20),
  ].map { program, size in
    BenchmarkPrograms.expectations.first { $0.program == program && $0.size == size }
  }.compactMap(\.self)

  @Test func everyProgramHasAnAnswer() { #expect(Self.programs.count == 9) }

  @Test(arguments: programs, [false, true])
  func failingRequests(_ expected: BenchmarkPrograms.Expectation, _ tinyCarriers: Bool) throws {
    let bytes = try BenchmarkPrograms.bytes(expected.program)
    var refused = 0
    for request in 1...200 {
      let memory = MemoryConfiguration(
        failingRequest: request, usesTinyCarriers: tinyCarriers, carrierCacheLimitBytes: 0,
        usesHugePages: false)
      let (end, requestCount) = run(bytes, expected, memory)
      #expect(!end.isWrong, "request \(request): \(end)")
      if end != .answered { refused += 1 }
      // Nothing was refused, nor will it be later.
      if requestCount < request { break }
    }
    // The first requests of all are for the module and the process.
    #expect(refused > 0)
  }

  @Test(arguments: programs)
  func budgets(_ expected: BenchmarkPrograms.Expectation) throws {
    let bytes = try BenchmarkPrograms.bytes(expected.program)
    var ends: [End] = []
    var budget = 4_096
    while budget < 64 << 20 {
      let memory = MemoryConfiguration(
        budgetBytes: budget, usesTinyCarriers: true, carrierCacheLimitBytes: 0,
        usesHugePages: false)
      let (end, _) = run(bytes, expected, memory)
      #expect(!end.isWrong, "budget \(budget): \(end)")
      ends.append(end)
      budget += budget / 4
    }
    #expect(ends.first != .answered)
    #expect(ends.last == .answered)
  }

  @Test(arguments: LanguageTests.answers.filter { $0.module == "lang_data" })
  func failingRequestsInLanguage(_ answer: LanguageTests.Answer) throws {
    let bytes = try BeamFixtures.bytes(answer.module)
    for request in stride(from: 2, through: 40, by: 6) {
      var variant = RunVariant.tinyHeap
      variant.memory = MemoryConfiguration(
        failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0)
      guard let outcome = try? variant.run(bytes, answer.function) else { continue }
      switch outcome {
      case .returned(let text):
        // A test may have caught the refusal and made it part of its answer.
        #expect(text == answer.value || text.contains("system_limit"), "request \(request)")
      case .exception(let report):
        #expect(report.reason == "system_limit", "request \(request)")
        #expect(
          report.memoryRefusal == .outOfMemory(.injectedFailure(request: request)), "\(report)")
      default: Issue.record("request \(request): \(outcome)")
      }
    }
  }

  /// A call that makes a table and is refused memory behind that leaves none.
  @Test func noTableStaysHalfMade() throws {
    let bytes = try BeamFixtures.bytes("lang_tables")
    var answers: [String: Int] = [:]
    for request in 1...60 {
      let memory = MemoryConfiguration(
        failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0)
      let machine = Machine(
        system: MemorySystem(configuration: SystemConfiguration(memory: memory)))
      guard let module = try? machine.load(bytes),
        case .returned(let answer) = try? machine.run(module, "half_made", [.integer(8_000)])
      else { continue }
      answers[answer, default: 0] += 1
    }
    #expect(answers["stays"] == nil)
    #expect(answers["refused", default: 0] > 0)
    #expect(answers["made", default: 0] > 0)
  }

  /// Working memory is out of the same blocks, and its refusal says what any other says.
  @Test func aRefusalOfWorkingMemoryTellsItsCause() {
    let memory = MemoryConfiguration(budgetBytes: 1 << 20)
    let system = MemorySystem(configuration: SystemConfiguration(memory: memory))
    #expect {
      _ = try system.heaps.scratch.allocateScratch(byteCount: 2 << 20)
    } throws: { error in
      guard let error = error as? ScratchExhausted,
        case .budgetExceeded(_, budget: 1 << 20)? = error.cause as? MemoryError
      else { return false }
      return error.requestedBytes == 2 << 20
    }
  }

  /// Runs a program in a system of its own and checks that it gives back what it took.
  private func run(
    _ bytes: [UInt8], _ expected: BenchmarkPrograms.Expectation, _ memory: MemoryConfiguration
  ) -> (end: End, requestCount: Int) {
    let system = MemorySystem(configuration: SystemConfiguration(memory: memory))
    // Outlives the system, to tell what is left of it.
    let allocator = system.allocator
    let end = run(bytes, expected, consume system)
    let left = allocator.allocatedBlockCount
    let requestCount = allocator.statistics.pages.requestCount
    return (left == 0 ? end : .wrong("\(left) blocks are left after \(end)"), requestCount)
  }

  private func run(
    _ bytes: [UInt8], _ expected: BenchmarkPrograms.Expectation, _ system: consuming MemorySystem
  ) -> End {
    let machine = Machine(system: system)
    guard let module = try? machine.load(bytes),
      let outcome = try? machine.run(module, "run", [.integer(expected.size)])
    else { return .notBegun }
    switch outcome {
    case .returned(expected.answer): return .answered
    case .returned("(no memory to print the term)"): return .systemLimit
    case .exception(let report) where report.reason == "system_limit": return .systemLimit
    default: return .wrong("\(outcome)")
    }
  }
}
