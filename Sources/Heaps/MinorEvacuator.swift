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
  /// Both.
  private let moving: AddressRange
  private var young: ToSpace
  private var old: ToSpace

  init(
    mature: AddressRange, fresh: AddressRange, to: UnsafeMutablePointer<UInt>,
    oldTop: UnsafeMutablePointer<UInt>
  ) {
    self.mature = mature
    self.fresh = fresh
    moving = mature.joined(with: fresh)
    young = ToSpace(at: to)
    old = ToSpace(at: oldTop)
  }

  /// The end of what was moved to the new young heap.
  var top: UnsafeMutablePointer<UInt> { young.top }
  /// The end of the old generation.
  var oldTop: UnsafeMutablePointer<UInt> { old.top }

  /// Moves what a run of root slots refers to.
  mutating func evacuateRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    var top = young.top
    for index in 0..<max(count, 0) { evacuate(base + index, &top) }
    young.top = top
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    scanYoung()
    // What was promoted refers to mature objects only: one destination is enough.
    scanOld()
    assert(young.scan == young.top, "a promoted object refers to a younger one")
  }

  private mutating func scanYoung() {
    var scan = young.scan
    var top = young.top
    while scan < top {
      if let end = young.settled.end(ofRunAt: scan) {
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
    young.scan = scan
    young.top = top
  }

  private mutating func scanOld() {
    var scan = old.scan
    var top = old.top
    while scan < top {
      if let end = old.settled.end(ofRunAt: scan) {
        scan = end
        continue
      }
      let bits = scan.pointee
      if bits & 3 != 0 {
        promote(scan, &top)
        promote(scan + 1, &top)
        scan += 2
        continue
      }
      let header = Header(bits: bits)
      var terms = scan + 1 + header.rawWords
      let end = header.isTuple ? terms + header.arity : scan + header.objectWords(at: scan)
      while terms < end {
        promote(terms, &top)
        terms += 1
      }
      scan = end
    }
    old.scan = scan
    old.top = top
  }

  @inline(__always)
  private mutating func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if fresh.contains(bits) {
        ToSpace.evacuateObject(bits, slot, to: &top, settled: &young.settled)
      } else if mature.contains(bits) {
        ToSpace.evacuateObject(bits, slot, to: &old.top, settled: &old.settled)
      }
    } else if bits & 3 == 1 {
      if fresh.contains(bits) {
        let end = ToSpace.moveChain(
          bits, slot, from: fresh, moving: moving, to: &top, settled: &young.settled)
        // From the first mature cell on, all are mature.
        if end.tail & 3 == 1 && mature.contains(end.tail) { promoteChain(end.tail, end.slot) }
      } else if mature.contains(bits) {
        promoteChain(bits, slot)
      }
    }
  }

  @inline(never)
  private mutating func promoteChain(_ bits: UInt, _ slot: UnsafeMutablePointer<UInt>) {
    _ = ToSpace.moveChain(
      bits, slot, from: mature, moving: mature, to: &old.top, settled: &old.settled)
  }

  @inline(__always)
  private mutating func promote(
    _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>
  ) {
    let bits = slot.pointee
    if bits & 3 == 2 {
      if mature.contains(bits) {
        ToSpace.evacuateObject(bits, slot, to: &top, settled: &old.settled)
      }
    } else if bits & 3 == 1 {
      if mature.contains(bits) {
        _ = ToSpace.moveChain(
          bits, slot, from: mature, moving: mature, to: &top, settled: &old.settled)
      }
    }
  }
}
