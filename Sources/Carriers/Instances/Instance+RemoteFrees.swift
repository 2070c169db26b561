import Synchronization

/// Blocks of one other instance that this one's thread freed and did not send yet: the other's queue
/// is written once for many. The first holds the next one, as in the queue. Blocks of slabs in the pool
/// wait the same way, and the pool's lock is taken once for many.
struct RemoteBatch: BitwiseCopyable {
  /// The other instance's address, or ``Slab/pooled``; 0 for none.
  private(set) var owner: UInt = 0
  private(set) var first: UnsafeMutableRawPointer?
  private(set) var last: UnsafeMutableRawPointer?
  /// What may still be put in until it is to be sent, in bytes; a block counts a little more than its
  /// own.
  private var room = 0

  /// What waits at most, so that a thread that frees no more keeps little of others' memory.
  private static var mostByteCount: Int { 16 << 10 }
  private static var byteCountBeside: Int { 192 }

  /// Begins anew.
  init(owner: UInt) {
    self.owner = owner
    room = Self.mostByteCount
  }

  /// Puts a block in.
  /// - Returns: whether it is time to send all.
  @inline(__always)
  mutating func put(_ block: UnsafeMutableRawPointer, byteCount: Int) -> Bool {
    block.storeBytes(of: UInt(bitPattern: first), as: UInt.self)
    if first == nil { last = block }
    first = block
    room &-= byteCount &+ Self.byteCountBeside
    return room < 0
  }
}

/// Blocks that one thread freed and that stand in another one's slabs or carriers. All inside the
/// door.
extension Instance {
  /// Takes back what other threads freed of this instance's blocks.
  @inline(__always)
  func drainRemoteFrees() {
    // Empty most of the time, and then no locked instruction is needed.
    if state.pointee.remoteFrees.load(ordering: .relaxed) != 0 { takeRemoteFrees() }
  }

  @inline(never)
  private func takeRemoteFrees() {
    // Acquiring: pairs with the releasing exchange in `push`.
    var next = state.pointee.remoteFrees.exchange(0, ordering: .acquiring)
    while let block = UnsafeMutableRawPointer(bitPattern: next) {
      next = block.load(as: UInt.self)
      let origin = RemoteOrigin(word: block.load(fromByteOffset: 8, as: UInt.self))
      // It is in no queue any more.
      block.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
      switch origin {
      case .carrier(let kind): takeBackFreed(Block(payload: block), kind: kind)
      case .slab(let slab):
        if slab.pointee.owner.load(ordering: .relaxed) == address {
          countForeign(slab.pointee.kind, byteCount: -Int(slab.pointee.blockByteCount))
          takeBack(block, in: slab)
        } else {
          freeForeign(block, in: slab, kind: slab.pointee.kind)
        }
      }
    }
  }

  /// Frees a block of another instance's slab, which counts here, where it is freed.
  @inline(__always)
  func countAndFreeForeign(
    _ block: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind
  ) {
    assert(slab.pointee.kind == kind, "\(kind) freed, allocated as \(slab.pointee.kind)")
    let index = Int(slab.pointee.classIndex)
    let counters = state.pointee.counters + kind.index
    counters.pointee.note(classIndex: index)
    slot(of: SizeClass(index: index), kind: kind).pointee.returnedCount.advance(by: 1)
    counters.pointee.foreignByteCount.advance(by: Int(slab.pointee.blockByteCount))
    freeForeign(block, in: slab, kind: kind)
  }

  /// Frees a block of a slab that is not this instance's.
  @inline(__always)
  func freeForeign(_ block: UnsafeMutableRawPointer, in slab: SlabPointer, kind: MemoryKind) {
    // Acquiring: pairs with the releasing stores in `putPooled` and `takePooled`.
    let owner = slab.pointee.owner.load(ordering: .acquiring)
    if owner == Slab.nobody { BlockFault.stop(block, kind, .freedTwiceOrForeign) }
    send(
      block, byteCount: Int(slab.pointee.blockByteCount), kind: kind,
      origin: UInt(bitPattern: slab), to: owner)
  }

