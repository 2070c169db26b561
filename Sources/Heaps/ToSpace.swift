import Terms

/// A space that a collection moves objects into, one behind the other, and then scans.
///
/// ```
///   a moved cons:   | 0 (no value)      | new cons term |
///   a moved object: | new boxed term    | ...           |    no header ends in 10
/// ```
/// Knows how to move and where to, nothing of which spaces take part.
/// (C. J. Cheney: "A nonrecursive list compacting algorithm", CACM 13, 1970.)
struct ToSpace {
  /// What stands below was scanned.
  var scan: UnsafeMutablePointer<UInt>
  /// The end of what was moved here.
  var top: UnsafeMutablePointer<UInt>
  /// What stands above `scan` and needs none.
  var settled = SettledRuns()

  init(at start: UnsafeMutablePointer<UInt>) {
    scan = start
    top = start
  }

  /// Scans what was moved here, in order, until nothing is left to scan.
  ///
  /// - Parameter evacuate: moves what a slot refers to, if it moves, and corrects the slot.
  @inline(__always)
  mutating func scanToEnd(
    _ evacuate: (
      _ slot: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>,
      _ settled: inout SettledRuns
    ) -> Void
  ) {
    var scan = scan
    var top = top
    var settled = settled
    while scan < top {
      if let end = settled.end(ofRunAt: scan) {
        scan = end
        continue
      }
      let bits = scan.pointee
      if bits & 0x3F == 0 {
        let end = scan + 1 + Int(bits >> 6)
        scan += 1
        while scan < end {
          evacuate(scan, &top, &settled)
          scan += 1
        }
      } else if bits & 3 != 0 {
        evacuate(scan, &top, &settled)
        evacuate(scan + 1, &top, &settled)
        scan += 2
      } else {
        let header = Header(bits: bits)
        let end = scan + header.objectWords(at: scan)
        scan += 1 + header.rawWords
        while scan < end {
          evacuate(scan, &top, &settled)
          scan += 1
        }
      }
    }
    self.scan = scan
    self.top = top
    self.settled = settled
  }

  /// Copies an object that has not moved and forwards it.
  ///
  /// - Returns: whether what was copied needs no scan.
  @inline(__always)
  static func moveObject(
    _ object: UnsafeMutablePointer<UInt>, header: UInt, to top: inout UnsafeMutablePointer<UInt>
  ) -> Bool {
    let new = top
    let second = object[1]
    object[0] = UInt(bitPattern: new) &+ 2
    // Nothing is shorter than two words; most is not much longer.
    new[0] = header
    new[1] = second
    if header == Header.float.bits {
      top = new + 2
      return true
    }
    if header & 0x3F != 0 { return moveRest(of: object, header: header, to: &top) }
    // All elements, and-ed: the low bits stay 11 as long as each is an immediate.
    var elements = second
    let words = 1 &+ Int(header >> 6)
    if words > 2 {
      let third = object[2]
      new[2] = third
      elements &= third
      if words > 3 {
        let fourth = object[3]
        new[3] = fourth
        elements &= fourth
        var index = 4
        while index < words {
          let element = object[index]
          new[index] = element
          elements &= element
          index &+= 1
        }
      }
    }
    top = new + words
    return elements & 3 == 3
  }

  /// Copies what stands behind the first two words of an object that is neither tuple nor float.
  @inline(never)
  private static func moveRest(
    of object: UnsafeMutablePointer<UInt>, header: UInt, to top: inout UnsafeMutablePointer<UInt>
  ) -> Bool {
    let header = Header(bits: header)
    let words = header.objectWords(at: object)
    (top + 2).update(from: object + 2, count: words - 2)
    top += words
    return words == 1 + header.rawWords
  }

  /// Moves the object that a slot refers to, if it has not moved before, and corrects the slot.
  @inline(__always)
  static func evacuateObject(
    _ bits: UInt, _ slot: UnsafeMutablePointer<UInt>, to top: inout UnsafeMutablePointer<UInt>,
    settled: inout SettledRuns
  ) {
    let object = Term(bits: bits).boxed
    let header = object[0]
    if header & 3 != 0 {
      slot.pointee = header
      return
    }
    let new = top
    slot.pointee = UInt(bitPattern: new) &+ 2
    if moveObject(object, header: header, to: &top) { settled.append(new, top) }
  }

  /// Copies the cells of a list as long as they stand in a from-space, each with the object it
  /// holds behind it: both are read in the order in which they were built, and most need no scan.
  ///
  /// - Parameters:
  ///   - first: the term of the first cell, which stands in the from-space.
  ///   - slot: the slot that refers to it.
  ///   - from: what moves to this space.
  ///   - moving: what moves to any space; what a cell refers to there is left to the scan.
  /// - Returns: the slot of the last tail and the tail, if it is in no from-space of this space.
  @inline(__always)
  static func moveChain(
    _ first: UInt, _ slot: UnsafeMutablePointer<UInt>, from: some FromSpace,
    moving: some FromSpace, to top: inout UnsafeMutablePointer<UInt>,
    settled: inout SettledRuns
  ) -> (slot: UnsafeMutablePointer<UInt>, tail: UInt) {
    var bits = first
    var slot = slot
    var tail: UInt
    // Where the words begin that are settled up to `top`.
    var run = top
    while true {
      let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      tail = cell[1]
      if head == 0 {
        slot.pointee = tail
        tail = Term.nil.bits
        break
      }
      let new = top
      let forward = UInt(bitPattern: new) &+ 1
      top = new + 2
      new[0] = head
      new[1] = tail
      cell[0] = 0
      cell[1] = forward
      slot.pointee = forward
      slot = new + 1
      if head & 3 != 3 && moving.contains(head) {
        var isSettled = false
        if head & 3 == 2 && from.contains(head) {
          let object = Term(bits: head).boxed
          let header = object[0]
          if header & 3 != 0 {
            new[0] = header
            isSettled = true
          } else {
            let copy = top
            new[0] = UInt(bitPattern: copy) &+ 2
            if !moveObject(object, header: header, to: &top) {
              // A tail that is no cell is left to the scan, and its cell with it.
              settled.append(run, tail & 3 == 2 ? new : copy)
              run = top
            }
            isSettled = true
          }
        }
        if !isSettled {
          settled.append(run, new)
          run = top
        }
      }
      if tail & 3 != 1 || !from.contains(tail) { break }
      bits = tail
    }
    // A tail that the scan must resolve ends the run before its cell.
    if tail & 3 == 3 || !moving.contains(tail) {
      settled.append(run, top)
    } else if run < slot {
      settled.append(run, slot - 1)
    }
    return (slot, tail)
  }
}

/// Tells the objects that move from those that stay.
protocol FromSpace {
  /// Whether a cons or boxed term's address is among those that move.
  func contains(_ bits: UInt) -> Bool
}

extension AddressRange: FromSpace {}

/// Two ranges whose objects go to one place.
struct TwoRanges: FromSpace {
  let first: AddressRange
  let second: AddressRange

  @inline(__always)
  func contains(_ bits: UInt) -> Bool { first.contains(bits) || second.contains(bits) }
}
