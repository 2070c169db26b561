import Terms

/// Trees of pairs: in a loop of their own, which keeps all it needs in registers.
extension SharingCopy {
  /// Where the copy of a tree is: the slot that is to be visited, if there is one, and the progress.
  struct TreePosition: BitwiseCopyable {
    var slot: Words?
    var progress: Progress
  }

  /// Whether a term is a tuple of two elements.
  @inline(__always)
  static func isPair(_ bits: UInt) -> Bool {
    bits & 3 == 2 && Term(bits: bits).boxed[0] == Header.tuple(arity: 2).bits
  }

  /// Copies pairs as long as what is visited next is one that was not copied, in a piece that is
  /// found at once, and there is room.
  /// - Parameters:
  ///   - first: a slot that is to be visited.
  ///   - bottom: where what is pending begins.
  /// - Returns: what is to be visited next; no slot where nothing is pending but objects.
  @inline(never)
  func copyPairs(_ first: Words, above bottom: Words, _ begun: Progress) -> TreePosition {
    var progress = begun
    var slot = first
    let last = limit - 3
    while true {
      let bits = slot.pointee
      if bits & 3 != 3 {
        let piece = CopiedObjects.piece(of: bits)
        if piece != progress.piece {
          guard let page = rest.pointee.copied.pageAtOnce(of: piece) else { break }
          progress.piece = piece
          progress.page = page
        }
        let place = progress.page + CopiedObjects.granule(of: bits)
        if !Self.isPair(bits) || place.pointee != 0 { break }
        let new = progress.top
        if new > last || progress.pendingTop > pendingEnd { break }
        let pair = Term(bits: bits).boxed
        let second = pair[2]
        note(new, at: place)
        ToSpace.copyPair(from: pair, to: new)
        new[2] = second
        slot.pointee = UInt(bitPattern: new) &+ 2
        progress.top = new + 3
        // The second element first, with all that is behind it: see ``mostDeferred``.
        if pair[1] & 3 != 3 {
          // As the tail of a cell that would stand a word before.
          progress.pendingTop.pointee = UInt(bitPattern: new + 1) &- 7
          progress.pendingTop += 1
        }
        slot = new + 2
        if second & 3 != 3 { continue }
      }
      if progress.pendingTop == bottom { return TreePosition(slot: nil, progress: progress) }
      let item = (progress.pendingTop - 1).pointee
      if item & 3 != 1 { return TreePosition(slot: nil, progress: progress) }
      progress.pendingTop -= 1
      slot = Words(bitPattern: item &+ 7).unsafelyUnwrapped
    }
    return TreePosition(slot: slot, progress: progress)
  }
}
