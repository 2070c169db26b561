/// A strategy: it supervises the free blocks of carriers, and says which one serves a request.
/// Carriers, neighbours and headers are not its business.
///
/// A new strategy is a file of its own, a line in ``BlockStrategy`` and a case of `InstanceBlocks`.
protocol FreeBlockIndex: ~Copyable {
  /// - Parameter carrierByteCount: a carrier's size and alignment, a power of two.
  init(carrierByteCount: Int)
  /// Takes up a block that became free.
  mutating func insert(_ block: Block)
  /// Lets go of a block that it holds, to be joined with another.
  mutating func remove(_ block: Block)
  /// Chooses a free block of at least so many bytes and lets go of it; `nil` where it finds none.
  mutating func take(byteCount: Int) -> Block?
  /// Calls the body with each block it holds.
  func forEach(_ body: (Block) -> Void)
  /// Whether what it holds is in the order it should be.
  func isWhole() -> Bool
}

/// How blocks of a kind are placed in carriers.
public enum BlockStrategy: String, CaseIterable, Sendable {
  /// Slabs of blocks of one size: the fastest, for many small blocks. Every size class has room of
  /// its own.
  case sizeClasses
  /// First fit among carriers by address, best fit within: ERTS's default (`aoffcbf`).
  case carrierOrderedBestFit
  /// The smallest block that fits, the lowest of several (`aobf`).
  case bestFit
  /// The lowest block that fits (`aoff`).
  case addressOrderedFirstFit
  /// Lists of blocks of about a size (`gf`): constant time, a fit that is good rather than best.
  case goodFit
}
