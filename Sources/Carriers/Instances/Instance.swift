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
    let slots = UnsafeMutablePointer<ClassSlot>.allocate(capacity: slotCount)
    for index in 0..<slotCount {
      let sizeClass = SizeClass(index: index % InstanceState.slotsPerKind)
      let kind = index / InstanceState.slotsPerKind
      let hasHeaders = core.kindsWithHeaders >> UInt32(kind) & 1 != 0
      let byteCount =
        hasHeaders
        ? BlocksAtHand.blockByteCount(of: sizeClass, layout: core.layout) : sizeClass.byteCount
      (slots + index).initialize(
        to: ClassSlot(first: core.emptySlab, blockByteCount: byteCount))
    }
    let counters = UnsafeMutablePointer<KindCounters>.allocate(capacity: MemoryKind.count)
    for kind in 0..<MemoryKind.count { (counters + kind).initialize(to: KindCounters()) }
    // At a page: where its first words meet those of slabs' records in the address's last 12 bits, the
    // processor takes a write to one for a write to the other, and blocks take a tenth longer.
    state = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<InstanceState>.size, alignment: 4096
    ).bindMemory(to: InstanceState.self, capacity: 1)
    state.initialize(
      to: InstanceState(
        door: InstanceDoor(staysClosed: core.keepsDoorsClosed), slots: slots,
        counters: counters,
        carrierMask: UInt(core.layout.carrierByteCount - 1),
        unitShift: UInt(core.layout.unitByteCount.trailingZeroBitCount),
        largestUnitBlock: core.layout.largestUnitBlock,
        largestSmallBlock: core.layout.largestSmallBlock, classCount: core.layout.classCount,
        outgoing: .allocate(capacity: 1 + InstanceState.outgoingCount),
        atHand: .allocate(capacity: MemoryKind.count), kindsWithHeaders: core.kindsWithHeaders,
        core: core, epochs: core.epochs))
    state.pointee.outgoing.initialize(
      repeating: RemoteBatch(owner: 0), count: 1 + InstanceState.outgoingCount)
    state.pointee.atHand.initialize(repeating: nil, count: MemoryKind.count)
  }

  /// Frees the state; slabs and carriers are the core's to give back.
  func destroy() {
    for kind in MemoryKind.allCases { destroyBlocks(of: kind) }
    state.pointee.counters.deinitialize(count: MemoryKind.count)
    state.pointee.counters.deallocate()
    state.pointee.outgoing.deallocate()
    state.pointee.atHand.deallocate()
    state.pointee.slots.deinitialize(count: InstanceState.slotsPerKind * MemoryKind.count)
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
    let slot = slot(of: SizeClass(holding: byteCount), kind: kind)
    let slab = slot.pointee.first
    guard let block = slab.pointee.firstFree else { return nil }
    let size = unlink(block, of: slab, slot)
    leave(isHeld: isHeld)
    return MemoryBlock(base: block, byteCount: size)
  }

  @inlinable @inline(__always)
  func enter(isHeld: Bool) -> Bool {
    isHeld || state.pointee.door.enterAtOnce()
  }

  @inlinable @inline(__always)
  func leave(isHeld: Bool) {
    if !isHeld { state.pointee.door.leaveAtOnce() }
  }

  /// Takes a block back, of this instance or of another one.
  @inlinable @inline(__always)
  func free(
    _ base: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind, isHeld: Bool
  ) {
    guard enter(isHeld: isHeld) else { return freeSlowly(base, in: slab, kind: kind) }
    guard slab.pointee.owner.load(ordering: .relaxed) == address, !FreeBlock.isMarked(base)
    else { return freeElsewhere(base, in: slab, kind: kind, isHeld: isHeld) }
    assert(slab.pointee.kind == kind, "\(kind) freed, allocated as \(slab.pointee.kind)")
    // The owner's slab has its slot.
    slab.pointee.slot.unsafelyUnwrapped.pointee.returnedCount.advance(by: 1)
    FreeBlock.link(base, before: slab.pointee.firstFree)
    slab.pointee.firstFree = base
    slab.pointee.usedCount &-= 1
    if slab.pointee.usedCount == slab.pointee.settleAt { return settleAndLeave(slab) }
    leave(isHeld: isHeld)
  }

  /// What is kept of a kind and class.
  @inlinable @inline(__always)
  func slot(of sizeClass: SizeClass, kind: MemoryKind) -> UnsafeMutablePointer<ClassSlot> {
    state.pointee.slots + (kind.index &<< 7 | sizeClass.index)
  }

  /// The record of the slab that a block stands in.
  /// - Parameter byteCount: of the block, or what was asked for.
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
    _ block: UnsafeMutableRawPointer, of slab: SlabPointer, _ slot: UnsafeMutablePointer<ClassSlot>
  ) -> Int {
    slab.pointee.firstFree = FreeBlock.unlink(block)
    slab.pointee.usedCount &+= 1
    slot.pointee.takenCount.advance(by: 1)
    return Int(slot.pointee.blockByteCount)
  }

  /// The whole way to a block, from where ``allocateAtOnce(byteCount:kind:isHeld:)`` ended.
  @inline(never)
  func allocateSlowly(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    state.pointee.door.leaveAtOnce()
    return try state.pointee.door.inside { () throws(MemoryError) in
      if hasHeaders(kind) {
        return try allocateByStrategy(byteCount: byteCount, kind: kind)
      }
      let slot = slot(of: SizeClass(holding: byteCount), kind: kind)
      let slab = try makeRoom(in: slot, kind: kind)
      guard let block = slab.pointee.firstFree else {
        preconditionFailure("a slab with room has no free block")
      }
      let size = Int(slab.pointee.blockByteCount)
      MemoryPoison.allow(block, byteCount: size)
      if core.fillsFreeBlocks { checkUnwritten(block, byteCount: size, kind: kind) }
      return MemoryBlock(base: block, byteCount: unlink(block, of: slab, slot))
    }
  }

  /// From where ``free(_:in:kind:isHeld:)`` stands in the open door: takes a block back that has
  /// a header, or stands in another's slab.
  @usableFromInline @inline(never)
  func freeElsewhere(
    _ base: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind, isHeld: Bool
  ) {
    // A function of its own, which saves more registers than is worth it here.
    if !hasHeaders(kind) { return freeOthers(base, in: slab, kind: kind, isHeld: isHeld) }
    if putAtHand(base, kind: kind) { return leave(isHeld: isHeld) }
    freeSlowly(base, in: slab, kind: kind)
  }

  @inline(never)
  private func freeOthers(
    _ base: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind, isHeld: Bool
  ) {
    if FreeBlock.isMarked(base) { return freeSlowly(base, in: slab, kind: kind) }
    countAndFreeForeign(base, in: slab, kind: kind)
    leave(isHeld: isHeld)
  }

  /// The whole way back, from where ``free(_:in:kind:isHeld:)`` stands in the door.
  @usableFromInline @inline(never)
  func freeSlowly(_ base: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind) {
    state.pointee.door.leaveAtOnce()
    if hasHeaders(kind) {
      core.recorder?.note(base, byteCount: 0, kind: kind)
      if core.isHardened { _ = checkedSlab(of: base, kind: kind) }
      return state.pointee.door.inside { freeByStrategy(base, kind: kind) }
    }
    core.recorder?.note(base, byteCount: 0, kind: kind)
    var slab = slab
    if core.isHardened, let found = checkedSlab(of: base, kind: kind) {
      slab = found
      if core.fillsFreeBlocks { fillFree(base, in: slab) }
    }
    if FreeBlock.isMarked(base) { BlockFault.stop(base, kind, .freedTwice) }
    state.pointee.door.inside {
      assert(slab.pointee.kind == kind, "\(kind) freed, allocated as \(slab.pointee.kind)")
      if slab.pointee.owner.load(ordering: .relaxed) != address {
        return countAndFreeForeign(base, in: slab, kind: kind)
      }
      slot(of: slab).pointee.returnedCount.advance(by: 1)
      takeBack(base, in: slab)
    }
  }

  /// Whether blocks of a kind have headers.
  @inline(__always)
  func hasHeaders(_ kind: MemoryKind) -> Bool {
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
}
