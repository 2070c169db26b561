import Synchronization

/// Blocks with headers, of kinds whose strategy has such.
extension Instance {
  /// A block by the kind's strategy. Inside the door.
  func allocateByStrategy(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    drainRemoteFrees()
    let blocks = blocks(of: kind)
    let isRounded = state.pointee.atHand[kind.index] != nil
    let size = isRounded ? SizeClass(holding: byteCount).byteCount : byteCount
    let block: Block
    if let found = blocks.take(byteCount: size) {
      block = found
    } else if joinBlocksAtHand(of: kind), let found = blocks.take(byteCount: size) {
      block = found
    } else if let found = takeFromPool(byteCount: size, kind: kind) {
      block = found
    } else {
      block = try blocks.takeFromNewCarrier(byteCount: size)
    }
    let usable = usableByteCount(of: block)
    state.pointee.counters[kind.index].countAllocation(byteCount: usable)
    return MemoryBlock(base: block.payload, byteCount: usable)
  }

  /// Takes a block back that has a header, of this instance or of another one. Inside the door.
  @inline(__always)
  func freeByStrategy(_ base: UnsafeMutableRawPointer, kind: MemoryKind) {
    let block = Block(payload: base)
    let carrier = carrier(of: block)
    // A block of another instance counts here too, where it is freed.
    state.pointee.counters[kind.index].countFree(byteCount: usableByteCount(of: block))
    if carrier.owner != address { return core.freeForeign(block, of: carrier, kind: kind) }
    putBack(block, kind: kind)
  }

  /// Frees a block of a carrier of this instance.
  @inline(__always)
  func putBack(_ block: Block, kind: MemoryKind) {
    if let atHand = state.pointee.atHand[kind.index], !block.isFree,
      !FreeBlock.isMarked(block.payload),
      atHand.pointee.put(block.payload, usable: usableByteCount(of: block))
    {
      // Negative where others' blocks are freed.
      let used = max(0, state.pointee.counters[kind.index].byteCount)
      if atHand.pointee.mustBeLookedAt(used: used) { limitBlocksAtHand(of: kind, used: used) }
    } else {
      putBackInOrder(block, kind: kind)
    }
  }

  @inline(never)
  private func putBackInOrder(_ block: Block, kind: MemoryKind) {
    if block.isFree || FreeBlock.isMarked(block.payload) {
      BlockFault.stop(block.payload, kind, .freedTwice)
    }
    giveBack(block, kind: kind)
  }

  /// Lets a block of an own carrier join its neighbours; leaves the carrier to others where that and
  /// all carriers of the kind are hardly used.
  private func giveBack(_ block: Block, kind: MemoryKind) {
    let blocks = blocks(of: kind)
    let carrier = carrier(of: block)
    guard blocks.free(block.payload), core.instanceCount.load(ordering: .relaxed) > 1,
      blocks.carriers.count > 1
    else { return }
    let used = state.pointee.counters[kind.index].byteCount
    let owned = blocks.carriers.byteCount / 100 * Int(AllocatorCore.abandonBelowPercent)
    if used >= owned { return }
    blocks.leave(carrier)
    core.putPooled(carrier)
  }

  /// A block of a carrier that another instance left.
  private func takeFromPool(byteCount: Int, kind: MemoryKind) -> Block? {
    let blocks = blocks(of: kind)
    let needed = blocks.certainByteCount(of: Block.byteCount(holding: byteCount))
    guard let carrier = core.takePooled(byteCount: needed, kind: kind, for: self)
    else { return nil }
    blocks.adopt(carrier)
    return blocks.take(byteCount: byteCount)
  }

  /// Takes a block back that another thread freed.
  func takeBackFreed(_ block: Block, kind: MemoryKind) {
    let carrier = carrier(of: block)
    if carrier.owner != address { return core.freeForeign(block, of: carrier, kind: kind) }
    putBack(block, kind: kind)
  }

