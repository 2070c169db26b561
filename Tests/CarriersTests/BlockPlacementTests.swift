import Carriers
import Foundation
import Testing

/// Where blocks stand, and what that costs.
@Suite struct BlockPlacementTests {
  @Test func aHundredThousandSmallBlocksNeedFewMappings() throws {
    let allocator = BlockAllocator()
    var blocks: [MemoryBlock] = []
    for _ in 0..<100_000 {
      blocks.append(try allocator.allocate(byteCount: 233 * 8, kind: .processHeap))
    }
    let statistics = allocator.statistics
    let mappings = try Self.mappingCount(under: blocks)
    #expect(mappings > 0)
    #expect(mappings < 20)
    #expect(statistics.smallBlocks.byteCount < 100_000 * 233 * 8 * 105 / 100)
    #expect(statistics.pages.committedBytes < 100_000 * 233 * 8 * 105 / 100)
    #expect(statistics.pages.requestCount < 2_000)
    for block in blocks { allocator.free(block, kind: .processHeap) }
    #expect(allocator.allocatedBlockCount == 0)
    #expect(allocator.statistics.idleCarrierBytes <= 100 << 20)
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }

  @Test func pagesAreTouchedByTheirUsersOnly() throws {
    let allocator = BlockAllocator()
    for byteCount in [200_000, 4_000_000] {
      let block = try allocator.allocate(byteCount: byteCount, kind: .code)
      #expect(try Self.residentByteCount(of: block) <= 2 * 4096)
      block.base.storeBytes(of: 1, toByteOffset: 100_000, as: Int.self)
      #expect(try Self.residentByteCount(of: block) >= 4096)
      allocator.free(block, kind: .code)
    }
  }

