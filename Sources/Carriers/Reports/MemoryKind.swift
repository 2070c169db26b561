/// What a block is for.
public enum MemoryKind: UInt8, CaseIterable, Sendable {
  /// Stack and young generation of a process, and heap fragments.
  case processHeap
  /// Old generation of a process.
  case oldHeap
  /// Bytes of binaries outside the heaps.
  case binary
  /// Constants that no collection moves.
  case literal
  /// Names of atoms and their table.
  case atom
  /// Loaded code.
  case code
  /// Working memory of one call.
  case scratch
  /// Records of fixed size: processes, handles.
  case fixed
  /// Tables in memory: their records, their objects.
  case ets
  /// Messages on their way to a process.
  case message
  /// Tables and records of an embedder that live as long as the system.
  case embedder

  /// The number of kinds.
  @usableFromInline package static var count: Int { 11 }

  /// The kind's place in a table of kinds.
  @inlinable @inline(__always)
  var index: Int { Int(rawValue) }
}

/// How long blocks live and who ends them: the allocators of ERTS, which has one for each.
public enum AllocatorClass: String, CaseIterable, Sendable {
  /// Young heaps with their stacks.
  case processHeap
  /// Old generations.
  case oldHeap
  /// Bytes of binaries.
  case binary
  /// Tables in memory.
  case ets
  /// Constants.
  case literal
  /// What lives as long as the system.
  case longLived
  /// What soon goes again.
  case shortLived
  /// Records of fixed size.
  case fixedSize
  /// Messages.
  case message
  /// Working memory of one call.
  case temporary

  /// The allocator of ERTS that takes such blocks.
  public var ertsName: String {
    switch self {
    case .processHeap, .oldHeap, .message: "eheap_alloc"
    case .binary: "binary_alloc"
    case .ets: "ets_alloc"
    case .literal: "literal_alloc"
    case .longLived: "ll_alloc"
    case .shortLived: "sl_alloc"
    case .fixedSize: "fix_alloc"
    case .temporary: "temp_alloc"
    }
  }
}

/// To which figure of `erlang:memory/0` blocks of a kind belong, beside the total.
public enum MemoryCategory: Sendable {
  /// Heaps, records and messages of processes.
  case processes
  /// Atoms.
  case atom
  /// Binaries outside the heaps.
  case binary
  /// Code and constants.
  case code
  /// Tables in memory.
  case ets
  /// Of the system, and of no figure of its own.
  case otherSystem
}

extension MemoryKind {
  /// What is known of a kind beside its name in code: for machines, for people, and where it belongs.
  private var row: (key: String, name: String, allocator: AllocatorClass, category: MemoryCategory)
  {
    switch self {
    case .processHeap: ("process_heap", "process heaps", .processHeap, .processes)
    case .oldHeap: ("old_heap", "old heaps", .oldHeap, .processes)
    case .binary: ("binary", "binaries", .binary, .binary)
    case .literal: ("literal", "literals", .literal, .code)
    case .atom: ("atom", "atoms", .longLived, .atom)
    case .code: ("code", "code", .longLived, .code)
    case .scratch: ("scratch", "scratch", .temporary, .otherSystem)
    case .fixed: ("fixed", "fixed-size records", .fixedSize, .processes)
    case .ets: ("ets", "tables", .ets, .ets)
    case .message: ("message", "messages", .message, .processes)
    case .embedder: ("embedder", "the embedder's", .longLived, .otherSystem)
    }
  }

  /// The name in JSON.
  public var key: String { row.key }

  /// How long such blocks live.
  public var allocatorClass: AllocatorClass { row.allocator }

  /// The figure of `erlang:memory/0` that they belong to.
  public var category: MemoryCategory { row.category }
}

extension MemoryKind: CustomStringConvertible {
  /// The name in reports.
  public var description: String { row.name }
}
