import Carriers
import Heaps
import Stress
import Testing

/// Random programs on a heap and on a model, under every lever alone and under all together.
@Suite struct HeapModelTests {
  static let plans: [HeapPlan] = [
    .init("default", seed: 1, steps: 20_000),
    .init("large terms", seed: 2, steps: 1_500, largestTerm: 300, dropsEvery: 40),
    .init(
      "zeal 1", seed: 3, steps: 1_500, levers: HeapLevers(zeal: 1), largestTerm: 4,
      dropsEvery: 60),
    .init(
      "zeal 7, verify", seed: 4, steps: 6_000, levers: HeapLevers(zeal: 7, verifies: true),
      dropsEvery: 150),
    .init(
      "zeal 1, verify, full sweeps, tiny", seed: 5, steps: 1_500,
      levers: HeapLevers(zeal: 1, verifies: true, alwaysSweepsFully: true), options: .tiny(),
      largestTerm: 4, dropsEvery: 60),
    .init("verify", seed: 6, steps: 8_000, levers: HeapLevers(verifies: true)),
    .init("full sweeps", seed: 7, steps: 8_000, levers: HeapLevers(alwaysSweepsFully: true)),
    .init(
      "tiny heaps, tiny carriers", seed: 8, steps: 8_000,
      memory: MemoryConfiguration(usesTinyCarriers: true), options: .tiny(), dropsEvery: 100),
    .init(
      "a full sweep after three minor collections", seed: 9, steps: 8_000,
      options: HeapOptions(fullSweepAfter: 3), dropsEvery: 200),
    .init(
      "the block moves at every ensure", seed: 10, steps: 6_000,
      levers: HeapLevers(verifies: true, movesBlocks: true), options: .tiny(), dropsEvery: 100),
    .init("compared after every step", seed: 12, steps: 4_000, dropsEvery: 100, comparesEvery: 1),
    .init(
      "a small virtual heap", seed: 11, steps: 6_000,
      options: HeapOptions(minimumVirtualWords: 12), dropsEvery: 100),
  ]

  @Test(arguments: plans)
  func theHeapIsWhatTheModelSays(plan: HeapPlan) {
    let outcome = HeapStress.run(plan)
    #expect(outcome.failure == nil)
    #expect(outcome.refusals == 0)
    #expect(outcome.counters.fullSweeps >= 10, "\(plan)")
    #expect(outcome.checks > outcome.counters.fullSweeps)
    if !plan.levers.alwaysSweepsFully {
      #expect(outcome.counters.minorCollections >= 10, "\(plan)")
      #expect(outcome.counters.promotedWords > 1000, "\(plan)")
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
