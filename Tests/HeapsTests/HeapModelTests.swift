import Carriers
import Heaps
import Stress
import Testing

/// Random programs on a heap and on a model: under each lever alone and under all together, compared
/// after every step; and longer ones under some of them.
@Suite struct HeapModelTests {
  /// Each lever of the heap and of the memory below it.
  static let singleLevers: [HeapPlan] = [
    single("zeal", seed: 21, levers: HeapLevers(zeal: 1)),
    single("verify", seed: 42, levers: HeapLevers(verifies: true)),
    single("full sweeps", seed: 43, levers: HeapLevers(alwaysSweepsFully: true)),
    single("moves", seed: 24, levers: HeapLevers(movesBlocks: true)),
    single("tiny carriers", seed: 25, memory: MemoryConfiguration(usesTinyCarriers: true)),
    single("tiny heaps", seed: 26, options: .tiny()),
    single(
      "a refused mapping", seed: 27, memory: refusing, options: HeapOptions(minimumWords: 40_000)),
  ]

  private static let refusing = MemoryConfiguration(
    failingRequest: 20, usesTinyCarriers: true, carrierCacheLimitBytes: 0)

  private static func single(
    _ name: String, seed: UInt64, levers: HeapLevers = HeapLevers(),
    memory: MemoryConfiguration = MemoryConfiguration(), options: HeapOptions = HeapOptions()
  ) -> HeapPlan {
    HeapPlan(
      name, seed: seed, steps: 700, levers: levers, memory: memory, options: options,
      dropsEvery: 60, resizesEvery: 20, comparesEvery: 1)
  }

  /// All of them, but that there is no minor collection where all are full sweeps.
  static let allLevers: [HeapPlan] = [false, true].map { sweepsFully in
    HeapPlan(
      "every lever", seed: sweepsFully ? 31 : 32, steps: 500,
      levers: HeapLevers(
        zeal: 1, verifies: true, alwaysSweepsFully: sweepsFully, movesBlocks: true),
      memory: refusing, options: .tiny(),
      largestTerm: 6, dropsEvery: 60, resizesEvery: 20, comparesEvery: 1)
  }

  static let plans: [HeapPlan] = [
    .init("default", seed: 1, steps: 20_000),
    .init("large terms", seed: 2, steps: 1_500, largestTerm: 300, dropsEvery: 40),
    .init(
      "zeal 1", seed: 3, steps: 1_500, levers: HeapLevers(zeal: 1), largestTerm: 4,
      dropsEvery: 60, resizesEvery: 30),
    .init(
      "zeal 7, verify", seed: 4, steps: 3_500, levers: HeapLevers(zeal: 7, verifies: true),
      dropsEvery: 150),
    .init(
      "zeal 1, verify, full sweeps, tiny", seed: 5, steps: 1_500,
      levers: HeapLevers(zeal: 1, verifies: true, alwaysSweepsFully: true), options: .tiny(),
      largestTerm: 4, dropsEvery: 60),
    .init("verify", seed: 6, steps: 4_000, levers: HeapLevers(verifies: true)),
    .init("full sweeps", seed: 7, steps: 4_000, levers: HeapLevers(alwaysSweepsFully: true)),
    .init(
      "tiny heaps, tiny carriers", seed: 8, steps: 4_000,
      memory: MemoryConfiguration(usesTinyCarriers: true), options: .tiny(), dropsEvery: 100),
    .init(
      "a full sweep after three minor collections", seed: 9, steps: 4_000,
      options: HeapOptions(fullSweepAfter: 3), dropsEvery: 200),
    .init(
      "the block moves at every ensure", seed: 10, steps: 3_500,
      levers: HeapLevers(verifies: true, movesBlocks: true), options: .tiny(), dropsEvery: 100),
    .init("compared after every step", seed: 12, steps: 2_000, dropsEvery: 100, comparesEvery: 1),
    .init(
      "a small virtual heap", seed: 11, steps: 3_500,
      options: HeapOptions(minimumVirtualWords: 12), dropsEvery: 100),
  ]

  @Test(arguments: plans + singleLevers + allLevers)
  func theHeapIsWhatTheModelSays(plan: HeapPlan) {
    let outcome = HeapStress.run(plan)
    #expect(outcome.failure == nil)
    #expect(outcome.refusals == (plan.memory.failingRequest == nil ? 0 : 1))
    #expect(outcome.counters.fullSweeps >= 10, "\(plan)")
    #expect(outcome.checks > outcome.counters.fullSweeps)
    #expect(outcome.steps.count == HeapStep.allCases.count, "\(plan): \(outcome.steps)")
    let isLong = plan.steps > 1000
    #expect(outcome.limitsReached < outcome.steps[.tryLimit] ?? 0)
    #expect(outcome.limitsReached > 0 || !isLong)
    if plan.comparesEvery == 1 { #expect(outcome.checks >= plan.steps) }
    if !plan.levers.alwaysSweepsFully {
      #expect(outcome.counters.minorCollections >= 10, "\(plan)")
      #expect(outcome.counters.promotedWords > (isLong ? 1000 : 100), "\(plan)")
    }
  }

  /// Any levers together, mappings that fail among them, as `tenure stress heap` picks them.
  @Test(arguments: UInt64(0)..<24)
  func aRandomPlanIsWhatTheModelSays(seed: UInt64) {
    var plan = HeapPlan.random(seed: seed)
    plan.steps = min(plan.steps, 3000) / 3
    #expect(HeapStress.run(plan).failure == nil)
  }
}
