import Carriers
import Heaps

extension NamedStress {
  /// A random program under random levers, on a heap and on a model of it.
  static let heap = NamedStress(
    "heap", "random programs on a heap and on a model of it, under every lever"
  ) { seed in
    HeapStress.run(.random(seed: seed)).failure
  }
}

/// Runs a plan to its end and gives back all it took.
public enum HeapStress {
  /// What a run found.
  public struct Outcome: Sendable {
    /// What went wrong, or nothing.
    public var failure: String?
    /// What its heap counted.
    public var counters = HeapCounters()
    /// The requests that were refused, as their levers asked for.
    public var refusals = 0
    /// How often everything was compared.
    public var checks = 0
    /// How often each step was begun.
    public var steps: [HeapStep: Int] = [:]
    /// How often a collection would have gone beyond a limit.
    public var limitsReached = 0
  }

  /// Runs a plan. Where a refusal is not helped by another attempt, the program unwinds.
  public static func run(_ plan: HeapPlan) -> Outcome {
    let allocator = BlockAllocator(configuration: plan.memory)
    var outcome = Outcome()
    do throws(HeapError) {
      let environment = HeapEnvironment(allocator: allocator, levers: plan.levers)
      let program = try HeapProgram(plan, environment: environment)
      // One request fails in all, so that no step is refused twice.
      try program.run()
      outcome.failure = program.complaints.first
      outcome.counters = program.heap.counters
      outcome.refusals = program.refusals.count
      outcome.checks = program.checkCount
      outcome.steps = program.stepCounts
      outcome.limitsReached = program.limitsReached
    } catch {
      // Only making the heap is not tried again.
      if plan.memory.failingRequest == nil { outcome.failure = "\(error); \(plan)" }
      outcome.refusals = 1
    }
    let left = allocator.allocatedBlockCount
    if left != 0, outcome.failure == nil {
      outcome.failure = "\(left) blocks are left at the end; \(plan)"
    }
    return outcome
  }
}
