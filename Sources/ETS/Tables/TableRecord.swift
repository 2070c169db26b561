import Carriers
import Heaps
import Synchronization
import Terms

/// What a table is made of, in memory that stays a record's as long as the registry lives: so that
/// an old ``Table`` can be told from the one that has its record now.
struct TableRecord: ~Copyable {
  /// The table's number while everybody may enter, with ``Table/ownersGate`` where only the owner may;
  /// 0 while nobody may. See ``Table``.
  let gate = Atomic<UInt64>(0)
  /// The table's number from its making to its end; else 0.
  let life = Atomic<UInt64>(0)
  unowned(unsafe) let environment: HeapEnvironment
  unowned(unsafe) let registry: TableRegistry
  let allocator: Unmanaged<BlockAllocator>
  var options = TableOptions()
  var storage = TableStorage()
  /// Whether it is a table by hash without a limit, whose calls may be done at sight.
  var isPlain = false
  /// The pid of the owner.
  let owner = Atomic<UInt>(0)
  /// The atom that it was named with last.
  let name = Atomic<UInt>(0)
  /// Who may read and write; see ``Table/protection``.
  let protection = Atomic<UInt8>(0)
  let claims = TableClaims()

  init(registry: TableRegistry) {
    self.registry = registry
    environment = registry.environment
    allocator = .passUnretained(registry.environment.allocator)
  }
}

/// What processes have of a table; under the registry's lock.
///
/// Apart from the record, which others read without a lock: a change of a part counts as one of the
/// whole.
final class TableClaims {
  /// Who is to have the table when its owner ends, and what to tell.
  var heir = Term.none
  var heirData: KeptTerm?
  /// Who fixed the table how often.
  var fixations: [TableFixation] = []
}

/// How often a process fixed a table, and since when.
public struct TableFixation: Equatable, Sendable {
  /// The process.
  public let process: Term
  /// How often it fixed the table without releasing it.
  public internal(set) var count: Int
  /// When it did first, in nanoseconds of a clock that never goes back.
  public let since: UInt64
}
