/// The header of a carrier: a range of addresses, aligned to its size, that blocks of one size
/// class share.
///
///     | header 128 | block | block | ... | never used, committed | not committed | rest |
///     ^ base         ^ start               ^ fresh                 ^ committedEnd
///
/// A free block holds the link to the next free one and a mark that says that it is free; both
/// lie in the block itself. Blocks never used are in no list: their pages are not touched.
struct Carrier {
  /// Free blocks that were used before.
  var firstFree: UnsafeMutableRawPointer?
  /// The first block never used.
  var fresh: UnsafeMutableRawPointer
  /// Where the committed part of the carrier ends.
  var committedEnd: UnsafeMutableRawPointer
  /// The bytes of each block.
  var blockByteCount: Int
  /// Neighbours in the list the carrier is in.
  var next: UnsafeMutablePointer<Carrier>?
  var previous: UnsafeMutablePointer<Carrier>?
  /// The place of the size class in the allocator's table.
  var classIndex: Int
  /// Blocks in use.
  var usedCount: Int
  /// Whether the carrier is in its class's list of those with room.
  var isListed: Bool

  /// The bytes before the first block: two cache lines, so that blocks keep to lines of theirs.
  static var headerByteCount: Int { 128 }
}

/// What a free block holds instead of its content: 16 bytes.
enum FreeBlock {
  /// Makes the block free, in front of the others.
  @inline(__always)
  static func link(_ block: UnsafeMutableRawPointer, before next: UnsafeMutableRawPointer?) {
    block.storeBytes(of: next, as: UnsafeMutableRawPointer?.self)
    block.storeBytes(of: mark(of: block), toByteOffset: 8, as: UInt.self)
  }

  /// Ends the block's being free.
  /// - Returns: the next free block.
  @inline(__always)
  static func unlink(_ block: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    assert(isMarked(block), "the free block \(block) was written to")
    block.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
    return block.load(as: UnsafeMutableRawPointer?.self)
  }

  /// Whether the block is free, as far as its bytes tell.
  @inline(__always)
  static func isMarked(_ block: UnsafeMutableRawPointer) -> Bool {
    block.load(fromByteOffset: 8, as: UInt.self) == mark(of: block)
  }

  /// A word that no content has by chance, another one for each address.
  @inline(__always)
  private static func mark(of block: UnsafeMutableRawPointer) -> UInt {
    UInt(bitPattern: block) ^ 0xF4EE_B10C_5EA1_ED0B
  }
}
