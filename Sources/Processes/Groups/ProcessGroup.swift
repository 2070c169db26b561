import Carriers
import Heaps
import Synchronization
import Terms

/// Processes that share a budget: for their heaps, for the binaries outside them that they refer to,
/// each once however many of them do, for their tables and for their mailboxes.
///
/// A mailbox's bytes are charged before a message is put in, and a table's before it grows: whoever
/// inserts is refused. What a process holds otherwise is looked at when it collects, and when it is
/// asked to (``Process/settle()``); a heap that has outgrown the budget is then swept fully, and if
/// that did not help, the ensure fails. Groups may stand in one another: by the parents of their
/// budgets. Thread-safe.
public final class ProcessGroup: Sendable {
  /// The limit, its levels, and who hears of them.
  public let budget: MemoryBudget
  private let heapBytes = Atomic<Int>(0)
  /// What the members' tables are charged to: without a limit of its own, it counts them.
  let tableBudget: MemoryBudget
  private let mailboxBytes = Atomic<Int>(0)
  private let processes = Atomic<Int>(0)
  /// The binaries that members hold: how many of them, and its bytes.
  private let binaries = Guarded<[UInt: (holders: Int, byteCount: Int)]>([:])
  private let binaryBytes = Atomic<Int>(0)

  /// Makes a group of no processes.
  public init(budget: MemoryBudget) {
    self.budget = budget
    tableBudget = MemoryBudget(limitBytes: .max, parent: budget)
  }

  /// What is charged for its members.
  public var usage: GroupUsage {
    GroupUsage(
      processCount: processes.load(ordering: .relaxed),
      heapBytes: heapBytes.load(ordering: .relaxed),
      binaryBytes: binaryBytes.load(ordering: .relaxed),
      tableBytes: tableBudget.usedBytes,
      mailboxBytes: mailboxBytes.load(ordering: .relaxed))
  }

  // MARK: Mailboxes

  /// Charges a message that is to be put into a member's mailbox.
  func chargeMailbox(_ byteCount: Int) throws(MemoryError) {
    try budget.charge(byteCount: byteCount)
    mailboxBytes.add(byteCount, ordering: .relaxed)
  }

  /// Charges one that nobody may refuse.
  func chargeMailboxBeyondLimit(_ byteCount: Int) {
    budget.chargeBeyondLimit(byteCount: byteCount)
    mailboxBytes.add(byteCount, ordering: .relaxed)
  }

  func creditMailbox(_ byteCount: Int) {
    mailboxBytes.subtract(byteCount, ordering: .relaxed)
    budget.credit(byteCount: byteCount)
  }

  /// A message became a part of a heap: its bytes are charged as before.
  func becomesHeap(_ byteCount: Int) {
    mailboxBytes.subtract(byteCount, ordering: .relaxed)
    heapBytes.add(byteCount, ordering: .relaxed)
  }

  // MARK: What members hold

  func processBegan() { processes.add(1, ordering: .relaxed) }
  func processEnded() { processes.subtract(1, ordering: .relaxed) }

  /// Notes what a member holds otherwise than before, whether the budget has room or not.
  func note(heap: Int) { heapBytes.add(heap, ordering: .relaxed) }

  /// Notes the binaries that a member refers to in place of those before.
  /// - Returns: by how many bytes all binaries of the group became more.
  func exchange(binaries old: Set<UInt>, for new: [UInt: Int]) -> Int {
    let change = binaries.withLock { held in
      var change = 0
      for (binary, byteCount) in new {
        // Another member may still be charged for a smaller one that stood there before.
        let before = held[binary] ?? (0, 0)
        change += byteCount - before.byteCount
        held[binary] = (before.holders + (old.contains(binary) ? 0 : 1), byteCount)
      }
      for binary in old where new[binary] == nil {
        guard let before = held[binary] else { continue }
        held[binary] = before.holders == 1 ? nil : (before.holders - 1, before.byteCount)
        if before.holders == 1 { change -= before.byteCount }
      }
      return change
    }
    binaryBytes.add(change, ordering: .relaxed)
    return change
  }
}

/// What the members of a group hold, in bytes.
public struct GroupUsage: Equatable, Sendable {
  /// The processes that have not ended.
  public let processCount: Int
  /// Blocks and fragments of heaps.
  public let heapBytes: Int
  /// Distinct binaries outside the heaps.
  public let binaryBytes: Int
  /// Tables.
  public let tableBytes: Int
  /// Messages that were sent and not received.
  public let mailboxBytes: Int

  /// All of it: what the group's budget has in use.
  public var totalBytes: Int { heapBytes + binaryBytes + tableBytes + mailboxBytes }
}
