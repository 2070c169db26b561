import Terms

/// Moving what hangs together by objects of one kind.
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

  /// What becomes of an object that is met.
  enum Met {
    /// It has moved, and this is to be visited next: a slot, and what it holds.
    case goesOn(Words, UInt)
    /// It has moved, and what it leads to has or is pending.
    case isDone
    /// It is of another kind.
    case isOther
  }

  /// Moves an object of a kind that has a loop of its own, with all of that kind that is below it.
  /// - Parameters:
  ///   - slot: what refers to it.
  ///   - header: of the object, which has not moved yet.
  ///   - near: a range of which every object moves.
  /// - Returns: nothing where there is no such loop, the object is not in the range or too much is
  ///   pending.
  @inline(__always)
  static func moveTree(
    _ slot: Words, header: UInt, to top: Words, in near: AddressRange, pending: PendingObjects
  ) -> Progress? {
    if !near.contains(slot.pointee) { return nil }
    if header == Header.tuple(arity: 2).bits {
      return pending.hasRoom(for: 1) ? movePairs(slot, to: top, in: near, pending: pending) : nil
    }
    if Header(bits: header).isHashMap && pending.hasRoom(for: mostSlotsOfNode) {
      return moveNodes(slot, to: top, in: near, pending: pending)
    }
    return nil
  }

  /// Moves objects as long as what is visited next is one of a kind, in a range of which every object
  /// moves.
  /// - Parameters:
  ///   - first: a slot that is to be visited.
  ///   - room: how many slots become pending with one object at the most.
  ///   - move: moves an object that has not moved yet, by its header, for a slot that refers to it.
  @inline(__always)
  static func moveEach(
    from first: Words, to start: Words, in near: AddressRange, pending begun: PendingObjects,
    needing room: Int,
    _ move: (Words, UInt, Words, inout Words, inout PendingObjects) -> Met
  ) -> Progress {
    let boxed = near.boxed
    let bottom = begun.top
    var top = start
    var pending = begun
    var slot = first
    var bits = first.pointee
    visiting: while true {
      if boxed.contain(bits) && pending.hasRoom(for: room) {
        let object = Term(bits: bits).boxed
        let header = object[0]
        if header & 3 != 0 {
          slot.pointee = header
        } else {
          switch move(object, header, slot, &top, &pending) {
          case .goesOn(let next, let element):
            slot = next
            bits = element
            continue visiting
          case .isDone: break
          case .isOther: break visiting
          }
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
