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
          let goesOn = tail & 3 != 3
          growPendingIfFull(&progress)
          let waiting = progress.pendingTop
          if goesOn { note(UInt(bitPattern: new) &+ 1, &progress) }
          if head & 3 == 1 {
            slot = new
            bits = head
            place = headPlace
            continue
          }
          let noted = progress.pendingTop
          guard let object = copyObject(head, headPlace, leaving: nil, &progress) else { break }
          new[0] = object
          if progress.pendingTop != noted { break }
          progress.pendingTop = waiting
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
        (bits, place, slot, progress.top) = (run.bits, run.place, run.slot, run.top)
      }
    }
    return progress
  }

  /// Where the copy of a list is: a cell that was not copied yet, where its copy is to be noted, what
  /// refers to that, and the end of the copy so far.
  private struct ListPosition: BitwiseCopyable {
    var bits: UInt
    var place: CopiedObjects.Page
    var slot: Words
    var top: Words
  }

  /// Copies cells as long as each holds an immediate, there is room, and the next one stands in the
  /// same piece and was not copied: that needs a few instructions a cell.
  /// - Parameter page: of the piece.
  @inline(never)
  private func copyRun(_ begun: ListPosition, _ page: CopiedObjects.Page) -> ListPosition {
    var (bits, place, slot, new) = (begun.bits, begun.place, begun.slot, begun.top)
    let bias = bias
    let last = limit - 2
    while new <= last {
      let cell = Words(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      let tail = cell[1]
      // The tail is a cons if it differs from one in nothing but its place in the piece.
      if head & 3 != 3 || CopiedObjects.piece(of: bits ^ tail) | (bits ^ tail) & 3 != 0 { break }
      let next = page + CopiedObjects.granule(of: tail)
      if next.pointee != 0 { break }
      place.pointee = UInt32(truncatingIfNeeded: (UInt(bitPattern: new) &- bias) &>> 3)
      slot.pointee = UInt(bitPattern: new) &+ 1
      new[0] = head
      slot = new + 1
      new += 2
      bits = tail
      place = next
    }
    return ListPosition(bits: bits, place: place, slot: slot, top: new)
  }
}
