import Foundation
import TestKit
import Testing

@testable import Carriers

/// What stays in memory when most of what was allocated is freed and the rest trimmed.
///
/// Counted page by page under the carriers: what the whole process has in memory depends on what
/// else the tests do. The row `carrier/return` of the benchmarks measures that for 1 GB, for which
/// `TENURE_RETURN_BYTES` may be set here.
@Suite struct MemoryReturnTests {
  static let total =
    ProcessInfo.processInfo.environment["TENURE_RETURN_BYTES"].flatMap(Int.init) ?? 12 << 20

  @Test(arguments: BlockStrategy.allCases, [10, 20])
  func memoryGoesBack(strategy: BlockStrategy, largestExponent: Double) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.ets: strategy]))
    var random = SeededGenerator(seed: 9)
    let blocks = try SparseBlocks.make(
      in: allocator, byteCount: Self.total, largestExponent: largestExponent, using: &random)
    allocator.trim()
    let resident = try CarrierResidency.byteCount(of: allocator)
    let live = blocks.reduce(0) { $0 + $1.byteCount }
    if largestExponent > 10 {
      #expect(Double(resident) < 1.3 * Double(live), "\(resident) of \(live)")
    } else {
      let pages = SparseBlocks.pageByteCount(under: blocks)
      #expect(Double(resident) < 1.05 * Double(pages), "\(resident) of \(pages)")
    }
    for block in blocks { allocator.free(block, kind: .ets) }
  }

  /// Without a call to trim, too: blocks that wait for the next request keep no carrier. (Of size
  /// classes each keeps a slab.)
  @Test(arguments: BlockStrategy.allCases.filter { $0 != .sizeClasses })
  func carriersGoBackWhenTheirBlocksAreFreed(strategy: BlockStrategy) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(carrierCacheLimitBytes: 0, strategies: [.ets: strategy]))
    var random = SeededGenerator(seed: 10)
    var blocks = try (0..<60_000).map { _ in
      try allocator.allocate(byteCount: Int.random(in: 16...512, using: &random), kind: .ets)
    }
    #expect(allocator.statistics.carrierCount > 12)
    blocks.shuffle(using: &random)
    for block in blocks.dropFirst() { allocator.free(block, kind: .ets) }
    #expect(allocator.statistics.carrierCount <= 4)
    allocator.free(blocks[0], kind: .ets)
    #expect(allocator.statistics.carrierCount <= 4)
  }

  /// Pages of a carrier's middle that went back are there again when it gets one slab for all of it: the
  /// carrier's last pages being there says nothing of those before.
  @Test(arguments: [1..<4, 5..<7, 2..<15], [false, true])
  func carriersWithHolesServeAgain(holes: Range<Int>, usesTinyCarriers: Bool) throws {
    let unit = usesTinyCarriers ? 4_096 : 65_536
    for size in stride(from: unit / 2, to: 4 * unit, by: unit / 2) {
      let allocator = BlockAllocator(
        configuration: MemoryConfiguration(
          usesTinyCarriers: usesTinyCarriers, strategies: [.ets: .sizeClasses], usesHugePages: false
        ))
      // Some that stay, so that the first carrier is retired whole, and not the last one.
      var first = try (0..<(usesTinyCarriers ? 123 : 2_030)).map { _ in
        try allocator.allocate(byteCount: 512, kind: .ets)
      }
      let others = try (0..<8).map { _ in try allocator.allocate(byteCount: 512, kind: .ets) }
      let cut = first.partition {
        holes.contains((Int(bitPattern: $0.base) & (16 * unit - 1)) / unit)
      }
      for block in first[cut...] { allocator.free(block, kind: .ets) }
      allocator.trim()
      for block in first[..<cut] { allocator.free(block, kind: .ets) }
      let wide = try (0..<4).map { _ in
        let block = try allocator.allocate(byteCount: size, kind: .ets)
        memset(block.base, 7, size)
        return block
      }
      for block in wide + others { allocator.free(block, kind: .ets) }
      #expect(allocator.firstFault() == nil)
    }
  }
}
