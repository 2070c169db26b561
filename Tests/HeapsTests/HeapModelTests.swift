import Carriers
import Heaps
import TestKit
import Testing

/// Random programs on a heap and on a model, under every lever.
@Suite struct HeapModelTests {
  static let plans: [HeapProgram.Plan] = [
    .init(description: "default", seed: 1, steps: 20_000),
    .init(description: "large terms", seed: 2, steps: 2_000, largestTerm: 300, dropsEvery: 40),
    .init(
      description: "zeal 1", seed: 3, steps: 1_500, levers: HeapLevers(zeal: 1), largestTerm: 4,
      dropsEvery: 60),
    .init(
      description: "zeal 7, verify", seed: 4, steps: 8_000,
      levers: HeapLevers(zeal: 7, verifies: true), dropsEvery: 150),
    .init(
      description: "zeal 1, verify, full sweeps, tiny", seed: 5, steps: 1_500,
      levers: HeapLevers(zeal: 1, verifies: true, alwaysSweepsFully: true), options: .tiny(),
      largestTerm: 4, dropsEvery: 60),
    .init(
      description: "verify", seed: 6, steps: 10_000, levers: HeapLevers(verifies: true)),
    .init(
      description: "full sweeps", seed: 7, steps: 10_000,
      levers: HeapLevers(alwaysSweepsFully: true)),
    .init(
      description: "tiny heaps, tiny carriers", seed: 8, steps: 10_000,
      memory: MemoryConfiguration(usesTinyCarriers: true), options: .tiny(), dropsEvery: 100),
    .init(
      description: "a full sweep after three minor collections", seed: 9, steps: 10_000,
      options: HeapOptions(fullSweepAfter: 3), dropsEvery: 200),
  ]

  @Test(arguments: plans)
  func theHeapIsWhatTheModelSays(plan: HeapProgram.Plan) throws {
    let allocator = BlockAllocator(configuration: plan.memory)
    let environment = HeapEnvironment(allocator: allocator, levers: plan.levers)
    do {
      let program = try HeapProgram(plan, environment: environment)
      try program.run()
      #expect(program.complaints.isEmpty)
      #expect(program.refusals.isEmpty)
      let counters = program.heap.counters
      #expect(counters.fullSweeps >= 10, "\(plan)")
      if !plan.levers.alwaysSweepsFully {
        #expect(counters.minorCollections >= 10, "\(plan)")
        #expect(counters.promotedWords > 1000, "\(plan)")
      }
    }
    #expect(allocator.allocatedBlockCount == 0)
  }
}
