import Synchronization

/// The carriers of one kind in one instance, as a list.
struct BlockCarriers: BitwiseCopyable {
  private(set) var first: BlockCarrier?
  private(set) var count = 0
  /// The bytes of all of them.
  private(set) var byteCount = 0
  /// The bytes of their blocks in use, and of those at hand.
  private(set) var usedByteCount = 0

  /// Counts what of a carrier is in use more than it was.
  mutating func use(_ byteCount: Int, of carrier: BlockCarrier) {
    usedByteCount += byteCount
    let fields = carrier.fields
    fields.pointee.usedByteCount = UInt32(Int(fields.pointee.usedByteCount) + byteCount)
  }

  mutating func insert(_ carrier: BlockCarrier) {
    carrier.fields.pointee.next = first
    carrier.fields.pointee.previous = nil
    first?.fields.pointee.previous = carrier
    first = carrier
    count += 1
    byteCount += carrier.byteCount
    usedByteCount += Int(carrier.fields.pointee.usedByteCount)
  }

  mutating func remove(_ carrier: BlockCarrier) {
    let next = carrier.fields.pointee.next
    let previous = carrier.fields.pointee.previous
    next?.fields.pointee.previous = previous
    if let previous { previous.fields.pointee.next = next } else { first = next }
    count -= 1
    byteCount -= carrier.byteCount
    usedByteCount -= Int(carrier.fields.pointee.usedByteCount)
  }

  /// Calls the body with each carrier, which it may give up.
  func forEach(_ body: (BlockCarrier) -> Void) {
    var next = first
    while let carrier = next {
      next = carrier.fields.pointee.next
      body(carrier)
    }
  }
}

/// Carriers of blocks of any size, divided by a strategy: a request splits a free block, and a
/// freed block joins its free neighbours at once. By the address of its state.
struct MultiBlocks<Index: FreeBlockIndex & ~Copyable>: BitwiseCopyable {
  /// In raw memory, so that no use of it counts a reference or looks for others' uses.
  struct State: ~Copyable {
    var index: Index
    var carriers = BlockCarriers()
    let core: AllocatorCore
    let owner: UInt
    let kind: MemoryKind
    let carrierByteCount: Int
    let largestSmallBlock: Int
    /// Whether free blocks hold a pattern.
    let fillsFreeBlocks: Bool
  }

  let state: UnsafeMutablePointer<State>

