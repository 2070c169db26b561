import Terms

/// Moves what is live of the young generation: survivors of an earlier collection into the old
/// generation, the rest into a new young heap.
///
/// Terms never change, so references run from younger to older objects only: an object below the
/// high-water mark refers to nothing above it, and nothing old refers to anything young.
struct MinorEvacuator {
  /// Built before the last collection: goes to the old generation.
  private let mature: AddressRange
  /// Everything of the young heap.
  private let young: AddressRange
  private var scan: UnsafeMutablePointer<UInt>
  private var oldScan: UnsafeMutablePointer<UInt>
  /// The end of what was moved to the new young heap.
  private(set) var top: UnsafeMutablePointer<UInt>
  /// The end of the old generation.
  private(set) var oldTop: UnsafeMutablePointer<UInt>

  init(
    young: AddressRange, mature: AddressRange, to: UnsafeMutablePointer<UInt>,
    oldTop: UnsafeMutablePointer<UInt>
  ) {
    self.young = young
    self.mature = mature
    scan = to
    top = to
    oldScan = oldTop
    self.oldTop = oldTop
  }

  /// Moves what a run of root slots refers to.
  mutating func evacuateRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    var top = top
    var oldTop = oldTop
    for index in 0..<max(count, 0) { evacuate(base + index, &top, &oldTop) }
    self.top = top
    self.oldTop = oldTop
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    var scan = scan
    var top = top
    var oldTop = oldTop
    while scan < top {
      let bits = scan.pointee
      if bits & 3 == 0 {
        scan += 1 &+ Header(bits: bits).rawWords
      } else {
        evacuate(scan, &top, &oldTop)
        scan += 1
      }
    }
    // What was promoted refers to mature objects only: one destination is enough.
    var oldScan = oldScan
    while oldScan < oldTop {
      let bits = oldScan.pointee
      if bits & 3 == 0 {
        oldScan += 1 &+ Header(bits: bits).rawWords
      } else {
        promote(oldScan, &oldTop)
        oldScan += 1
      }
    }
    assert(scan == top, "a promoted object refers to a younger one")
    self.scan = scan
    self.top = top
    self.oldScan = oldScan
    self.oldTop = oldTop
  }

  @inline(__always)
  private func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>,
    _ oldTop: inout UnsafeMutablePointer<UInt>
  ) {
    let bits = slot.pointee
    if bits & 3 == 1 {
      if young.contains(bits) { moveChain(bits, slot, &top, &oldTop) }
    } else if bits & 3 == 2 {
      if young.contains(bits) {
        let object = Term(bits: bits).boxed
        let header = object[0]
        if header & 3 != 0 {
          slot.pointee = header
        } else if mature.contains(bits) {
          slot.pointee = Evacuation.moveObject(object, header: header, to: &oldTop)
        } else {
          slot.pointee = Evacuation.moveObject(object, header: header, to: &top)
        }
      }
    }
  }

  @inline(__always)
  private func promote(
    _ slot: UnsafeMutablePointer<UInt>, _ oldTop: inout UnsafeMutablePointer<UInt>
  ) {
    let bits = slot.pointee
    if bits & 3 == 1 {
      if mature.contains(bits) { promoteChain(bits, slot, &oldTop) }
    } else if bits & 3 == 2 {
      if mature.contains(bits) {
        let object = Term(bits: bits).boxed
        let header = object[0]
        slot.pointee =
          header & 3 == 0 ? Evacuation.moveObject(object, header: header, to: &oldTop) : header
      }
    }
  }

  /// Copies a list's cells one behind the other, into the new young heap while they are young;
  /// from the first mature cell on, all are mature.
  @inline(__always)
  private func moveChain(
    _ bits: UInt, _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>,
    _ oldTop: inout UnsafeMutablePointer<UInt>
  ) {
    var bits = bits
    var slot = slot
    while !mature.contains(bits) {
      let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      guard let tail = Self.moveCell(cell, slot, &top) else { return }
      if tail & 3 != 1 || !young.contains(tail) { return }
      slot = top - 1
      bits = tail
    }
    promoteChain(bits, slot, &oldTop)
  }

  @inline(__always)
  private func promoteChain(
    _ bits: UInt, _ slot: UnsafeMutablePointer<UInt>, _ oldTop: inout UnsafeMutablePointer<UInt>
  ) {
    var bits = bits
    var slot = slot
    while true {
      let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      guard let tail = Self.moveCell(cell, slot, &oldTop) else { return }
      if tail & 3 != 1 || !mature.contains(tail) { return }
      slot = oldTop - 1
      bits = tail
    }
  }

  /// Moves one cell and returns its tail, or nothing if the cell had moved before.
  @inline(__always)
  private static func moveCell(
    _ cell: UnsafeMutablePointer<UInt>, _ slot: UnsafeMutablePointer<UInt>,
    _ top: inout UnsafeMutablePointer<UInt>
  ) -> UInt? {
    let head = cell[0]
    let tail = cell[1]
    if head == 0 {
      slot.pointee = tail
      return nil
    }
    let new = top
    let forward = UInt(bitPattern: new) &+ 1
    top = new + 2
    new[0] = head
    new[1] = tail
    cell[0] = 0
    cell[1] = forward
    slot.pointee = forward
    return tail
  }
}
