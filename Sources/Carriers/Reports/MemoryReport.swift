/// What `erlang:memory/0` tells, in bytes, and what lies under it.
///
/// Each figure is the sum of the blocks of certain kinds; ``MemoryKind/category`` says which.
public struct MemoryReport: Equatable, Sendable {
  /// Of all blocks: ``processes`` and ``system``.
  public var total = 0
  /// Of what processes hold: heaps, messages, records.
  public var processes = 0
  /// The same: no memory is set aside for processes to come.
  public var processesUsed: Int { processes }
  /// Of all that no process holds.
  public var system: Int { total - processes }
  /// Of atoms and their table; a part of ``system``, as all that follow.
  public var atom = 0
  /// Of atoms' names and entries in use.
  public var atomUsed = 0
  /// Of binaries outside the heaps.
  public var binary = 0
  /// Of code and its literals.
  public var code = 0
  /// Of tables in memory.
  public var ets = 0
  /// Bytes of addresses, with memory behind them or not.
  public var reserved = 0
  /// Bytes that may be touched; what holds no block and what was never touched with them.
  public var committed = 0
  /// Bytes of this operating system process that are in memory, whoever asked for them.
  public var resident: Int?

  /// Nothing held.
  public init() {}

  /// Adds bytes of a kind.
  public mutating func add(byteCount: Int, of kind: MemoryKind) {
    total += byteCount
    switch kind.category {
    case .processes: processes += byteCount
    case .atom:
      atom += byteCount
      atomUsed += byteCount
    case .binary: binary += byteCount
    case .code: code += byteCount
    case .ets: ets += byteCount
    case .otherSystem: break
    }
  }

  /// Names and figures, the names and their order those of `erlang:memory/0`, then ours.
  public var fields: [(name: String, byteCount: Int)] {
    [
      ("total", total), ("processes", processes), ("processes_used", processesUsed),
      ("system", system), ("atom", atom), ("atom_used", atomUsed), ("binary", binary),
      ("code", code), ("ets", ets), ("reserved", reserved), ("committed", committed),
    ] + (resident.map { [("resident", $0)] } ?? [])
  }

  /// An object with a member for each field.
  public var json: String {
    JSONText.object(fields.map { ($0.name, String($0.byteCount)) })
  }
}

extension MemoryReport: CustomStringConvertible {
  /// A line for each field.
  public var description: String {
    fields.map { "\($0.name): \($0.byteCount) bytes" }.joined(separator: "\n")
  }
}

extension BlockAllocator {
  /// What is held now, in the figures of `erlang:memory/0`.
  ///
  /// Exact while no other thread allocates or frees.
  public func memory() -> MemoryReport {
    var report = MemoryReport()
    for kind in MemoryKind.allCases { report.add(byteCount: memory(by: kind).byteCount, of: kind) }
    let pages = source.statistics
    report.reserved = pages.reservedBytes
    report.committed = pages.committedBytes
    report.resident = ResidentMemory.currentByteCount()
    return report
  }
}
