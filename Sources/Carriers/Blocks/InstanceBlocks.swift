/// The blocks of one kind in one instance, where a strategy divides their carriers.
///
/// A case for each strategy, so that all below is compiled for it: a protocol's or a class's methods
/// would be called through tables, some ten calls for each block. Not thread-safe: the instance's
/// door guards it.
enum InstanceBlocks: BitwiseCopyable {
  case carrierOrderedBestFit(MultiBlocks<CarrierOrderedBestFit>)
  case bestFit(MultiBlocks<BestFit>)
  case addressOrderedFirstFit(MultiBlocks<AddressOrderedFirstFit>)
  case goodFit(MultiBlocks<GoodFit>)

  /// The blocks of a strategy; `nil` for size classes, which need none.
  init?(strategy: BlockStrategy, core: AllocatorCore, kind: MemoryKind, owner: UInt) {
    switch strategy {
    case .sizeClasses: return nil
    case .carrierOrderedBestFit:
      self = .carrierOrderedBestFit(MultiBlocks(core: core, kind: kind, owner: owner))
    case .bestFit: self = .bestFit(MultiBlocks(core: core, kind: kind, owner: owner))
    case .addressOrderedFirstFit:
      self = .addressOrderedFirstFit(MultiBlocks(core: core, kind: kind, owner: owner))
    case .goodFit: self = .goodFit(MultiBlocks(core: core, kind: kind, owner: owner))
    }
  }

  /// A block of carriers there are; `nil` where none of their free blocks is large enough.
  func take(byteCount: Int) -> Block? {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.take(byteCount: byteCount)
    case .bestFit(let blocks): blocks.take(byteCount: byteCount)
    case .addressOrderedFirstFit(let blocks): blocks.take(byteCount: byteCount)
    case .goodFit(let blocks): blocks.take(byteCount: byteCount)
    }
  }

  /// From which size on any free block is found by a request of so many bytes, its header with them.
  func certainByteCount(of byteCount: Int) -> Int {
    if case .goodFit = self { return GoodFit.certainByteCount(of: byteCount) }
    return byteCount
  }

  /// A block of a new carrier.
  func takeFromNewCarrier(byteCount: Int) throws(MemoryError) -> Block {
    switch self {
    case .carrierOrderedBestFit(let blocks): try blocks.takeFromNewCarrier(byteCount: byteCount)
    case .bestFit(let blocks): try blocks.takeFromNewCarrier(byteCount: byteCount)
    case .addressOrderedFirstFit(let blocks): try blocks.takeFromNewCarrier(byteCount: byteCount)
    case .goodFit(let blocks): try blocks.takeFromNewCarrier(byteCount: byteCount)
    }
  }

  /// Takes a block back, which joins its free neighbours.
  /// - Returns: whether so little of its carrier is in use from now on that others should have it.
  func free(_ base: UnsafeMutableRawPointer) -> Bool {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.free(base)
    case .bestFit(let blocks): blocks.free(base)
    case .addressOrderedFirstFit(let blocks): blocks.free(base)
    case .goodFit(let blocks): blocks.free(base)
    }
  }

  /// Lets go of a carrier.
  func leave(_ carrier: BlockCarrier) {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.leave(carrier)
    case .bestFit(let blocks): blocks.leave(carrier)
    case .addressOrderedFirstFit(let blocks): blocks.leave(carrier)
    case .goodFit(let blocks): blocks.leave(carrier)
    }
  }

  /// Takes up a carrier that another instance left.
  func adopt(_ carrier: BlockCarrier) {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.adopt(carrier)
    case .bestFit(let blocks): blocks.adopt(carrier)
    case .addressOrderedFirstFit(let blocks): blocks.adopt(carrier)
    case .goodFit(let blocks): blocks.adopt(carrier)
    }
  }

  /// Gives a block another size where it stands; `nil` where it would have to move.
  func resize(_ base: UnsafeMutableRawPointer, toByteCount byteCount: Int) -> Block? {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.resize(base, toByteCount: byteCount)
    case .bestFit(let blocks): blocks.resize(base, toByteCount: byteCount)
    case .addressOrderedFirstFit(let blocks): blocks.resize(base, toByteCount: byteCount)
    case .goodFit(let blocks): blocks.resize(base, toByteCount: byteCount)
    }
  }

  /// Gives carriers back that hold no block, and the free pages of others.
  func trim() {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.trim()
    case .bestFit(let blocks): blocks.trim()
    case .addressOrderedFirstFit(let blocks): blocks.trim()
    case .goodFit(let blocks): blocks.trim()
    }
  }

  /// Gives pages back that are free since the last round.
  func decay(since last: UInt32, now: UInt32) {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.decay(since: last, now: now)
    case .bestFit(let blocks): blocks.decay(since: last, now: now)
    case .addressOrderedFirstFit(let blocks): blocks.decay(since: last, now: now)
    case .goodFit(let blocks): blocks.decay(since: last, now: now)
    }
  }

  /// Carriers and their sizes.
  var carriers: BlockCarriers {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.state.pointee.carriers
    case .bestFit(let blocks): blocks.state.pointee.carriers
    case .addressOrderedFirstFit(let blocks): blocks.state.pointee.carriers
    case .goodFit(let blocks): blocks.state.pointee.carriers
    }
  }

  /// What is wrong with carriers, headers or the strategy's order; `nil` where nothing is.
  func firstFault() -> String? {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.firstFault()
    case .bestFit(let blocks): blocks.firstFault()
    case .addressOrderedFirstFit(let blocks): blocks.firstFault()
    case .goodFit(let blocks): blocks.firstFault()
    }
  }

  /// Frees the state; the carriers are the core's to give back.
  func destroy() {
    switch self {
    case .carrierOrderedBestFit(let blocks): blocks.destroy()
    case .bestFit(let blocks): blocks.destroy()
    case .addressOrderedFirstFit(let blocks): blocks.destroy()
    case .goodFit(let blocks): blocks.destroy()
    }
  }
}
