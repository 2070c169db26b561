import Foundation
import Testing

@testable import Carriers

/// What of an allocator the kernel has in memory.
enum CarrierResidency {
  /// The bytes of an allocator's carriers and large blocks that are in memory.
  static func byteCount(of allocator: BlockAllocator) throws -> Int {
    var ranges: [(UInt, Int)] = []
    let carrier = allocator.core.layout.carrierByteCount
    allocator.core.withSupply { supply in
      supply.forEachCarrier { ranges.append((UInt(bitPattern: $0.base), carrier)) }
    }
    allocator.large.forEachBlock { block in
      let start = block.address & ~4095
      let end = (block.address + UInt(block.byteCount) + 4095) & ~4095
      ranges.append((start, Int(end - start)))
    }
    var sum = 0
    for (start, byteCount) in ranges {
      var pages = [UInt8](repeating: 0, count: byteCount / 4096)
      try #require(mincore(UnsafeMutableRawPointer(bitPattern: start), byteCount, &pages) == 0)
      sum += pages.count { $0 & 1 != 0 } * 4096
    }
    return sum
  }
}
