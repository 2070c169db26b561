import Terms

/// Moves everything live of both generations into one new young heap.
struct FullEvacuator {
  private let young: AddressRange
  private let old: AddressRange
  private var scan: UnsafeMutablePointer<UInt>
  /// The end of what was moved.
  private(set) var top: UnsafeMutablePointer<UInt>

  init(young: AddressRange, old: AddressRange, to: UnsafeMutablePointer<UInt>) {
    self.young = young
    self.old = old
    scan = to
    top = to
  }

  /// Moves what a run of root slots refers to.
  mutating func evacuateRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    var top = top
    for index in 0..<max(count, 0) { evacuate(base + index, &top) }
    self.top = top
  }

  /// Moves what the moved objects refer to, until nothing is left to move.
  mutating func scanToEnd() {
    var scan = scan
    var top = top
    while scan < top {
      let bits = scan.pointee
      if bits & 3 == 0 {
        scan += 1 &+ Header(bits: bits).rawWords
      } else {
        evacuate(scan, &top)
        scan += 1
      }
    }
    self.scan = scan
    self.top = top
  }

  @inline(__always)
  private func isFromSpace(_ bits: UInt) -> Bool { young.contains(bits) || old.contains(bits) }

  @inline(__always)
  private func evacuate(
    _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>
  ) {
    let bits = slot.pointee
    if bits & 3 == 1 {
      if isFromSpace(bits) { moveChain(bits, slot, &top) }
    } else if bits & 3 == 2 {
      if isFromSpace(bits) {
        let object = Term(bits: bits).boxed
        let header = object[0]
        slot.pointee =
          header & 3 == 0 ? Evacuation.moveObject(object, header: header, to: &top) : header
      }
    }
  }

  /// Copies a list's cells one behind the other: the tail is resolved at once.
  @inline(__always)
  private func moveChain(
    _ bits: UInt, _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>
  ) {
    var bits = bits
    var slot = slot
    while true {
      let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      let tail = cell[1]
      if head == 0 {
        slot.pointee = tail
        return
      }
      let new = top
      let forward = UInt(bitPattern: new) &+ 1
      top = new + 2
      new[0] = head
      new[1] = tail
      cell[0] = 0
      cell[1] = forward
      slot.pointee = forward
      if tail & 3 != 1 || !isFromSpace(tail) { return }
      slot = new + 1
      bits = tail
    }
  }
}
