/// Memory of one owner - a table, a process - that ends with it: everything goes at once, in time
/// that depends on the carriers and not on the blocks in them.
///
///     first blocks    | starter: 1 KB, blocks of any size side by side            |
///     up to 1 KB      | page 4 KB: blocks of one size | page | ...                |  a run of pages
///     larger          | links | block |                                              one by one
///
/// Blocks have no header: who frees one says its size again. Sizes are rounded up to 8 bytes (16 at
/// least), and so are addresses. What an arena holds is counted under its kind in the allocator;
/// an arena without blocks holds a record of some 20 words.
///
/// One thread at a time: the owner's lock, or its thread, guards it. The allocator under it is
/// shared as always.
public struct OwnedArena: ~Copyable {
  // All else stands in the record: an arena is handed on in a register.
  let state: UnsafeMutablePointer<ArenaState>

  /// Where its memory comes from.
  public var allocator: BlockAllocator { state.pointee.allocator }
  /// What its memory is for.
  public var kind: MemoryKind { state.pointee.kind }

  /// The largest block that shares a page.
  public static var largestPagedByteCount: Int { 1024 }

  /// The bytes that a block for so many has.
  @inlinable
  public static func usableByteCount(for byteCount: Int) -> Int { max(16, (byteCount &+ 7) & ~7) }

  /// Makes an arena that holds no block.
  /// - Parameter budget: bounds what the arena holds, alone or with others.
  public init(
    allocator: BlockAllocator, kind: MemoryKind, budget: MemoryBudget? = nil
  ) throws(MemoryError) {
    let block = try Self.get(
      byteCount: MemoryLayout<ArenaState>.size, allocator: allocator, kind: kind, budget: budget)
    state = block.base.bindMemory(to: ArenaState.self, capacity: 1)
    state.initialize(
      to: ArenaState(allocator: allocator, kind: kind, record: block, budget: budget))
  }

  deinit {
    freeAll()
    let (allocator, kind, record) = (self.allocator, self.kind, state.pointee.record)
    state.pointee.budget?.credit(byteCount: record.byteCount)
    state.deinitialize(count: 1)
    allocator.free(record, kind: kind)
  }

  /// The bytes of all blocks in use, each as ``usableByteCount(for:)`` says.
  public var byteCount: Int { state.pointee.usedByteCount }

  /// The blocks in use.
  public var blockCount: Int { state.pointee.blockCount }

  /// The bytes that the arena has of its allocator, its own record with them.
  public var heldByteCount: Int { state.pointee.heldByteCount }

  /// Has another budget bound what the arena holds. What it holds already is charged whatever the
  /// limit, for nobody can refuse it.
  public borrowing func changeBudget(to budget: MemoryBudget?) {
    if budget === state.pointee.budget { return }
    budget?.chargeBeyondLimit(byteCount: heldByteCount)
    state.pointee.budget?.credit(byteCount: heldByteCount)
    state.pointee.budget = budget
  }

  /// Allocates a block, its content whatever was there before.
  /// - Parameter byteCount: at least 1.
  /// - Throws: where the size is none, memory is refused, or the budget is exceeded; then nothing
  ///   has changed.
  /// - Complexity: O(1).
  public borrowing func allocate(byteCount: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
    let size = Self.usableByteCount(for: byteCount)
    // Here what is frequent: the free block of a page, without a call.
    if byteCount > 0 && byteCount <= Self.largestPagedByteCount,
      let page = state.pointee.pages?[size &>> 3], let block = page.header.pointee.firstFree
    {
      page.unlink(block)
      count(size)
      return block
    }
    return try allocateElsewhere(byteCount: byteCount)
  }

