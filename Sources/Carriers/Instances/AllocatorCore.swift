import CAlloc
import Glibc
import Synchronization

/// What the instances of an allocator share: carriers that nobody uses, and slabs in the pool. By
/// the address of its state, so that no use of it counts a reference, which all threads would write.
///
/// Thread-safe. Only slow paths come here.
struct AllocatorCore: BitwiseCopyable, @unchecked Sendable {
  // Unchecked: the address leads to what is guarded by a lock or never changes.

  struct State: ~Copyable {
    let source: PageSource
    let layout: CarrierLayout
    let pageByteCount: Int
    let emptySlab: SlabPointer
    let epochs: UnsafeMutablePointer<ReadEpochs>
    let instanceCount = Atomic<Int>(0)
    let decayRound = Atomic<UInt32>(1)
    let supply: Guarded<CarrierSupply>
    let pool: Guarded<SlabPool>
    let blockPool: Guarded<BlockCarrierPool>
    let strategies: InlineArray<16, BlockStrategy>
    let isHardened: Bool
    let fillsFreeBlocks: Bool
    let keepsDoorsClosed: Bool
    let recorder: BlockRecorder?
    /// Keeps what all threads write off the lines above.
    let padding = InlineArray<8, UInt64>(repeating: 0)
    let noted = InlineArray<16, Atomic<Int>> { _ in Atomic(0) }
  }

  private let state: UnsafeMutablePointer<State>

  /// Of a kind's slabs, and of a single one, how much is in use below which it is left to others.
  static var abandonBelowPercent: UInt32 { 60 }

  /// What is longer than there are nanoseconds for is for ever.
  private static func nanoseconds(_ milliseconds: Int) -> UInt64 {
    UInt64(min(max(0, milliseconds), Int.max / 1_000_000)) * 1_000_000
  }

