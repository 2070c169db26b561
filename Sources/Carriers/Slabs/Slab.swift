import Synchronization

/// The record of a slab: a run of addresses that blocks of one size class and kind share.
///
/// It lies in the head of the slab's carrier, beside those of the other slabs, so that records do
/// not all compete for the same few lines of the processor's caches.
///
///       0  firstFree          | first of the free blocks, each holds the next
///       8  usedCount          | settleAt
///      16  slot               | of the owner, for its kind and class
///      24  capacity           | carvedCount
///      32  next, previous     | neighbours in the list the slab is in
///      48  decayCount         | usedCount when it was last looked for free pages
///      52  isListed
///      64  owner
///      72  blockByteCount     | classIndex, kind
///      80  start              | the first block
///      88  discarded          | pages whose free blocks are in no list, a bit each
///
/// What other threads read who free a block lies in the second cache line, which is seldom written: else
/// the first would go to and fro between processors.
///
/// Blocks that were never used are in no list either; their pages are not touched. Only the owner
/// writes the record, or who has the pool's lock while the slab is there.
@usableFromInline
struct Slab: ~Copyable {
  @usableFromInline var firstFree: UnsafeMutableRawPointer?
  /// Blocks in use, those that other threads freed and the owner has not taken back with them.
  @usableFromInline var usedCount: UInt32 = 0
  /// The number of blocks in use at which a free has more to do than to link the block.
  @usableFromInline var settleAt: UInt32 = 0
  /// Where the owner counts what it frees.
  @usableFromInline var slot: UnsafeMutablePointer<ClassSlot>?
  /// Blocks that fit.
  var capacity: UInt32 = 0
  /// Blocks that were in use once, counted from the start.
  var carvedCount: UInt32 = 0
  var next: UnsafeMutablePointer<Slab>?
  var previous: UnsafeMutablePointer<Slab>?
  var decayCount = UInt32.max
  /// Whether the slab is in its class's list of those with room.
  var isListed = false
  /// Fills the first cache line.
  private let padding: UInt64 = 0
  /// The address of the owner, or ``pooled`` or ``nobody``.
  @usableFromInline let owner = Atomic<UInt>(Slab.nobody)
  var blockByteCount: UInt32 = 0
  var classIndex: UInt16 = 0
  @usableFromInline var kind: MemoryKind = .fixed
  var start: UnsafeMutableRawPointer
  var discarded = PageSet()

  init(start: UnsafeMutableRawPointer) { self.start = start }

  /// The owner of a slab that waits to be used.
  static var nobody: UInt { 0 }
  /// The owner of a slab that waits in the pool, with blocks in use, for an instance to take it.
  static var pooled: UInt { 1 }

  /// The ``settleAt`` of a slab that stays also when it is empty.
  static var neverSettles: UInt32 { .max }

  /// The bytes of a record in a carrier's head: two cache lines.
  @inlinable
  static var strideShift: Int { 7 }

  var isFull: Bool { usedCount == capacity }
  var usedByteCount: Int { Int(usedCount) * Int(blockByteCount) }

  /// Lets the first block begin at a page.
  mutating func alignStart(to pageByteCount: Int) {
    let address = Int(bitPattern: start)
    start += -address & (pageByteCount - 1)
  }

  /// The block with this number, counted from the start.
  func block(_ number: UInt32) -> UnsafeMutableRawPointer {
    start + Int(number) * Int(blockByteCount)
  }
}

@usableFromInline
typealias SlabPointer = UnsafeMutablePointer<Slab>

/// A set of pages of a slab, which has 256 at most.
struct PageSet {
  private var words = InlineArray<4, UInt64>(repeating: 0)

  /// Pages that a set can hold.
  static var capacity: Int { 256 }

  var isEmpty: Bool { words[0] | words[1] | words[2] | words[3] == 0 }

  func contains(_ page: Int) -> Bool { words[page >> 6] >> UInt64(page & 63) & 1 != 0 }

  mutating func insert(_ page: Int) { words[page >> 6] |= 1 << UInt64(page & 63) }

  /// Takes the lowest page out.
  mutating func popFirst() -> Int? {
    for index in 0..<4 where words[index] != 0 {
      let bit = words[index].trailingZeroBitCount
      words[index] &= words[index] &- 1
      return index << 6 + bit
    }
    return nil
  }

  /// The lowest run of pages, none of which the set has, within the first ones.
  func firstGap(below count: Int, from page: Int) -> Range<Int>? {
    guard let start = (page..<count).first(where: { !contains($0) }) else { return nil }
    let end = (start..<count).first(where: { contains($0) }) ?? count
    return start..<end
  }
}

/// What a free block holds instead of its content: 16 bytes.
@usableFromInline
enum FreeBlock {
  /// Makes the block free, in front of the others.
  @inlinable @inline(__always)
  static func link(_ block: UnsafeMutableRawPointer, before next: UnsafeMutableRawPointer?) {
    block.storeBytes(of: next, as: UnsafeMutableRawPointer?.self)
    block.storeBytes(of: mark(of: block), toByteOffset: 8, as: UInt.self)
  }

  /// Ends the block's being free.
  /// - Returns: the next free block.
  @inlinable @inline(__always)
  static func unlink(_ block: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    assert(isMarked(block), "the free block \(block) was written to")
    block.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
    return block.load(as: UnsafeMutableRawPointer?.self)
  }

  /// Whether the block is free, as far as its bytes tell.
  @inlinable @inline(__always)
  static func isMarked(_ block: UnsafeMutableRawPointer) -> Bool {
    block.load(fromByteOffset: 8, as: UInt.self) == mark(of: block)
  }

  /// The next free block.
  @inlinable @inline(__always)
  static func next(_ block: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    block.load(as: UnsafeMutableRawPointer?.self)
  }

  /// A word that no content has by chance, another one for each address.
  @inlinable @inline(__always)
  static func mark(of block: UnsafeMutableRawPointer) -> UInt {
    UInt(bitPattern: block) ^ 0xF4EE_B10C_5EA1_ED0B
  }
}
