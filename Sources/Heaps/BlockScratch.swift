import Carriers
import Terms

/// Working memory for traversals out of a system's blocks, so that it is accounted for.
///
/// ```
/// | MemoryBlock, filled up to 32 bytes | the memory handed out ... |
/// ```
public final class BlockScratch: ScratchProvider, Sendable {
  private let allocator: BlockAllocator
  private static let headerBytes = 32

  init(allocator: BlockAllocator) {
    precondition(MemoryLayout<MemoryBlock>.size <= Self.headerBytes, "a block outgrew its header")
    self.allocator = allocator
  }

  /// Hands out bytes of a block.
  /// - Throws: ``ScratchExhausted``, whose cause is the allocator's `MemoryError`.
  public func allocateScratch(
    byteCount: Int
  ) throws(ScratchExhausted) -> UnsafeMutableRawPointer {
    do {
      let block = try allocator.allocate(byteCount: byteCount + Self.headerBytes, kind: .scratch)
      block.base.storeBytes(of: block, as: MemoryBlock.self)
      return block.base + Self.headerBytes
    } catch {
      throw ScratchExhausted(requestedBytes: byteCount, cause: error)
    }
  }

  /// Takes them back.
  public func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    let block = (memory - Self.headerBytes).load(as: MemoryBlock.self)
    allocator.free(block, kind: .scratch)
  }
}
