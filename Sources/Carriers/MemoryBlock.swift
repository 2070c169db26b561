/// Bytes of a block allocator, until they are freed.
///
/// A value may be copied and sent to another thread; one owner at a time uses and frees the block.
public struct MemoryBlock: BitwiseCopyable, @unchecked Sendable {
  // Unchecked: the pointer is only passed on. Who uses the bytes is the owner's duty, as above.

  /// The first byte; a multiple of 16.
  public let base: UnsafeMutableRawPointer
  /// The bytes that may be used: as many as were asked for, or more.
  public let byteCount: Int

  @inlinable @inline(__always)
  package init(base: UnsafeMutableRawPointer, byteCount: Int) {
    self.base = base
    self.byteCount = byteCount
  }
}
