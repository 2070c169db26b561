import Carriers

/// What is charged to a group for one process; but for the group itself the owner's alone.
final class GroupMember: @unchecked Sendable {
  // Unchecked: senders read the group only.

  let group: ProcessGroup
  private var heapBytes = 0
  private var binaries: Set<UInt> = []

  init(group: ProcessGroup) { self.group = group }

  /// A message became a part of the heap.
  func becomesHeap(_ byteCount: Int) {
    heapBytes += byteCount
    group.becomesHeap(byteCount)
  }

  /// What the process holds at some moment.
  struct Holding {
    var heapBytes = 0
    /// By identifier, their bytes.
    var binaries: [UInt: Int] = [:]
  }

  /// Charges what is held now in place of what was.
  /// - Returns: why the budget has no room for it; it is charged all the same.
  func settle(_ now: Holding) -> MemoryError? {
    var change = now.heapBytes - heapBytes
    group.note(heap: change)
    change += group.exchange(binaries: binaries, for: now.binaries)
    heapBytes = now.heapBytes
    binaries = Set(now.binaries.keys)
    if change <= 0 {
      group.budget.credit(byteCount: -change)
      return nil
    }
    do {
      try group.budget.charge(byteCount: change)
      return nil
    } catch {
      group.budget.chargeBeyondLimit(byteCount: change)
      return error
    }
  }
}