  init(core: AllocatorCore, kind: MemoryKind, owner: UInt) {
    let carrierByteCount = core.layout.carrierByteCount
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(
        index: Index(carrierByteCount: carrierByteCount), core: core, owner: owner, kind: kind,
        carrierByteCount: carrierByteCount, largestSmallBlock: core.layout.largestSmallBlock,
        fillsFreeBlocks: core.fillsFreeBlocks))
  }

  func destroy() {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  func take(byteCount: Int) -> Block? {
    let needed = Block.byteCount(holding: byteCount)
    guard let block = state.pointee.index.take(byteCount: needed) else { return nil }
    return use(block, byteCount: needed)
  }

  func takeFromNewCarrier(byteCount: Int) throws(MemoryError) -> Block {
    let needed = Block.byteCount(holding: byteCount)
    return use(try makeCarrier(for: needed), byteCount: needed)
  }

  /// - Returns: whether so little of the carrier is in use from now on that others should have it.
  @discardableResult
  func free(_ base: UnsafeMutableRawPointer) -> Bool {
    let block = Block(payload: base)
    if block.isFree { BlockFault.stop(base, state.pointee.kind, .freedTwice) }
    let carrier = carrier(of: block)
    let before = carrier.fields.pointee.usedByteCount
    state.pointee.carriers.use(-block.byteCount, of: carrier)
    let used = carrier.fields.pointee.usedByteCount
    let joined = join(block)
    if used == 0 && state.pointee.carriers.count > 1 {
      giveUp(carrier)
      return false
    }
    state.pointee.index.insert(joined)
    return isHardlyUsed(carrier, byteCount: used) && !isHardlyUsed(carrier, byteCount: before)
  }

  func resize(_ base: UnsafeMutableRawPointer, toByteCount byteCount: Int) -> Block? {
    let block = Block(payload: base)
    precondition(
      !block.isFree, "the block at \(base) (\(state.pointee.kind)) is resized and is free")
    if byteCount > state.pointee.largestSmallBlock { return nil }
    let needed = Block.byteCount(holding: byteCount)
    let before = block.byteCount
    if needed > block.byteCount {
      guard let next = block.next, next.isFree, block.byteCount + next.byteCount >= needed
      else { return nil }
      state.pointee.index.remove(next)
      let sum = block.byteCount + next.byteCount
      MemoryPoison.allow(next.header, byteCount: next.byteCount)
      if state.pointee.fillsFreeBlocks { checkUnwritten(next, byteCount: needed - before) }
      block.setUsed(byteCount: sum, isPreviousFree: block.isPreviousFree, isLast: next.isLast)
      block.next?.setPreviousFree(false)
    }
    cut(block, to: needed, wasFree: needed > before)
    state.pointee.carriers.use(block.byteCount - before, of: carrier(of: block))
    assert(block.localFault == nil, block.localFault ?? "")
    return block
  }

  func trim() {
    state.pointee.carriers.forEach { carrier in
      let block = carrier.firstBlock
      if block.isFree && block.isLast {
        state.pointee.index.remove(block)
        giveUp(carrier)
      }
    }
    state.pointee.index.forEach { $0.discardPages(source: state.pointee.core.source) }
  }

  /// Gives the pages of those free blocks back that were free, and as large, in the last round.
  func decay(since last: UInt32, now: UInt32) {
    let core = state.pointee.core
    state.pointee.index.forEach { block in
      if block.wasFree(since: last, now: now, pageByteCount: core.pageByteCount) {
        block.discardPages(source: core.source)
      }
    }
  }

  func firstFault() -> String? {
    var freeCount = 0
    var fault: String?
    state.pointee.carriers.forEach { carrier in
      fault = fault ?? carrier.firstFault
      carrier.forEachBlock { if $0.isFree { freeCount += 1 } }
    }
    if let fault { return fault }
    if !state.pointee.index.isWhole() { return "the strategy's order is broken" }
    var heldCount = 0
    state.pointee.index.forEach { block in
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
  private func carrier(of block: Block) -> BlockCarrier {
    BlockCarrier(of: block, carrierByteCount: state.pointee.carrierByteCount)
  }

  /// Puts a free block, which the index let go of, in use.
  private func use(_ block: Block, byteCount: Int) -> Block {
    MemoryPoison.allow(block.payload, byteCount: block.payloadByteCount)
    if state.pointee.fillsFreeBlocks { checkUnwritten(block, byteCount: byteCount) }
    block.setUsed(byteCount: block.byteCount, isPreviousFree: false, isLast: block.isLast)
    block.next?.setPreviousFree(false)
    // What was here before, a free block of a slab maybe, must not look as if this one were free.
    block.payload.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
    cut(block, to: byteCount, wasFree: true)
    state.pointee.carriers.use(block.byteCount, of: carrier(of: block))
    assert(block.localFault == nil, block.localFault ?? "")
    return block
  }

  /// Makes what a block in use does not need a free block, where that is enough for one.
  /// - Parameter wasFree: whether it was free before, and so is filled: what was written there
  ///   meanwhile is still to be found.
  private func cut(_ block: Block, to byteCount: Int, wasFree: Bool) {
    let rest = block.byteCount - byteCount
    if rest < Block.smallestByteCount { return }
    let isLast = block.isLast
    block.setUsed(byteCount: byteCount, isPreviousFree: block.isPreviousFree, isLast: false)
    let remainder = Block(header: block.end)
    remainder.setUsed(byteCount: rest, isPreviousFree: false, isLast: isLast)
    state.pointee.index.insert(join(remainder, isFilled: wasFree))
  }

  /// Makes a block free, and one with its free neighbours, which the index lets go of.
  private func join(_ block: Block, isFilled: Bool = false) -> Block {
    var start = block
    var byteCount = block.byteCount
    var isLast = block.isLast
    var unused = block.header + Block.linksEnd..<block.end - 8
    if let next = block.next, next.isFree {
      state.pointee.index.remove(next)
      byteCount += next.byteCount
      isLast = next.isLast
      unused = unused.lowerBound..<next.header + Block.linksEnd
    }
    if let previous = block.previousFree {
      assert(previous.isFree, "the block before \(block.header) is in use, and marked free")
      state.pointee.index.remove(previous)
      byteCount += previous.byteCount
      start = previous
      unused = block.header - 8..<unused.upperBound
    }
    // What links and footers took of the neighbours is unused from now on, too.
    if state.pointee.fillsFreeBlocks && !isFilled {
      FreePattern.fill(unused.lowerBound, upTo: unused.upperBound)
    }
    start.setFree(byteCount: byteCount, isLast: isLast)
    start.next?.setPreviousFree(true)
    assert(start.localFault == nil, start.localFault ?? "")
    start.forbidUnused()
    return start
  }

  /// Ends the program where the bytes of a free block that are needed now were written to.
  private func checkUnwritten(_ block: Block, byteCount: Int) {
    let end = min(block.end - 8, block.header + byteCount + Block.linksEnd)
    if FreePattern.isIntact(block.header + Block.linksEnd, upTo: end) { return }
    BlockFault.stop(block.payload, state.pointee.kind, .writtenWhileFree)
  }
}

// MARK: Carriers

extension MultiBlocks where Index: ~Copyable {
  /// A new carrier, all of it one free block that the index does not hold yet.
  ///
  /// The first of a kind, its main carrier, is small; each further one is twice as large, up to a
  /// carrier's addresses.
  @inline(never)
  private func makeCarrier(for needed: Int) throws(MemoryError) -> Block {
    let core = state.pointee.core
    let unit = core.layout.unitByteCount
    let smallest = BlockCarrier.firstHeaderOffset + needed + 8
    let units = max(
      min(2 << min(state.pointee.carriers.count, 8), CarrierHead.unitCount),
      (smallest + unit - 1) / unit)
    let byteCount = units * unit
    let head = try core.withSupply { supply throws(MemoryError) in
      try supply.takeBlockCarrier(committing: byteCount)
    }
    let carrier = BlockCarrier(base: head.base)
    carrier.fields.initialize(
      to: BlockCarrier.Fields(
        owner: .init(state.pointee.owner), byteCount: UInt32(byteCount), kind: state.pointee.kind))
    state.pointee.carriers.insert(carrier)
    let block = carrier.firstBlock
    // It may have been one of slabs, whose free blocks nobody may touch.
    MemoryPoison.allow(block.header, byteCount: carrier.blockByteCount)
    block.setFree(byteCount: carrier.blockByteCount, isLast: true)
    if state.pointee.fillsFreeBlocks {
      FreePattern.fill(block.header + Block.linksEnd, upTo: block.end - 8)
    }
    block.forbidUnused()
    return block
  }

  @inline(never)
  private func giveUp(_ carrier: BlockCarrier) {
    state.pointee.carriers.remove(carrier)
    state.pointee.core.putEmpty(carrier)
  }
}
