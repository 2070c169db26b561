import CAlloc

/// Blocks that share carriers, by size class.
///
/// Each class has a list of carriers with room; the first of them serves. A carrier that is full
/// leaves the list, and goes to its front when a block of it is freed, so full carriers stay
/// full and others run empty. Not thread-safe: its owner's lock guards it.
struct SmallBlocks: ~Copyable {
  /// A place of the table of classes.
  private struct ClassState {
    var firstWithRoom: UnsafeMutablePointer<Carrier>?
  }

  private let layout: CarrierLayout
  private let classes: UnsafeMutablePointer<ClassState>
  private let classCount: Int
  private let idleLimit: Int?
  private var regions: CarrierRegions
  private var firstIdle: UnsafeMutablePointer<Carrier>?
  /// Committed bytes of empty carriers that any class may take.
  private(set) var idleByteCount = 0
  /// Carriers that serve a class.
  private(set) var carrierCount = 0
  /// What is in use.
  private(set) var usage = UsageByKind()

  /// - Parameter idleLimit: the most committed bytes of empty carriers to keep; `nil` for half of
  ///   those in use, or for what is always kept where that is more.
  init(source: PageSource, layout: CarrierLayout, idleLimit: Int?) {
    self.layout = layout
    self.idleLimit = idleLimit
    classCount = SizeClass(holding: layout.largestSmallBlock).index + 1
    classes = .allocate(capacity: classCount)
    classes.initialize(repeating: ClassState(), count: classCount)
    regions = CarrierRegions(source: source, layout: layout)
  }

  deinit { classes.deallocate() }

  /// Committed bytes of all carriers.
  var committedByteCount: Int { regions.committedByteCount }

  /// A block of at least so many bytes, of the first carrier with room.
  @inline(__always)
  mutating func allocate(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    assert(byteCount <= layout.largestSmallBlock, "\(byteCount) bytes do not share a carrier")
    let sizeClass = SizeClass(holding: byteCount)
    while true {
      if let carrier = classes[sizeClass.index].firstWithRoom,
        let block = takeBlock(of: carrier)
      {
        usage.add(byteCount: carrier.pointee.blockByteCount, to: kind)
        return MemoryBlock(base: block, byteCount: carrier.pointee.blockByteCount)
      }
      try makeRoom(in: sizeClass)
    }
  }

  /// Takes a block back.
  /// - Parameter base: of a block that ``allocate(byteCount:kind:)`` gave.
  @inline(__always)
  mutating func free(_ base: UnsafeMutableRawPointer, kind: MemoryKind) {
    let carrier = carrier(of: base)
    let byteCount = carrier.pointee.blockByteCount
    precondition(!FreeBlock.isMarked(base), "the block at \(base) is freed twice")
    assert(carrier.pointee.usedCount > 0, "a block of an empty carrier is freed")
    FreeBlock.link(base, before: carrier.pointee.firstFree)
    ca_poison(base, byteCount)
    carrier.pointee.firstFree = base
    carrier.pointee.usedCount &-= 1
    usage.remove(byteCount: byteCount, from: kind)
    if carrier.pointee.usedCount == 0 || !carrier.pointee.isListed { settle(carrier) }
  }

  /// The most bytes of a kind that were in use since this was last asked.
  mutating func takePeak(of kind: MemoryKind) -> Int { usage.takePeak(of: kind) }

  /// Gives all empty carriers back to the system.
  mutating func trim() {
    for index in 0..<classCount {
      var next = classes[index].firstWithRoom
      while let carrier = next {
        next = carrier.pointee.next
        if carrier.pointee.usedCount == 0 {
          unlist(carrier)
          makeIdle(carrier)
        }
      }
    }
    releaseIdle(downToByteCount: 0)
    regions.trim()
  }

  @inline(__always)
  private func takeBlock(
    of carrier: UnsafeMutablePointer<Carrier>
  ) -> UnsafeMutableRawPointer? {
    if let block = carrier.pointee.firstFree {
      ca_unpoison(block, carrier.pointee.blockByteCount)
      carrier.pointee.firstFree = FreeBlock.unlink(block)
      carrier.pointee.usedCount &+= 1
      return block
    }
    let block = carrier.pointee.fresh
    let end = block + carrier.pointee.blockByteCount
    if end > carrier.pointee.committedEnd { return nil }
    ca_unpoison(block, carrier.pointee.blockByteCount)
    // An address taken again after its carrier served another class may bear an old mark.
    block.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
    carrier.pointee.fresh = end
    carrier.pointee.usedCount &+= 1
    return block
  }

  /// Makes the first carrier of a class one with room; the class is as it was on failure.
  @inline(never)
  private mutating func makeRoom(in sizeClass: SizeClass) throws(MemoryError) {
    while let carrier = classes[sizeClass.index].firstWithRoom {
      if carrier.pointee.firstFree != nil { return }
      let end = carrier.pointee.fresh + carrier.pointee.blockByteCount
      if end <= carrierEnd(carrier) {
        return try commit(carrier, upTo: end)
      }
      unlist(carrier)
    }
    let idle = takeIdle()
    let carrier = if let idle { idle } else { try makeCarrier() }
    start(carrier, sizeClass: sizeClass)
    list(carrier)
  }

