import Carriers
import Glibc

/// Blocks of which most were freed again, at random: what of them stays in memory is to be little.
public enum SparseBlocks {
  /// Allocates and writes blocks until they hold so many bytes, and frees all but one of twenty.
  /// - Parameters:
  ///   - byteCount: what they hold before most of them are freed.
  ///   - largestExponent: sizes are from 16 bytes to two to this power, as many in each doubling.
  /// - Returns: those that are left, of kind `.ets`.
  public static func make(
    in allocator: BlockAllocator, byteCount: Int, largestExponent: Double,
    using random: inout some RandomNumberGenerator
  ) throws(MemoryError) -> [MemoryBlock] {
    var blocks: [MemoryBlock] = []
    var total = 0
    while total < byteCount {
      let exponent = Double.random(in: 4...largestExponent, using: &random)
      let block = try allocator.allocate(byteCount: Int(exp2(exponent)), kind: .ets)
      memset(block.base, 1, block.byteCount)
      total += block.byteCount
      blocks.append(block)
    }
    blocks.shuffle(using: &random)
    let kept = blocks.count / 20
    for block in blocks[kept...] { allocator.free(block, kind: .ets) }
    return Array(blocks[..<kept])
  }

  /// The bytes of the pages that hold a byte of a block.
  public static func pageByteCount(under blocks: [MemoryBlock]) -> Int {
    var pages = Set<UInt>()
    for block in blocks {
      let first = UInt(bitPattern: block.base)
      for page in first >> 12...(first + UInt(block.byteCount) - 1) >> 12 { pages.insert(page) }
    }
    return pages.count << 12
  }
}
