import Synchronization

/// Blocks, slabs and carriers that no instance owns.
extension AllocatorCore {
  /// Frees blocks of slabs in the pool, each of which holds the next one and where it stands.
  /// - Returns: those of slabs that an instance took meanwhile.
  func freePooled(_ first: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    var taken: UnsafeMutableRawPointer?
    var emptied: SlabPointer?
    withPool { pool in
      var next = first
      while let block = next {
        next = block.load(as: UnsafeMutableRawPointer?.self)
        let origin = RemoteOrigin(word: block.load(fromByteOffset: 8, as: UInt.self))
        guard case .slab(let slab) = origin,
          slab.pointee.owner.load(ordering: .relaxed) == Slab.pooled
        else {
          block.storeBytes(of: taken, as: UnsafeMutableRawPointer?.self)
          taken = block
          continue
        }
        FreeBlock.link(block, before: slab.pointee.firstFree)
        MemoryPoison.forbid(block, byteCount: Int(slab.pointee.blockByteCount))
        slab.pointee.firstFree = block
        slab.pointee.usedCount -= 1
        if slab.pointee.usedCount == 0 {
          pool.remove(slab)
          slab.pointee.next = emptied
          emptied = slab
        }
      }
    }
    while let slab = emptied {
      emptied = slab.pointee.next
      putEmpty(slab)
    }
    return taken
  }

  /// Frees a block of a carrier in the pool; `false` where an instance took the carrier meanwhile.
  func freePooled(_ block: Block, of carrier: BlockCarrier, kind: MemoryKind) -> Bool {
    if RemoteOrigin.isQueued(block.payload, origin: RemoteOrigin.word(carrier, kind: kind)) {
      BlockFault.stop(block.payload, kind, .freedTwice)
    }
    var isEmpty = false
    let isFreed = withBlockPool { pool in
      if carrier.owner != Slab.pooled { return false }
      isEmpty = pool.free(block, of: carrier)
      return true
    }
    if isEmpty { putEmpty(carrier) }
    return isFreed
  }

  /// Leaves a carrier with blocks in use to whoever needs it.
  func putPooled(_ carrier: BlockCarrier) { withBlockPool { $0.insert(carrier) } }

  /// Takes a carrier out of the pool in which there may be a block of so many bytes.
  func takePooled(byteCount: Int, kind: MemoryKind, for owner: Instance) -> BlockCarrier? {
    withBlockPool { $0.take(byteCount: byteCount, kind: kind, for: owner.address) }
  }

  /// Carriers of blocks with headers in the pool.
  var pooledCarrierCount: Int { withBlockPool { $0.count } }

  /// Lets the blocks that were freed in such carriers join their neighbours.
  func joinWaitingInPool() { withBlockPool { $0.joinWaiting() } }

  /// Calls the body with each such carrier, which nobody else touches meanwhile.
  func forEachPooledCarrier(_ body: (BlockCarrier) -> Void) {
    withBlockPool { $0.forEach(body) }
  }

  /// Slabs in the pool.
  var pooledSlabCount: Int { withPool { $0.count } }

  /// Calls the body with each slab in the pool, which nobody else touches meanwhile.
  func forEachPooledSlab(_ body: (SlabPointer) -> Void) { withPool { $0.forEach(body) } }

  /// Runs the body while no slab of the pool changes.
  func withPoolLocked(_ body: () -> Void) { withPool { _ in body() } }

  /// Leaves a slab with blocks in use to whoever needs it.
  func putPooled(_ slab: SlabPointer) {
    withPool { pool in
      slab.pointee.owner.store(Slab.pooled, ordering: .releasing)
      pool.insert(slab)
    }
  }

  /// Takes a slab of a class and kind out of the pool.
  func takePooled(_ sizeClass: SizeClass, kind: MemoryKind, for owner: Instance) -> SlabPointer? {
    withPool { pool in
      guard let slab = pool.takeFirst(classIndex: sizeClass.index, kind: kind) else { return nil }
      slab.pointee.owner.store(owner.address, ordering: .releasing)
      return slab
    }
  }
}
