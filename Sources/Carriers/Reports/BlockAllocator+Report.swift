import Synchronization

/// A block in use, as a walk over all blocks tells it.
public struct BlockDescription: Equatable, Sendable {
  /// Of the first byte.
  public let address: UInt
  /// The bytes that may be used.
  public let byteCount: Int
  /// What it is for.
  public let kind: MemoryKind
}

extension BlockAllocator {
  /// Calls the body with each block in use, in no order that means anything.
  ///
  /// Keeps all threads out of the allocator meanwhile: the body must not use it. What handles hold
  /// is left out, for their holders cannot be kept out; what they freed of others' blocks and have not
  /// sent yet counts as in use.
  /// - Complexity: O(carriers + blocks).
  public func forEachBlock(_ body: (BlockDescription) -> Void) {
    registry.withAllClosed { instances in
      instances.takeBackAll()
      // Holders of handles free blocks of slabs in the pool outside any door.
      core.withPoolLocked { walkShared(instances) { _, block in body(block) } }
    }
    large.forEachBlock(body)
  }

  /// The carriers of each instance and kind, and what is in them. Keeps all threads out meanwhile.
  /// - Complexity: O(carriers + blocks).
  public func report() -> AllocatorReport {
    var report = AllocatorReport()
    registry.withAllClosed { instances in
      instances.takeBackAll()
      var rows = instances.map { instance in
        MemoryKind.allCases.map { instance.emptyReport(of: $0) }
      }
      var pool = MemoryKind.allCases.map { KindReport(kind: $0) }
      let places = Dictionary(
        uniqueKeysWithValues: instances.enumerated().map { ($1.address, $0) })
      func change(_ owner: UInt, _ kind: MemoryKind, _ body: (inout KindReport.Carriers) -> Void) {
        if let place = places[owner] {
          body(&rows[place][kind.index].mbcs)
        } else if owner == Slab.pooled {
          body(&pool[kind.index].mbcs)
        }
      }
      forEachSharedCarrier(instances) { owner, kind, byteCount in
        change(owner, kind) {
          $0.carrierCount += 1
          $0.carrierBytes += byteCount
        }
      }
      core.withPoolLocked {
        walkShared(instances) { owner, block in
          report.count(block)
          change(owner, block.kind) {
            $0.blockCount += 1
            $0.blockBytes += block.byteCount
          }
        }
      }
      report.instances = rows.enumerated().map { number, kinds in
        InstanceReport(number: number, kinds: kinds.filter { !$0.isEmpty })
      }
      report.pool = pool.filter { !$0.isEmpty }
    }
    report.singleBlock = MemoryKind.allCases.map { kind in
      var row = KindReport(kind: kind)
      row.sbcs = large.row(of: kind)
      return row
    }.filter { !$0.isEmpty }
    large.forEachBlock { report.count($0) }
    for kind in MemoryKind.allCases {
      let peak = peakByteCount(of: kind)
      if peak > 0 { report.peakByteCounts[kind] = peak }
    }
    var held = Statistics()
    large.count(in: &held)
    report.segments = SegmentReport(
      usedBytes: held.largeCommittedBytes, cachedBytes: held.cachedBytes,
      cacheHitCount: held.cacheHitCount)
    return report
  }

  /// Calls the body with owner, kind and bytes of each slab, and of each carrier of blocks with
  /// headers. All doors are closed.
  private func forEachSharedCarrier(
    _ instances: [Instance], _ body: (UInt, MemoryKind, Int) -> Void
  ) {
    let reachable = Set(instances.map(\.address) + [Slab.pooled])
    core.withSupply { supply in
      supply.forEachSlab { slab in
        let owner = slab.pointee.owner.load(ordering: .relaxed)
        // The record of a slab that a handle's holder just got is still being written.
        if !reachable.contains(owner) { return }
        let byteCount = Int(slab.pointee.capacity) * Int(slab.pointee.blockByteCount)
        body(owner, slab.pointee.kind, byteCount)
      }
    }
    for instance in instances {
      instance.forEachBlockCarrier { kind, carrier in
        body(instance.address, kind, carrier.byteCount)
      }
    }
    core.forEachPooledCarrier { body(Slab.pooled, $0.fields.pointee.kind, $0.byteCount) }
  }

  /// Calls the body with owner and description of each block that shares a carrier.
  private func walkShared(_ instances: [Instance], _ body: (UInt, BlockDescription) -> Void) {
    let reachable = Set(instances.map(\.address) + [Slab.pooled])
    core.withSupply { supply in
      supply.forEachSlab { slab in
        let owner = slab.pointee.owner.load(ordering: .relaxed)
        if !reachable.contains(owner) { return }
        SlabWalk.forEachUsed(of: slab, pageByteCount: source.pageByteCount) { base in
          let size = Int(slab.pointee.blockByteCount)
          body(
            owner,
            BlockDescription(
              address: UInt(bitPattern: base), byteCount: size, kind: slab.pointee.kind))
        }
      }
    }
    func tell(_ owner: UInt, _ kind: MemoryKind, _ block: Block) {
      let size = block.usableByteCount(atMost: core.layout.largestSmallBlock)
      body(
        owner,
        BlockDescription(address: UInt(bitPattern: block.payload), byteCount: size, kind: kind))
    }
    for instance in instances {
      instance.forEachBlockCarrier { kind, carrier in
        carrier.forEachBlock { if !$0.isFree { tell(instance.address, kind, $0) } }
      }
    }
    core.forEachPooledCarrier { carrier in
      carrier.forEachUsedInPool { tell(Slab.pooled, carrier.fields.pointee.kind, $0) }
    }
  }
}

extension AllocatorReport {
  mutating func count(_ block: BlockDescription) {
    sizeHistogram[Int.bitWidth - (block.byteCount - 1).leadingZeroBitCount] += 1
  }
}

extension Instance {
  /// The calls of a kind, and nothing else yet.
  func emptyReport(of kind: MemoryKind) -> KindReport {
    var report = KindReport(kind: kind)
    (report.allocationCount, report.freeCount) = callCounts(of: kind)
    return report
  }

  /// Calls the body with each carrier of blocks with headers.
  func forEachBlockCarrier(_ body: (MemoryKind, BlockCarrier) -> Void) {
    for kind in MemoryKind.allCases {
      guard let blocks = state.pointee.blocks[kind.index] else { continue }
      blocks.carriers.forEach { body(kind, $0) }
    }
  }
}
