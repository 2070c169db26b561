import Carriers
import Foundation
import TestKit
import Testing

@Suite struct BlockAllocatorModelTests {
  static let seed = ProcessInfo.processInfo.environment["TENURE_SEED"].flatMap(UInt64.init) ?? 42

  @Test(arguments: [false, true])
  func blocksNeverMeetAndKeepTheirContent(tiny: Bool) throws {
    let seed = Self.seed
    var generator = SeededGenerator(seed: seed)
    let configuration = MemoryConfiguration(
      usesTinyCarriers: tiny, carrierCacheLimitBytes: tiny ? 1 << 18 : nil)
    let source = PageSource(configuration: configuration)
    do {
      let allocator = BlockAllocator(configuration: configuration, source: source)
      var model = BlockModel()
      for step in 0..<40_000 {
        try Self.step(&model, allocator, &generator, most: tiny ? 600 : 3_000)
        if step % 4_000 == 0 {
          #expect(model.isWhole(), "seed \(seed), step \(step)")
          for kind in MemoryKind.allCases {
            let usage = allocator.memory(by: kind)
            #expect(usage.byteCount == model.byteCount(of: kind), "seed \(seed), step \(step)")
          }
          #expect(allocator.allocatedBlockCount == model.entries.count, "seed \(seed)")
          let statistics = allocator.statistics
          #expect(
            statistics.pages.committedBytes == statistics.carrierCommittedBytes
              + statistics.largeCommittedBytes + statistics.cachedBytes, "seed \(seed)")
        }
      }
      #expect(model.isWhole(), "seed \(seed)")
      while !model.entries.isEmpty {
        let entry = model.remove(at: model.entries.count - 1)
        allocator.free(entry.block, kind: entry.kind)
      }
      #expect(allocator.allocatedBlockCount == 0, "seed \(seed)")
      allocator.trim()
      #expect(allocator.statistics.pages.committedBytes == 0, "seed \(seed)")
    }
    #expect(source.statistics.reservedBytes == 0, "seed \(seed)")
  }

  private static func step(
    _ model: inout BlockModel, _ allocator: BlockAllocator,
    _ generator: inout SeededGenerator, most: Int
  ) throws {
    let choice = Int.random(in: 0..<100, using: &generator)
    // The number of blocks drifts up and down, so that carriers fill and run empty.
    let grows = model.entries.count < most && generator.next() % 16 != 0
    if model.entries.isEmpty || choice < (grows ? 55 : 35) {
      let kind = MemoryKind.allCases.randomElement(using: &generator) ?? .fixed
      model.add(
        try allocator.allocate(byteCount: randomSize(using: &generator), kind: kind), kind: kind)
    } else if choice < 90 {
      let index = Int.random(in: 0..<model.entries.count, using: &generator)
      let entry = model.remove(at: index)
      allocator.free(entry.block, kind: entry.kind)
    } else if choice < 99 {
      let index = Int.random(in: 0..<model.entries.count, using: &generator)
      let entry = model.entries[index]
      let size = randomSize(using: &generator)
      let resized = try allocator.resizeInPlace(entry.block, toByteCount: size, kind: entry.kind)
      if let resized {
        #expect(resized.byteCount >= size)
        model.resize(at: index, to: resized)
      }
    } else if generator.next() % 20 == 0 {
      allocator.trim()
    }
  }

  private static func randomSize(using generator: inout SeededGenerator) -> Int {
    let bits = Int.random(in: 0...100, using: &generator)
    let largest = bits < 98 ? 1 << (4 + bits / 8) : 1 << 22
    return Int.random(in: 1...largest, using: &generator)
  }
}
