import Synchronization

/// Carriers for all instances of an allocator, and those that nobody uses.
///
/// Not thread-safe: its owner's lock guards it.
struct CarrierSupply: ~Copyable {
  private let layout: CarrierLayout
  private let idleLimit: Int?
  private let decayNanoseconds: UInt64
  private var regions: CarrierRegions
  /// Carriers of slabs with units that are free.
  private var open = CarrierList()
  /// From the one given back last to the one given back first.
  private var idle = CarrierList()
  /// Committed bytes that nobody uses.
  private(set) var idleByteCount = 0
  /// Carriers in use.
  private(set) var carrierCount = 0
  private var lastDecay: UInt64 = 0
  private var lastRound = MonotonicTime.nanoseconds()
  /// How often the decay time was over.
  private(set) var decayRound: UInt32 = 1

  /// - Parameters:
  ///   - idleLimit: the most committed bytes to keep that nobody uses; `nil` for half of those in
  ///     use, or for what is always kept where that is more.
  ///   - decayNanoseconds: how long they are kept at most.
  init(source: PageSource, layout: CarrierLayout, idleLimit: Int?, decayNanoseconds: UInt64) {
    self.layout = layout
    self.idleLimit = idleLimit
    self.decayNanoseconds = decayNanoseconds
    regions = CarrierRegions(source: source, layout: layout)
  }

  /// Committed bytes of all carriers.
  var committedByteCount: Int { regions.committedByteCount }

  /// A slab of one unit, all of it committed, its record new.
  mutating func takeUnitSlab() throws(MemoryError) -> SlabPointer {
    let carrier: CarrierPointer
    if let first = open.first {
      carrier = first
    } else {
      carrier = try takeCarrier(as: .slabs)
      open.prepend(carrier)
    }
    let free = carrier.pointee.freeUnits
    let committed = free & carrier.pointee.committedUnits
    let unit = (committed != 0 ? committed : free).trailingZeroBitCount
    do {
      try commit(carrier, units: 1 << unit)
    } catch {
      retireIfUnused(carrier, now: MonotonicTime.nanoseconds())
      throw error
    }
    setFree(carrier, free & ~(1 << unit))
    if carrier.pointee.freeUnits == 0 { open.remove(carrier) }
    let start = unit == 0 ? CarrierHead.byteCount : unit * layout.unitByteCount
    let slab = carrier.slab(unit)
    slab.initialize(to: Slab(start: carrier.base + start))
    return slab
  }

  /// A slab of a whole carrier, of which a first unit is committed, its record new.
  mutating func takeWideSlab() throws(MemoryError) -> SlabPointer {
    let carrier = try takeCarrier(as: .wideSlab)
    setFree(carrier, 0)
    let slab = carrier.slab(0)
    slab.initialize(to: Slab(start: carrier.base + CarrierHead.byteCount))
    return slab
  }

  /// A carrier for blocks with headers, its first bytes committed.
  mutating func takeBlockCarrier(committing byteCount: Int) throws(MemoryError) -> CarrierPointer {
    let carrier = try takeCarrier(as: .blocks)
    do {
      try commitPrefix(of: carrier, byteCount: byteCount)
    } catch {
      retire(carrier, now: MonotonicTime.nanoseconds())
      throw error
    }
    setFree(carrier, 0)
    return carrier
  }

  /// Commits the first bytes of a carrier in use, as far as they are not yet.
  mutating func commitPrefix(of carrier: CarrierPointer, byteCount: Int) throws(MemoryError) {
    let units = (byteCount - 1) / layout.unitByteCount + 1
    try commit(carrier, units: UInt32((1 << units) - 1))
  }

  /// Takes back a slab in which no block is in use.
  mutating func put(_ slab: SlabPointer) {
    let address = UInt(bitPattern: slab)
    let base = address & ~UInt(layout.carrierByteCount - 1)
    let carrier = CarrierPointer(bitPattern: base).unsafelyUnwrapped
    // Also in a carrier that gets another role: who takes one of its blocks for a slab's must see
    // that nobody owns that.
    slab.pointee.owner.store(Slab.nobody, ordering: .relaxed)
    guard carrier.pointee.role == .slabs else { return put(carrier) }
    let offset = Int(address - base) - CarrierHead.recordsOffset
    let unit = offset >> Slab.strideShift
    if carrier.pointee.freeUnits == 0 { open.prepend(carrier) }
    setFree(carrier, carrier.pointee.freeUnits | 1 << unit)
    let now = MonotonicTime.nanoseconds()
    carrier.pointee.lastReturn = now
    retireIfUnused(carrier, now: now)
    limitIdle(now: now)
  }