  @inline(never)
  private func limitBlocksAtHand(of kind: MemoryKind, used: Int) {
    // A block counts where it is freed, so that who allocates for others seems to have more.
    let most = blocks(of: kind).carriers.byteCount
    guard let atHand = state.pointee.atHand[kind.index],
      atHand.pointee.holdTooMuch(used: max(0, min(used, most)))
    else { return }
    joinBlocksAtHand(of: kind)
  }

  /// Lets blocks that wait for the next request join their neighbours.
  /// - Returns: whether there were any lists of such.
  @discardableResult @inline(never)
  func joinBlocksAtHand(of kind: MemoryKind) -> Bool {
    guard let atHand = state.pointee.atHand[kind.index] else { return false }
    atHand.pointee.takeAll { base in
      let block = Block(payload: base)
      let carrier = carrier(of: block)
      if carrier.owner == address {
        giveBack(block, kind: kind)
      } else {
        core.freeForeign(block, of: carrier, kind: kind)
      }
    }
    return true
  }

  /// Gives a block another size where it stands, where it is of this instance.
  func resizeByStrategy(
    _ base: UnsafeMutableRawPointer, toByteCount byteCount: Int, kind: MemoryKind
  ) -> MemoryBlock? {
    let block = Block(payload: base)
    let carrier = carrier(of: block)
    return state.pointee.door.inside {
      if carrier.owner != address { return nil }
      let actual = carrier.fields.pointee.kind
      // Else the neighbour would be taken from the order of another kind.
      if actual != kind { BlockFault.stop(base, kind, .otherKind(actual)) }
      let before = usableByteCount(of: block)
      guard let resized = blocks(of: kind).resize(base, toByteCount: byteCount) else { return nil }
      let after = usableByteCount(of: resized)
      state.pointee.counters[kind.index].countResize(by: after - before)
      return MemoryBlock(base: base, byteCount: after)
    }
  }

  /// The blocks of a kind, made where there are none yet.
  @inline(__always)
  func blocks(of kind: MemoryKind) -> InstanceBlocks {
    state.pointee.blocks[kind.index] ?? makeBlocks(of: kind)
  }

  @inline(never)
  private func makeBlocks(of kind: MemoryKind) -> InstanceBlocks {
    let strategy = core.strategies[kind.index]
    guard
      let blocks = InstanceBlocks(strategy: strategy, core: core, kind: kind, owner: address)
    else { preconditionFailure("\(kind) has slabs, no blocks with headers") }
    state.pointee.blocks[kind.index] = blocks
    if core.keepsBlocksAtHand {
      let atHand = UnsafeMutablePointer<BlocksAtHand>.allocate(capacity: 1)
      atHand.initialize(to: BlocksAtHand(layout: core.layout, kind: kind))
      atHand.pointee.fill(slot(of: SizeClass(index: 0), kind: kind))
      state.pointee.atHand[kind.index] = atHand
    }
    return blocks
  }

  /// Frees what keeps the blocks of a kind; the carriers are the core's to give back.
  func destroyBlocks(of kind: MemoryKind) {
    state.pointee.blocks[kind.index]?.destroy()
    guard let atHand = state.pointee.atHand[kind.index] else { return }
    atHand.deinitialize(count: 1)
    atHand.deallocate()
  }

  /// What is wrong with blocks that have headers; `nil` where nothing is.
  func firstFault() -> String? {
    for kind in MemoryKind.allCases {
      guard let blocks = state.pointee.blocks[kind.index] else { continue }
      joinBlocksAtHand(of: kind)
      if let fault = blocks.firstFault() { return "\(kind): \(fault)" }
    }
    return nil
  }

  private func carrier(of block: Block) -> BlockCarrier {
    BlockCarrier(
      base: UnsafeMutableRawPointer(
        bitPattern: UInt(bitPattern: block.header) & ~state.pointee.carrierMask
      ).unsafelyUnwrapped)
  }

  private func usableByteCount(of block: Block) -> Int {
    block.usableByteCount(atMost: state.pointee.largestSmallBlock)
  }
}
