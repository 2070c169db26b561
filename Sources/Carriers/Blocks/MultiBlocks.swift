import Synchronization

/// Carriers of blocks of any size, divided by a strategy: a request splits a free block, and a
/// freed block joins its free neighbours at once.
final class MultiBlocks<Index: FreeBlockIndex & ~Copyable>: InstanceBlocks {
  private unowned(unsafe) let core: AllocatorCore
  private let owner: UInt
  private let kind: MemoryKind
  private var index: Index
  private var firstCarrier: BlockCarrier?
  private var carrierCount = 0

  init(core: AllocatorCore, kind: MemoryKind, owner: UInt) {
    self.core = core
    self.kind = kind
    self.owner = owner
    index = Index(carrierByteCount: core.layout.carrierByteCount)
  }

  override func allocate(byteCount: Int) throws(MemoryError) -> MemoryBlock {
    let needed = Block.byteCount(holding: byteCount)
    let block: Block
    if let found = index.take(byteCount: needed) {
      block = found
    } else {
      block = try makeCarrier(for: needed)
    }
    return use(block, byteCount: needed)
  }

  override func free(_ base: UnsafeMutableRawPointer) {
    let block = Block(payload: base)
    precondition(!block.isFree, "the block at \(base) (\(kind)) is freed twice")
    let joined = join(block)
    if joined.isLast, joined.header == carrier(of: joined).firstBlock.header, carrierCount > 1 {
      giveUp(carrier(of: joined))
    } else {
      index.insert(joined)
    }
  }

  override func resize(
    _ base: UnsafeMutableRawPointer, toByteCount byteCount: Int
  ) -> MemoryBlock? {
    let block = Block(payload: base)
    precondition(!block.isFree, "the block at \(base) (\(kind)) is resized and is free")
    if byteCount > core.layout.largestSmallBlock { return nil }
    let needed = Block.byteCount(holding: byteCount)
    if needed > block.byteCount {
      guard let next = block.next, next.isFree, block.byteCount + next.byteCount >= needed
      else { return nil }
      index.remove(next)
      let sum = block.byteCount + next.byteCount
      MemoryPoison.allow(next.header, byteCount: next.byteCount)
      block.setUsed(byteCount: sum, isPreviousFree: block.isPreviousFree, isLast: next.isLast)
      block.next?.setPreviousFree(false)
    }
    cut(block, to: needed)
    return MemoryBlock(base: base, byteCount: usable(block))
  }

  override func trim() {
    forEachCarrier { carrier in
      let block = carrier.firstBlock
      if block.isFree && block.isLast {
        index.remove(block)
        giveUp(carrier)
      }
    }
    index.forEach { discardPages(of: $0) }
  }

  override func forEachCarrier(_ body: (BlockCarrier) -> Void) {
    var next = firstCarrier
    while let carrier = next {
      next = carrier.fields.pointee.next
      body(carrier)
    }
  }

  override func firstFault() -> String? {
    var freeCount = 0
    var fault: String?
    forEachCarrier { carrier in
      fault = fault ?? carrier.firstFault
      carrier.forEachBlock { if $0.isFree { freeCount += 1 } }
    }
    if let fault { return fault }
    if !index.isWhole() { return "the strategy's order is broken" }
    var heldCount = 0
    index.forEach { block in
      heldCount += 1
      if !block.isFree { fault = "the strategy holds the block at \(block.header), in use" }
    }
    if heldCount != freeCount {
      return "the strategy holds \(heldCount) of \(freeCount) free blocks"
    }
    return fault
  }
}

// MARK: Blocks

extension MultiBlocks where Index: ~Copyable {
  private func usable(_ block: Block) -> Int {
    block.usableByteCount(atMost: core.layout.largestSmallBlock)
  }

  private func carrier(of block: Block) -> BlockCarrier {
    BlockCarrier(of: block, carrierByteCount: core.layout.carrierByteCount)
  }

