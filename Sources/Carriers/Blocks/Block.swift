import Synchronization

/// A block of a carrier that blocks of any size share, by the address of its header.
///
///     header                                            | next header
///     | round | size | discarded | last | previousFree | free |   payload   |
///       32       28        1         1          1          1     in use: as many bytes as the size less 8
///
///     | header | left | right | parent | largest | unused ... | size |   a free block
///              0      8       16       24        32             footer
///
/// Sizes count the header, and are multiples of 16; headers stand 8 bytes before such a multiple,
/// so that payloads stand at one. A free block repeats its size in its last word, where the block
/// behind it finds it: so both neighbours are found at once, and free neighbours become one. The round
/// is that of decay in which it was first seen free, and 0 before.
struct Block: BitwiseCopyable, Equatable {
  let header: UnsafeMutableRawPointer

  init(header: UnsafeMutableRawPointer) { self.header = header }

  init(payload: UnsafeMutableRawPointer) { header = payload - Block.headerByteCount }

  init(links: UnsafeMutablePointer<TreeLinks>) {
    self.init(payload: UnsafeMutableRawPointer(links))
  }

  static var headerByteCount: Int { 8 }
  /// Header, links, footer.
  static var smallestByteCount: Int { 48 }

  private static var freeBit: UInt { 1 }
  private static var previousFreeBit: UInt { 2 }
  private static var lastBit: UInt { 4 }
  private static var discardedBit: UInt { 8 }
  private static var flags: UInt { 15 }
  /// The bits of the size and of the flags.
  private static var sizeBits: UInt { 32 }

  /// The bytes of the block that holds so many bytes of payload.
  static func byteCount(holding payload: Int) -> Int {
    max(smallestByteCount, (payload + headerByteCount + 15) & ~15)
  }

  /// Only the owner writes; but a thread that frees a block of another's reads its size while the
  /// owner may change its flags.
  private var word: UInt {
    get { header.assumingMemoryBound(to: Atomic<UInt>.self).pointee.load(ordering: .relaxed) }
    nonmutating set {
      header.assumingMemoryBound(to: Atomic<UInt>.self).pointee.store(newValue, ordering: .relaxed)
    }
  }

  /// All bytes of the block, its header with them.
  var byteCount: Int { Int(UInt32(truncatingIfNeeded: word & ~Block.flags)) }
  var isFree: Bool { word & Block.freeBit != 0 }
  var isPreviousFree: Bool { word & Block.previousFreeBit != 0 }
  /// Whether no block of the carrier stands behind this one.
  var isLast: Bool { word & Block.lastBit != 0 }

  var payload: UnsafeMutableRawPointer { header + Block.headerByteCount }
  var payloadByteCount: Int { byteCount &- Block.headerByteCount }
  /// What a client may use. No more than the largest that shares a carrier, so that the size alone
  /// tells blocks of carriers from larger ones.
  func usableByteCount(atMost limit: Int) -> Int { min(payloadByteCount, limit) }

  var links: UnsafeMutablePointer<TreeLinks> { payload.assumingMemoryBound(to: TreeLinks.self) }
  var end: UnsafeMutableRawPointer { header + byteCount }

  /// The block behind this one.
  var next: Block? { isLast ? nil : Block(header: end) }

  /// The block before this one, where that is free.
  var previousFree: Block? {
    if !isPreviousFree { return nil }
    return Block(header: header - (header - 8).load(as: Int.self))
  }

  /// Writes the header of a block in use.
  func setUsed(byteCount: Int, isPreviousFree: Bool, isLast: Bool) {
    word =
      UInt(byteCount) | (isPreviousFree ? Block.previousFreeBit : 0) | (isLast ? Block.lastBit : 0)
  }

  /// Writes header and footer of a free block. No free block stands before it.
  func setFree(byteCount: Int, isLast: Bool) {
    word = UInt(byteCount) | Block.freeBit | (isLast ? Block.lastBit : 0)
    (header + byteCount - 8).storeBytes(of: byteCount, as: Int.self)
  }

  func setPreviousFree(_ isFree: Bool) {
    word = isFree ? word | Block.previousFreeBit : word & ~Block.previousFreeBit
  }

  /// Whether the pages within a free block were given back since it became free.
  var isDiscarded: Bool { word & Block.discardedBit != 0 }

  func setDiscarded() { word |= Block.discardedBit }

  /// Where the links of a free block end, from its header on.
  static var linksEnd: Int { headerByteCount + MemoryLayout<TreeLinks>.size }

  /// Bytes of a free block between its links and its footer are nobody's.
  func forbidUnused() {
    MemoryPoison.forbid(header + Self.linksEnd, byteCount: byteCount - Self.linksEnd - 8)
  }

  /// Gives the whole pages within a free block back, which hold neither its links nor its footer.
  func discardPages(source: PageSource) {
    if isDiscarded { return }
    let mask = source.pageByteCount - 1
    let start = (Int(bitPattern: header) + Self.linksEnd + mask) & ~mask
    let end = (Int(bitPattern: end) - 8) & ~mask
    guard end > start, let base = UnsafeMutableRawPointer(bitPattern: start) else { return }
    source.discard(base, byteCount: end - start)
    setDiscarded()
  }

  /// Whether the block was free, and as large, in the last round; else its header says from now on that
  /// it is in this one. Blocks without a whole page never were.
  func wasFree(since last: UInt32, now: UInt32, pageByteCount: Int) -> Bool {
    if isDiscarded || byteCount < 2 * pageByteCount { return false }
    if last != 0 && UInt32(word >> Block.sizeBits) == last { return true }
    word = word & (1 << Block.sizeBits - 1) | UInt(now) << Block.sizeBits
    return false
  }

  /// The size in the last word, which a free block repeats.
  var footer: Int { (end - 8).load(as: Int.self) }
}
