import Terms

/// Moving hash maps.
extension ToSpace {
  /// Moves nodes below nodes, each with its leaves that are pairs of immediates, as
  /// ``moveEach(from:to:in:pending:needing:_:)``.
  @inline(never)
  static func moveNodes(
    _ first: Words, to start: Words, in near: AddressRange, pending: PendingObjects
  ) -> Progress {
    let cells = near.cells
    return moveEach(
      from: first, to: start, in: near, pending: pending, needing: mostSlotsOfNode
    ) { object, header, slot, top, pending in
      let header = Header(bits: header)
      if !header.isHashMap { return .isOther }
      let copy = top
      let forward = UInt(bitPattern: copy) &+ 2
      let firstSlot = 1 &+ header.rawWords
      let words = firstSlot &+ header.mapSlotCount
      top += words
      copy[0] = header.bits
      copy[firstSlot &- 1] = object[firstSlot &- 1]
      object[0] = forward
      slot.pointee = forward
      var index = firstSlot
      while index < words {
        let element = object[index]
        if cells.contain(element) {
          let cell = Words(bitPattern: element &- 1).unsafelyUnwrapped
          if cell[0] & cell[1] & 3 == 3 {
            var place = copy + index
            _ = moveCell(cell, &place, &top)
            index &+= 1
            continue
          }
        }
        copy[index] = element
        pending.pushSlot(copy + index)
        index &+= 1
      }
      return .isDone
    }
  }

  static var mostSlotsOfNode: Int { 16 }
}