  /// Puts a free block, which the index let go of, in use.
  private func use(_ block: Block, byteCount: Int) -> MemoryBlock {
    MemoryPoison.allow(block.payload, byteCount: block.payloadByteCount)
    block.setUsed(byteCount: block.byteCount, isPreviousFree: false, isLast: block.isLast)
    block.next?.setPreviousFree(false)
    cut(block, to: byteCount)
    return MemoryBlock(base: block.payload, byteCount: usable(block))
  }

  /// Makes what a block in use does not need a free block, where that is enough for one.
  private func cut(_ block: Block, to byteCount: Int) {
    let rest = block.byteCount - byteCount
    if rest < Block.smallestByteCount { return }
    let isLast = block.isLast
    block.setUsed(byteCount: byteCount, isPreviousFree: block.isPreviousFree, isLast: false)
    let remainder = Block(header: block.end)
    remainder.setUsed(byteCount: rest, isPreviousFree: false, isLast: isLast)
    index.insert(join(remainder))
  }

  /// Makes a block free, and one with its free neighbours, which the index lets go of.
  private func join(_ block: Block) -> Block {
    var start = block
    var byteCount = block.byteCount
    var isLast = block.isLast
    if let next = block.next, next.isFree {
      index.remove(next)
      byteCount += next.byteCount
      isLast = next.isLast
    }
    if let previous = block.previousFree {
      assert(previous.isFree, "the block before \(block.header) is in use, and marked free")
      index.remove(previous)
      byteCount += previous.byteCount
      start = previous
    }
    start.setFree(byteCount: byteCount, isLast: isLast)
    start.next?.setPreviousFree(true)
    forbidUnused(of: start)
    return start
  }

  /// Bytes of a free block between its links and its footer are nobody's.
  private func forbidUnused(of block: Block) {
    let used = Block.headerByteCount + MemoryLayout<TreeLinks>.size
    MemoryPoison.forbid(block.header + used, byteCount: block.byteCount - used - 8)
  }

  /// Gives the whole pages within a free block back, which hold neither its links nor its footer.
  private func discardPages(of block: Block) {
    if block.isDiscarded { return }
    let mask = core.source.pageByteCount - 1
    let links = Int(bitPattern: block.header) + Block.headerByteCount + MemoryLayout<TreeLinks>.size
    let start = (links + mask) & ~mask
    let end = (Int(bitPattern: block.end) - 8) & ~mask
    guard end > start, let base = UnsafeMutableRawPointer(bitPattern: start) else { return }
    core.source.discard(base, byteCount: end - start)
    block.setDiscarded()
  }
}

// MARK: Carriers

extension MultiBlocks where Index: ~Copyable {
  /// A new carrier, all of it one free block that the index does not hold yet.
  ///
  /// The first of a kind, its main carrier, is small; each further one is twice as large, up to a
  /// carrier's addresses.
  private func makeCarrier(for needed: Int) throws(MemoryError) -> Block {
    let unit = core.layout.unitByteCount
    let smallest = BlockCarrier.firstHeaderOffset + needed + 8
    let units = max(
      min(2 << min(carrierCount, 8), CarrierHead.unitCount), (smallest + unit - 1) / unit)
    let byteCount = units * unit
    let head = try core.supply.withLock { supply throws(MemoryError) in
      try supply.takeBlockCarrier(committing: byteCount)
    }
    let carrier = BlockCarrier(base: head.base)
    carrier.fields.initialize(
      to: BlockCarrier.Fields(
        next: firstCarrier, owner: .init(owner), byteCount: UInt32(byteCount)))
    firstCarrier?.fields.pointee.previous = carrier
    firstCarrier = carrier
    carrierCount += 1
    let block = carrier.firstBlock
    block.setFree(byteCount: carrier.blockByteCount, isLast: true)
    forbidUnused(of: block)
    return block
  }

  private func giveUp(_ carrier: BlockCarrier) {
    let next = carrier.fields.pointee.next
    let previous = carrier.fields.pointee.previous
    next?.fields.pointee.previous = previous
    if let previous { previous.fields.pointee.next = next } else { firstCarrier = next }
    carrierCount -= 1
    MemoryPoison.allow(carrier.firstBlock.header, byteCount: carrier.blockByteCount)
    core.supply.withLock { $0.put(carrier.head) }
  }
}
