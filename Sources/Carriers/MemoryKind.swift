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
  /// Records of fixed size: processes, messages, handles.
  case fixed

  /// The number of kinds.
  @usableFromInline package static var count: Int { 8 }
}

extension MemoryKind: CustomStringConvertible {
  /// The name in reports.
  public var description: String {
    switch self {
    case .processHeap: "process heaps"
    case .oldHeap: "old heaps"
    case .binary: "binaries"
    case .literal: "literals"
    case .atom: "atoms"
    case .code: "code"
    case .scratch: "scratch"
    case .fixed: "fixed-size records"
    }
  }
}

/// The blocks of one kind that are in use.
public struct MemoryUsage: Equatable, Sendable {
  /// Blocks that were allocated and not freed.
  public internal(set) var blockCount = 0
  /// The usable bytes of these blocks.
  public internal(set) var byteCount = 0

  /// Nothing in use.
  public init() {}

  static func + (left: MemoryUsage, right: MemoryUsage) -> MemoryUsage {
    var sum = left
    sum.blockCount += right.blockCount
    sum.byteCount += right.byteCount
    return sum
  }
}

/// The blocks in use, a count for each kind.
struct UsageByKind {
  private var usages = InlineArray<8, MemoryUsage>(repeating: MemoryUsage())
  /// The most bytes of each kind since its peak was last taken.
  private var peaks = InlineArray<8, Int>(repeating: 0)

  subscript(kind: MemoryKind) -> MemoryUsage {
    get { usages[Int(kind.rawValue)] }
    set { usages[Int(kind.rawValue)] = newValue }
  }

  mutating func add(byteCount: Int, to kind: MemoryKind) {
    let index = Int(kind.rawValue)
    usages[index].blockCount += 1
    usages[index].byteCount += byteCount
    peaks[index] = max(peaks[index], usages[index].byteCount)
  }

  mutating func remove(byteCount: Int, from kind: MemoryKind) {
    usages[Int(kind.rawValue)].blockCount -= 1
    usages[Int(kind.rawValue)].byteCount -= byteCount
    assert(self[kind].byteCount >= 0, "more \(kind) freed than allocated: a block of another kind")
  }

  /// The most bytes of a kind since this was last asked; from now on that counts anew.
  mutating func takePeak(of kind: MemoryKind) -> Int {
    let index = Int(kind.rawValue)
    defer { peaks[index] = usages[index].byteCount }
    return peaks[index]
  }

  var total: MemoryUsage {
    MemoryKind.allCases.reduce(MemoryUsage()) { sum, kind in sum + self[kind] }
  }
}
