import Synchronization

/// An instance, by its address. One thread at a time allocates; see ``InstanceDoor`` for the
/// others.
struct Instance: BitwiseCopyable, @unchecked Sendable {
  // Unchecked: what the address leads to is reached through the door, or is atomic.

  let state: UnsafeMutablePointer<InstanceState>

  var address: UInt { UInt(bitPattern: state) }
  var core: AllocatorCore { state.pointee.core }

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
        door: InstanceDoor(staysClosed: MemoryPoison.isActive), slots: slots, counters: counters,
        carrierMask: UInt(core.layout.carrierByteCount - 1),
        unitShift: UInt(core.layout.unitByteCount.trailingZeroBitCount),
        largestUnitBlock: core.layout.largestUnitBlock, core: core))
  }

  /// Frees the state; slabs are the core's to give back.
  func destroy() {
    state.pointee.counters.deinitialize(count: MemoryKind.count)
    state.pointee.counters.deallocate()
    state.pointee.slots.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// A block that shares a slab.
  @inline(__always)
  func allocate(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    let sizeClass = SizeClass(holding: byteCount)
    let slab = slot(of: sizeClass, kind: kind).pointee
    if state.pointee.door.enterAtOnce(), let block = slab.pointee.firstFree {
      let size = unlink(block, of: slab, kind: kind)
      state.pointee.door.leaveAtOnce()
      return MemoryBlock(base: block, byteCount: size)
    }
    state.pointee.door.leaveAtOnce()
    return try allocateSlowly(sizeClass, kind: kind)
  }

  /// Takes a block back, of this instance or of another one.
  @inline(__always)
  func free(_ base: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind) {
    let slab = record(of: base, byteCount: byteCount)
    if state.pointee.door.enterAtOnce(), slab.pointee.owner.load(ordering: .relaxed) == address,
      !FreeBlock.isMarked(base)
    {
      state.pointee.counters[slab.pointee.kind.index].countFree(
        byteCount: Int(slab.pointee.blockByteCount))
      FreeBlock.link(base, before: slab.pointee.firstFree)
      slab.pointee.firstFree = base
      slab.pointee.usedCount &-= 1
      if slab.pointee.usedCount == slab.pointee.settleAt { settle(slab) }
      state.pointee.door.leaveAtOnce()
      return
    }
    state.pointee.door.leaveAtOnce()
    freeSlowly(base, in: slab, kind: kind)
  }

  /// The place of the first slab of a list.
  @inline(__always)
  func slot(of sizeClass: SizeClass, kind: MemoryKind) -> UnsafeMutablePointer<SlabPointer> {
    state.pointee.slots + (kind.index << 7 | sizeClass.index)
  }

  /// The record of the slab that a block stands in.
  /// - Parameter byteCount: of the block, or what was asked for.
  @inline(__always)
  func record(of base: UnsafeMutableRawPointer, byteCount: Int) -> SlabPointer {
    let address = UInt(bitPattern: base)
    let offset = address & state.pointee.carrierMask
    let unit = byteCount <= state.pointee.largestUnitBlock ? offset >> state.pointee.unitShift : 0
    let record =
      address &- offset &+ UInt(CarrierHead.recordsOffset) &+ unit << UInt(Slab.strideShift)
    return SlabPointer(bitPattern: record).unsafelyUnwrapped
  }

  /// Takes the first block off a list.
  /// - Returns: its bytes.
  @inline(__always)
  private func unlink(
    _ block: UnsafeMutableRawPointer, of slab: SlabPointer, kind: MemoryKind
  ) -> Int {
    let size = Int(slab.pointee.blockByteCount)
    slab.pointee.firstFree = FreeBlock.unlink(block)
    slab.pointee.usedCount &+= 1
    state.pointee.counters[kind.index].countAllocation(byteCount: size)
    return size
  }

  /// The whole way to a block.
  @inline(never)
  private func allocateSlowly(
    _ sizeClass: SizeClass, kind: MemoryKind
  ) throws(MemoryError) -> MemoryBlock {
    try state.pointee.door.inside { () throws(MemoryError) in
      let slab = try makeRoom(in: sizeClass, kind: kind)
      guard let block = slab.pointee.firstFree else {
        preconditionFailure("a slab with room has no free block")
      }
      MemoryPoison.allow(block, byteCount: Int(slab.pointee.blockByteCount))
      return MemoryBlock(base: block, byteCount: unlink(block, of: slab, kind: kind))
    }
  }

  /// The whole way back.
  @inline(never)
  private func freeSlowly(
    _ base: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind
  ) {
    precondition(!FreeBlock.isMarked(base), "the block at \(base) is freed twice")
    let isOwn = state.pointee.door.inside {
      state.pointee.counters[slab.pointee.kind.index].countFree(
        byteCount: Int(slab.pointee.blockByteCount))
      if slab.pointee.owner.load(ordering: .relaxed) != address { return false }
      takeBack(base, in: slab)
      return true
    }
    if !isOwn { core.freeForeign(base, in: slab) }
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
    usage.byteCount = counters.pointee.byteCount.load(ordering: .relaxed)
    usage.blockCount =
      counters.pointee.allocationCount.load(ordering: .relaxed)
      - counters.pointee.freeCount.load(ordering: .relaxed)
    return usage
  }

  /// By how much the bytes of a kind were once more than now, since this was last asked.
  func takePeak(of kind: MemoryKind) -> Int {
    let counters = state.pointee.counters + kind.index
    let now = counters.pointee.byteCount.load(ordering: .relaxed)
    let peak = counters.pointee.peak.load(ordering: .relaxed)
    counters.pointee.peak.store(now, ordering: .relaxed)
    return peak - now
  }
}
