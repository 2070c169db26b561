import Terms

/// Moves everything live of both generations into one new young heap.
struct FullEvacuator {
  private let from: TwoRanges
  private var space: ToSpace

  init(young: AddressRange, old: AddressRange, to: UnsafeMutablePointer<UInt>) {
    from = TwoRanges(first: young, second: old)
    space = ToSpace(at: to)
  }

  /// The end of what was moved.
  var top: UnsafeMutablePointer<UInt> { space.top }

  /// Moves what a run of root slots refers to.
  mutating func evacuateRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) {
      Self.evacuate(base + index, from, &space.top, &space.settled)
    }
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    let from = from
    space.scanToEnd { slot, top, settled in Self.evacuate(slot, from, &top, &settled) }
  }

  @inline(__always)
  private static func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ from: TwoRanges,
    _ top: inout UnsafeMutablePointer<UInt>, _ settled: inout SettledRuns
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if from.contains(bits) { ToSpace.evacuateObject(bits, slot, to: &top, settled: &settled) }
    } else if bits & 3 == 1 && from.contains(bits) {
      _ = ToSpace.moveChain(bits, slot, from: from, moving: from, to: &top, settled: &settled)
    }
  }
}
