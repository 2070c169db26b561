/// A reservation and what of it is in use; a large block stands in one, alone.
///
///     | used by the block | committed | reserved only |
struct ReservedRange: @unchecked Sendable {
  // Unchecked: the pointer is only passed on, as that of a MemoryBlock.

  let base: UnsafeMutableRawPointer
  let reservedByteCount: Int
  var committedByteCount: Int
  /// The bytes of the block; 0 where there is none.
  var usedByteCount = 0
}
