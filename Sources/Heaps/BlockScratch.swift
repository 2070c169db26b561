import Carriers
import Terms

/// Working memory for traversals out of a system's blocks, so that it is accounted for.
public final class BlockScratch: ScratchProvider, Sendable {
  private let allocator: BlockAllocator

  init(allocator: BlockAllocator) { self.allocator = allocator }

  /// Hands out bytes of a block.
  /// - Throws: ``ScratchExhausted``, whose cause is the allocator's `MemoryError`.
  public func allocateScratch(
    byteCount: Int
  ) throws(ScratchExhausted) -> UnsafeMutableRawPointer {
    do {
      return try allocator.allocate(byteCount: max(byteCount, 1), kind: .scratch).base
    } catch {
      throw ScratchExhausted(requestedBytes: byteCount, cause: error)
    }
  }

  /// Takes them back.
  public func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    allocator.free(at: memory, byteCount: max(byteCount, 1), kind: .scratch)
  }
}
