import Carriers
import Testing

@Suite struct MixedStrategyTests {
  /// A carrier that was one slab, and then holds blocks with headers, must not be taken for a slab.
  @Test func aCarrierChangesItsRole() throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.ets: .bestFit]))
    for _ in 0..<3 {
      let wide = try (0..<8).map { _ in
        try allocator.allocate(byteCount: 200_000, kind: .processHeap)
      }
      for block in wide { allocator.free(block, kind: .processHeap) }
      let blocks = try (0..<2_000).map { _ in
        try allocator.allocate(byteCount: 500, kind: .ets)
      }
      let wideAgain = try (0..<8).map { _ in
        try allocator.allocate(byteCount: 200_000, kind: .processHeap)
      }
      for block in blocks { allocator.free(block, kind: .ets) }
      for block in wideAgain { allocator.free(block, kind: .processHeap) }
      #expect(allocator.allocatedBlockCount == 0)
      #expect(allocator.firstFault() == nil)
    }
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }
}