  init(source: PageSource, layout: CarrierLayout, configuration: MemoryConfiguration) {
    let emptySlab = SlabPointer.allocate(capacity: 1)
    emptySlab.initialize(to: Slab(start: UnsafeMutableRawPointer(emptySlab)))
    let epochs = UnsafeMutablePointer<ReadEpochs>.allocate(capacity: 1)
    epochs.initialize(to: ReadEpochs())
    var strategies = InlineArray<16, BlockStrategy>(repeating: .sizeClasses)
    for (kind, strategy) in configuration.strategies { strategies[kind.index] = strategy }
    let supply = CarrierSupply(
      source: source, layout: layout, idleLimit: configuration.carrierCacheLimitBytes,
      decayNanoseconds: Self.nanoseconds(configuration.carrierDecayMilliseconds))
    let isHardened = configuration.isHardened
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(
        source: source, layout: layout, pageByteCount: source.pageByteCount, emptySlab: emptySlab,
        epochs: epochs, supply: Guarded(supply), pool: Guarded(SlabPool()),
        blockPool: Guarded(BlockCarrierPool(fillsFreeBlocks: isHardened && !MemoryPoison.isActive)),
        strategies: strategies, isHardened: isHardened,
        fillsFreeBlocks: isHardened && !MemoryPoison.isActive,
        keepsDoorsClosed: isHardened || configuration.recordsCalls || MemoryPoison.isActive,
        recorder: configuration.recordsCalls ? BlockRecorder() : nil))
  }

  /// Gives back all carriers; the instances are gone.
  func destroy() {
    emptySlab.deinitialize(count: 1)
    emptySlab.deallocate()
    epochs.deinitialize(count: 1)
    epochs.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  var source: PageSource { state.pointee.source }
  var layout: CarrierLayout { state.pointee.layout }
  /// The bytes of a page: here, for to ask the source counts a reference.
  var pageByteCount: Int { state.pointee.pageByteCount }
  /// A slab without a block: the first of every list that is empty.
  var emptySlab: SlabPointer { state.pointee.emptySlab }
  /// Until when threads read what was unlinked.
  var epochs: UnsafeMutablePointer<ReadEpochs> { state.pointee.epochs }
  /// How blocks of a kind are placed.
  func strategy(of kind: MemoryKind) -> BlockStrategy { state.pointee.strategies[kind.index] }
  /// Whether callers' mistakes are looked for.
  var isHardened: Bool { state.pointee.isHardened }
  /// Where calls are noted, where they are.
  var recorder: BlockRecorder? { keepsDoorsClosed ? state.pointee.recorder : nil }

  /// Whether freed blocks with headers wait for the next request before they join their neighbours.
  /// Not where a tool watches who touches free bytes.
  var keepsBlocksAtHand: Bool { !isHardened && !MemoryPoison.isActive }

  /// Whether all calls go through the slow paths, which do what the fast ones have no time for.
  var keepsDoorsClosed: Bool { state.pointee.keepsDoorsClosed }

  /// Whether blocks are taken and freed in their callers' code.
  var servesAtOnce: Bool { layout.isStandard && !keepsDoorsClosed }

  /// Whether free blocks hold a pattern. The address sanitizer knows better who touches them.
  var fillsFreeBlocks: Bool { state.pointee.fillsFreeBlocks }

  /// Kinds whose strategy has blocks with headers, a bit each.
  var kindsWithHeaders: UInt32 {
    MemoryKind.allCases.reduce(0) { bits, kind in
      strategy(of: kind) == .sizeClasses ? bits : bits | 1 << UInt32(kind.index)
    }
  }

  /// The bytes of a kind in small blocks, each instance's when it last looked.
  func notedByteCount(of kind: MemoryKind) -> Int {
    state.pointee.noted[kind.index].load(ordering: .relaxed)
  }

  /// Notes that an instance has more of a kind, or less, than when it last looked.
  func addNoted(_ difference: Int, of kind: MemoryKind) {
    state.pointee.noted[kind.index].add(difference, ordering: .relaxed)
  }

  /// Counts an instance that was made.
  func countInstance() {
    state.pointee.instanceCount.add(1, ordering: .sequentiallyConsistent)
  }

  /// Whether more than one instance was ever made.
  var hasSeveralInstances: Bool {
    // In one order with what a thread does before it asks: either it sees the other one's instance
    // or that one, which counts it first, sees what was done.
    state.pointee.instanceCount.load(ordering: .sequentiallyConsistent) > 1
  }

  /// The number of the times that the decay time was over; each instance looks for pages that were
  /// free all the time since it last looked.
  var decayRound: UInt32 { state.pointee.decayRound.load(ordering: .relaxed) }

  /// Begins a round where it is time.
  /// - Returns: whether it was.
  func beginDecayRoundIfDue() -> Bool {
    changeSupply { supply in
      let before = supply.decayRound
      supply.decayIfDue(now: MonotonicTime.nanoseconds())
      return supply.decayRound != before
    }
  }

  /// Gives something back to the supply, which sees there what time it is.
  private func changeSupply<Result>(_ body: (inout CarrierSupply) -> Result) -> Result {
    withSupply { supply in
      let result = body(&supply)
      state.pointee.decayRound.store(supply.decayRound, ordering: .relaxed)
      return result
    }
  }

  /// Runs the body while no other thread touches the supply.
  func withSupply<Result, Failure: Error>(
    _ body: (inout CarrierSupply) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try state.pointee.supply.withLock(body)
  }

  func withPool<Result>(_ body: (inout SlabPool) -> Result) -> Result {
    state.pointee.pool.withLock(body)
  }

  func withBlockPool<Result>(_ body: (inout BlockCarrierPool) -> Result) -> Result {
    state.pointee.blockPool.withLock(body)
  }

  /// Makes every thread of the process pass a full memory barrier.
  func passBarrier() {
    if epochs.pointee.needsFences { return atomicMemoryFence(ordering: .sequentiallyConsistent) }
    Self.passBarrierOfKernel()
  }

  /// The same where the kernel's barrier is known to work.
  static func passBarrierOfKernel() {
    let refusal = ca_barrier_all_threads()
    if refusal != 0 { fatalError("the barrier worked and is refused now: errno \(refusal)") }
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
    let slab = try withSupply { supply throws(MemoryError) in
      isWide ? try supply.takeWideSlab() : try supply.takeUnitSlab()
    }
    let span = isWide ? layout.carrierByteCount : layout.unitByteCount
    if size % pageByteCount == 0 { slab.pointee.alignStart(to: pageByteCount) }
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
    // Only the owner comes here, and only the owner's slab has this carrier. Not only the last unit
    // counts: some between may have gone back before.
    let byteCount = end - carrier.base
    if layout.units(ofFirst: byteCount) & ~carrier.pointee.committedUnits == 0 { return }
    try withSupply { supply throws(MemoryError) in
      try supply.commitPrefix(of: carrier, byteCount: byteCount)
    }
  }

  /// Takes back a slab without blocks in use.
  func putEmpty(_ slab: SlabPointer) {
    changeSupply { $0.put(slab) }
  }

  /// Takes back a carrier without blocks in use.
  func putEmpty(_ carrier: BlockCarrier) {
    MemoryPoison.allow(carrier.firstBlock.header, byteCount: carrier.blockByteCount)
    changeSupply { $0.put(carrier.head) }
  }

  func carrier(of slab: SlabPointer) -> CarrierPointer {
    let base = UInt(bitPattern: slab) & ~UInt(layout.carrierByteCount - 1)
    return CarrierPointer(bitPattern: base).unsafelyUnwrapped
  }

  /// Gives back to the system all that nobody uses.
  func trim() { withSupply { $0.trim() } }

  /// Fills in what this part of an allocator knows.
  func count(in statistics: inout BlockAllocator.Statistics) {
    withSupply {
      statistics.carrierCount = $0.carrierCount
      statistics.carrierCommittedBytes = $0.committedByteCount
      statistics.idleCarrierBytes = $0.idleByteCount
    }
  }
}
