import Carriers
import Testing

/// Bugs of a caller's stop the program with a message.
@Suite struct BlockAllocatorCrashTests {
  @Test func freeingASmallBlockTwice() async {
    await #expect(processExitsWith: .failure) {
      let allocator = BlockAllocator()
      let block = try allocator.allocate(byteCount: 100, kind: .fixed)
      allocator.free(block, kind: .fixed)
      allocator.free(block, kind: .fixed)
    }
  }

  @Test func freeingABlockTwiceThatWaitsForTheNextRequest() async {
    await #expect(processExitsWith: .failure) {
      let allocator = BlockAllocator(
        configuration: MemoryConfiguration(strategies: [.fixed: .goodFit]))
      let block = try allocator.allocate(byteCount: 104, kind: .fixed)
      allocator.free(block, kind: .fixed)
      allocator.free(block, kind: .fixed)
    }
  }

  @Test func freeingABlockTwiceThatJoinedItsNeighbours() async {
    await #expect(processExitsWith: .failure) {
      let allocator = BlockAllocator(
        configuration: MemoryConfiguration(strategies: [.fixed: .goodFit]))
      let blocks = try (0..<3).map { _ in
        try allocator.allocate(byteCount: 104, kind: .fixed)
      }
      allocator.free(blocks[0], kind: .fixed)
      allocator.trim()
      allocator.free(blocks[0], kind: .fixed)
    }
  }

  @Test func freeingALargeBlockTwice() async {
    await #expect(processExitsWith: .failure) {
      let allocator = BlockAllocator()
      let block = try allocator.allocate(byteCount: 1 << 20, kind: .fixed)
      allocator.free(block, kind: .fixed)
      allocator.free(block, kind: .fixed)
    }
  }

  @Test func touchingDecommittedMemory() async {
    await #expect(processExitsWith: .failure) {
      var arena = try Arena(reservedByteCount: 1 << 20, source: PageSource())
      try arena.commit(toByteCount: 1 << 20)
      arena.decommit(toByteCount: 4096)
      arena.base.storeBytes(of: 1, toByteOffset: 8192, as: Int.self)
    }
  }
}

/// Only a build for AddressSanitizer has something to see here.
@Suite(.enabled(if: MemoryPoison.isActive)) struct MemoryPoisonTests {
  @Test(arguments: [24, 1864, 300_000])
  func freeBytesAreForbidden(byteCount: Int) throws {
    let allocator = BlockAllocator()
    let block = try allocator.allocate(byteCount: byteCount, kind: .fixed)
    let last = block.base + block.byteCount - 1
    #expect(!MemoryPoison.isForbidden(block.base))
    #expect(!MemoryPoison.isForbidden(last))
    #expect(MemoryPoison.isForbidden(last + 1))
    allocator.free(block, kind: .fixed)
    #expect(MemoryPoison.isForbidden(block.base))
    #expect(MemoryPoison.isForbidden(last))
  }

  @Test func touchingAFreeBlockIsSeen() async {
    await #expect(processExitsWith: .failure) {
      let allocator = BlockAllocator()
      let block = try allocator.allocate(byteCount: 1864, kind: .fixed)
      allocator.free(block, kind: .fixed)
      block.base.storeBytes(of: 1, toByteOffset: 64, as: Int.self)
    }
  }
}
