import Carriers
import Heaps
import Synchronization
import Terms

/// What a table tells of itself: the items of `ets:info/1,2`.
public struct TableInformation: Sendable {
  /// The table's number.
  public let number: UInt64
  /// What it was made with.
  public let options: TableOptions
  /// The objects (`size`).
  public let objectCount: Int
  /// The words of all blocks of the table, its own records among them (`memory`).
  public let words: Int
  /// The pid of the owner.
  public let owner: Term
  /// The pid of the heir.
  public let heir: Term?
  /// The atom that it is or was named.
  public let name: Term
  /// Who fixed it (`safe_fixed_monotonic_time`).
  public let fixations: [TableFixation]
  /// Whether anybody did (`fixed`).
  public var isFixed: Bool { !fixations.isEmpty }
}

/// How the index of a table by hash is filled: the item `stats` of `ets:info/2`, for lines of six
/// keys instead of chains.
public struct IndexStatistics: Equatable, Sendable {
  /// Lines that a hash leads to.
  public internal(set) var lineCount = 0
  /// Lines that were added to others.
  public internal(set) var linkedLineCount = 0
  /// Keys, those deleted while the table was fixed among them.
  public internal(set) var keyCount = 0
  /// The most entries that one write ever moved.
  public internal(set) var mostMoved = 0
  /// Parts with a lock of their own.
  public internal(set) var partCount = 0
}

extension Table {
  /// What the table tells of itself, as `ets:info/1`; any process may ask.
  /// - Throws: ``TableError/noTable``.
  public func information() throws(TableError) -> TableInformation {
    let (fixations, heir) = (fixations, heir)
    let counts = try counting { ($0.objectCount, $0.byteCount) }
    return TableInformation(
      number: number, options: record.pointee.options, objectCount: counts.0,
      words: (counts.1 + MemoryLayout<TableRecord>.size) / MemoryLayout<UInt>.stride,
      owner: owner, heir: heir, name: name, fixations: fixations)
  }

  /// The objects there are, as `ets:info(Table, size)`.
  public func objectCount() throws(TableError) -> Int { try counting { $0.objectCount } }

  /// How the index is filled.
  public func indexStatistics() throws(TableError) -> IndexStatistics {
    try counting { storage in
      var statistics = IndexStatistics()
      for case .hashed(let part) in storage.parts {
        statistics.lineCount += part.lineCount
        statistics.linkedLineCount += part.state.pointee.linkedLineCount
        statistics.keyCount += part.state.pointee.entryCount
        statistics.mostMoved = max(statistics.mostMoved, part.state.pointee.mostMoved)
        statistics.partCount += 1
      }
      return statistics
    }
  }

  /// Looks at a table as any process may.
  func counting<Result>(
    _ body: (TableStorage) -> Result
  ) throws(TableError) -> Result {
    if record.pointee.isPrivate {
      if !isAlive { throw .noTable }
      return body(record.pointee.storage)
    }
    return try reading(by: .none) { body($0) }
  }
}
