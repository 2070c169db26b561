import Testing

@testable import Carriers

/// Who leaves slabs and carriers to others: whose own are hardly used, whoever allocates or frees.
@Suite struct LeavingTests {
  private static func pooledCount(_ allocator: BlockAllocator) -> Int {
    allocator.core.pooledSlabCount + allocator.core.pooledCarrierCount
  }

  private static func allocator(_ strategy: BlockStrategy) -> BlockAllocator {
    BlockAllocator(configuration: MemoryConfiguration(strategies: [.ets: strategy]))
  }

  /// A producer's blocks are freed by others: it counts many allocated, but holds few.
  @Test(arguments: BlockStrategy.allCases)
  func aProducerLeavesWhatOthersEmptied(strategy: BlockStrategy) throws {
    let allocator = Self.allocator(strategy)
    let one = allocator.makeInstanceHandle()
    let other = allocator.makeInstanceHandle()
    let blocks = try (0..<10_000).map { _ in try one.allocate(byteCount: 500, kind: .ets) }
    for (index, block) in blocks.enumerated() where index % 20 != 0 {
      other.free(block, kind: .ets)
    }
    other.trim()
    #expect(Self.pooledCount(allocator) == 0)
    one.trim()
    #expect(Self.pooledCount(allocator) > 1)
    for (index, block) in blocks.enumerated() where index % 20 == 0 { one.free(block, kind: .ets) }
    #expect(allocator.memory(by: .ets) == MemoryUsage())
  }

  /// A consumer frees others' blocks: it counts more freed than allocated, but its own are in use.
  @Test(arguments: BlockStrategy.allCases)
  func aConsumerKeepsWhatItUses(strategy: BlockStrategy) throws {
    let allocator = Self.allocator(strategy)
    let one = allocator.makeInstanceHandle()
    let other = allocator.makeInstanceHandle()
    let passed = try (0..<10_000).map { _ in try one.allocate(byteCount: 500, kind: .ets) }
    let kept = try (0..<10_000).map { _ in try other.allocate(byteCount: 500, kind: .ets) }
    for block in passed { other.free(block, kind: .ets) }
    // One slab or carrier runs half empty; nine tenths of all are in use.
    for block in kept.prefix(1_000) { other.free(block, kind: .ets) }
    other.trim()
    #expect(Self.pooledCount(allocator) == 0)
    for block in kept.dropFirst(1_000) { other.free(block, kind: .ets) }
    #expect(allocator.memory(by: .ets) == MemoryUsage())
  }
}
