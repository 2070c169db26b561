import Terms

/// Moves what is live of the young generation: survivors of an earlier collection into the old
/// generation, the rest into a new young heap.
///
/// Terms never change, so references run from younger to older objects only: a mature object
/// refers to no fresh one, and nothing old refers to anything young.
struct MinorEvacuator {
  /// Built before the last collection: goes to the old generation.
  private let mature: AddressRange
  /// Built since: goes to the new young heap.
  private let fresh: AddressRange
  private var young: ToSpace
  private var old: ToSpace

  init(
    mature: AddressRange, fresh: AddressRange, to: UnsafeMutablePointer<UInt>,
    oldTop: UnsafeMutablePointer<UInt>
  ) {
    self.mature = mature
    self.fresh = fresh
    young = ToSpace(at: to)
    old = ToSpace(at: oldTop)
  }

  /// The end of what was moved to the new young heap.
  var top: UnsafeMutablePointer<UInt> { young.top }
  /// The end of the old generation.
  var oldTop: UnsafeMutablePointer<UInt> { old.top }

  /// Moves what a run of root slots refers to.
  mutating func evacuateRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) {
      Self.evacuate(base + index, mature, fresh, &young.top, &young.settled, &old)
    }
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    let mature = mature
    let fresh = fresh
    young.scanToEnd { slot, top, settled in
      Self.evacuate(slot, mature, fresh, &top, &settled, &old)
    }
    // What was promoted refers to mature objects only: one destination is enough.
    old.scanToEnd { slot, top, settled in Self.promote(slot, mature, &top, &settled) }
    assert(young.scan == young.top, "a promoted object refers to a younger one")
  }

  @inline(__always)
  private static func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ mature: AddressRange, _ fresh: AddressRange,
    _ top: inout UnsafeMutablePointer<UInt>, _ settled: inout SettledRuns, _ old: inout ToSpace
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if fresh.contains(bits) {
        ToSpace.evacuateObject(bits, slot, to: &top, settled: &settled)
      } else if mature.contains(bits) {
        promote(slot, mature, &old.top, &old.settled)
      }
    } else if bits & 3 == 1 {
      if fresh.contains(bits) {
        let end = ToSpace.moveChain(
          bits, slot, from: fresh, moving: mature.joined(with: fresh), to: &top,
          settled: &settled)
        // From the first mature cell on, all are mature.
        if end.tail & 3 == 1 && mature.contains(end.tail) { promoteChain(end.slot, mature, &old) }
      } else if mature.contains(bits) {
        promoteChain(slot, mature, &old)
      }
    }
  }

  @inline(never)
  private static func promoteChain(
    _ slot: UnsafeMutablePointer<UInt>, _ mature: AddressRange, _ old: inout ToSpace
  ) {
    promote(slot, mature, &old.top, &old.settled)
  }

  @inline(__always)
  private static func promote(
    _ slot: UnsafeMutablePointer<UInt>, _ mature: AddressRange,
    _ top: inout UnsafeMutablePointer<UInt>, _ settled: inout SettledRuns
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if mature.contains(bits) {
        ToSpace.evacuateObject(bits, slot, to: &top, settled: &settled)
      }
    } else if bits & 3 == 1 && mature.contains(bits) {
      _ = ToSpace.moveChain(bits, slot, from: mature, moving: mature, to: &top, settled: &settled)
    }
  }
}
