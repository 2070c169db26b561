import Testing

@testable import Carriers

/// Carriers of a large system, which come and go by huge pages.
@Suite struct HugePageTests {
  private static let blockByteCount = 2000
  private static let carrierByteCount = 1 << 20
  private let allocator = BlockAllocator()

  private var committedByteCount: Int { allocator.statistics.pages.committedBytes }

  /// Blocks of some 100 carriers.
  private func makeBlocks() throws -> [MemoryBlock] {
    try (0..<50_000).map { _ in
      try allocator.allocate(byteCount: Self.blockByteCount, kind: .processHeap)
    }
  }

  private func free(_ blocks: some Sequence<MemoryBlock>) {
    for block in blocks { allocator.free(block, kind: .processHeap) }
  }

  private static func carrier(of block: MemoryBlock) -> UInt {
    UInt(bitPattern: block.base) / UInt(carrierByteCount)
  }

  @Test func allComesBackAndIsTakenAnew() throws {
    for _ in 0..<3 {
      let blocks = try makeBlocks()
      let committed = committedByteCount
      #expect(committed >= blocks.count * Self.blockByteCount)
      #expect(committed <= blocks.count * Self.blockByteCount * 11 / 10 + 2 << 20)
      free(blocks)
      // What is kept, and the halves of a few huge pages of which the other half is kept.
      #expect(committedByteCount <= CarrierLayout.alwaysKeptByteCount * 9 / 8)
    }
    allocator.trim()
    #expect(committedByteCount == 0)
  }

  @Test func whatIsLeftOfAHugePageServesTheNextAndGoesBackWhenTrimmed() throws {
    let blocks = try makeBlocks()
    let full = committedByteCount
    // A block stays in every other carrier: so in each huge page.
    var seen: Set<UInt> = []
    let kept = blocks.filter { block in
      let carrier = Self.carrier(of: block)
      return carrier % 2 == 0 && seen.insert(carrier).inserted
    }
    let stays = Set(kept.map { UInt(bitPattern: $0.base) })
    free(blocks.filter { !stays.contains(UInt(bitPattern: $0.base)) })
    let again = try makeBlocks()
    #expect(committedByteCount <= full + 2 << 20)
    free(again)
    allocator.trim()
    // Of each carrier with a block its head and the unit of the block's slab.
    #expect(committedByteCount <= kept.count * Self.carrierByteCount / 8)
    free(kept)
    allocator.trim()
    #expect(committedByteCount == 0)
  }
}
