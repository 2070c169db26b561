import Terms

/// A space that a collection moves objects into, one behind the other.
///
/// ```
///   a moved cons:   | 0 (no value)      | new cons term |
///   a moved object: | new boxed term    | ...           |    no header ends in 10
/// ```
/// Depth first, the last element of an object first: so what was built together is read, and
/// stands, together. What is moved is noted on a short stack until its terms were visited; where
/// the stack has no room the object is left to a scan of the space, as Cheney's algorithm does with
/// every object. (C. J. Cheney: "A nonrecursive list compacting algorithm", CACM 13, 1970.)
///
/// Knows how to move and where to, nothing of which spaces take part.
struct ToSpace {
  /// The end of what was moved here.
  var top: UnsafeMutablePointer<UInt>
  /// Where the first object stands whose terms are left to the scan; above all addresses if none.
  private var firstLeft: UInt = .max

  init(at start: UnsafeMutablePointer<UInt>) { top = start }

  /// Moves what a slot refers to and all that is reached from there.
  ///
  /// - Parameter pending: where to note what was moved and not visited yet.
  @inline(never)
  mutating func evacuate(
    _ first: UnsafeMutablePointer<UInt>, _ behind: UnsafeMutablePointer<UInt>,
    by plan: inout some EvacuationPlan, pending: PendingObjects
  ) {
    var top = top
    var pending = pending
    let bottom = pending.top
    var slot = first
    var end = behind
    while true {
      while slot < end {
        let bits = slot.pointee
        if bits & 3 == 2 && plan.moves(bits) {
          let object = Term(bits: bits).boxed
          let header = object[0]
          if header & 3 != 0 {
            slot.pointee = header
          } else if slot + 1 == end,
            let moved = Self.moveTree(
              slot, header: header, to: top, in: plan.near, pending: pending)
          {
            top = moved.top
            pending.top = moved.pending
            slot = moved.slot ?? end
            if moved.slot != nil { end = slot + 1 }
            continue
          } else {
            let copy = top
            slot.pointee = UInt(bitPattern: copy) &+ 2
            let moved = Self.moveObject(
              object, header: header, to: copy, views: pending.views)
            top = moved.end
            noteUnless(settled: moved.settled, UInt(bitPattern: copy) &+ 2, in: &pending)
          }
        } else if bits & 3 == 1 && plan.moves(bits) {
          let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
          if cell[0] & cell[1] & 3 == 3 {
            // A pair of immediates, as the leaves of hash maps are, is not worth a call.
            var place = slot
            _ = Self.moveCell(cell, &place, &top)
          } else {
            self.top = top
            pending.top = moveChain(bits, slot, by: &plan, pending: pending)
            top = self.top
          }
        } else if bits & 3 == 1 || bits & 3 == 2 {
          plan.evacuateElsewhere(slot, pending)
        }
        slot += 1
      }
      if pending.top == bottom { break }
      let item = pending.pop()
      if item & 3 == 1 {
        slot = UnsafeMutablePointer<UInt>(bitPattern: item &+ 7).unsafelyUnwrapped
        end = slot + 1
      } else {
        (slot, end) = Self.slots(ofObjectAt: Term(bits: item).boxed)
      }
    }
    self.top = top
  }

  /// Moves what is reached from a run of root slots; most of a stack is immediates.
  @inline(__always)
  mutating func evacuateRoots(
    _ base: UnsafeMutablePointer<UInt>, count: Int, by plan: inout some EvacuationPlan,
    pending: PendingObjects
  ) {
    for index in 0..<max(count, 0) {
      let slot = base + index
      let tag = slot.pointee & 3
      if tag == 1 || tag == 2 { evacuate(slot, slot + 1, by: &plan, pending: pending) }
    }
  }

  /// Visits what was left to the scan, until nothing is.
  mutating func scanWhatWasLeft(by plan: inout some EvacuationPlan, pending: PendingObjects) {
    while let start = UnsafeMutablePointer<UInt>(bitPattern: firstLeft), start < top {
      var scan = start
      let end = top
      firstLeft = .max
      while scan < end {
        let (first, behind) =
          scan.pointee & 3 != 0 ? (scan, scan + 2) : Self.slots(ofObjectAt: scan)
        evacuate(first, behind, by: &plan, pending: pending)
        scan = behind
      }
    }
  }

  /// Notes that the terms of an object, or the tail of a cell, are to be visited; where there is no
  /// room it is left to the scan.
  @inline(__always)
  mutating func note(_ item: UInt, in pending: inout PendingObjects) {
    if !pending.push(item) { leave(item) }
  }

  /// Notes an object unless it holds nothing to be visited. Whether it does is no branch: the
  /// processor could not tell it beforehand. A pair that is gone on with branches on its elements all
  /// the same: there, what is saved by not noting it is more.
  /// - Parameter settled: 1 where it holds nothing to be visited, else 0.
  @inline(__always)
  mutating func noteUnless(settled: UInt, _ item: UInt, in pending: inout PendingObjects) {
    if !pending.push(item, unless: settled) && settled == 0 { leave(item) }
  }

  /// 1 where words, and-ed together, are all immediates, else 0.
  @inline(__always)
  static func areSettled(_ words: UInt) -> UInt { (words & 3 &+ 1) >> 2 }

  /// Leaves the object or cell of a term of this space to the scan.
  @inline(__always)
  mutating func leave(_ item: UInt) { firstLeft = min(firstLeft, item & ~3) }

  /// The words of an object that hold terms: the last of the object.
  @inline(__always)
  static func slots(
    ofObjectAt object: UnsafeMutablePointer<UInt>
  ) -> (UnsafeMutablePointer<UInt>, UnsafeMutablePointer<UInt>) {
    let bits = object.pointee
    if bits & 0x3F == 0 {
      let first = object + 1
      return (first, first + Int(bits >> 6))
    }
    let header = Header(bits: bits)
    if header.isHashMap {
      let first = object + 1 + header.rawWords
      return (first, first + header.mapSlotCount)
    }
    let end = object + header.objectWords(at: object)
    // What a view is part of is seen to when all else was moved.
    if header.subtag == .subBinary && MovedViews.waits(object) { return (end, end) }
    return (object + 1 + header.rawWords, end)
  }
}

/// What a plan does with what it finds in a slot.
protocol EvacuationPlan {
  /// Whether the object of a cons or boxed term moves to the space that is filled.
  func moves(_ bits: UInt) -> Bool
  /// A range of which every object moves there: where most of them are.
  var near: AddressRange { get }
  /// Whether it moves there or to another space.
  func movesAnywhere(_ bits: UInt) -> Bool
  /// Sees to a slot whose object does not move there, but perhaps to another space.
  mutating func evacuateElsewhere(_ slot: UnsafeMutablePointer<UInt>, _ pending: PendingObjects)
}
