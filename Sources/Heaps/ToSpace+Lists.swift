import Terms

/// Moving lists, cell behind cell.
extension ToSpace {
  /// Copies a cell that has not moved, forwards it and corrects the slot that refers to it.
  ///
  /// - Returns: the tail, whose slot in the copy becomes `slot`.
  @inline(__always)
  static func moveCell(
    _ cell: UnsafeMutablePointer<UInt>, _ slot: inout UnsafeMutablePointer<UInt>,
    _ top: inout UnsafeMutablePointer<UInt>
  ) -> UInt {
    let tail = cell[1]
    let new = top
    let forward = UInt(bitPattern: new) &+ 1
    // Both words at once: what limits this loop is its stores.
    copyPair(from: cell, to: new)
    cell[0] = 0
    cell[1] = forward
    slot.pointee = forward
    slot = new + 1
    top = new + 2
    return tail
  }

  /// Copies cells that hold immediates, as long as they follow each other in one range.
  ///
  /// Two things limit this loop. Its stores: two for each cell, one of its copy, whose tail is
  /// written as what it becomes if the next cell moves too, and one of the mark that it moved. And
  /// waiting for a tail to find the next cell: so the next is taken to be as far away as the last
  /// one was, which the processor need not wait to hear confirmed.
  /// - Parameters:
  ///   - first: a cell that has not moved and holds an immediate.
  ///   - slot: the slot that refers to it.
  /// - Returns: the tail of the last cell. It stands in the copy if it is no cell of the range;
  ///   else the cell moved before or holds no immediate, and the tail is still to be written.
  @inline(never)
  private static func moveRun(
    _ first: UnsafeMutablePointer<UInt>, _ slot: UnsafeMutablePointer<UInt>,
    to start: UnsafeMutablePointer<UInt>, in near: AddressRange
  ) -> (tail: UInt, top: UnsafeMutablePointer<UInt>) {
    let cells = near.cells
    var top = start
    var forward = SIMD2(0, UInt(bitPattern: top) &+ 1)
    slot.pointee = forward[1]
    var bits = UInt(bitPattern: first) &+ 1
    var distance: UInt = 16
    /// Where cells side by side are looked for again.
    var attempt = top
    while true {
      if top >= attempt {
        if distance == 16 {
          moveNeighbours(&bits, &forward, &top, in: cells, step: 2)
        } else if distance == 0 &- 16 {
          moveNeighbours(&bits, &forward, &top, in: cells, step: -2)
        }
        attempt = top + 8
      }
      let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      if head & 3 != 3 { return (bits, top) }
      let expected = bits &+ distance
      let tail = cell[1]
      storePair(forward, to: cell)
      forward = forward &+ SIMD2(0, 16)
      storePair(SIMD2(head, 0) | forward, to: top)
      top += 2
      // Two ways that do the same: were they one, the next cell would be read from the tail again.
      if tail == expected {
        if !cells.contain(expected) {
          top[-1] = tail
          return (tail, top)
        }
        bits = expected
      } else {
        if !cells.contain(tail) {
          top[-1] = tail
          return (tail, top)
        }
        distance = tail &- bits
        bits = tail
      }
    }
  }

  @inline(__always)
  private static func moveNeighbours(
    _ bits: inout UInt, _ forward: inout SIMD2<UInt>, _ top: inout UnsafeMutablePointer<UInt>,
    in cells: TermRange, step: Int
  ) {
    let distance = UInt(bitPattern: 8 &* step)
    var cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
    // What two cells become: in both halves of a vector, so that the compiler leaves them there.
    var forwards = SIMD2(repeating: forward[1]) &+ SIMD2(0, 16)
    while true {
      // One after the other: there is a second cell only if the first one's tail says so.
      if cell[1] != bits &+ distance || cell[step &+ 1] != bits &+ 2 &* distance
        || cell[2 &* step &+ 1] != bits &+ 3 &* distance
        || cell[3 &* step &+ 1] != bits &+ 4 &* distance
        || !cells.contain(bits &+ 4 &* distance)
        || ~(cell[0] & cell[step] & cell[2 &* step] & cell[3 &* step]) & 3 != 0
      {
        break
      }
      let first = pair(at: cell)
      let second = pair(at: cell + step)
      let third = pair(at: cell + 2 &* step)
      let fourth = pair(at: cell + 3 &* step)
      let others = forwards &+ SIMD2(repeating: 32)
      let following = forwards &+ SIMD2(repeating: 64)
      storePair(SIMD2(0, forwards[0]), to: cell)
      storePair(SIMD2(0, forwards[1]), to: cell + step)
      storePair(SIMD2(0, others[0]), to: cell + 2 &* step)
      storePair(SIMD2(0, others[1]), to: cell + 3 &* step)
      storePair(SIMD2(first[0], forwards[1]), to: top)
      storePair(SIMD2(second[0], others[0]), to: top + 2)
      storePair(SIMD2(third[0], others[1]), to: top + 4)
      storePair(SIMD2(fourth[0], following[0]), to: top + 6)
      forwards = following
      bits = bits &+ 4 &* distance
      cell += 4 &* step
      top += 8
    }
    forward = SIMD2(0, forwards[0])
  }