  /// Takes back a carrier in which no block is in use.
  mutating func put(_ carrier: CarrierPointer) {
    let now = MonotonicTime.nanoseconds()
    retire(carrier, now: now)
    limitIdle(now: now)
  }

  /// Gives back to the system all that nobody uses.
  mutating func trim() {
    release(downToByteCount: 0)
    regions.trim()
  }

  /// Calls the body with each carrier in use.
  func forEachCarrier(_ body: (CarrierPointer) -> Void) {
    regions.forEachTaken { base in
      let carrier = base.assumingMemoryBound(to: CarrierHead.self)
      if carrier.pointee.role != .idle { body(carrier) }
    }
  }

  /// Calls the body with each slab in use.
  func forEachSlab(_ body: (SlabPointer) -> Void) {
    forEachCarrier { carrier in
      switch carrier.pointee.role {
      case .idle, .blocks: break
      case .wideSlab: body(carrier.slab(0))
      case .slabs:
        for unit in 0..<CarrierHead.unitCount
        where carrier.pointee.freeUnits >> UInt32(unit) & 1 == 0 { body(carrier.slab(unit)) }
      }
    }
  }

  /// What stands at an address.
  enum Place {
    case nowhere
    case slab(SlabPointer)
    case carrier(BlockCarrier)
  }

  /// Finds what stands at an address, which may be any.
  /// - Complexity: O(regions + carriers that are not taken).
  func place(of address: UnsafeRawPointer) -> Place {
    let base = UInt(bitPattern: address) & ~UInt(layout.carrierByteCount - 1)
    guard let carrier = CarrierPointer(bitPattern: base), regions.hasTaken(carrier.base)
    else { return .nowhere }
    switch carrier.pointee.role {
    case .idle: return .nowhere
    case .blocks: return .carrier(BlockCarrier(base: carrier.base))
    case .wideSlab: return .slab(carrier.slab(0))
    case .slabs:
      let unit = (address - UnsafeRawPointer(carrier.base)) / layout.unitByteCount
      return carrier.pointee.freeUnits >> UInt32(unit) & 1 == 0
        ? .slab(carrier.slab(unit)) : .nowhere
    }
  }
}

// MARK: Units

extension CarrierSupply {
  private mutating func setFree(_ carrier: CarrierPointer, _ units: UInt32) {
    change(carrier) { $0.freeUnits = units }
  }

  /// Changes a head and the count of what is idle with it.
  private mutating func change(_ carrier: CarrierPointer, _ body: (inout CarrierHead) -> Void) {
    let before = carrier.pointee.idleUnits.nonzeroBitCount
    body(&carrier.pointee)
    let after = carrier.pointee.idleUnits.nonzeroBitCount
    idleByteCount += (after - before) * layout.unitByteCount
  }

  /// Commits those of the units that are not yet, a request for each run of them.
  private mutating func commit(_ carrier: CarrierPointer, units: UInt32) throws(MemoryError) {
    while true {
      let missing = units & ~carrier.pointee.committedUnits
      if missing == 0 { return }
      let run = Self.firstRun(of: missing)
      let (base, byteCount) = bytes(of: run, in: carrier)
      try regions.commit(base, byteCount: byteCount)
      change(carrier) { $0.committedUnits |= Self.mask(run) }
    }
  }

  /// Gives units back that nobody uses; `false` where the kernel refuses even that.
  private mutating func decommit(_ carrier: CarrierPointer, units: UInt32) -> Bool {
    var rest = units
    while rest != 0 {
      let run = Self.firstRun(of: rest)
      let (base, byteCount) = bytes(of: run, in: carrier)
      // The head goes with its unit, so the highest run comes last in an idle carrier.
      let isHead = run.lowerBound == 0
      if isHead && rest != Self.mask(run) {
        if !decommit(carrier, units: rest & ~Self.mask(run)) { return false }
        rest = Self.mask(run)
        continue
      }
      if isHead { change(carrier) { $0.freeUnits = 0 } }
      if !regions.decommit(base, byteCount: byteCount) {
        if isHead { change(carrier) { $0.freeUnits = CarrierHead.allUnits } }
        return false
      }
      if !isHead { change(carrier) { $0.committedUnits &= ~Self.mask(run) } }
      rest &= ~Self.mask(run)
    }
    return true
  }