  /// Frees a block with a header of a carrier that is not this instance's.
  func freeForeign(_ block: Block, of carrier: BlockCarrier, kind: MemoryKind) {
    while true {
      let owner = carrier.owner
      if owner == Slab.nobody { BlockFault.stop(block.payload, kind, .freedTwiceOrForeign) }
      if owner == Slab.pooled {
        if core.freePooled(block, of: carrier, kind: kind) { return }
      } else {
        return send(
          block.payload, byteCount: block.byteCount, kind: kind,
          origin: RemoteOrigin.word(carrier, kind: kind), to: owner)
      }
    }
  }

  /// Puts a block among those that are to be sent to an instance, or to slabs in the pool.
  /// - Parameter origin: where the block stands; see ``RemoteOrigin``.
  @inline(__always)
  private func send(
    _ block: UnsafeMutableRawPointer, byteCount: Int, kind: MemoryKind, origin: UInt, to owner: UInt
  ) {
    if RemoteOrigin.isQueued(block, origin: origin) { BlockFault.stop(block, kind, .freedTwice) }
    block.storeBytes(of: origin, toByteOffset: 8, as: UInt.self)
    let place = 1 + Int(truncatingIfNeeded: owner >> 12) & (InstanceState.outgoingCount - 1)
    let batch = state.pointee.outgoing + (owner == Slab.pooled ? 0 : place)
    if batch.pointee.owner != owner { sendAll(in: batch, thenTo: owner) }
    if batch.pointee.put(block, byteCount: byteCount) { sendAll(in: batch, thenTo: owner) }
  }

  @inline(never)
  private func sendAll(in batch: UnsafeMutablePointer<RemoteBatch>, thenTo owner: UInt) {
    let blocks = batch.pointee
    // Before: what is sent to the pool may come back, for somebody else by then.
    batch.pointee = RemoteBatch(owner: owner)
    push(blocks)
  }

  /// Sends what waits to be sent.
  func sendAll() {
    // The pool's first, for those of them whose slab was taken go on to its owner, or back if that left
    // it since.
    let pooled = state.pointee.outgoing
    while pooled.pointee.first != nil { sendAll(in: pooled, thenTo: Slab.pooled) }
    for place in 1...InstanceState.outgoingCount {
      let batch = state.pointee.outgoing + place
      if batch.pointee.first != nil { sendAll(in: batch, thenTo: batch.pointee.owner) }
    }
  }

  /// Frees blocks of slabs that were in the pool.
  private func freePooled(_ batch: RemoteBatch) {
    var next = core.freePooled(batch.first)
    while let block = next {
      next = block.load(as: UnsafeMutableRawPointer?.self)
      guard
        case .slab(let slab) = RemoteOrigin(word: block.load(fromByteOffset: 8, as: UInt.self))
      else { preconditionFailure("a block with a header among those of slabs in the pool") }
      block.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
      if slab.pointee.owner.load(ordering: .relaxed) == address {
        countForeign(slab.pointee.kind, byteCount: -Int(slab.pointee.blockByteCount))
        takeBack(block, in: slab)
      } else {
        freeForeign(block, in: slab, kind: slab.pointee.kind)
      }
    }
  }

  /// Puts the blocks in the other instance's queue.
  private func push(_ batch: RemoteBatch) {
    if batch.owner == Slab.pooled { return freePooled(batch) }
    guard let first = batch.first, let last = batch.last,
      let other = UnsafeMutablePointer<InstanceState>(bitPattern: batch.owner)
    else { return }
    var before = other.pointee.remoteFrees.load(ordering: .relaxed)
    while true {
      last.storeBytes(of: before, as: UInt.self)
      // Releasing: pairs with the acquiring exchange in `takeRemoteFrees`.
      let (exchanged, original) = other.pointee.remoteFrees.weakCompareExchange(
        expected: before, desired: UInt(bitPattern: first), successOrdering: .releasing,
        failureOrdering: .relaxed)
      if exchanged { return }
      before = original
    }
  }
}
