/// A page of an arena: blocks of one size, at an address that is a multiple of 4,096.
///
///     | header 40 | block | block | ... |
///     | header 40 | record of the run 64 | block | ... |   the first page of a run
struct ArenaPage: BitwiseCopyable, Equatable {
  struct Header {
    var firstFree: UnsafeMutableRawPointer?
    var blockByteCount: UInt16 = 0
    var usedCount: UInt16 = 0
    var capacity: UInt16 = 0
    /// Blocks that were in use once.
    var carvedCount: UInt16 = 0
    /// Neighbours in the list of pages of this size with room; of free pages of a run, by `next`.
    var next: ArenaPage?
    var previous: ArenaPage?
    /// The run, and in the lowest bit whether the page is in its size's list.
    private var runWord: UInt

    init(run: ArenaRun) { runWord = UInt(bitPattern: run.firstPage.base) }

    var run: ArenaRun {
      let base = UnsafeMutableRawPointer(bitPattern: runWord & ~1).unsafelyUnwrapped
      return ArenaRun(firstPage: ArenaPage(base: base))
    }

    var isListed: Bool {
      get { runWord & 1 != 0 }
      set { runWord = newValue ? runWord | 1 : runWord & ~1 }
    }
  }

  let base: UnsafeMutableRawPointer

  static var byteCount: Int { 4096 }
  static var headerByteCount: Int { 40 }

  init(base: UnsafeMutableRawPointer) { self.base = base }

  /// The page that a block stands in.
  @inline(__always)
  init(of block: UnsafeMutableRawPointer) {
    let address = UInt(bitPattern: block) & ~UInt(Self.byteCount - 1)
    base = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
  }

  var header: UnsafeMutablePointer<Header> { base.assumingMemoryBound(to: Header.self) }

  /// Where the first block stands.
  var start: UnsafeMutableRawPointer {
    let isFirst = header.pointee.run.firstPage == self
    return base + Self.headerByteCount + (isFirst ? ArenaRun.byteCount : 0)
  }

  /// Makes the page one of blocks of a size, none of them in use.
  func begin(size: Int, run: ArenaRun) {
    header.initialize(to: Header(run: run))
    header.pointee.blockByteCount = UInt16(size)
    header.pointee.capacity = UInt16((base + Self.byteCount - start) / size)
    MemoryPoison.forbid(start, byteCount: base + Self.byteCount - start)
  }

  /// Takes the first free block.
  @inline(__always)
  func unlink(_ block: UnsafeMutableRawPointer) {
    MemoryPoison.allow(block, byteCount: Int(header.pointee.blockByteCount))
    header.pointee.firstFree = block.load(as: UnsafeMutableRawPointer?.self)
    header.pointee.usedCount &+= 1
  }

  /// Makes a block the first free one.
  @inline(__always)
  func link(_ block: UnsafeMutableRawPointer) {
    MemoryPoison.allow(block, byteCount: 8)
    block.storeBytes(of: header.pointee.firstFree, as: UnsafeMutableRawPointer?.self)
    MemoryPoison.forbid(block, byteCount: Int(header.pointee.blockByteCount))
    header.pointee.firstFree = block
  }

  /// Links a few blocks that were never used.
  /// - Precondition: no block is linked.
  func carve() {
    let size = Int(header.pointee.blockByteCount)
    let first = Int(header.pointee.carvedCount)
    let count = min(16, Int(header.pointee.capacity) - first)
    header.pointee.carvedCount = UInt16(first + count)
    let base = start + first * size
    MemoryPoison.allow(base, byteCount: count * size)
    for number in 1..<count {
      let block = base + number * size
      (block - size).storeBytes(of: block, as: UnsafeMutableRawPointer?.self)
    }
    (base + (count - 1) * size).storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
    MemoryPoison.forbid(base, byteCount: count * size)
    header.pointee.firstFree = base
  }
}

/// A run of pages that an arena got at once, by its first page, which holds the record of it.
struct ArenaRun: BitwiseCopyable, Equatable {
  struct Record {
    /// What was allocated: the pages begin in it.
    let block: MemoryBlock
    let pageCount: Int
    /// Pages that nobody uses: those beyond the begun ones, and those in the list.
    var freeCount: Int
    /// Pages that were in use once.
    var begunCount = 0
    var firstFree: ArenaPage?
    /// Neighbours among the arena's runs: those with free pages stand before the others.
    var next: ArenaRun?
    var previous: ArenaRun?
  }

  let firstPage: ArenaPage

  /// The bytes of a record.
  static var byteCount: Int { 64 }

  var record: UnsafeMutablePointer<Record> {
    (firstPage.base + ArenaPage.headerByteCount).assumingMemoryBound(to: Record.self)
  }

  /// Takes a page that nobody uses.
  func takePage() -> ArenaPage {
    assert(record.pointee.freeCount > 0, "a full run is asked for a page")
    record.pointee.freeCount -= 1
    if let page = record.pointee.firstFree {
      record.pointee.firstFree = page.header.pointee.next
      return page
    }
    record.pointee.begunCount += 1
    return ArenaPage(base: firstPage.base + (record.pointee.begunCount - 1) * ArenaPage.byteCount)
  }

  /// Takes a page back.
  func put(_ page: ArenaPage) {
    page.header.pointee.next = record.pointee.firstFree
    record.pointee.firstFree = page
    record.pointee.freeCount += 1
  }
}

/// What stands before a block that shares nothing.
struct ArenaLargeLinks {
  var next: UnsafeMutablePointer<ArenaLargeLinks>?
  var previous: UnsafeMutablePointer<ArenaLargeLinks>?
  /// What was allocated, these links with it.
  var block: MemoryBlock

  /// The bytes before the block's content.
  static var byteCount: Int { 32 }
}
