import Carriers
import Heaps
import Stress
import TestKit
import Terms
import Testing

/// Memory that is refused: every term stays as it was, and the process goes on when it can.
@Suite struct RefusalTests {
  private static let memory = MemoryConfiguration(
    usesTinyCarriers: true, carrierCacheLimitBytes: 0)

  /// Plans that ask for memory in different ways; large blocks have mappings of their own.
  static let plans: [HeapPlan] = [
    .init(
      "growth", seed: 11, steps: 120, memory: memory, options: .tiny(),
      largestTerm: 200, dropsEvery: 30),
    .init(
      "large blocks, zeal 2", seed: 12, steps: 50,
      levers: HeapLevers(zeal: 2, verifies: true), memory: memory,
      options: HeapOptions(minimumWords: 4000), dropsEvery: 30),
    .init(
      "large blocks, full sweeps", seed: 13, steps: 45,
      levers: HeapLevers(zeal: 2, alwaysSweepsFully: true), memory: memory,
      options: HeapOptions(minimumWords: 4000), largestTerm: 400, dropsEvery: 20),
    .init(
      "sizes", seed: 14, steps: 40, levers: HeapLevers(verifies: true), memory: memory,
      options: HeapOptions(minimumWords: 4000), largestTerm: 40, dropsEvery: 30, resizesEvery: 2),
  ]

  /// Runs the plan with the N-th request refused, once; every ensure is tried twice.
  @Test(arguments: plans)
  func aRefusalAtAnyRequestLeavesTheHeapWhole(plan: HeapPlan) throws {
    var request = 0
    var refusals = 0
    while true {
      request += 1
      var plan = plan
      plan.memory.failingRequest = request
      let allocator = BlockAllocator(configuration: plan.memory)
      do throws(HeapError) {
        let environment = HeapEnvironment(allocator: allocator, levers: plan.levers)
        let program = try HeapProgram(plan, environment: environment)
        try program.run()
        #expect(program.complaints.isEmpty, "request \(request)")
        #expect(program.refusals.count <= 1)
        for error in program.refusals {
          #expect(error == .outOfMemory(.injectedFailure(request: request)))
        }
        refusals += program.refusals.count
        if plan.resizesEvery == 2 {
          #expect(HeapStep.resizing.allSatisfy { program.stepCounts[$0] ?? 0 > 0 })
        }
      } catch {
        // Only making the heap may fail for good: it is not tried again.
        #expect(error == .outOfMemory(.injectedFailure(request: request)))
        #expect(request < 10)
      }
      #expect(allocator.allocatedBlockCount == 0, "request \(request)")
      if allocator.statistics.pages.failedRequestCount == 0 { break }
    }
    // Some are taken back: a block that may not shrink stays, as does one that grows in vain.
    #expect(refusals > (plan.seed == 11 ? 6 : 20))
    #expect(request > (plan.seed == 11 ? 10 : 25))
  }

  /// A budget that the program exceeds; on a refusal memory comes back from elsewhere.
  @Test func aProcessGoesOnWhenMemoryIsBack() throws {
    var plan = Self.plans[0]
    plan.steps = 600
    plan.dropsEvery = 100_000
    plan.largestTerm = 400
    let budget = 4 << 20
    plan.memory.budgetBytes = budget
    let allocator = BlockAllocator(configuration: plan.memory)
    var ballast: [MemoryBlock] = []
    while allocator.statistics.pages.committedBytes < budget - (24 << 10) {
      ballast.append(try allocator.allocate(byteCount: 16 << 10, kind: .code))
    }
    do {
      let environment = HeapEnvironment(allocator: allocator)
      let program = try HeapProgram(plan, environment: environment)
      program.attempts = 20
      program.onRefusal = {
        if let block = ballast.popLast() { allocator.free(block, kind: .code) }
      }
      try program.run()
      #expect(program.complaints.isEmpty)
      #expect(program.refusals.count > 3)
      #expect(program.refusals.allSatisfy { $0.isBudgetExceeded })
      #expect(!ballast.isEmpty)
    }
    for block in ballast { allocator.free(block, kind: .code) }
    #expect(allocator.allocatedBlockCount == 0)
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }

  /// A budget that never suffices: the program unwinds, as a process that gets an exception.
  @Test func aProcessThatUnwindsGoesOnWithinItsBudget() throws {
    var plan = Self.plans[0]
    plan.steps = 700
    plan.dropsEvery = 100_000
    plan.memory.budgetBytes = 128 << 10
    let allocator = BlockAllocator(configuration: plan.memory)
    do {
      let environment = HeapEnvironment(allocator: allocator)
      let program = try HeapProgram(plan, environment: environment)
      var unwound = 0
      while unwound < 1000 {
        do throws(HeapError) {
          try program.run()
          break
        } catch {
          #expect(error.isBudgetExceeded)
          program.unwind()
          program.check("after unwinding")
          unwound += 1
        }
      }
      #expect(program.complaints.isEmpty)
      #expect(unwound > 2)
      #expect(unwound < 1000)
    }
    #expect(allocator.allocatedBlockCount == 0)
    #expect(allocator.statistics.pages.peakCommittedBytes <= 128 << 10)
  }

  @Test func aRefusedEnsureChangesNoTermAndASmallerOneMayPass() throws {
    let fixture = try HeapFixture(memory: MemoryConfiguration(budgetBytes: 4 << 20))
    fixture.fillWithLists(words: 300)
    var expected: [ModelTerm] = []
    let model = ModelHeap(reading: fixture.terms, of: fixture.heap, roots: &expected)
    for _ in 0..<20 {
      #expect(throws: HeapError.self) { try fixture.ensure(1 << 20) }
      #expect(model.firstDifference(of: expected, from: fixture.terms) == nil)
    }
    try fixture.ensure(1000)
    #expect(fixture.heap.state.pointee.freeWords >= 1000)
    #expect(model.firstDifference(of: expected, from: fixture.terms) == nil)
    #expect(fixture.allocator.allocatedBlockCount <= 3)
  }
}

extension HeapError {
  var isBudgetExceeded: Bool {
    if case .outOfMemory(.budgetExceeded) = self { return true }
    return false
  }
}
