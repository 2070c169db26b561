import Terms

/// Moving trees of pairs: in a loop of its own, which has all it needs in registers.
extension ToSpace {
  /// Moves pairs as long as what is visited next is one in a range of which every object moves.
  ///
  /// The last element of each first, the first one when all that is behind the last was visited.
  /// - Parameter first: a slot that is to be visited.
  @inline(never)
  static func movePairs(
    _ first: Words, to start: Words, in near: AddressRange, pending begun: PendingObjects
  ) -> Progress {
    let boxed = near.boxed
    let bottom = begun.top
    var top = start
    var pending = begun
    var slot = first
    var bits = first.pointee
    while true {
      if boxed.contain(bits) && pending.hasRoom {
        let object = Term(bits: bits).boxed
        let header = object[0]
        if header == Header.tuple(arity: 2).bits {
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
          if second & 3 != 3 {
            if first & 3 != 3 { pending.pushWhereThereIsRoom(UInt(bitPattern: copy + 1) &- 7) }
            slot = copy + 2
            bits = second
            continue
          }
          if first & 3 != 3 {
            slot = copy + 1
            bits = first
            continue
          }
        } else if header & 3 != 0 {
          slot.pointee = header
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
