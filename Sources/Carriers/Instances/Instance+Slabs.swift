import Synchronization

/// The slabs of an instance: where room comes from, and where it goes. All of it inside the door.
extension Instance {
  /// Sees to it that the first slab of a list has a free block; all is as it was on failure.
  func makeRoom(
    in slot: UnsafeMutablePointer<ClassSlot>, kind: MemoryKind
  ) throws(MemoryError) -> SlabPointer {
    decayFreePages()
    note(slot, of: kind)
    if let slab = try firstWithRoom(slot) { return slab }
    drainRemoteFrees()
    if let slab = try firstWithRoom(slot) { return slab }
    sendAll()
    let sizeClass = SizeClass(index: slot - self.slot(of: SizeClass(index: 0), kind: kind))
    let slab: SlabPointer
    if let pooled = core.takePooled(sizeClass, kind: kind, for: self) {
      slab = pooled
    } else {
      slab = try core.takeNewSlab(of: sizeClass, kind: kind, for: self)
    }
    slab.pointee.slot = slot
    count(slab, 1)
    list(slab)
    if let slab = try firstWithRoom(slot) { return slab }
    preconditionFailure("a slab that was just taken has no room")
  }

  /// Puts a slab where it belongs after a block of it was freed.
  func settle(_ slab: SlabPointer) {
    if !slab.pointee.isListed {
      notePeak(of: slab.pointee.kind, after: slot(of: slab), blocks: slab.pointee.capacity)
      list(slab)
      slab.pointee.settleAt = slab.pointee.capacity / 100 * AllocatorCore.abandonBelowPercent
      return
    }
    // The only slab with room stays, so that a block made and freed again costs no slab.
    let isOnly = slab.pointee.next == nil && slab.pointee.previous == nil
    if slab.pointee.usedCount > 0 {
      slab.pointee.settleAt = 0
      if !isOnly && isHardlyUsed(slab.pointee.kind) { abandon(slab) }
    } else if isOnly {
      slab.pointee.settleAt = Slab.neverSettles
    } else {
      giveUp(slab)
    }
  }

  /// Gives back all that holds no block: empty slabs, and free pages of the others.
  func trim() {
    drainRemoteFrees()
    sendAll()
    for kind in MemoryKind.allCases {
      if let blocks = state.pointee.blocks[kind.index] {
        joinBlocksAtHand(of: kind)
        blocks.trim()
        continue
      }
      forEachListedSlab(of: kind) { slab in
        if slab.pointee.usedCount == 0 { giveUp(slab) } else { discardFreePages(of: slab) }
      }
    }
  }

  /// Calls the body with each slab with room, which it may give up.
  func forEachListedSlab(of kind: MemoryKind, _ body: (SlabPointer) -> Void) {
    for index in 0..<core.layout.classCount {
      var next: SlabPointer? = slot(of: SizeClass(index: index), kind: kind).pointee.first
      while let slab = next, slab != core.emptySlab {
        next = slab.pointee.next
        body(slab)
      }
    }
  }

  func giveUp(_ slab: SlabPointer) {
    // So that others do not take for in use what was before.
    notePeak(of: slab.pointee.kind)
    unlist(slab)
    count(slab, -1)
    core.putEmpty(slab)
  }

  /// Leaves a slab with blocks in use to whoever needs one of its kind and class.
  private func abandon(_ slab: SlabPointer) {
    notePeak(of: slab.pointee.kind)
    unlist(slab)
    count(slab, -1)
    core.putPooled(slab)
  }

  /// Whether so little of the slabs of a kind is in use that others should have them.
  private func isHardlyUsed(_ kind: MemoryKind) -> Bool {
    if !core.hasSeveralInstances { return false }
    let counters = state.pointee.counters + kind.index
    let used =
      usage(of: kind).byteCount + counters.pointee.foreignByteCount.load(ordering: .relaxed)
    let owned = counters.pointee.slabByteCount.load(ordering: .relaxed)
    return used < owned / 100 * Int(AllocatorCore.abandonBelowPercent)
  }

  /// Counts a slab that comes, or goes, with the blocks in use in it.
  private func count(_ slab: SlabPointer, _ difference: Int) {
    let counters = state.pointee.counters + slab.pointee.kind.index
    countForeign(slab.pointee.kind, byteCount: difference * slab.pointee.usedByteCount)
    counters.pointee.slabByteCount.advance(
      by: difference * Int(slab.pointee.capacity) * Int(slab.pointee.blockByteCount))
  }
}

