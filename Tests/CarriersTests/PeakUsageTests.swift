import Carriers
import Foundation
import TestKit
import Testing

@Suite struct PeakUsageTests {
  @Test func thePeakStaysWhenBlocksGo() throws {
    let allocator = BlockAllocator()
    let small = try allocator.allocate(byteCount: 1000, kind: .code)
    let large = try allocator.allocate(byteCount: 1 << 20, kind: .code)
    let both = small.byteCount + large.byteCount
    #expect(allocator.peakByteCount(of: .code) == both)
    allocator.free(small, kind: .code)
    allocator.free(large, kind: .code)
    #expect(allocator.peakByteCount(of: .code) == both)
    #expect(allocator.peakByteCount(of: .literal) == 0)
  }

  @Test func peaksOfSmallAndLargeBlocksThatNeverMetAreNotAdded() throws {
    let allocator = BlockAllocator()
    for _ in 0..<3 {
      let small = try allocator.allocate(byteCount: 100_000, kind: .scratch)
      allocator.free(small, kind: .scratch)
      let large = try allocator.allocate(byteCount: 300_000, kind: .scratch)
      allocator.free(large, kind: .scratch)
    }
    let peak = allocator.peakByteCount(of: .scratch)
    #expect(peak >= 300_000)
    #expect(peak < 400_000)
  }

  /// No more than was in use, and no less than that but for a slab's worth.
  @Test func thePeakOfSmallBlocksIsSeenWhereSlabsFill() throws {
    let allocator = BlockAllocator()
    for count in [1_000, 50_000, 7_000] {
      let blocks = try (0..<count).map { _ in try allocator.allocate(byteCount: 64, kind: .ets) }
      for block in blocks { allocator.free(block, kind: .ets) }
      #expect(allocator.peakByteCount(of: .ets) <= 50_000 * 64)
    }
    #expect(allocator.peakByteCount(of: .ets) >= 50_000 * 64 - 65_536)
  }

  /// What was once added up of many small blocks is not taken for what there is.
  @Test(arguments: [false, true])
  func smallBlocksBetweenLargeOnesCount(byHandle: Bool) throws {
    let allocator = BlockAllocator()
    let handle = byHandle ? allocator.makeInstanceHandle() : nil
    func allocate(_ byteCount: Int) throws -> MemoryBlock {
      if handle != nil { return try handle!.allocate(byteCount: byteCount, kind: .literal) }
      return try allocator.allocate(byteCount: byteCount, kind: .literal)
    }
    func free(_ block: MemoryBlock) {
      if handle != nil { return handle!.free(block, kind: .literal) }
      allocator.free(block, kind: .literal)
    }
    var most = 0
    var small: [MemoryBlock] = []
    for round in 0..<40 {
      for _ in 0..<round { small.append(try allocate(48)) }
      let large = try allocate(300_000)
      most = max(most, large.byteCount + small.reduce(0) { $0 + $1.byteCount })
      free(large)
      if round % 3 == 2 { while let block = small.popLast() { free(block) } }
      #expect(allocator.peakByteCount(of: .literal) == most)
    }
    for block in small { free(block) }
  }

  /// Another thread's small blocks are no part of a peak for longer than they were there.
  @Test func whatAnotherThreadFreedIsForgotten() throws {
    let allocator = BlockAllocator()
    let small = 20_000
    let thread = Thread {
      do {
        let blocks = try (0..<small).map { _ in try allocator.allocate(byteCount: 256, kind: .ets) }
        for block in blocks { allocator.free(block, kind: .ets) }
      } catch {
        Issue.record(error)
      }
    }
    thread.start()
    while !thread.isFinished { usleep(1_000) }
    let large = try allocator.allocate(byteCount: 4_000_000, kind: .ets)
    allocator.free(large, kind: .ets)
    let peak = allocator.peakByteCount(of: .ets)
    #expect(peak > small * 256 - 65_536)
    #expect(peak < small * 256 + 65_536)
  }

  /// Random calls beside a plain count of the same; the seed is told on failure.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func thePeakIsThatOfAModel(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(usesTinyCarriers: seed == 2))
    var blocks: [MemoryBlock] = []
    var used = 0
    var peak = 0
    for _ in 0..<2000 {
      switch Int.random(in: 0..<8, using: &random) {
      case 0..<4:
        let limit = Int.random(in: 0..<3, using: &random) == 0 ? 2_000_000 : 2000
        let byteCount = Int.random(in: 1...limit, using: &random)
        let block = try allocator.allocate(byteCount: byteCount, kind: .oldHeap)
        blocks.append(block)
        used += block.byteCount
      case 4:
        guard let index = blocks.indices.randomElement(using: &random) else { continue }
        let byteCount = Int.random(in: 1...(2 * blocks[index].byteCount), using: &random)
        let resized = try allocator.resizeInPlace(
          blocks[index], toByteCount: byteCount, kind: .oldHeap)
        guard let resized else { continue }
        used += resized.byteCount - blocks[index].byteCount
        blocks[index] = resized
      default:
        guard let index = blocks.indices.randomElement(using: &random) else { continue }
        let block = blocks.remove(at: index)
        used -= block.byteCount
        allocator.free(block, kind: .oldHeap)
      }
      peak = max(peak, used)
      if Int.random(in: 0..<16, using: &random) == 0 {
        let told = allocator.peakByteCount(of: .oldHeap)
        #expect(told <= peak && told > peak - 65_536, "seed \(seed)")
      }
    }
    let told = allocator.peakByteCount(of: .oldHeap)
    #expect(told <= peak && told > peak - 65_536, "seed \(seed)")
    for block in blocks { allocator.free(block, kind: .oldHeap) }
  }
}
