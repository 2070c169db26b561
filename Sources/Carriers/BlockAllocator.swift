import Synchronization

/// Bytes for everything a system holds: small blocks share carriers, large ones have a range of
/// addresses of their own and grow in it.
///
/// One for each system; all its memory is given back at its end. Any thread may call anything.
/// Each thread has an instance of its own, with slabs that no other thread allocates from, so
/// that small blocks need no lock; an ``AllocatorInstance`` in hand saves the way to it.
public final class BlockAllocator: Sendable {
  /// Where the memory comes from.
  public let source: PageSource
  let core: AllocatorCore
  let large: LargeBlocks
  let registry = InstanceRegistry()
  @usableFromInline let number = ThreadDoor.makeAllocatorNumber()
  /// The same, or one that no door has where all blocks go the slow ways.
  @usableFromInline let numberAtOnce: UInt64
  let peaks = InlineArray<16, Atomic<Int>> { _ in Atomic(0) }

  /// Makes an allocator that holds no memory yet.
  /// - Parameter source: the system's; by default a new one of this configuration.
  public init(
    configuration: MemoryConfiguration = MemoryConfiguration(), source: PageSource? = nil
  ) {
    let source = source ?? PageSource(configuration: configuration)
    let pages = source.pageByteCount
    let usesHugePages = configuration.usesHugePages && !configuration.isHardened
    let layout: CarrierLayout =
      configuration.usesTinyCarriers
      ? .tiny(pageByteCount: pages)
      : .standard(pageByteCount: pages, usesHugePages: usesHugePages)
    self.source = source
    core = AllocatorCore(source: source, layout: layout, configuration: configuration)
    numberAtOnce = core.servesAtOnce ? number : .max
    large = LargeBlocks(
      source: source, layout: layout, cacheLimit: configuration.carrierCacheLimitBytes,
      isHardened: configuration.isHardened)
  }

  deinit {
    registry.close()
    core.destroy()
  }

  /// Allocates a block, its content whatever was there before.
  /// - Parameters:
  ///   - byteCount: at least 1.
  ///   - kind: what the block is for; say the same when it is freed.
  /// - Throws: where the size is none or there is no memory, cached memory given back included;
  ///   then nothing has changed.
  /// - Complexity: O(1); a system call now and then, a few for a large block.
  @inlinable @inline(__always)
  public func allocate(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    if let block = allocateAtOnce(byteCount: byteCount, kind: kind) { return block }
    return try allocateSlowly(byteCount: byteCount, kind: kind, through: nil)
  }

  /// Takes a block back.
  /// - Precondition: the block is in use, and was allocated here for this kind.
  @inlinable @inline(__always)
  public func free(_ block: MemoryBlock, kind: MemoryKind) {
    if block.byteCount <= StandardCarrier.largestUnitBlock,
      let instance = ThreadDoor.instance(ofAllocator: numberAtOnce)
    {
      let slab = StandardCarrier.record(ofUnitBlock: block.base)
      return instance.free(block.base, in: slab, kind: kind, isHeld: false)
    }
    freeSlowly(block, kind: kind, through: nil)
  }

  /// A small block, where the calling thread has one at hand.
  @inlinable @inline(__always)
  func allocateAtOnce(byteCount: Int, kind: MemoryKind) -> MemoryBlock? {
    guard UInt(bitPattern: byteCount &- 1) < UInt(StandardCarrier.largestSmallBlock),
      let instance = ThreadDoor.instance(ofAllocator: numberAtOnce)
    else { return nil }
    return instance.allocateAtOnce(byteCount: byteCount, kind: kind, isHeld: false)
  }

  @usableFromInline @inline(never)
  func freeSlowly(_ block: MemoryBlock, kind: MemoryKind, through given: Instance?) {
    if isSmall(block) {
      let instance = given ?? instance
      let slab = instance.record(of: block.base, byteCount: block.byteCount)
      if core.keepsDoorsClosed { return instance.freeSlowly(block.base, in: slab, kind: kind) }
      return instance.free(block.base, in: slab, kind: kind, isHeld: given != nil)
    }
    core.recorder?.note(block.base, byteCount: 0, kind: kind)
    settlePeak(of: kind, through: given)
    large.free(block.base, kind: kind)
  }

  /// Takes back a block of which its owner kept no more than the address and the size asked for.
  /// - Precondition: the block is in use, and was allocated here for this kind and size.
  @inlinable @inline(__always)
  public func free(at base: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind) {
    free(MemoryBlock(base: base, byteCount: byteCount), kind: kind)
  }

  /// Grows or shrinks a block where it stands; `nil` when it would have to move.
  ///
  /// After `nil` or an error the block is as it was. A small block in a slab never grows; it answers
  /// `nil` also to a size of less than half its own, for which a new block is worth the move.
  /// - Parameter keepsSlack: leave what a size that goes up and down would soon want again: then a
  ///   small block may be as large as it was, and a quarter more of a large one stays in memory.
  ///   Else a small one that another size class would hold better answers `nil`.
  /// - Returns: the block in its new size, which replaces the one given.
  public func resizeInPlace(
    _ block: MemoryBlock, toByteCount byteCount: Int, kind: MemoryKind, keepsSlack: Bool = true
  ) throws(MemoryError) -> MemoryBlock? {
    let resized = try resizeUnrecorded(
      block, toByteCount: byteCount, kind: kind, keepsSlack: keepsSlack)
    if let recorder = core.recorder, resized != nil {
      recorder.note(block.base, byteCount: 0, kind: kind)
      recorder.note(block.base, byteCount: byteCount, kind: kind)
    }
    return resized
  }

