import Carriers
import Heaps
import Terms

extension Process {
  /// The group whose budget it is charged to, if there is one.
  public var group: ProcessGroup? { record.pointee.member?.group }

  /// Charges its group what it holds now; a collection does so by itself. Without a group nothing
  /// happens.
  /// - Throws: ``HeapError/outOfMemory(_:)`` with `MemoryError.budgetExceeded` where the budget has no
  ///   room for what it holds more; that is charged all the same, for it is held.
  /// - Complexity: O(handles of binaries).
  public mutating func settle() throws(HeapError) {
    if let error = try settled() { throw .outOfMemory(error) }
  }

  /// Charges what is held now.
  /// - Returns: why the budget has no room for it.
  func settled() throws(HeapError) -> MemoryError? {
    guard let member = record.pointee.member else { return nil }
    var holding = GroupMember.Holding()
    holding.heapBytes = heap.information.memoryByteCount
    for binary in try heap.binaries() { holding.binaries[binary.identifier] = binary.byteCount }
    return member.settle(holding)
  }

  /// Gives back to the group what was charged for the process.
  func leaveGroup() {
    guard let member = record.pointee.member else { return }
    _ = member.settle(GroupMember.Holding())
    member.group.processEnded()
  }
}
