import Terms

/// Moving trees of pairs: in a loop of its own, which has all it needs in registers.
extension ToSpace {
  typealias Words = UnsafeMutablePointer<UInt>

  /// Where a loop of its own has left off.
  struct Progress: BitwiseCopyable {
    /// What is to be visited next; nothing where that is to be taken from what is pending.
    var slot: Words?
    var top: Words
    /// The top of what is pending.
    var pending: Words
  }

  /// Moves pairs as long as what is visited next is one in a range of which every object moves.
  ///
  /// The last element of each first, the first one when all that is behind the last was visited.
  /// - Parameters:
  ///   - first: a slot that is to be visited.
  ///   - bottom: where what is pending begins for the caller.
  @inline(never)
  static func movePairs(
    _ first: Words, to start: Words, in near: AddressRange, above bottom: Words,
    pending begun: PendingObjects
  ) -> Progress {
    var top = start
    var pending = begun
    var slot = first
    var bits = first.pointee
    while true {
      if bits & 3 == 2 && near.contains(bits) && pending.hasRoom {
        let object = Term(bits: bits).boxed
        let header = object[0]
        if header == Header.tuple(arity: 2).bits {
          let first = object[1]
          let second = object[2]
          let copy = top
          let forward = UInt(bitPattern: copy) &+ 2
          copyPair(from: object, to: copy)
          copy[2] = second
          object[0] = forward
          slot.pointee = forward
          top += 3
          if second & 3 != 3 {
            if first & 3 != 3 { _ = pending.push(UInt(bitPattern: copy + 1) &- 7) }
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
          return Progress(slot: slot, top: top, pending: pending.top)
        }
      } else if bits & 3 != 3 {
        return Progress(slot: slot, top: top, pending: pending.top)
      }
      if pending.top == bottom || pending.last & 3 != 1 {
        return Progress(slot: nil, top: top, pending: pending.top)
      }
      slot = pending.popTailSlot()
      bits = slot.pointee
    }
  }
}