  private func resizeUnrecorded(
    _ block: MemoryBlock, toByteCount byteCount: Int, kind: MemoryKind, keepsSlack: Bool
  ) throws(MemoryError) -> MemoryBlock? {
    if byteCount <= 0 { throw .invalidSize(byteCount: byteCount) }
    if isSmall(block) {
      if core.strategy(of: kind) != .sizeClasses {
        return instance.resizeByStrategy(block.base, toByteCount: byteCount, kind: kind)
      }
      let fits =
        byteCount <= block.byteCount
        && (keepsSlack
          ? byteCount >= block.byteCount / 2
          : SizeClass(holding: byteCount).index == SizeClass(holding: block.byteCount).index)
      // The slab of a block is found by its size, so a size kept beside it must tell the same.
      let limit = core.layout.largestUnitBlock
      return fits && (byteCount <= limit) == (block.byteCount <= limit) ? block : nil
    }
    settlePeak(of: kind)
    do {
      return try large.resize(
        block.base, toByteCount: byteCount, kind: kind, keepsSlack: keepsSlack)
    } catch {
      return try retryAfterTrimming(error) { () throws(MemoryError) in
        try large.resize(block.base, toByteCount: byteCount, kind: kind, keepsSlack: keepsSlack)
      }
    }
  }

  /// Brings the first bytes of a large block into memory at once, which is cheaper than a page
  /// fault for each page; worth it where they will all be written soon. Nothing for a small one.
  public func prefault(_ block: MemoryBlock, byteCount: Int) {
    precondition(byteCount <= block.byteCount, "\(byteCount) bytes of \(block.byteCount)")
    if isSmall(block) { return }
    // The block may begin within a page: that page is left to the first touch.
    let mask = source.pageByteCount - 1
    let skipped = -Int(bitPattern: block.base) & mask
    let pages = (byteCount - skipped) & ~mask
    if pages > 0 { source.prefault(block.base + skipped, byteCount: pages) }
  }

  /// Gives back to the operating system all memory that holds no block, of all threads: cached
  /// ranges, empty carriers, and the free pages of others.
  public func trim() {
    registry.withAllClosed { $0.takeBackAll() }
    registry.forEachClosed { $0.trim() }
    registry.first?.trimPool()
    core.trim()
    large.trim()
  }

  /// The calling thread's instance.
  @inline(__always)
  var instance: Instance {
    if let instance = ThreadDoor.instance(ofAllocator: number) { return instance }
    return ThreadDoor.findInstance(ofAllocator: number, registry: registry) { makeInstance() }
  }

  func makeInstance() -> Instance {
    core.countInstance()
    return Instance(core: core)
  }

  /// Whether small blocks of whole pages begin at a page.
  func alignsPages(of kind: MemoryKind) -> Bool { core.strategy(of: kind) == .sizeClasses }

  func isSmall(_ block: MemoryBlock) -> Bool { block.byteCount <= core.layout.largestSmallBlock }

  /// The whole way to a block, by the calling thread's instance where none is given.
  @usableFromInline @inline(never)
  func allocateSlowly(
    byteCount: Int, kind: MemoryKind, through given: Instance?
  ) throws(MemoryError) -> MemoryBlock {
    if byteCount <= 0 { throw .invalidSize(byteCount: byteCount) }
    func allocate() throws(MemoryError) -> MemoryBlock {
      if byteCount > core.layout.largestSmallBlock {
        settlePeak(of: kind, through: given)
        return try large.allocate(byteCount: byteCount, kind: kind)
      }
      let instance = given ?? instance
      // Where carriers are not as the fast path knows them nobody looked yet.
      if !core.servesAtOnce, !core.keepsDoorsClosed,
        let block = instance.allocateAtOnce(
          byteCount: byteCount, kind: kind, isHeld: given != nil)
      {
        return block
      }
      return try instance.allocateSlowly(byteCount: byteCount, kind: kind)
    }
    let block: MemoryBlock
    do {
      block = try allocate()
    } catch {
      // A trim of all leaves out what handles hold, but this one's holder is the caller.
      if error.maySucceedAfterTrimming, let given {
        given.state.pointee.door.inside { given.trim() }
      }
      block = try retryAfterTrimming(error, allocate)
    }
    core.recorder?.note(block.base, byteCount: byteCount, kind: kind)
    return block
  }

  @inline(never)
  private func retryAfterTrimming<Result>(
    _ error: MemoryError, _ request: () throws(MemoryError) -> Result
  ) throws(MemoryError) -> Result {
    guard error.maySucceedAfterTrimming else { throw error }
    trim()
    return try request()
  }
}