  private func bytes(
    of units: Range<Int>, in carrier: CarrierPointer
  ) -> (UnsafeMutableRawPointer, Int) {
    (carrier.base + units.lowerBound * layout.unitByteCount, units.count * layout.unitByteCount)
  }

  private static func firstRun(of units: UInt32) -> Range<Int> {
    let start = units.trailingZeroBitCount
    return start..<(start + (~(units >> UInt32(start))).trailingZeroBitCount)
  }

  private static func mask(_ run: Range<Int>) -> UInt32 {
    ((1 << UInt32(run.count)) - 1) << UInt32(run.lowerBound)
  }
}

// MARK: Idle carriers

extension CarrierSupply {
  private mutating func takeCarrier(
    as role: CarrierHead.Role
  ) throws(MemoryError) -> CarrierPointer {
    let carrier: CarrierPointer
    if let first = idle.first {
      idle.remove(first)
      carrier = first
    } else {
      carrier = try makeCarrier()
    }
    change(carrier) { $0.role = role }
    carrierCount += 1
    return carrier
  }

  /// A carrier in no list, with its first unit committed, or all of it.
  private mutating func makeCarrier() throws(MemoryError) -> CarrierPointer {
    let (base, committed) = try regions.take()
    if committed == 0 {
      do {
        try regions.commit(base, byteCount: layout.unitByteCount)
      } catch {
        regions.put(base)
        throw error
      }
    }
    let carrier = base.bindMemory(to: CarrierHead.self, capacity: 1)
    carrier.initialize(to: CarrierHead(committedUnits: committed == 0 ? 1 : CarrierHead.allUnits))
    idleByteCount += carrier.pointee.idleUnits.nonzeroBitCount * layout.unitByteCount
    return carrier
  }

  private mutating func retireIfUnused(_ carrier: CarrierPointer, now: UInt64) {
    if carrier.pointee.freeUnits != CarrierHead.allUnits { return }
    open.remove(carrier)
    retire(carrier, now: now)
  }

  private mutating func retire(_ carrier: CarrierPointer, now: UInt64) {
    change(carrier) {
      $0.role = .idle
      $0.freeUnits = CarrierHead.allUnits
    }
    carrier.pointee.lastReturn = now
    carrierCount -= 1
    idle.prepend(carrier)
  }

  /// Keeps no more than the limit, and nothing longer than the decay time.
  private mutating func limitIdle(now: UInt64) {
    let inUse = committedByteCount - idleByteCount
    release(
      downToByteCount: idleLimit ?? max(CarrierLayout.alwaysKeptByteCount, inUse / 2))
    decayIfDue(now: now)
  }

  /// Gives back what is idle for the decay time, each time a part of that is over, and begins a round
  /// each time all of it is.
  mutating func decayIfDue(now: UInt64) {
    if now &- lastDecay < decayNanoseconds / 4 { return }
    lastDecay = now
    decay(now: now)
    // Not at each call where the time is none.
    if now &- lastRound < max(decayNanoseconds, 1_000_000) { return }
    lastRound = now
    decayRound &+= 1
  }

  /// Gives back what nobody used for the decay time.
  private mutating func decay(now: UInt64) {
    let limit = now - min(now, decayNanoseconds)
    while let oldest = idle.last, oldest.pointee.lastReturn < limit {
      if !release(oldest) { return }
    }
    var next = open.first
    while let carrier = next {
      next = carrier.pointee.next
      guard carrier.pointee.lastReturn < limit else { continue }
      if !decommit(carrier, units: carrier.pointee.idleUnits) { return }
    }
  }

  /// Gives idle memory back, that which is idle for longest first, down to so many bytes.
  private mutating func release(downToByteCount limit: Int) {
    while idleByteCount > limit, let oldest = idle.last {
      if !release(oldest) { return }
    }
    var next = open.last
    while idleByteCount > limit, let carrier = next {
      next = carrier.pointee.previous
      if !decommit(carrier, units: carrier.pointee.idleUnits) { return }
    }
  }

  private mutating func release(_ carrier: CarrierPointer) -> Bool {
    idle.remove(carrier)
    if carrier.pointee.committedUnits == CarrierHead.allUnits, regions.putCommitted(carrier.base) {
      idleByteCount -= layout.carrierByteCount
      return true
    }
    if !decommit(carrier, units: carrier.pointee.committedUnits) {
      // The kernel has no room for a further mapping: the carrier stays as it is.
      idle.prepend(carrier)
      return false
    }
    regions.put(carrier.base)
    return true
  }
}
