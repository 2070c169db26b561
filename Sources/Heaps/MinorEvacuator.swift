import Terms

/// Moves what is live of the young generation: survivors of an earlier collection into the old
/// generation, the rest into a new young heap.
///
/// Terms never change, so references run from younger to older objects only: a mature object
/// refers to no fresh one, and nothing old refers to anything young.
struct MinorEvacuator {
  private var slots: MinorSlots
  private var young: ToSpace

  /// - Parameters:
  ///   - mature: built before the last collection: goes to the old generation.
  ///   - fresh: built since: goes to the new young heap.
  init(
    mature: AddressRange, fresh: AddressRange, to: UnsafeMutablePointer<UInt>,
    oldTop: UnsafeMutablePointer<UInt>
  ) {
    slots = MinorSlots(mature: mature, fresh: fresh, old: ToSpace(at: oldTop))
    young = ToSpace(at: to)
  }

  /// The end of what was moved to the new young heap.
  var top: UnsafeMutablePointer<UInt> { young.top }
  /// The end of the old generation.
  var oldTop: UnsafeMutablePointer<UInt> { slots.old.top }

  /// Moves what a run of root slots refers to.
  mutating func evacuateRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) {
      slots.evacuate(base + index, &young.top, &young.settled)
    }
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    young.scanToEnd(&slots)
    // What was promoted refers to mature objects only: one destination is enough.
    var promoted = FullSlots(from: slots.mature)
    slots.old.scanToEnd(&promoted)
    assert(young.scan == young.top, "a promoted object refers to a younger one")
  }
}

/// Slots whose objects move by their age.
struct MinorSlots: SlotEvacuator {
  let mature: AddressRange
  let fresh: AddressRange
  var old: ToSpace

  @inline(__always)
  mutating func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>,
    _ settled: inout SettledRuns
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if fresh.contains(bits) {
        ToSpace.evacuateObject(bits, slot, to: &top, settled: &settled)
      } else if mature.contains(bits) {
        promote(slot)
      }
    } else if bits & 3 == 1 {
      if fresh.contains(bits) {
        let chain = ToSpace.moveChain(
          bits, slot, from: fresh, moving: mature.joined(with: fresh), to: top, settled: settled)
        top = chain.top
        settled = chain.settled
        // From the first mature cell on, all are mature.
        if chain.tail & 3 == 1 && mature.contains(chain.tail) { promote(chain.slot) }
      } else if mature.contains(bits) {
        promote(slot)
      }
    }
  }

  @inline(never)
  private mutating func promote(_ slot: UnsafeMutablePointer<UInt>) {
    FullSlots(from: mature).evacuate(slot, &old.top, &old.settled)
  }
}