  /// Puts a carrier where it belongs after a block of it was freed.
  @inline(never)
  private mutating func settle(_ carrier: UnsafeMutablePointer<Carrier>) {
    if !carrier.pointee.isListed { list(carrier) }
    if carrier.pointee.usedCount > 0 { return }
    // The only carrier with room stays, so that a block made and freed again costs no carrier.
    let isOnly = carrier.pointee.next == nil && carrier.pointee.previous == nil
    if isOnly { return }
    unlist(carrier)
    makeIdle(carrier)
    let inUse = regions.committedByteCount - idleByteCount
    releaseIdle(downToByteCount: idleLimit ?? max(CarrierLayout.alwaysKeptByteCount, inUse / 2))
  }
}

// MARK: Carriers

extension SmallBlocks {
  @inline(__always)
  private func carrier(of block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Carrier> {
    let mask = UInt(bitPattern: layout.carrierByteCount &- 1)
    let base = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: block) & ~mask)
    return base.unsafelyUnwrapped.assumingMemoryBound(to: Carrier.self)
  }

  private func carrierEnd(
    _ carrier: UnsafeMutablePointer<Carrier>
  ) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(carrier) + layout.carrierByteCount
  }

  private func committedByteCount(of carrier: UnsafeMutablePointer<Carrier>) -> Int {
    carrier.pointee.committedEnd - UnsafeMutableRawPointer(carrier)
  }

  private mutating func commit(
    _ carrier: UnsafeMutablePointer<Carrier>, upTo end: UnsafeMutableRawPointer
  ) throws(MemoryError) {
    let committedEnd = carrier.pointee.committedEnd
    if end <= committedEnd { return }
    let steps = (end - committedEnd - 1) / layout.commitStep + 1
    try regions.commit(committedEnd, byteCount: steps * layout.commitStep)
    carrier.pointee.committedEnd = committedEnd + steps * layout.commitStep
  }

  /// A carrier of no class yet, with its first step committed, or all of it.
  private mutating func makeCarrier() throws(MemoryError) -> UnsafeMutablePointer<Carrier> {
    var (base, committed) = try regions.take()
    if committed == 0 {
      do {
        try regions.commit(base, byteCount: layout.commitStep)
      } catch {
        regions.put(base)
        throw error
      }
      committed = layout.commitStep
    }
    let carrier = base.bindMemory(to: Carrier.self, capacity: 1)
    carrier.initialize(
      to: Carrier(
        firstFree: nil, fresh: base, committedEnd: base + committed, blockByteCount: 0,
        next: nil, previous: nil, classIndex: 0, usedCount: 0, isListed: false))
    return carrier
  }

  /// Lets an empty carrier serve a class.
  private mutating func start(_ carrier: UnsafeMutablePointer<Carrier>, sizeClass: SizeClass) {
    let base = UnsafeMutableRawPointer(carrier)
    let firstBlock = base + Carrier.headerByteCount
    carrier.pointee.firstFree = nil
    carrier.pointee.fresh = firstBlock
    carrier.pointee.blockByteCount = sizeClass.byteCount
    carrier.pointee.classIndex = sizeClass.index
    carrierCount += 1
    ca_poison(firstBlock, layout.carrierByteCount - Carrier.headerByteCount)
  }

  private mutating func list(_ carrier: UnsafeMutablePointer<Carrier>) {
    assert(!carrier.pointee.isListed, "the carrier is in its list already")
    let index = carrier.pointee.classIndex
    let first = classes[index].firstWithRoom
    carrier.pointee.next = first
    carrier.pointee.previous = nil
    carrier.pointee.isListed = true
    first?.pointee.previous = carrier
    classes[index].firstWithRoom = carrier
  }

  private mutating func unlist(_ carrier: UnsafeMutablePointer<Carrier>) {
    assert(carrier.pointee.isListed, "the carrier is in no list")
    let next = carrier.pointee.next
    let previous = carrier.pointee.previous
    next?.pointee.previous = previous
    if let previous {
      previous.pointee.next = next
    } else {
      classes[carrier.pointee.classIndex].firstWithRoom = next
    }
    carrier.pointee.next = nil
    carrier.pointee.previous = nil
    carrier.pointee.isListed = false
  }

  private mutating func makeIdle(_ carrier: UnsafeMutablePointer<Carrier>) {
    assert(carrier.pointee.usedCount == 0, "a carrier in use is made idle")
    carrierCount -= 1
    carrier.pointee.next = firstIdle
    firstIdle = carrier
    idleByteCount += committedByteCount(of: carrier)
  }

  private mutating func takeIdle() -> UnsafeMutablePointer<Carrier>? {
    guard let carrier = firstIdle else { return nil }
    firstIdle = carrier.pointee.next
    carrier.pointee.next = nil
    idleByteCount -= committedByteCount(of: carrier)
    return carrier
  }

  /// Gives idle carriers back until no more than so many committed bytes are left in them.
  private mutating func releaseIdle(downToByteCount limit: Int) {
    while idleByteCount > limit, let carrier = takeIdle() {
      let byteCount = committedByteCount(of: carrier)
      if !regions.decommit(carrier, byteCount: byteCount) {
        // The kernel has no room for a further mapping: the carrier stays as it is.
        carrier.pointee.next = firstIdle
        firstIdle = carrier
        idleByteCount += byteCount
        return
      }
      regions.put(carrier)
    }
  }
}
