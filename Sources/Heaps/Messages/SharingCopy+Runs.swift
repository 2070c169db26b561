import Terms

/// Runs of cells that hold immediates: strings, lists of numbers and atoms.
extension SharingCopy {
  /// Where the copy of a list is: a cell that was not copied yet, where its copy is to be noted, what
  /// refers to that, and the end of the copy so far.
  struct ListPosition: BitwiseCopyable {
    var bits: UInt
    var place: CopiedObjects.Page
    var slot: Words
    var top: Words
  }

  /// Copies cells as long as each holds an immediate, there is room, and the next one stands in the
  /// same piece and was not copied, or there is none: that needs a few instructions a cell, and a few
  /// for four where they stand side by side.
  /// - Parameter page: of the piece.
  /// - Returns: where the list goes on; with no cell where it was copied to its end.
  @inline(never)
  func copyRun(_ begun: ListPosition, _ page: CopiedObjects.Page) -> ListPosition {
    var at = begun
    let last = limit - 2
    /// Where cells side by side are looked for again.
    var attempt = at.top
    while at.top <= last {
      let cell = Words(bitPattern: at.bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      let tail = cell[1]
      if head & 3 != 3 { break }
      var next = page
      // The tail is a cons if it differs from one in nothing but its place in the piece.
      if CopiedObjects.piece(of: at.bits ^ tail) | (at.bits ^ tail) & 3 == 0 {
        next += CopiedObjects.granule(of: tail)
        if next.pointee != 0 { break }
        if at.top >= attempt {
          let start = at.top
          if tail == at.bits &- 16 {
            copyNeighbours(&at, step: -2)
          } else if tail == at.bits &+ 16 {
            copyNeighbours(&at, step: 2)
          }
          attempt = at.top + 8
          if at.top != start { continue }
        }
      } else if tail != Term.nil.bits {
        break
      }
      note(at.top, at: at.place)
      at.slot.pointee = UInt(bitPattern: at.top) &+ 1
      at.top[0] = head
      at.slot = at.top + 1
      at.top += 2
      if tail == Term.nil.bits {
        at.slot.pointee = tail
        at.bits = 0
        break
      }
      at.bits = tail
      at.place = next
    }
    return at
  }

  /// Copies cells by four, as long as each holds an immediate and the next one stands beside it in
  /// the same piece and was not copied: nothing in this loop waits for a tail, it is only compared.
  /// - Parameter step: the words from each cell to the next: 2 or -2.
  @inline(__always)
  private func copyNeighbours(_ at: inout ListPosition, step: Int) {
    let down = step < 0
    var new = at.top
    var cell = Words(bitPattern: at.bits &- 1).unsafelyUnwrapped
    var granule = CopiedObjects.granule(of: at.bits)
    let page = at.place - granule
    var left = min(limit - new, 2 * (down ? granule : CopiedObjects.entriesOfPage &- 1 &- granule))
    let distance = UInt(bitPattern: 8 &* step)
    var bits = at.bits
    // What two tails become: in both halves of a vector, so that the compiler leaves them there.
    var copies = SIMD2(repeating: UInt(bitPattern: new)) &+ SIMD2(17, 33)
    let steps: SIMD4<UInt32> = down ? SIMD4(6, 4, 2, 0) : SIMD4(0, 2, 4, 6)
    var places = SIMD4(repeating: place(of: new)) &+ steps
    while left >= 8 {
      // One after the other: there is a second cell only if the first one's tail says so.
      if cell[1] != bits &+ distance || cell[step &+ 1] != bits &+ 2 &* distance
        || cell[2 &* step &+ 1] != bits &+ 3 &* distance
        || cell[3 &* step &+ 1] != bits &+ 4 &* distance
      {
        break
      }
      let first = ToSpace.pair(at: cell)
      let second = ToSpace.pair(at: cell + step)
      let third = ToSpace.pair(at: cell + 2 * step)
      let fourth = ToSpace.pair(at: cell + 3 * step)
      let next = granule &+ (down ? -4 : 4)
      let entries = UnsafeMutableRawPointer(page + (down ? granule &- 3 : granule))
      let heads = cell[0] & cell[step] & cell[2 * step] & cell[3 * step]
      // Who copies one of these goes on with its tail at once: the last one's tells of all.
      if UInt(page[next]) | (~heads & 3) != 0 { break }
      assert(entries.loadUnaligned(as: SIMD4<UInt32>.self) == .zero, "copied before its tail")
      entries.storeBytes(of: places, as: SIMD4<UInt32>.self)
      let others = copies &+ SIMD2(repeating: 32)
      ToSpace.storePair(SIMD2(first[0], copies[0]), to: new)
      ToSpace.storePair(SIMD2(second[0], copies[1]), to: new + 2)
      ToSpace.storePair(SIMD2(third[0], others[0]), to: new + 4)
      ToSpace.storePair(SIMD2(fourth[0], others[1]), to: new + 6)
      places = places &+ 8
      copies = copies &+ SIMD2(repeating: 64)
      bits = bits &+ 4 &* distance
      new += 8
      cell += 4 * step
      granule = next
      left &-= 8
    }
    if new == at.top { return }
    at.slot.pointee = UInt(bitPattern: at.top) &+ 1
    at.top = new
    at.slot = new - 1
    at.bits = bits
    at.place = page + granule
  }
}
