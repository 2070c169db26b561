import CAlloc
import Glibc
import Synchronization

/// What the instances of an allocator share: carriers that nobody uses, and slabs in the pool.
///
/// Thread-safe. Only slow paths come here.
final class AllocatorCore: @unchecked Sendable {
  // Unchecked: the pointers lead to what is guarded by a lock or never changes.

  let source: PageSource
  let layout: CarrierLayout
  /// A slab without a block: the first of every list that is empty.
  let emptySlab: SlabPointer
  /// Until when threads read what was unlinked.
  let epochs: UnsafeMutablePointer<ReadEpochs>
  /// Instances that were made and not yet destroyed.
  let instanceCount = Atomic<Int>(0)
  let supply: Guarded<CarrierSupply>
  private let pool: Guarded<SlabPool>
  private let blockPool: Guarded<BlockCarrierPool>
  /// How blocks are placed, by kind.
  let strategies: InlineArray<16, BlockStrategy>
  /// Whether freed blocks with headers wait for the next request before they join their neighbours.
  /// Not where a tool watches who touches free bytes.
  let keepsBlocksAtHand: Bool
  /// Whether callers' mistakes are looked for.
  let isHardened: Bool

  /// Where calls are noted, where they are.
  let recorder: BlockRecorder?

  /// Whether all calls go through the slow paths, which do what the fast ones have no time for.
  var keepsDoorsClosed: Bool { isHardened || recorder != nil || MemoryPoison.isActive }

  /// Whether free blocks hold a pattern. The address sanitizer knows better who touches them.
  var fillsFreeBlocks: Bool { isHardened && !MemoryPoison.isActive }

  /// Kinds whose strategy has blocks with headers, a bit each.
  var kindsWithHeaders: UInt32 {
    MemoryKind.allCases.reduce(0) { bits, kind in
      strategies[kind.index] == .sizeClasses ? bits : bits | 1 << UInt32(kind.index)
    }
  }

  /// Of a kind's slabs, and of a single one, how much is in use below which it is left to others.
  static var abandonBelowPercent: UInt32 { 60 }

  init(source: PageSource, layout: CarrierLayout, configuration: MemoryConfiguration) {
    self.source = source
    self.layout = layout
    emptySlab = .allocate(capacity: 1)
    emptySlab.initialize(to: Slab(start: UnsafeMutableRawPointer(emptySlab)))
    epochs = .allocate(capacity: 1)
    epochs.initialize(to: ReadEpochs())
    supply = Guarded(
      CarrierSupply(
        source: source, layout: layout, idleLimit: configuration.carrierCacheLimitBytes,
        decayNanoseconds: UInt64(max(0, configuration.carrierDecayMilliseconds)) * 1_000_000))
    pool = Guarded(SlabPool())
    blockPool = Guarded(BlockCarrierPool())
    var strategies = InlineArray<16, BlockStrategy>(repeating: .sizeClasses)
    for (kind, strategy) in configuration.strategies { strategies[kind.index] = strategy }
    self.strategies = strategies
    isHardened = configuration.isHardened
    recorder = configuration.recordsCalls ? BlockRecorder() : nil
    keepsBlocksAtHand = !isHardened && !MemoryPoison.isActive
  }

  deinit {
    emptySlab.deinitialize(count: 1)
    emptySlab.deallocate()
    epochs.deinitialize(count: 1)
    epochs.deallocate()
  }

  /// Makes every thread of the process pass a full memory barrier.
  func passBarrier() {
    if epochs.pointee.needsFences { return atomicMemoryFence(ordering: .sequentiallyConsistent) }
    let refusal = ca_barrier_all_threads()
    precondition(refusal == 0, "the barrier worked and is refused now: errno \(refusal)")
  }

  /// Lets another thread run.
  static func yield() { sched_yield() }

  // MARK: Slabs

