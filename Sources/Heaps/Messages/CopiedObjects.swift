import Carriers
import Terms

/// What became of the objects that a copy has met, found by their address: so that the copy keeps
/// what is shared, and the source is never written to.
///
/// ```
///   address of an object:  | piece of the heap | granule | 4 bits |
///                                  |               |
///   table of pieces  ->  page:  | 4 bytes for each granule of 16 bytes: place in the copy, or 0 |
/// ```
/// Two objects never begin in one granule: each has two words at least. A page is made when the
/// first object of its piece is met, so the pages of a term that stands together take a quarter of
/// its bytes. The places count the words of the copy from 1 (see ``MessageBlocks``).
struct CopiedObjects: ~Copyable {
  typealias Page = UnsafeMutablePointer<UInt32>

  /// A piece of the heap and its page; 0 for no piece.
  struct Entry: BitwiseCopyable {
    var piece: UInt
    var page: Page
  }

  private var entries: UnsafeMutablePointer<Entry>
  private var mask: UInt
  private var count = 0
  /// Where the next page is taken from.
  private var freePages: Page
  private var freePageCount: Int
  private var nextBlockPages = 64
  private var scratch: ScratchBlocks

  /// The bits of an address below its piece's number: pieces of 2 KiB.
  private static var pieceBits: UInt { 11 }
  static var entriesOfPage: Int { 1 << (Int(pieceBits) - 4) }
  private static var firstEntries: Int { 16 }
  private static var firstPages: Int { 13 }

  /// Makes an empty table.
  init(environment: HeapEnvironment) throws(MessageError) {
    scratch = ScratchBlocks(environment: environment)
    let pageBytes = Self.entriesOfPage * MemoryLayout<UInt32>.stride
    let tableBytes = Self.firstEntries * MemoryLayout<Entry>.stride
    let memory = try scratch.allocate(byteCount: tableBytes + Self.firstPages * pageBytes)
    entries = Self.clear(memory, count: Self.firstEntries)
    mask = UInt(Self.firstEntries - 1)
    freePages = (memory + tableBytes).assumingMemoryBound(to: UInt32.self)
    freePageCount = Self.firstPages
  }

  private static func clear(
    _ memory: UnsafeMutableRawPointer, count: Int
  ) -> UnsafeMutablePointer<Entry> {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<Entry>.stride)
    return memory.assumingMemoryBound(to: Entry.self)
  }

  /// The number of the piece of the heap that a cons or boxed term is in. Blocks of a heap share no
  /// piece with blocks of another kind: slabs and carriers are whole pages, each of one kind.
  @inline(__always)
  static func piece(of bits: UInt) -> UInt { bits &>> pieceBits }

  /// Which entry of its page a term has.
  @inline(__always)
  static func granule(of bits: UInt) -> Int {
    Int(bitPattern: bits &>> 4) & (entriesOfPage &- 1)
  }

  /// A page to begin with, of no piece.
  var anyPage: Page { freePages }

  /// The page of a piece, if it has one that is found at once.
  @inline(__always)
  func pageAtOnce(of piece: UInt) -> Page? {
    let entry = entries + Int(bitPattern: piece & mask)
    return entry.pointee.piece == piece ? entry.pointee.page : nil
  }

  /// The page of the piece of a cons or boxed term, where that is not found at once.
  mutating func page(of bits: UInt) throws(MessageError) -> Page {
    try find(Self.piece(of: bits))
  }

  /// The page of a piece that is not the first at its place in the table.
  @inline(never)
  private mutating func find(_ piece: UInt) throws(MessageError) -> Page {
    let home = piece & mask
    var index = home
    while entries[Int(index)].piece != 0 {
      if entries[Int(index)].piece == piece {
        // To the front: the one there before is found behind it, and asked for less.
        swap(&entries[Int(home)], &entries[Int(index)])
        return entries[Int(home)].page
      }
      index = (index &+ 1) & mask
    }
    if 2 * count >= Int(mask) { return try findInLargerTable(piece) }
    let page = try takePage()
    entries[Int(index)] = Entry(piece: piece, page: page)
    count += 1
    return page
  }

  private mutating func findInLargerTable(_ piece: UInt) throws(MessageError) -> Page {
    let capacity = 4 * (Int(mask) + 1)
    let memory = try scratch.allocate(byteCount: capacity * MemoryLayout<Entry>.stride)
    let larger = Self.clear(memory, count: capacity)
    for old in 0...Int(mask) where entries[old].piece != 0 {
      var index = entries[old].piece & UInt(capacity - 1)
      while larger[Int(index)].piece != 0 { index = (index &+ 1) & UInt(capacity - 1) }
      larger[Int(index)] = entries[old]
    }
    entries = larger
    mask = UInt(capacity - 1)
    return try find(piece)
  }

  private mutating func takePage() throws(MessageError) -> Page {
    if freePageCount == 0 {
      let entryCount = nextBlockPages * Self.entriesOfPage
      let memory = try scratch.allocate(byteCount: entryCount * MemoryLayout<UInt32>.stride)
      freePages = memory.assumingMemoryBound(to: UInt32.self)
      freePageCount = nextBlockPages
      nextBlockPages = min(2 * nextBlockPages, 1 << 12)
    }
    let page = freePages
    page.initialize(repeating: 0, count: Self.entriesOfPage)
    freePages += Self.entriesOfPage
    freePageCount -= 1
    return page
  }
}

/// Blocks of working memory that are all given back together.
struct ScratchBlocks: ~Copyable {
  unowned(unsafe) private let environment: HeapEnvironment
  /// The last block: it begins with the address of the one before, or 0, and its own bytes.
  private var last: UInt = 0

  init(environment: HeapEnvironment) { self.environment = environment }

  deinit {
    var next = last
    while let block = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = block[0]
      environment.allocator.free(at: block, byteCount: Int(block[1]), kind: .scratch)
    }
  }

  /// Takes bytes, uninitialised, for as long as this lives.
  mutating func allocate(byteCount: Int) throws(MessageError) -> UnsafeMutableRawPointer {
    let headerBytes = 16
    let block: MemoryBlock
    do {
      block = try environment.allocator.allocate(
        byteCount: headerBytes + byteCount, kind: .scratch)
    } catch {
      throw .outOfMemory(error)
    }
    block.words[0] = last
    block.words[1] = UInt(block.byteCount)
    last = UInt(bitPattern: block.words)
    return block.base + headerBytes
  }
}
