import Carriers
import Terms

/// Who runs the processes that own tables.
public protocol OwnershipListener: Sendable {
  /// Whether the process of a pid lives, so that it can own a table.
  func isAlive(_ pid: Term) -> Bool
  /// The budget that the tables of a process are charged to, if there is one.
  func tableBudget(of pid: Term) -> MemoryBudget?
  /// A table went to another process: Erlang sends it
  /// `{'ETS-TRANSFER', Table, From, Data}`. Where there is no memory for a message, that is not known
  /// to the table: it has its new owner all the same.
  /// - Parameter transfer: its terms are valid during the call.
  func tableChangedOwner(_ transfer: TableTransfer)
}

extension OwnershipListener {
  /// None: tables are charged to nobody.
  public func tableBudget(of pid: Term) -> MemoryBudget? { nil }
}

/// A table's way from one owner to the next.
public struct TableTransfer {
  /// The table.
  public let table: Table
  /// The atom that found it as it changed hands, where one did.
  public let name: Term?
  /// The pid of who owned it.
  public let from: Term
  /// The pid of who owns it now.
  public let to: Term
  /// What the new owner is told: a term of the old owner's heap or of the table, to be copied.
  public let data: Term
}
