import Carriers
import Heaps
import TestKit

/// How a ``HeapProgram`` is run: its seed, its sizes and the levers.
public struct HeapPlan: Sendable, CustomStringConvertible {
  /// What is special about it.
  public var name: String
  /// What every choice of the program follows from.
  public var seed: UInt64
  /// The steps of the program.
  public var steps: Int
  /// The levers of its heap.
  public var levers = HeapLevers()
  /// The levers of the memory below.
  public var memory = MemoryConfiguration()
  /// The sizes of its heap.
  public var options = HeapOptions()
  /// The most objects that one step builds.
  public var largestTerm = 12
  /// One step in so many drops nearly everything.
  public var dropsEvery = 400
  /// One step in so many collects, trims, sleeps, sets an option or tries a limit.
  public var resizesEvery = 60
  /// One step in so many compares everything; each collection does so anyway, and each step that
  /// writes to what was built.
  public var comparesEvery = 50

  /// Makes a plan; what is left out is as in an ordinary process.
  public init(
    _ name: String, seed: UInt64, steps: Int, levers: HeapLevers = HeapLevers(),
    memory: MemoryConfiguration = MemoryConfiguration(), options: HeapOptions = HeapOptions(),
    largestTerm: Int = 12, dropsEvery: Int = 400, resizesEvery: Int = 60,
    comparesEvery: Int = 50
  ) {
    self.name = name
    self.seed = seed
    self.steps = steps
    self.levers = levers
    self.memory = memory
    self.options = options
    self.largestTerm = largestTerm
    self.dropsEvery = dropsEvery
    self.resizesEvery = resizesEvery
    self.comparesEvery = comparesEvery
  }

  /// A plan of which everything follows from a seed: each lever alone or with any others.
  public static func random(seed: UInt64) -> HeapPlan {
    var random = TermGenerator(seed: seed ^ 0x5EED)
    func pick<Value>(_ values: [Value]) -> Value { values[random.number(below: values.count)] }
    var plan = HeapPlan("random plan", seed: seed, steps: pick([3000, 3000, 3000, 40_000]))
    plan.levers.zeal = pick([0, 0, 0, 0, 1, 2, 7, 40])
    plan.levers.verifies = pick([false, true])
    plan.levers.alwaysSweepsFully = pick([false, false, false, false, true])
    plan.levers.movesBlocks = pick([false, false, false, true])
    plan.memory.usesTinyCarriers = pick([false, true])
    plan.memory.carrierCacheLimitBytes = pick([nil, nil, 0])
    if pick([false, false, true]) {
      plan.memory.failingRequest = 1 + random.number(below: pick([8, 60]))
    }
    plan.options = HeapOptions(
      minimumWords: pick([233, 233, 4000, 40_000]),
      fullSweepAfter: pick([65_535, 65_535, 0, 1, 3]),
      minimumVirtualWords: pick([32_768, 1, 500, 4000]))
    plan.options.growth = pick([.erts, .erts, .minimum, .bounded])
    plan.options.viewWasteRatio = pick([8, 8, 0, 1, 2])
    if pick([false, true]) { plan.options.minimumWords = HeapOptions.tiny().minimumWords }
    plan.largestTerm = pick([4, 12, 12, 60, 300])
    plan.dropsEvery = pick([40, 150, 400])
    plan.resizesEvery = pick([10, 60, 60, 400])
    plan.comparesEvery = pick([50, 50, 50, 1])
    // What collects or compares often takes its time for each step.
    if plan.levers.zeal == 1 || plan.largestTerm > 12 || plan.comparesEvery == 1 {
      plan.steps /= 3
    }
    return plan
  }

  /// The plan in one line.
  public var description: String {
    var parts = ["\(name) of seed \(seed): \(steps) steps"]
    if levers.zeal > 0 { parts.append("zeal \(levers.zeal)") }
    if levers.verifies { parts.append("verify") }
    if levers.alwaysSweepsFully { parts.append("full sweeps") }
    if levers.movesBlocks { parts.append("moves its block") }
    if comparesEvery == 1 { parts.append("compared after every step") }
    if memory.usesTinyCarriers { parts.append("tiny carriers") }
    if memory.carrierCacheLimitBytes == 0 { parts.append("no cache") }
    if let request = memory.failingRequest { parts.append("request \(request) fails") }
    parts.append(
      "at least \(options.minimumWords) words, a full sweep after \(options.fullSweepAfter), "
        + "\(options.minimumVirtualWords) virtual words, waste \(options.viewWasteRatio)")
    if let free = options.growth.freeWords {
      parts.append("\(free.least) to \(free.most) words free")
    }
    parts.append(
      "terms of \(largestTerm) objects, dropped every \(dropsEvery), resized every \(resizesEvery)")
    return parts.joined(separator: ", ")
  }
}
