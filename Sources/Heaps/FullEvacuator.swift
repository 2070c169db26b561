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
    var top = space.top
    for index in 0..<max(count, 0) { evacuate(base + index, &top) }
    space.top = top
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    var scan = space.scan
    var top = space.top
    while scan < top {
      if let end = space.settled.end(ofRunAt: scan) {
        scan = end
        continue
      }
      let bits = scan.pointee
      if bits & 3 != 0 {
        evacuate(scan, &top)
        evacuate(scan + 1, &top)
        scan += 2
        continue
      }
      let header = Header(bits: bits)
      var terms = scan + 1 + header.rawWords
      let end = header.isTuple ? terms + header.arity : scan + header.objectWords(at: scan)
      while terms < end {
        evacuate(terms, &top)
        terms += 1
      }
      scan = end
    }
    space.scan = scan
    space.top = top
  }

  @inline(__always)
  private mutating func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if from.contains(bits) {
        ToSpace.evacuateObject(bits, slot, to: &top, settled: &space.settled)
      }
    } else if bits & 3 == 1 {
      if from.contains(bits) {
        _ = ToSpace.moveChain(
          bits, slot, from: from, moving: from, to: &top, settled: &space.settled)
      }
    }
  }
}
