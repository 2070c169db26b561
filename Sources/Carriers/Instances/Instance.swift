import Synchronization

/// An instance, by its address. One thread at a time allocates; see ``InstanceDoor`` for the
/// others.
@usableFromInline
struct Instance: BitwiseCopyable, @unchecked Sendable {
  // Unchecked: what the address leads to is reached through the door, or is atomic.

  @usableFromInline let state: UnsafeMutablePointer<InstanceState>

  @inlinable
  var address: UInt { UInt(bitPattern: state) }
  var core: AllocatorCore { state.pointee.core }

  @inlinable
  init(state: UnsafeMutablePointer<InstanceState>) { self.state = state }

  /// Makes an instance that owns no slab yet.
  init(core: AllocatorCore) {
    let slotCount = InstanceState.slotsPerKind * MemoryKind.count
    let slots = UnsafeMutablePointer<SlabPointer>.allocate(capacity: slotCount)
    slots.initialize(repeating: core.emptySlab, count: slotCount)
    let counters = UnsafeMutablePointer<KindCounters>.allocate(capacity: MemoryKind.count)
    for kind in 0..<MemoryKind.count { (counters + kind).initialize(to: KindCounters()) }
    state = .allocate(capacity: 1)
    state.initialize(
      to: InstanceState(
        door: InstanceDoor(staysClosed: core.keepsDoorsClosed), slots: slots,
        counters: counters,
        carrierMask: UInt(core.layout.carrierByteCount - 1),
        unitShift: UInt(core.layout.unitByteCount.trailingZeroBitCount),
        largestUnitBlock: core.layout.largestUnitBlock,
        largestSmallBlock: core.layout.largestSmallBlock,
        kindsWithHeaders: core.kindsWithHeaders, core: core, epochs: core.epochs))
  }

