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
        if bits & 3 == 2 {
          if plan.moves(bits) {
            let object = Term(bits: bits).boxed
            let header = object[0]
            if header == Header.tuple(arity: 2).bits {
              let first = object[1]
              let second = object[2]
              let forward = UInt(bitPattern: top) &+ 2
              top[0] = header
              top[1] = first
              top[2] = second
              object[0] = forward
              slot.pointee = forward
              if first & second & 3 != 3 && !pending.push(forward) { leave(top) }
              top += 3
            } else if header & 3 != 0 {
              slot.pointee = header
            } else {
              let copy = top
              slot.pointee = UInt(bitPattern: copy) &+ 2
              let moved = Self.moveObject(object, header: header, to: copy)
              top = moved.end
              if !moved.isSettled {
                if !pending.push(UInt(bitPattern: copy) &+ 2) { leave(copy) }
              }
            }
          } else {
            plan.evacuateElsewhere(slot, pending)
          }
        } else if bits & 3 == 1 {
          if plan.moves(bits) {
            self.top = top
            pending.top = moveChain(bits, slot, by: &plan, pending: pending)
            top = self.top
          } else {
            plan.evacuateElsewhere(slot, pending)
          }
        }
        slot += 1
      }
      if pending.top == bottom { break }
      let item = pending.pop()
      if item & 3 == 1 {
        end = UnsafeMutablePointer(bitPattern: item &+ 15).unsafelyUnwrapped
        slot = end - 1
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

  /// Leaves an object or a cell of this space to the scan.
  @inline(__always)
  private mutating func leave(_ copy: UnsafeMutablePointer<UInt>) {
    firstLeft = min(firstLeft, UInt(bitPattern: copy))
  }

  /// The words of an object that hold terms: the last of the object.
  @inline(__always)
  private static func slots(
    ofObjectAt object: UnsafeMutablePointer<UInt>
  ) -> (UnsafeMutablePointer<UInt>, UnsafeMutablePointer<UInt>) {
    let bits = object.pointee
    if bits & 0x3F == 0 {
      let first = object + 1
      return (first, first + Int(bits >> 6))
    }
    let header = Header(bits: bits)
    return (object + 1 + header.rawWords, object + header.objectWords(at: object))
  }

  /// Copies an object that has not moved and forwards it.
  ///
  /// - Returns: the end of the copy, and whether it holds no terms but immediates. By value, so
  ///   that the caller keeps the top in a register.
  @inline(__always)
  private static func moveObject(
    _ object: UnsafeMutablePointer<UInt>, header: UInt, to new: UnsafeMutablePointer<UInt>
  ) -> (end: UnsafeMutablePointer<UInt>, isSettled: Bool) {
    let second = object[1]
    object[0] = UInt(bitPattern: new) &+ 2
    // Nothing is shorter than two words; most is not much longer.
    new[0] = header
    new[1] = second
    if header == Header.float.bits { return (new + 2, true) }
    let words = 1 &+ Int(header >> 6)
    if header & 0x3F != 0 || words > 4 { return moveRest(of: object, header: header, to: new) }
    // All elements, and-ed: the low bits stay 11 as long as each is an immediate.
    var elements = second
    if words > 2 {
      let third = object[2]
      new[2] = third
      elements &= third
      if words > 3 {
        let fourth = object[3]
        new[3] = fourth
        elements &= fourth
      }
    }
    return (new + words, elements & 3 == 3)
  }

  /// Copies what stands behind the first two words of an object that is long or of a rarer kind.
  @inline(never)
  private static func moveRest(
    of object: UnsafeMutablePointer<UInt>, header: UInt, to new: UnsafeMutablePointer<UInt>
  ) -> (end: UnsafeMutablePointer<UInt>, isSettled: Bool) {
    let header = Header(bits: header)
    let words = header.objectWords(at: object)
    let raw = 1 + header.rawWords
    var elements = UInt.max
    var index = 2
    while index < words {
      let element = object[index]
      new[index] = element
      elements &= element
      index &+= 1
    }
    return (new + words, words == raw || header.rawWords == 0 && elements & new[1] & 3 == 3)
  }

  /// Copies a cell that has not moved, forwards it and corrects the slot that refers to it.
  ///
  /// - Returns: the tail, whose slot in the copy becomes `slot`.
  @inline(__always)
  private static func moveCell(
    _ cell: UnsafeMutablePointer<UInt>, _ slot: inout UnsafeMutablePointer<UInt>,
    _ top: inout UnsafeMutablePointer<UInt>
  ) -> UInt {
    let tail = cell[1]
    let new = top
    let forward = UInt(bitPattern: new) &+ 1
    // Both words at once: what limits this loop is its stores.
    let words = UnsafeRawPointer(cell).loadUnaligned(as: SIMD2<UInt>.self)
    UnsafeMutableRawPointer(new).storeBytes(of: words, as: SIMD2<UInt>.self)
    cell[0] = 0
    cell[1] = forward
    slot.pointee = forward
    slot = new + 1
    top = new + 2
    return tail
  }

  /// Copies the cells of a list, each with the object it holds behind it: so they were built.
  ///
  /// - Parameters:
  ///   - first: the term of the first cell, which moves to this space.
  ///   - slot: the slot that refers to it.
  /// - Returns: the top of the pending objects: more than before if the list goes on when they
  ///   were visited.
  @inline(never)
  private mutating func moveChain(
    _ first: UInt, _ slot: UnsafeMutablePointer<UInt>, by plan: inout some EvacuationPlan,
    pending: PendingObjects
  ) -> UnsafeMutablePointer<UInt> {
    var top = top
    var pending = pending
    let bottom = pending.top
    var bits = first
    var slot = slot
    moving: while true {
      var cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      var head = cell[0]
      // What the list goes on with in its slot.
      var rest: UInt
      run: do {
        // A tight loop of its own for cells that hold immediates.
        while head & 3 == 3 {
          rest = Self.moveCell(cell, &slot, &top)
          if rest & 3 != 1 || !plan.moves(rest) { break run }
          cell = UnsafeMutablePointer<UInt>(bitPattern: rest &- 1).unsafelyUnwrapped
          head = cell[0]
        }
        if head == 0 {
          slot.pointee = cell[1]
          rest = Term.nil.bits
          break run
        }
        let new = top
        let tail = Self.moveCell(cell, &slot, &top)
        rest = tail
        if !plan.moves(head) {
          plan.evacuateElsewhere(new, pending)
        } else if head & 3 == 2 {
          let object = Term(bits: head).boxed
          let header = object[0]
          if header & 3 != 0 {
            new[0] = header
          } else {
            let copy = top
            let item = UInt(bitPattern: copy) &+ 2
            new[0] = item
            let moved = Self.moveObject(object, header: header, to: copy)
            top = moved.end
            if !moved.isSettled {
              // The object first, then the rest of the list.
              if tail & 3 == 3 {
                if !pending.push(item) { leave(copy) }
              } else if pending.push(UInt(bitPattern: new) &+ 1, item) {
                break moving
              } else {
                leave(copy)
              }
            }
          }
        } else {
          // The list in the list first.
          if tail & 3 == 3 || pending.push(UInt(bitPattern: new) &+ 1) {
            slot = new
            bits = head
            continue
          }
          leave(new)
        }
        if tail & 3 == 1 && plan.moves(tail) {
          bits = tail
          continue
        }
      }
      while rest & 3 == 3 {
        // The end: the list around this one goes on.
        if pending.top == bottom || pending.last & 3 != 1 { break moving }
        slot = UnsafeMutablePointer(bitPattern: pending.pop() &+ 7).unsafelyUnwrapped
        rest = slot.pointee
      }
      if rest & 3 != 1 || !plan.moves(rest) {
        if !pending.push(UInt(bitPattern: slot) &- 7) { leave(slot - 1) }
        break
      }
      bits = rest
    }
    self.top = top
    return pending.top
  }
}

/// What a plan does with what it finds in a slot.
protocol EvacuationPlan {
  /// Whether the object of a cons or boxed term moves to the space that is filled.
  func moves(_ bits: UInt) -> Bool
  /// Sees to a slot whose object does not move there, but perhaps to another space.
  mutating func evacuateElsewhere(_ slot: UnsafeMutablePointer<UInt>, _ pending: PendingObjects)
}
