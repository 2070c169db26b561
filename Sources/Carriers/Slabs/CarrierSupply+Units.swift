/// Units of carriers: which are free, and which have memory.
extension CarrierSupply {
  mutating func setFree(_ carrier: CarrierPointer, _ units: UInt32) {
    change(carrier) { $0.freeUnits = units }
  }

  /// Changes a head and the count of what is idle with it.
  mutating func change(_ carrier: CarrierPointer, _ body: (inout CarrierHead) -> Void) {
    let before = carrier.pointee.idleUnits.nonzeroBitCount
    body(&carrier.pointee)
    let after = carrier.pointee.idleUnits.nonzeroBitCount
    idleByteCount += (after - before) * layout.unitByteCount
  }

  /// Commits those of the units that are not yet, a request for each run of them.
  mutating func commit(_ carrier: CarrierPointer, units: UInt32) throws(MemoryError) {
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
  mutating func decommit(_ carrier: CarrierPointer, units: UInt32) -> Bool {
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
