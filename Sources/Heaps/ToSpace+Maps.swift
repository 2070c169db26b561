import Terms

/// Moving hash maps: their nodes and leaves in a loop of their own.
extension ToSpace {
  /// Moves nodes of a hash map, each with its leaves that are pairs of immediates, as long as what is
  /// visited next is one in a range of which every object moves.
  /// - Parameter first: a slot that is to be visited.
  @inline(never)
  static func moveNodes(
    _ first: Words, to start: Words, in near: AddressRange, pending begun: PendingObjects
  ) -> Progress {
    let boxed = near.boxed
    let cells = near.cells
    let bottom = begun.top
    var top = start
    var pending = begun
    var slot = first
    var bits = first.pointee
    while true {
      if boxed.contain(bits) && pending.hasRoomForSlots {
        let object = Term(bits: bits).boxed
        let header = Header(bits: object[0])
        if header.isHashMap {
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
            // As the tail of a cell that would stand a word before.
            pending.pushWhereThereIsRoom(UInt(bitPattern: copy + index) &- 7)
            index &+= 1
          }
        } else if header.bits & 3 != 0 {
          slot.pointee = header.bits
        } else {
          break
        }
      } else if bits & 3 != 3 {
        break
      }
      if pending.top == bottom { return Progress(slot: nil, top: top, pending: bottom) }
      slot = pending.popTailSlot()
      bits = slot.pointee
    }
    return Progress(slot: slot, top: top, pending: pending.top)
  }
}