  @Test func aLargeBlockGrowsWhereItStands() throws {
    let allocator = BlockAllocator()
    var block = try allocator.allocate(byteCount: 256 << 10, kind: .processHeap)
    let base = block.base
    base.storeBytes(of: 42, as: Int.self)
    for byteCount in [300 << 10, 1 << 20, 5 << 20, 16 << 20 - 64 << 10] {
      block = try #require(
        try allocator.resizeInPlace(block, toByteCount: byteCount, kind: .processHeap))
      #expect(block.base == base)
      #expect(block.byteCount >= byteCount)
      base.storeBytes(of: 43, toByteOffset: byteCount - 8, as: Int.self)
    }
    #expect(base.load(as: Int.self) == 42)
    let beyond = try allocator.resizeInPlace(block, toByteCount: 19 << 20, kind: .processHeap)
    #expect(beyond == nil)
    #expect(allocator.statistics.largeCommittedBytes == 16 << 20)
    block = try #require(
      try allocator.resizeInPlace(block, toByteCount: 4 << 20, kind: .processHeap))
    #expect(block.byteCount >= 4 << 20)
    #expect(allocator.statistics.largeCommittedBytes <= 6 << 20)
    #expect(base.load(as: Int.self) == 42)
    let tooSmall = try allocator.resizeInPlace(block, toByteCount: 1000, kind: .processHeap)
    #expect(tooSmall == nil)
    allocator.free(block, kind: .processHeap)
  }

  @Test func aSmallBlockKeepsItsPlaceWhileItFits() throws {
    let allocator = BlockAllocator()
    let block = try allocator.allocate(byteCount: 1864, kind: .processHeap)
    let same = try allocator.resizeInPlace(block, toByteCount: 1000, kind: .processHeap)
    #expect(same?.base == block.base)
    for byteCount in [block.byteCount + 1, block.byteCount / 2 - 1, 1 << 20] {
      let moved = try allocator.resizeInPlace(block, toByteCount: byteCount, kind: .processHeap)
      #expect(moved == nil)
    }
    allocator.free(block, kind: .processHeap)
  }

  @Test func aFreedLargeBlockIsUsedAgain() throws {
    let allocator = BlockAllocator()
    let first = try allocator.allocate(byteCount: 3 << 20, kind: .processHeap)
    let second = try allocator.allocate(byteCount: 6 << 20, kind: .processHeap)
    // Huge pages begin where the range does; the block a few cache lines behind.
    let colour = UInt(bitPattern: first.base) % (2 << 20)
    #expect(colour < 32 << 10)
    #expect(colour % 64 == 0)
    first.base.storeBytes(of: 42, as: Int.self)
    allocator.free(first, kind: .processHeap)
    allocator.free(second, kind: .processHeap)
    #expect(allocator.statistics.cachedBytes >= 9 << 20)
    #expect(allocator.statistics.cachedBytes <= 10 << 20)
    let requests = allocator.statistics.pages.requestCount
    let third = try allocator.allocate(byteCount: 5 << 19, kind: .oldHeap)
    #expect(third.base == first.base)
    #expect(third.base.load(as: Int.self) == 42)
    let fourth = try allocator.allocate(byteCount: 4 << 20, kind: .oldHeap)
    #expect(fourth.base == second.base)
    #expect(allocator.statistics.pages.requestCount == requests)
    #expect(allocator.statistics.cacheHitCount == 2)
    allocator.free(third, kind: .oldHeap)
    allocator.free(fourth, kind: .oldHeap)
    allocator.trim()
    #expect(allocator.statistics.pages.reservedBytes == 0)
  }

  @Test func theCacheKeepsNoMoreThanItsLimit() throws {
    let configuration = MemoryConfiguration(carrierCacheLimitBytes: 4 << 20)
    let allocator = BlockAllocator(configuration: configuration)
    let blocks = try [3, 2, 1, 9].map {
      try allocator.allocate(byteCount: $0 << 20, kind: .oldHeap)
    }
    for block in blocks {
      allocator.free(block, kind: .oldHeap)
      #expect(allocator.statistics.cachedBytes <= 4 << 20)
      #expect(allocator.statistics.cachedBytes >= 1 << 20)
    }
    // The last was too large to be kept whole: its first part is, and serves the next block.
    let again = try allocator.allocate(byteCount: 9 << 20, kind: .oldHeap)
    #expect(again.base == blocks[3].base)
    allocator.free(again, kind: .oldHeap)

    let none = BlockAllocator(configuration: MemoryConfiguration(carrierCacheLimitBytes: 0))
    none.free(try none.allocate(byteCount: 3 << 20, kind: .oldHeap), kind: .oldHeap)
    #expect(none.statistics.pages.reservedBytes == 0)
  }

  @Test func prefaultedPagesAreThere() throws {
    let allocator = BlockAllocator(configuration: MemoryConfiguration(usesHugePages: false))
    let block = try allocator.allocate(byteCount: 8 << 20, kind: .processHeap)
    #expect(try Self.residentByteCount(of: block) == 0)
    allocator.prefault(block, byteCount: 3 << 20)
    // Whole pages only: the block may begin within one.
    let resident = try Self.residentByteCount(of: block)
    #expect(resident >= 3 << 20 - 2 * 4096)
    #expect(resident <= 3 << 20)
    #expect(block.base.load(fromByteOffset: 2 << 20, as: Int.self) == 0)
    allocator.free(block, kind: .processHeap)
  }

  @Test func theProcessKnowsItsResidentMemory() throws {
    let now = try #require(ResidentMemory.currentByteCount())
    let peak = try #require(ResidentMemory.peakByteCount())
    #expect(now > 1 << 20)
    #expect(peak > 1 << 20)
    let start = MonotonicTime.nanoseconds()
    usleep(2_000)
    #expect(MonotonicTime.nanoseconds() - start >= 2_000_000)
  }

  /// The kernel's mappings in which the blocks lie.
  private static func mappingCount(under blocks: [MemoryBlock]) throws -> Int {
    let addresses = blocks.map { UInt(bitPattern: $0.base) }.sorted()
    // Read to its end: a file under /proc tells no size, and not all of it comes at once.
    let file = try #require(fopen("/proc/self/maps", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 8192)
    var count = 0
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0x20 }.map(UInt8.init), as: UTF8.self)
      let ends = text.split(separator: "-").compactMap { UInt($0, radix: 16) }
      try #require(ends.count == 2, "no mapping: \(text)")
      if addresses.contains(where: { $0 >= ends[0] && $0 < ends[1] }) { count += 1 }
    }
    return count
  }

  /// The bytes of the pages under a block that are in memory.
  private static func residentByteCount(of block: MemoryBlock) throws -> Int {
    let start = UInt(bitPattern: block.base) & ~4095
    let end = (UInt(bitPattern: block.base) + UInt(block.byteCount) + 4095) & ~4095
    var pages = [UInt8](repeating: 0, count: Int(end - start) / 4096)
    let refusal = mincore(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), &pages)
    try #require(refusal == 0)
    return pages.count { $0 & 1 != 0 } * 4096
  }
}
