import Carriers
import Terms

/// Memory of binaries outside the heaps out of a system's blocks, so that it is accounted for.
public final class BlockBinaries: BinaryProvider {
  private let allocator: BlockAllocator

  init(allocator: BlockAllocator) { self.allocator = allocator }

  /// Hands out bytes of a block.
  public func allocateBinary(
    byteCount: Int
  ) throws(BinaryRefused) -> UnsafeMutableRawPointer {
    do {
      return try allocator.allocate(byteCount: byteCount, kind: .binary).base
    } catch {
      throw BinaryRefused(requestedBytes: byteCount, cause: error)
    }
  }

  /// Gives bytes another size where they stand.
  public func resizeBinary(
    _ memory: UnsafeMutableRawPointer, from byteCount: Int, to newByteCount: Int
  ) -> Bool {
    let block = MemoryBlock(base: memory, byteCount: byteCount)
    let resized = try? allocator.resizeInPlace(block, toByteCount: newByteCount, kind: .binary)
    return resized != nil
  }

  /// Takes them back.
  public func freeBinary(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    allocator.free(at: memory, byteCount: byteCount, kind: .binary)
  }
}
