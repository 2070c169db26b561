/// Carriers that come into use and go out of it, and how long memory waits that nobody uses.
extension CarrierSupply {
  mutating func takeCarrier(
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

  mutating func retireIfUnused(_ carrier: CarrierPointer, now: UInt64) {
    if carrier.pointee.freeUnits != CarrierHead.allUnits { return }
    open.remove(carrier)
    retire(carrier, now: now)
  }

  mutating func retire(_ carrier: CarrierPointer, now: UInt64) {
    change(carrier) {
      $0.role = .idle
      $0.freeUnits = CarrierHead.allUnits
    }
    carrier.pointee.lastReturn = now
    carrierCount -= 1
    idle.prepend(carrier)
  }

  /// Keeps no more than the limit, and nothing longer than the decay time.
  mutating func limitIdle(now: UInt64) {
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
  mutating func release(downToByteCount limit: Int) {
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
