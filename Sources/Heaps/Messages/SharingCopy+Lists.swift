import Terms

/// The cells of lists: in loops of their own, since most of most messages are lists.
extension SharingCopy {
  /// Copies a list up to the first cell that holds what is to be visited before the rest.
  ///
  /// - Parameters:
  ///   - first: the term of a cell that was not copied yet.
  ///   - place: where its copy is to be noted.
  ///   - slot: what refers to the copy.
  @inline(never)
  mutating func copyList(
    _ first: UInt, _ place: CopiedObjects.Page, _ slot: Words, _ begun: Progress
  ) -> Progress {
    var progress = begun
    var bits = first
    var place = place
    var slot = slot
    while true {
      guard let new = take(2, &progress.top) else { break }
      note(new, at: place)
      slot.pointee = UInt(bitPattern: new) &+ 1
      let cell = Words(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      let tail = cell[1]
      // Both words at once: what limits this loop is its stores.
      ToSpace.copyPair(from: cell, to: new)
      slot = new + 1
      if head & 3 != 3, let headPlace = self.place(of: head, &progress) {
        if headPlace.pointee != 0 {
          new[0] = rest.pointee.address(ofShared: headPlace.pointee) &+ (head & 3)
        } else {
          // What the cell holds comes first, then the rest of the list.
          if head & 3 == 1 {
            let run = copyRun(
              ListPosition(bits: head, place: headPlace, slot: new, top: progress.top),
              progress.page)
            progress.top = run.top
            if run.bits != 0 {
              if tail & 3 != 3 { push(UInt(bitPattern: new) &+ 1, unless: 0, &progress) }
              (bits, place, slot) = (run.bits, run.place, run.slot)
              continue
            }
          } else {
            growPendingIfFull(&progress)
            let waiting = progress.pendingTop
            if tail & 3 != 3 { note(UInt(bitPattern: new) &+ 1, &progress) }
            let noted = progress.pendingTop
            guard let object = copyObject(head, headPlace, leaving: nil, &progress) else { break }
            new[0] = object
            if progress.pendingTop != noted {
              progress = copyFloats(behind: noted, progress)
              if progress.pendingTop != noted { break }
            }
            progress.pendingTop = waiting
          }
        }
      }
      if tail & 3 != 1 {
        if tail & 3 == 2 { push(UInt(bitPattern: new) &+ 1, unless: 0, &progress) }
        break
      }
      guard let tailPlace = self.place(of: tail, &progress) else { break }
      if tailPlace.pointee != 0 {
        slot.pointee = rest.pointee.address(ofShared: tailPlace.pointee) &+ 1
        break
      }
      bits = tail
      place = tailPlace
      if head & 3 == 3 {
        let run = copyRun(
          ListPosition(bits: bits, place: place, slot: slot, top: progress.top), progress.page)
        progress.top = run.top
        if run.bits == 0 { break }
        (bits, place, slot) = (run.bits, run.place, run.slot)
      }
    }
    return progress
  }

  /// Copies the floats that slots pending behind an item refer to: nothing is to be visited from
  /// there, and where all of them are floats the list goes on at once.
  @inline(never)
  private mutating func copyFloats(behind noted: Words, _ begun: Progress) -> Progress {
    var progress = begun
    // The stack may have moved.
    guard noted >= rest.pointee.pendingBase, noted < progress.pendingTop else { return progress }
    var kept = noted
    var next = noted
    while next < progress.pendingTop {
      let item = next.pointee
      let slot = Words(bitPattern: item &+ 7).unsafelyUnwrapped
      if item & 3 != 1 || !copyFloat(in: slot, &progress) {
        kept.pointee = item
        kept += 1
      }
      next += 1
    }
    progress.pendingTop = kept
    return progress
  }

  /// Has a slot refer to a copy of its float; false where it holds something else, or memory was
  /// refused.
  @inline(__always)
  private mutating func copyFloat(in slot: Words, _ progress: inout Progress) -> Bool {
    let bits = slot.pointee
    guard bits & 3 == 2, Term(bits: bits).boxed[0] == Header.float.bits,
      let place = place(of: bits, &progress)
    else { return false }
    if place.pointee != 0 {
      slot.pointee = rest.pointee.address(ofShared: place.pointee) &+ 2
      return true
    }
    guard let new = take(2, &progress.top) else { return false }
    note(new, at: place)
    ToSpace.copyPair(from: Term(bits: bits).boxed, to: new)
    slot.pointee = UInt(bitPattern: new) &+ 2
    return true
  }
}