  /// A slab without blocks in use.
  func takeNewSlab(
    of sizeClass: SizeClass, kind: MemoryKind, for owner: Instance
  ) throws(MemoryError) -> SlabPointer {
    let size = sizeClass.byteCount
    let isWide = size > layout.largestUnitBlock
    let slab = try supply.withLock { supply throws(MemoryError) in
      isWide ? try supply.takeWideSlab() : try supply.takeUnitSlab()
    }
    let span = isWide ? layout.carrierByteCount : layout.unitByteCount
    if size % source.pageByteCount == 0 { slab.pointee.alignStart(to: source.pageByteCount) }
    let offset = Int(bitPattern: slab.pointee.start) & (span - 1)
    slab.pointee.blockByteCount = UInt32(size)
    slab.pointee.capacity = UInt32((span - offset) / size)
    slab.pointee.classIndex = UInt16(sizeClass.index)
    slab.pointee.kind = kind
    MemoryPoison.forbid(slab.pointee.start, byteCount: span - offset)
    slab.pointee.owner.store(owner.address, ordering: .relaxed)
    return slab
  }

  /// Makes the blocks of a slab usable up to an address.
  func commit(_ slab: SlabPointer, upTo end: UnsafeMutableRawPointer) throws(MemoryError) {
    let carrier = carrier(of: slab)
    // Only the owner comes here, and only the owner's slab has this carrier.
    let units = (end - carrier.base - 1) / layout.unitByteCount + 1
    if carrier.pointee.committedUnits >> UInt32(units - 1) & 1 != 0 { return }
    try supply.withLock { supply throws(MemoryError) in
      try supply.commitPrefix(of: carrier, byteCount: end - carrier.base)
    }
  }

  /// Takes back a slab without blocks in use.
  func putEmpty(_ slab: SlabPointer) {
    supply.withLock { $0.put(slab) }
  }

  func carrier(of slab: SlabPointer) -> CarrierPointer {
    let base = UInt(bitPattern: slab) & ~UInt(layout.carrierByteCount - 1)
    return CarrierPointer(bitPattern: base).unsafelyUnwrapped
  }

  /// Gives back to the system all that nobody uses.
  func trim() { supply.withLock { $0.trim() } }

  /// Fills in what this part of an allocator knows.
  func count(in statistics: inout BlockAllocator.Statistics) {
    supply.withLock {
      statistics.carrierCount = $0.carrierCount
      statistics.carrierCommittedBytes = $0.committedByteCount
      statistics.idleCarrierBytes = $0.idleByteCount
    }
  }

  // MARK: Blocks and slabs of others

  /// Frees a block of a slab that is not the caller's.
  func freeForeign(_ block: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind) {
    while true {
      // Acquiring: pairs with the releasing stores in `putPooled` and `takePooled`.
      let owner = slab.pointee.owner.load(ordering: .acquiring)
      if owner == Slab.nobody { BlockFault.stop(block, kind, .freedTwiceOrForeign) }
      if owner == Slab.pooled {
        if freePooled(block, in: slab) { return }
      } else if let state = UnsafeMutablePointer<InstanceState>(bitPattern: owner) {
        return push(block, kind: kind, origin: UInt(bitPattern: slab), to: state)
      }
    }
  }

  /// Frees a block with a header of a carrier that is not the caller's.
  func freeForeign(_ block: Block, of carrier: BlockCarrier, kind: MemoryKind) {
    while true {
      let owner = carrier.owner
      if owner == Slab.pooled {
        if freePooled(block, of: carrier, kind: kind) { return }
      } else if let state = UnsafeMutablePointer<InstanceState>(bitPattern: owner) {
        let origin = RemoteOrigin.word(carrier, kind: kind)
        return push(block.payload, kind: kind, origin: origin, to: state)
      } else {
        BlockFault.stop(block.payload, kind, .freedTwiceOrForeign)
      }
    }
  }