  /// Takes a block back.
  /// - Precondition: the block is in use, and of this arena; the size is the one asked for.
  /// - Complexity: O(1).
  public borrowing func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    let size = Self.usableByteCount(for: byteCount)
    precondition(state.pointee.blockCount > 0, "the block at \(block) is none of an empty arena")
    state.pointee.usedByteCount &-= size
    state.pointee.blockCount &-= 1
    if size > Self.largestPagedByteCount || state.pointee.starterContains(block) {
      return freeElsewhere(block, size)
    }
    let page = ArenaPage(of: block)
    precondition(
      Int(page.header.pointee.blockByteCount) == size,
      "the block at \(block) is freed with \(size) bytes, not its own")
    put(block, in: page)
  }

  /// Gives a block another size where it stands.
  ///
  /// A block that shares a page keeps its place where the rounded size stays the same.
  /// - Returns: whether it did; else it is as it was.
  public borrowing func resizeInPlace(
    _ block: UnsafeMutableRawPointer, fromByteCount old: Int, toByteCount new: Int
  ) throws(MemoryError) -> Bool {
    if new <= 0 || new > Int.max / 2 { throw .invalidSize(byteCount: new) }
    let sizes = (Self.usableByteCount(for: old), Self.usableByteCount(for: new))
    if sizes.0 == sizes.1 { return true }
    if min(sizes.0, sizes.1) <= Self.largestPagedByteCount { return false }
    if try !resizeLarge(block, to: sizes.1) { return false }
    state.pointee.usedByteCount += sizes.1 - sizes.0
    return true
  }

  /// Frees all blocks at once; the arena is as new.
  ///
  /// References that blocks hold to something outside are the owner's to end first.
  /// - Complexity: O(runs of pages + blocks above ``largestPagedByteCount``).
  public borrowing func freeAll() {
    freeAllLarge()
    freeAllRuns()
    if let starter = state.pointee.starter { give(back: starter) }
    if let table = state.pointee.table { give(back: table) }
    state.pointee.reset()
  }
}

extension OwnedArena {
  @inline(never)
  private borrowing func allocateElsewhere(
    byteCount: Int
  ) throws(MemoryError) -> UnsafeMutableRawPointer {
    if byteCount <= 0 || byteCount > Int.max / 2 { throw .invalidSize(byteCount: byteCount) }
    let size = Self.usableByteCount(for: byteCount)
    let block: UnsafeMutableRawPointer
    if size > Self.largestPagedByteCount {
      block = try takeLarge(size)
    } else if state.pointee.pages == nil {
      block = try takeFirst(size)
    } else {
      block = try takeFromNextPage(size)
    }
    count(size)
    return block
  }

  @inline(__always)
  private borrowing func count(_ size: Int) {
    state.pointee.usedByteCount &+= size
    state.pointee.blockCount &+= 1
  }

  @inline(never)
  private borrowing func freeElsewhere(_ block: UnsafeMutableRawPointer, _ size: Int) {
    if size > Self.largestPagedByteCount {
      freeLarge(block)
    } else {
      state.pointee.putStarter(block, byteCount: size)
    }
  }

  /// A block of the starter, or of the first page where that is full.
  private borrowing func takeFirst(_ size: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
    if state.pointee.starter == nil {
      let starter = try get(byteCount: ArenaState.starterByteCount)
      MemoryPoison.forbid(starter.base, byteCount: starter.byteCount)
      state.pointee.starter = starter
    }
    if let block = state.pointee.takeStarter(size) { return block }
    state.pointee.table = try get(byteCount: ArenaState.tableByteCount)
    state.pointee.pages?.initialize(repeating: nil, count: ArenaState.classCount)
    return try takeFromNextPage(size)
  }

  /// Memory of the allocator, counted as held.
  borrowing func get(byteCount: Int) throws(MemoryError) -> MemoryBlock {
    let block = try Self.get(
      byteCount: byteCount, allocator: allocator, kind: kind, budget: state.pointee.budget)
    state.pointee.heldByteCount += block.byteCount
    return block
  }

  private static func get(
    byteCount: Int, allocator: BlockAllocator, kind: MemoryKind, budget: MemoryBudget?
  ) throws(MemoryError) -> MemoryBlock {
    try budget?.charge(byteCount: byteCount)
    do {
      let block = try allocator.allocate(byteCount: byteCount, kind: kind)
      budget?.chargeBeyondLimit(byteCount: block.byteCount - byteCount)
      return block
    } catch {
      budget?.credit(byteCount: byteCount)
      throw error
    }
  }

  /// Gives back what `get(byteCount:)` got.
  borrowing func give(back block: MemoryBlock) {
    MemoryPoison.allow(block.base, byteCount: block.byteCount)
    state.pointee.heldByteCount -= block.byteCount
    state.pointee.budget?.credit(byteCount: block.byteCount)
    allocator.free(block, kind: kind)
  }
}
