import Synchronization

/// Blocks with headers, of kinds whose strategy has such.
extension Instance {
  /// A block by the kind's strategy. Inside the door.
  func allocateByStrategy(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    drainRemoteFrees()
    decayFreePages()
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
      notePeak(of: kind)
      sendAll()
      block = try blocks.takeFromNewCarrier(byteCount: size)
    }
    let usable = usableByteCount(of: block)
    state.pointee.counters[kind.index].countAllocation(byteCount: usable)
    return MemoryBlock(base: block.payload, byteCount: usable)
  }

  /// Takes a block back that has a header, of this instance or of another one. Inside the door.
  func freeByStrategy(_ base: UnsafeMutableRawPointer, kind: MemoryKind) {
    if putAtHand(base, kind: kind) { return }
    let block = Block(payload: base)
    let carrier = carrier(of: block)
    // A block of another instance counts here too, where it is freed.
    state.pointee.counters[kind.index].countFree(byteCount: usableByteCount(of: block))
    if carrier.owner != address { return freeForeign(block, of: carrier, kind: kind) }
    putBackInOrder(block, kind: kind)
  }

  /// Lets a block of this instance wait for the next request; `false` where it has to go back at once,
  /// and for one that is not in use.
  @inline(__always)
  func putAtHand(_ base: UnsafeMutableRawPointer, kind: MemoryKind) -> Bool {
    let block = Block(payload: base)
    guard let atHand = state.pointee.atHand[kind.index], carrier(of: block).owner == address,
      !block.isFree, !FreeBlock.isMarked(base),
      atHand.pointee.put(base, usable: usableByteCount(of: block))
    else { return false }
    if atHand.pointee.mustBeLookedAt { limitBlocksAtHand(of: kind) }
    return true
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
    guard blocks.free(block.payload), core.hasSeveralInstances,
      blocks.carriers.count > 1
    else { return }
    let used = blocks.carriers.usedByteCount - atHand(of: kind).byteCount
    let owned = blocks.carriers.byteCount / 100 * Int(AllocatorCore.abandonBelowPercent)
    if used >= owned { return }
    notePeak(of: kind)
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
    if carrier.owner != address { return freeForeign(block, of: carrier, kind: kind) }
    let usable = usableByteCount(of: block)
    if putAtHand(block.payload, kind: kind) {
      // That counts, and was counted where it was freed.
      return state.pointee.counters[kind.index].countFree(byteCount: -usable, count: -1)
    }
    putBackInOrder(block, kind: kind)
  }

  @inline(never)
  private func limitBlocksAtHand(of kind: MemoryKind) {
    let held = atHand(of: kind).byteCount
    let used = max(0, blocks(of: kind).carriers.usedByteCount - held)
    guard let atHand = state.pointee.atHand[kind.index],
      atHand.pointee.isTooMuch(held: held, used: used)
    else { return }
    notePeak(of: kind)
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
      state.pointee.counters[kind.index].countFree(byteCount: usableByteCount(of: block))
      if carrier.owner == address {
        giveBack(block, kind: kind)
      } else {
        freeForeign(block, of: carrier, kind: kind)
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
      state.pointee.counters[kind.index].byteCount.advance(by: after - before)
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
    let strategy = core.strategy(of: kind)
    guard
      let blocks = InstanceBlocks(strategy: strategy, core: core, kind: kind, owner: address)
    else { preconditionFailure("\(kind) has slabs, no blocks with headers") }
    state.pointee.blocks[kind.index] = blocks
    if core.keepsBlocksAtHand {
      let atHand = UnsafeMutablePointer<BlocksAtHand>.allocate(capacity: 1)
      let slots = slot(of: SizeClass(index: 0), kind: kind)
      atHand.initialize(to: BlocksAtHand(layout: core.layout, kind: kind, slots: slots))
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
