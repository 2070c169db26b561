import Synchronization

/// Carriers for all instances of an allocator, and those that nobody uses.
///
/// Not thread-safe: its owner's lock guards it.
struct CarrierSupply: ~Copyable {
  let layout: CarrierLayout
  let idleLimit: Int?
  let decayNanoseconds: UInt64
  var regions: CarrierRegions
  /// Carriers of slabs with units that are free.
  var open = CarrierList()
  /// From the one given back last to the one given back first.
  var idle = CarrierList()
  /// Committed bytes that nobody uses.
  var idleByteCount = 0
  /// Carriers in use.
  var carrierCount = 0
  var lastDecay: UInt64 = 0
  var lastRound = MonotonicTime.nanoseconds()
  /// How often the decay time was over.
  var decayRound: UInt32 = 1

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
    try commit(carrier, units: layout.units(ofFirst: byteCount))
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
}