  /// Frees the state; slabs and carriers are the core's to give back.
  func destroy() {
    for kind in MemoryKind.allCases { destroyBlocks(of: kind) }
    state.pointee.counters.deinitialize(count: MemoryKind.count)
    state.pointee.counters.deallocate()
    state.pointee.slots.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// A block that shares a slab, where that is to be had at once: the list's first slab has a
  /// free one, and nobody keeps the door closed.
  /// - Parameter isHeld: whether the caller holds the instance's handle.
  @inlinable @inline(__always)
  func allocateAtOnce(byteCount: Int, kind: MemoryKind, isHeld: Bool) -> MemoryBlock? {
    if !enter(isHeld: isHeld) { return nil }
    // Looked for inside: who closes the door may give the slab up.
    let slab = slot(of: SizeClass(holding: byteCount), kind: kind).pointee
    guard let block = slab.pointee.firstFree else { return nil }
    let size = unlink(block, of: slab, kind: kind)
    leave(isHeld: isHeld)
    return MemoryBlock(base: block, byteCount: size)
  }

  @inlinable @inline(__always)
  func enter(isHeld: Bool) -> Bool {
    isHeld ? state.pointee.door.isOpen : state.pointee.door.enterAtOnce()
  }

  @inlinable @inline(__always)
  func leave(isHeld: Bool) {
    if !isHeld { state.pointee.door.leaveAtOnce() }
  }

  /// Takes a block back, of this instance or of another one.
  @inlinable @inline(__always)
  func free(
    _ base: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind, isHeld: Bool
  ) {
    let slab = record(of: base, byteCount: byteCount)
    guard enter(isHeld: isHeld),
      slab.pointee.owner.load(ordering: .relaxed) == address, !FreeBlock.isMarked(base)
    else { return freeSlowly(base, in: slab, kind: kind, isHeld: isHeld) }
    assert(slab.pointee.kind == kind, "\(kind) freed, allocated as \(slab.pointee.kind)")
    state.pointee.counters[kind.index].countFree(byteCount: Int(slab.pointee.blockByteCount))
    FreeBlock.link(base, before: slab.pointee.firstFree)
    slab.pointee.firstFree = base
    slab.pointee.usedCount &-= 1
    if slab.pointee.usedCount == slab.pointee.settleAt { return settleAndLeave(slab) }
    leave(isHeld: isHeld)
  }

  /// The place of the first slab of a list.
  @inlinable @inline(__always)
  func slot(of sizeClass: SizeClass, kind: MemoryKind) -> UnsafeMutablePointer<SlabPointer> {
    state.pointee.slots + (kind.index &<< 7 | sizeClass.index)
  }

  /// The record of the slab that a block stands in.
  /// - Parameter byteCount: of the block, or what was asked for.
  @inlinable @inline(__always)
  func record(of base: UnsafeMutableRawPointer, byteCount: Int) -> SlabPointer {
    let address = UInt(bitPattern: base)
    let offset = address & state.pointee.carrierMask
    let unit = byteCount <= state.pointee.largestUnitBlock ? offset &>> state.pointee.unitShift : 0
    let record =
      address &- offset &+ UInt(CarrierHead.recordsOffset) &+ unit &<< UInt(Slab.strideShift)
    return SlabPointer(bitPattern: record).unsafelyUnwrapped
  }

  /// Takes the first block off a list.
  /// - Returns: its bytes.
  @inlinable @inline(__always)
  func unlink(
    _ block: UnsafeMutableRawPointer, of slab: SlabPointer, kind: MemoryKind
  ) -> Int {
    let size = Int(slab.pointee.blockByteCount)
    slab.pointee.firstFree = FreeBlock.unlink(block)
    slab.pointee.usedCount &+= 1
    state.pointee.counters[kind.index].countAllocation(byteCount: size)
    return size
  }

  /// The whole way to a block, from where ``allocateAtOnce(byteCount:kind:isHeld:)`` ended.
  @inline(never)
  func allocateSlowly(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    state.pointee.door.leaveAtOnce()
    return try state.pointee.door.inside { () throws(MemoryError) in
      if hasHeaders(kind) {
        return try allocateByStrategy(byteCount: byteCount, kind: kind)
      }
      let slab = try makeRoom(in: SizeClass(holding: byteCount), kind: kind)
      guard let block = slab.pointee.firstFree else {
        preconditionFailure("a slab with room has no free block")
      }
      let size = Int(slab.pointee.blockByteCount)
      MemoryPoison.allow(block, byteCount: size)
      if core.fillsFreeBlocks { checkUnwritten(block, byteCount: size, kind: kind) }
      return MemoryBlock(base: block, byteCount: unlink(block, of: slab, kind: kind))
    }
  }

  /// The whole way back, from where ``free(_:byteCount:kind:isHeld:)`` stands in the door.
  @usableFromInline @inline(never)
  func freeSlowly(
    _ base: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind, isHeld: Bool
  ) {
    if hasHeaders(kind) {
      if !isHeld && state.pointee.door.isOpen {
        // Still inside.
        freeByStrategy(base, kind: kind)
        return state.pointee.door.leaveAtOnce()
      }
      state.pointee.door.leaveAtOnce()
      core.recorder?.note(base, byteCount: 0, kind: kind)
      if core.isHardened { _ = checkedSlab(of: base, kind: kind) }
      return state.pointee.door.inside { freeByStrategy(base, kind: kind) }
    }
    state.pointee.door.leaveAtOnce()
    core.recorder?.note(base, byteCount: 0, kind: kind)
    var slab = slab
    if core.isHardened, let found = checkedSlab(of: base, kind: kind) {
      slab = found
      if core.fillsFreeBlocks { fillFree(base, in: slab) }
    }
    if FreeBlock.isMarked(base) { BlockFault.stop(base, kind, .freedTwice) }
    let isOwn = state.pointee.door.inside {
      assert(slab.pointee.kind == kind, "\(kind) freed, allocated as \(slab.pointee.kind)")
      state.pointee.counters[kind.index].countFree(byteCount: Int(slab.pointee.blockByteCount))
      if slab.pointee.owner.load(ordering: .relaxed) != address { return false }
      takeBack(base, in: slab)
      return true
    }
    if !isOwn { core.freeForeign(base, in: slab, kind: kind) }
  }

  /// Whether blocks of a kind have headers.
  @inline(__always)
  private func hasHeaders(_ kind: MemoryKind) -> Bool {
    state.pointee.kindsWithHeaders >> UInt32(kind.index) & 1 != 0
  }

  @usableFromInline @inline(never)
  func settleAndLeave(_ slab: SlabPointer) {
    settle(slab)
    state.pointee.door.leaveAtOnce()
  }

  /// Links a block of an own slab as free.
  func takeBack(_ block: UnsafeMutableRawPointer, in slab: SlabPointer) {
    link(block, in: slab)
    slab.pointee.usedCount -= 1
    if slab.pointee.usedCount == slab.pointee.settleAt { settle(slab) }
  }

  /// What this instance allocated of a kind less what it freed.
  func usage(of kind: MemoryKind) -> MemoryUsage {
    let counters = state.pointee.counters + kind.index
    var usage = MemoryUsage()
    usage.byteCount = counters.pointee.byteCount
    usage.blockCount =
      counters.pointee.allocationCount.load(ordering: .relaxed)
      - counters.pointee.freeCount.load(ordering: .relaxed)
    return usage
  }

  /// By how much the bytes of a kind were once more than now, since this was last asked.
  func takePeak(of kind: MemoryKind) -> Int { state.pointee.counters[kind.index].takePeak() }
}