// MARK: Room in the list

extension Instance {
  private func firstWithRoom(
    _ slot: UnsafeMutablePointer<ClassSlot>
  ) throws(MemoryError) -> SlabPointer? {
    while slot.pointee.first != core.emptySlab {
      let slab = slot.pointee.first
      if slab.pointee.firstFree != nil { return slab }
      if slab.pointee.carvedCount < slab.pointee.capacity {
        try carve(slab)
        // Of this slab, more were never in use.
        notePeak(of: slab.pointee.kind, adding: Int(slab.pointee.blockByteCount))
      } else if let page = slab.pointee.discarded.popFirst() {
        linkBlocks(ofPage: page, in: slab)
      } else {
        assert(slab.pointee.isFull, "a slab with room has no free block")
        notePeak(of: slab.pointee.kind, after: slot, blocks: slab.pointee.capacity)
        unlist(slab)
        slab.pointee.settleAt = slab.pointee.capacity - 1
      }
    }
    return nil
  }

  /// Links some of the blocks that were never used: those of about a page.
  private func carve(_ slab: SlabPointer) throws(MemoryError) {
    let first = slab.pointee.carvedCount
    let wanted = max(1, 4096 / slab.pointee.blockByteCount)
    let end = min(first + wanted, slab.pointee.capacity)
    if Int(slab.pointee.blockByteCount) > state.pointee.largestUnitBlock {
      try core.commit(slab, upTo: slab.pointee.block(end))
    }
    slab.pointee.carvedCount = end
    let size = Int(slab.pointee.blockByteCount)
    let base = slab.pointee.block(first)
    let count = Int(end - first)
    if core.keepsDoorsClosed {
      for number in (0..<count).reversed() {
        if core.fillsFreeBlocks { fillFree(base + number * size, in: slab) }
        link(base + number * size, in: slab)
      }
      return
    }
    var block = base + count * size
    var next = slab.pointee.firstFree
    while block > base {
      block -= size
      FreeBlock.link(block, before: next)
      next = block
    }
    slab.pointee.firstFree = next
  }

  /// Links the blocks that begin in a page that was given back.
  private func linkBlocks(ofPage page: Int, in slab: SlabPointer) {
    let pages = SlabPages(of: slab, pageByteCount: core.pageByteCount)
    for number in pages.blocks(beginningIn: page).reversed() {
      link(slab.pointee.block(UInt32(number)), in: slab)
    }
  }

  /// Puts a block in front of the free ones.
  func link(_ block: UnsafeMutableRawPointer, in slab: SlabPointer) {
    MemoryPoison.allow(block, byteCount: 16)
    FreeBlock.link(block, before: slab.pointee.firstFree)
    MemoryPoison.forbid(block, byteCount: Int(slab.pointee.blockByteCount))
    slab.pointee.firstFree = block
  }

  private func list(_ slab: SlabPointer) {
    assert(!slab.pointee.isListed, "the slab is in its list already")
    let slot = slot(of: slab)
    let first = slot.pointee.first == core.emptySlab ? nil : slot.pointee.first
    slab.pointee.next = first
    slab.pointee.previous = nil
    slab.pointee.isListed = true
    if let first {
      first.pointee.previous = slab
      if first.pointee.settleAt == Slab.neverSettles { first.pointee.settleAt = 0 }
    }
    slot.pointee.first = slab
  }

  private func unlist(_ slab: SlabPointer) {
    assert(slab.pointee.isListed, "the slab is in no list")
    let next = slab.pointee.next
    let previous = slab.pointee.previous
    next?.pointee.previous = previous
    if let previous {
      previous.pointee.next = next
    } else {
      slot(of: slab).pointee.first = next ?? core.emptySlab
    }
    slab.pointee.next = nil
    slab.pointee.previous = nil
    slab.pointee.isListed = false
  }

  /// This instance's slot for the blocks of a slab, which may be another's.
  func slot(of slab: SlabPointer) -> UnsafeMutablePointer<ClassSlot> {
    slot(of: SizeClass(index: Int(slab.pointee.classIndex)), kind: slab.pointee.kind)
  }
}
