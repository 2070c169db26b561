/// A reservation and what of it is in use; a large block stands in one, alone.
///
///     | used by the block | committed | reserved only |
struct ReservedRange: @unchecked Sendable {
  // Unchecked: the pointer is only passed on, as that of a MemoryBlock.

  let base: UnsafeMutableRawPointer
  let reservedByteCount: Int
  var committedByteCount: Int
  /// How far from the base the block begins.
  ///
  /// Ranges begin at multiples of a huge page. Were their blocks to begin there too, a collector
  /// that copies from one to another would read and write at the same low address bits for as
  /// long as it copies in order, and each load would wait for a store it does not depend on.
  let colour: Int
  /// The bytes up to the end of the block, its colour with them; 0 where there is none.
  var usedByteCount = 0

  /// What the block is for.
  var kind = MemoryKind.fixed

  /// The first byte of the block.
  var blockBase: UnsafeMutableRawPointer { base + colour }

  /// The most that a colour takes.
  static var mostColour: Int { 0x1FF * 64 }

  /// The colour of the n-th range: cache lines apart, and no two that follow each other alike.
  static func colour(ofRange number: Int) -> Int { (number &* 37 & 0x1FF) * 64 }
}
