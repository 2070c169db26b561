/// The record of an arena, in raw memory.
struct ArenaState {
  let allocator: BlockAllocator
  let kind: MemoryKind
  /// Where the record itself stands.
  let record: MemoryBlock
  var budget: MemoryBudget?
  var heldByteCount: Int
  var usedByteCount = 0
  var blockCount = 0
  /// For each size, in steps of 8 bytes, the first page with room; made with the first page.
  var table: MemoryBlock?
  /// Runs of pages: those with a page that nobody uses stand first.
  var firstRun: ArenaRun?
  var lastRun: ArenaRun?
  /// Pages of all runs that were ever got: the next run is as large.
  var pageCount = 0
  /// Blocks that share nothing.
  var firstLarge: UnsafeMutablePointer<ArenaLargeLinks>?
  /// Where the first blocks stand side by side, so that a small arena needs no page.
  var starter: MemoryBlock?
  var starterUsed = 0
  var starterFree: UnsafeMutableRawPointer?

  static var starterByteCount: Int { 1024 }
  static var classCount: Int { OwnedArena.largestPagedByteCount / 8 + 1 }
  static var tableByteCount: Int { classCount * MemoryLayout<ArenaPage?>.stride }
  /// Free blocks of the starter that a request looks at.
  private static var mostLookedAt: Int { 8 }

  init(allocator: BlockAllocator, kind: MemoryKind, record: MemoryBlock, budget: MemoryBudget?) {
    self.allocator = allocator
    self.kind = kind
    self.record = record
    self.budget = budget
    heldByteCount = record.byteCount
  }

  /// The table of pages.
  @inline(__always)
  var pages: UnsafeMutablePointer<ArenaPage?>? {
    table?.base.assumingMemoryBound(to: ArenaPage?.self)
  }

  /// Forgets all blocks.
  mutating func reset() {
    self = ArenaState(allocator: allocator, kind: kind, record: record, budget: budget)
  }

  @inline(__always)
  func starterContains(_ block: UnsafeMutableRawPointer) -> Bool {
    guard let starter else { return false }
    return UInt(bitPattern: block) &- UInt(bitPattern: starter.base) < Self.starterByteCount
  }

  /// A block of the starter: a free one of exactly the size, or a new one.
  mutating func takeStarter(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let starter else { return nil }
    var last: UnsafeMutableRawPointer?
    var next = starterFree
    var looks = 0
    while let block = next, looks < Self.mostLookedAt {
      looks += 1
      next = block.load(as: UnsafeMutableRawPointer?.self)
      if block.load(fromByteOffset: 8, as: Int.self) == size {
        if let last {
          last.storeBytes(of: next, as: UnsafeMutableRawPointer?.self)
        } else {
          starterFree = next
        }
        MemoryPoison.allow(block, byteCount: size)
        return block
      }
      last = block
    }
    if size > Self.starterByteCount - starterUsed { return nil }
    let block = starter.base + starterUsed
    starterUsed += size
    MemoryPoison.allow(block, byteCount: size)
    return block
  }

  /// Takes a block of the starter back.
  mutating func putStarter(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    block.storeBytes(of: starterFree, as: UnsafeMutableRawPointer?.self)
    block.storeBytes(of: byteCount, toByteOffset: 8, as: Int.self)
    if byteCount > 16 { MemoryPoison.forbid(block + 16, byteCount: byteCount - 16) }
    starterFree = block
  }
}
