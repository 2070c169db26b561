import Synchronization

/// What a hardened allocator looks at, all of it off the fast paths: there the doors stay closed.
extension Instance {
  /// Ends the program unless a block of this kind begins at the address, and is in use.
  /// - Returns: the slab in which it stands; `nil` for a block with a header.
  func checkedSlab(of base: UnsafeMutableRawPointer, kind: MemoryKind) -> SlabPointer? {
    switch core.withSupply({ $0.place(of: base) }) {
    case .nowhere: BlockFault.stop(base, kind, .foreign)
    case .slab(let slab):
      check(base, in: slab, kind: kind)
      return slab
    case .carrier(let carrier):
      check(base, in: carrier, kind: kind)
      return nil
    }
  }

  private func check(_ base: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind) {
    if slab.pointee.kind != kind { BlockFault.stop(base, kind, .otherKind(slab.pointee.kind)) }
    let size = Int(slab.pointee.blockByteCount)
    let offset = base - slab.pointee.start
    if offset < 0 || offset % size != 0 || offset / size >= Int(slab.pointee.capacity) {
      BlockFault.stop(base, kind, .noStart)
    }
    let isQueued = RemoteOrigin.isQueued(base, origin: UInt(bitPattern: slab))
    if isQueued || FreeBlock.isMarked(base) { BlockFault.stop(base, kind, .freedTwice) }
    state.pointee.door.inside {
      // Of a slab of others no more can be told.
      if slab.pointee.owner.load(ordering: .relaxed) != address { return }
      let number = offset / size
      let pages = SlabPages(of: slab, pageByteCount: core.pageByteCount)
      if number >= pages.carved { BlockFault.stop(base, kind, .noStart) }
      if slab.pointee.discarded.contains(pages.firstPage(ofBlock: number)) {
        BlockFault.stop(base, kind, .freedTwice)
      }
    }
  }

  private func check(_ base: UnsafeMutableRawPointer, in carrier: BlockCarrier, kind: MemoryKind) {
    let found = carrier.fields.pointee.kind
    if found != kind { BlockFault.stop(base, kind, .otherKind(found)) }
    let block = Block(payload: base)
    let end = carrier.base + carrier.byteCount - 8
    if UInt(bitPattern: base) % 16 != 0 || block.header < carrier.firstBlock.header
      || block.header >= end || block.byteCount < Block.smallestByteCount
      || block.byteCount > end - block.header || block.isLast != (block.end == end)
    {
      BlockFault.stop(base, kind, .noStart)
    }
    let origin = RemoteOrigin.word(carrier, kind: kind)
    let isFree = block.isFree || block.next?.isPreviousFree == true
    if isFree || RemoteOrigin.isQueued(base, origin: origin) {
      BlockFault.stop(base, kind, .freedTwice)
    }
  }

  /// Fills a block that becomes free, behind what the list of free ones needs of it.
  func fillFree(_ base: UnsafeMutableRawPointer, in slab: SlabPointer) {
    FreePattern.fill(base + 16, upTo: base + Int(slab.pointee.blockByteCount))
  }

  /// Ends the program where a block was written to while it was free.
  func checkUnwritten(_ base: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind) {
    if FreePattern.isIntact(base + 16, upTo: base + byteCount) { return }
    BlockFault.stop(base, kind, .writtenWhileFree)
  }
}
