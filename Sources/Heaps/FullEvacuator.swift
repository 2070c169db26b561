import Terms

/// Moves everything live of both generations into one new young heap.
struct FullEvacuator {
  private var slots: FullSlots<TwoRanges>
  private var space: ToSpace

  init(young: AddressRange, old: AddressRange, to: UnsafeMutablePointer<UInt>) {
    slots = FullSlots(from: TwoRanges(first: young, second: old))
    space = ToSpace(at: to)
  }

  /// The end of what was moved.
  var top: UnsafeMutablePointer<UInt> { space.top }

  /// Moves what a run of root slots refers to.
  mutating func evacuateRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) {
      slots.evacuate(base + index, &space.top, &space.settled)
    }
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    var slots = slots
    space.scanToEnd(&slots)
  }
}

/// Slots whose objects all move to one space.
struct FullSlots<From: FromSpace>: SlotEvacuator {
  let from: From

  @inline(__always)
  func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>,
    _ settled: inout SettledRuns
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if from.contains(bits) { ToSpace.evacuateObject(bits, slot, to: &top, settled: &settled) }
    } else if bits & 3 == 1 && from.contains(bits) {
      let chain = ToSpace.moveChain(
        bits, slot, from: from, moving: from, to: top, settled: settled)
      top = chain.top
      settled = chain.settled
    }
  }
}
