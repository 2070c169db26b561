import Foundation
import TestKit
import Testing

@testable import Carriers

/// Each strategy against a plain list of who holds which bytes.
///
/// `TENURE_MODEL_STEPS` and `TENURE_SEED` set how long and from where; the seed is told on failure.
@Suite struct StrategyModelTests {
  static let environment = ProcessInfo.processInfo.environment
  static let seed = environment["TENURE_SEED"].flatMap(UInt64.init) ?? 42
  static let steps = environment["TENURE_MODEL_STEPS"].flatMap(Int.init) ?? 30_000

  @Test(arguments: BlockStrategy.allCases, [false, true])
  func blocksNeverMeet(strategy: BlockStrategy, tiny: Bool) throws {
    var random = SeededGenerator(seed: Self.seed)
    let configuration = MemoryConfiguration(
      usesTinyCarriers: tiny, carrierCacheLimitBytes: tiny ? 1 << 18 : nil,
      strategies: [.ets: strategy])
    let source = PageSource(configuration: configuration)
    do {
      let allocator = BlockAllocator(configuration: configuration, source: source)
      var model = BlockModel()
      for step in 0..<Self.steps {
        try Self.step(&model, allocator, &random, most: tiny ? 500 : 2_000)
        if step % 1_000 == 0 { try Self.check(model, allocator, step) }
      }
      try Self.check(model, allocator, Self.steps)
      while !model.entries.isEmpty {
        allocator.free(model.remove(at: model.entries.count - 1).block, kind: .ets)
      }
      #expect(allocator.allocatedBlockCount == 0)
      try Self.check(model, allocator, Self.steps)
      allocator.trim()
      #expect(allocator.statistics.pages.committedBytes == 0)
    }
    #expect(source.statistics.reservedBytes == 0)
  }

  private static func check(
    _ model: BlockModel, _ allocator: BlockAllocator, _ step: Int
  ) throws {
    let fault = allocator.firstFault()
    try #require(fault == nil, "seed \(seed), step \(step)")
    #expect(model.isWhole(), "seed \(seed), step \(step)")
    let usage = allocator.memory(by: .ets)
    #expect(usage.byteCount == model.byteCount(of: .ets), "seed \(seed), step \(step)")
    #expect(usage.blockCount == model.entries.count, "seed \(seed), step \(step)")
  }

  private static func step(
    _ model: inout BlockModel, _ allocator: BlockAllocator, _ random: inout SeededGenerator,
    most: Int
  ) throws {
    let choice = random.next() % 100
    let grows = model.entries.count < most && random.next() % 16 != 0
    if model.entries.isEmpty || choice < (grows ? 55 : 35) {
      model.add(try allocator.allocate(byteCount: size(&random), kind: .ets), kind: .ets)
    } else if choice < 85 {
      let index = Int(random.next() % UInt64(model.entries.count))
      allocator.free(model.remove(at: index).block, kind: .ets)
    } else if choice < 99 {
      let index = Int(random.next() % UInt64(model.entries.count))
      let block = model.entries[index].block
      if let resized = try allocator.resizeInPlace(
        block, toByteCount: size(&random), kind: .ets)
      {
        model.resize(at: index, to: resized)
      }
    } else if random.next() % 40 == 0 {
      allocator.trim()
    }
  }

  private static func size(_ random: inout SeededGenerator) -> Int {
    Int.random(in: 1...(1 << Int.random(in: 4...15, using: &random)), using: &random)
  }
}
