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
      return pending.hasRoom ? movePairs(slot, to: top, in: near, pending: pending) : nil
    }
    if Header(bits: header).isHashMap {
      return pending.hasRoomForSlots ? moveNodes(slot, to: top, in: near, pending: pending) : nil
    }
    return nil
  }
}