  /// Puts a block in an instance's queue.
  /// - Parameter origin: where the block stands; see ``RemoteOrigin``.
  private func push(
    _ block: UnsafeMutableRawPointer, kind: MemoryKind, origin: UInt,
    to state: UnsafeMutablePointer<InstanceState>
  ) {
    if RemoteOrigin.isQueued(block, origin: origin) { BlockFault.stop(block, kind, .freedTwice) }
    block.storeBytes(of: origin, toByteOffset: 8, as: UInt.self)
    var last = state.pointee.remoteFrees.load(ordering: .relaxed)
    while true {
      block.storeBytes(of: last, as: UInt.self)
      // Releasing: pairs with the acquiring exchange in `Instance.drainRemoteFrees`.
      let (exchanged, original) = state.pointee.remoteFrees.weakCompareExchange(
        expected: last, desired: UInt(bitPattern: block), successOrdering: .releasing,
        failureOrdering: .relaxed)
      if exchanged { return }
      last = original
    }
  }

  /// Frees a block of a slab in the pool; `false` where an instance took the slab meanwhile.
  private func freePooled(_ block: UnsafeMutableRawPointer, in slab: SlabPointer) -> Bool {
    var isEmpty = false
    let isFreed = pool.withLock { pool in
      if slab.pointee.owner.load(ordering: .relaxed) != Slab.pooled { return false }
      FreeBlock.link(block, before: slab.pointee.firstFree)
      MemoryPoison.forbid(block, byteCount: Int(slab.pointee.blockByteCount))
      slab.pointee.firstFree = block
      slab.pointee.usedCount -= 1
      isEmpty = slab.pointee.usedCount == 0
      if isEmpty { pool.remove(slab) }
      return true
    }
    if isEmpty { putEmpty(slab) }
    return isFreed
  }

  /// Frees a block of a carrier in the pool; `false` where an instance took the carrier meanwhile.
  private func freePooled(_ block: Block, of carrier: BlockCarrier, kind: MemoryKind) -> Bool {
    if RemoteOrigin.isQueued(block.payload, origin: RemoteOrigin.word(carrier, kind: kind)) {
      BlockFault.stop(block.payload, kind, .freedTwice)
    }
    var isEmpty = false
    let isFreed = blockPool.withLock { pool in
      if carrier.owner != Slab.pooled { return false }
      isEmpty = pool.free(block, of: carrier)
      return true
    }
    if isEmpty {
      MemoryPoison.allow(carrier.firstBlock.header, byteCount: carrier.blockByteCount)
      supply.withLock { $0.put(carrier.head) }
    }
    return isFreed
  }

  /// Leaves a carrier with blocks in use to whoever needs it.
  func putPooled(_ carrier: BlockCarrier) { blockPool.withLock { $0.insert(carrier) } }

  /// Takes a carrier out of the pool in which there may be a block of so many bytes.
  func takePooled(byteCount: Int, kind: MemoryKind, for owner: Instance) -> BlockCarrier? {
    blockPool.withLock { $0.take(byteCount: byteCount, kind: kind, for: owner.address) }
  }

  /// Carriers of blocks with headers in the pool.
  var pooledCarrierCount: Int { blockPool.withLock { $0.count } }

  /// Calls the body with each such carrier, which nobody else touches meanwhile.
  func forEachPooledCarrier(_ body: (BlockCarrier) -> Void) {
    blockPool.withLock { $0.forEach(body) }
  }

  /// Slabs in the pool.
  var pooledSlabCount: Int { pool.withLock { $0.count } }

  /// Calls the body with each slab in the pool, which nobody else touches meanwhile.
  func forEachPooledSlab(_ body: (SlabPointer) -> Void) { pool.withLock { $0.forEach(body) } }

  /// Runs the body while no slab of the pool changes.
  func withPoolLocked(_ body: () -> Void) { pool.withLock { _ in body() } }

  /// Leaves a slab with blocks in use to whoever needs it.
  func putPooled(_ slab: SlabPointer) {
    pool.withLock { pool in
      slab.pointee.owner.store(Slab.pooled, ordering: .releasing)
      pool.insert(slab)
    }
  }

  /// Takes a slab of a class and kind out of the pool.
  func takePooled(_ sizeClass: SizeClass, kind: MemoryKind, for owner: Instance) -> SlabPointer? {
    pool.withLock { pool in
      guard let slab = pool.takeFirst(classIndex: sizeClass.index, kind: kind) else { return nil }
      slab.pointee.owner.store(owner.address, ordering: .releasing)
      return slab
    }
  }
}