  /// Moves cells, each with the small object it holds behind it, as long as they follow each other in
  /// one range and the objects hold nothing but immediates: floats, and tuples of up to three.
  /// - Parameters:
  ///   - first: the tail of a cell.
  ///   - slot: where it stands.
  /// - Returns: the tail of the last cell, as ``moveRun(_:_:to:in:)`` returns it, and its slot.
  @inline(never)
  private static func moveObjectRun(
    _ first: UInt, _ slot: Words, to start: Words, in near: AddressRange
  ) -> (tail: UInt, slot: Words, top: Words) {
    let cells = near.cells
    let boxed = near.boxed
    var bits = first
    var slot = slot
    var top = start
    if !cells.contain(bits) { return (bits, slot, top) }
    while true {
      let cell = Words(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      if !boxed.contain(head) { break }
      let tail = cell[1]
      let object = Term(bits: head).boxed
      let header = object[0]
      let new = top
      let copy = new + 2
      if header == Header.float.bits {
        copy[1] = object[1]
        top = new + 4
      } else {
        let words = 1 &+ Int(header >> 6)
        if header & 0x3F != 0 || words > 4 { break }
        let second = object[1]
        var elements = second
        copy[1] = second
        if words > 2 {
          let third = object[2]
          copy[2] = third
          elements &= third
          if words > 3 {
            let fourth = object[3]
            copy[3] = fourth
            elements &= fourth
          }
        }
        if elements & 3 != 3 { break }
        top = copy + words
      }
      let forward = UInt(bitPattern: new) &+ 1
      slot.pointee = forward
      slot = new + 1
      new[0] = forward &+ 17
      new[1] = tail
      copy[0] = header
      object[0] = forward &+ 17
      cell[0] = 0
      cell[1] = forward
      bits = tail
      if !cells.contain(tail) { break }
    }
    return (bits, slot, top)
  }

  /// Moves the object that a moved cell holds right behind the cell, if it has not moved yet.
  ///
  /// - Returns: whether the object was moved before, or holds no terms but immediates.
  @inline(__always)
  private static func moveHead(
    _ head: UInt, of cell: UnsafeMutablePointer<UInt>, _ top: inout UnsafeMutablePointer<UInt>,
    views: MovedViews
  ) -> Bool {
    let object = Term(bits: head).boxed
    let header = object[0]
    if header & 3 != 0 {
      cell[0] = header
      return true
    }
    let copy = top
    cell[0] = UInt(bitPattern: copy) &+ 2
    let moved = moveObject(object, header: header, to: copy, views: views)
    top = moved.end
    return moved.settled == 1
  }

  /// Copies the cells of a list, each with the object it holds behind it: so they were built.
  ///
  /// - Parameters:
  ///   - first: the term of the first cell, which moves to this space.
  ///   - slot: the slot that refers to it.
  /// - Returns: the top of the pending objects: more than before if the list goes on when they
  ///   were visited.
  @inline(never)
  mutating func moveChain(
    _ first: UInt, _ slot: UnsafeMutablePointer<UInt>, by plan: inout some EvacuationPlan,
    pending: PendingObjects
  ) -> UnsafeMutablePointer<UInt> {
    var top = top
    var pending = pending
    let bottom = pending.top
    let near = plan.near
    var bits = first
    var slot = slot
    moving: while true {
      let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      // What the list goes on with in its slot.
      var rest: UInt
      run: do {
        if head & 3 == 3 {
          (rest, top) = Self.moveRun(cell, slot, to: top, in: near)
          slot = top - 1
          break run
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
          if Self.moveHead(head, of: new, &top, views: pending.views) {
            (rest, slot, top) = Self.moveObjectRun(tail, slot, to: top, in: near)
          } else if tail & 3 == 3 {
            note(new[0], in: &pending)
          } else if pending.push(UInt(bitPattern: new) &+ 1, new[0]) {
            // The object first, then the rest of the list.
            break moving
          } else {
            leave(new[0])
          }
        } else {
          // The list in the list first.
          let inner = UnsafeMutablePointer<UInt>(bitPattern: head &- 1).unsafelyUnwrapped
          if inner.pointee & 3 == 3 {
            let moved = Self.moveRun(inner, new, to: top, in: near)
            top = moved.top
            if moved.tail & 3 == 3 { break run }
            if tail & 3 == 3 || pending.push(UInt(bitPattern: new) &+ 1) {
              rest = moved.tail
              slot = top - 1
              break run
            }
            top[-1] = moved.tail
          } else if tail & 3 == 3 || pending.push(UInt(bitPattern: new) &+ 1) {
            slot = new
            bits = head
            continue
          }
          leave(UInt(bitPattern: new))
        }
      }
      while rest & 3 == 3 {
        // The end: the list around this one goes on.
        if pending.top == bottom || pending.last & 3 != 1 { break moving }
        slot = pending.popTailSlot()
        rest = slot.pointee
      }
      if rest & 3 != 1 || !plan.moves(rest) {
        note(UInt(bitPattern: slot) &- 7, in: &pending)
        break
      }
      bits = rest
    }
    self.top = top
    return pending.top
  }
}
