import Terms

/// Moving trees of pairs.
extension ToSpace {
  /// Moves pairs below pairs, as ``moveEach(from:to:in:pending:needing:_:)``.
  @inline(never)
  static func movePairs(
    _ first: Words, to start: Words, in near: AddressRange, pending: PendingObjects
  ) -> Progress {
    moveEach(from: first, to: start, in: near, pending: pending, needing: 1) {
      object, header, slot, top, pending in
      if header != Header.tuple(arity: 2).bits { return .isOther }
      let first = object[1]
      let second = object[2]
      let copy = top
      let forward = UInt(bitPattern: copy) &+ 2
      copy[0] = header
      copy[1] = first
      copy[2] = second
      object[0] = forward
      slot.pointee = forward
      top += 3
      // The last element first, the first one when all that is behind the last was visited.
      if second & 3 != 3 {
        if first & 3 != 3 { pending.pushSlot(copy + 1) }
        return .goesOn(copy + 2, second)
      }
      return first & 3 != 3 ? .goesOn(copy + 1, first) : .isDone
    }
  }
}
