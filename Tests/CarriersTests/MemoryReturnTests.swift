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
}
