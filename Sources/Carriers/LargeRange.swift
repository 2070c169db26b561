/// A reservation that one large block stands in, alone.
///
///     | used by the block | committed | reserved only |
struct LargeRange: @unchecked Sendable {
  // Unchecked: the pointer is only passed on, as that of a MemoryBlock.

  let base: UnsafeMutableRawPointer
  let reservedByteCount: Int
  var committedByteCount: Int
  /// The bytes of the block; 0 while the range is cached.
  var usedByteCount = 0
}
