import Terms

/// Takes back the room of writable binaries that were not appended to since the last collection.
///
/// As much room is left as `erl_gc.c` of OTP 27 leaves: where others are being appended to, none;
/// else a fifth for the only one, a tenth for one of ten at most, none for one of more.
struct WritableShrinking {
  /// Of the handles met, those that were appended to, and the others.
  private var activeCount = 0
  private var idleCount = 0

  /// Takes note of a handle that lives.
  mutating func meet(_ handle: UnsafeMutablePointer<UInt>) {
    guard WritableBinary.isWritable(handle) else { return }
    if handle[5] & WritableBinary.active != 0 { activeCount += 1 } else { idleCount += 1 }
  }

  /// Shrinks the idle ones of a list; from now on all are idle.
  /// - Parameter end: the first object that was not met.
  func shrink(_ list: OffHeapList, downTo end: UInt, provider: BlockBinaries) {
    if activeCount + idleCount == 0 { return }
    var next = list.first
    while next != end, let handle = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = OffHeapObject.next(of: handle)
      guard WritableBinary.isWritable(handle) else { continue }
      if handle[5] & WritableBinary.active != 0 {
        handle[5] &= ~WritableBinary.active
      } else {
        shrink(handle, provider: provider)
      }
    }
  }

  private var percentLeft: Int {
    if activeCount > 0 { return 0 }
    return idleCount == 1 ? 20 : idleCount <= 10 ? 10 : 0
  }

  private func shrink(_ handle: UnsafeMutablePointer<UInt>, provider: BlockBinaries) {
    let binary = BinaryHandle.binary(at: handle)
    let used = Int(handle[1])
    let capacity = used + used * percentLeft / 100
    // What others see does not move; a few bytes are not worth it.
    guard binary.capacity - capacity >= WritableBinary.leastRoomTakenBack,
      binary.isSolelyReferenced,
      // Without memory to move to it keeps its room.
      let smaller = try? provider.resize(binary, toCapacity: capacity, keeping: used)
    else { return }
    WritableBinary.replaceBinary(of: handle, with: smaller)
  }
}
