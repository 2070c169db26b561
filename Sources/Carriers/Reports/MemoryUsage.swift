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

  static func - (left: MemoryUsage, right: MemoryUsage) -> MemoryUsage {
    var difference = left
    difference.blockCount -= right.blockCount
    difference.byteCount -= right.byteCount
    return difference
  }
}

/// The blocks in use, a count for each kind.
struct UsageByKind {
  private var usages = InlineArray<16, MemoryUsage>(repeating: MemoryUsage())

  subscript(kind: MemoryKind) -> MemoryUsage {
    get { usages[kind.index] }
    set { usages[kind.index] = newValue }
  }

  mutating func add(byteCount: Int, to kind: MemoryKind) {
    usages[kind.index].blockCount += 1
    usages[kind.index].byteCount += byteCount
  }

  mutating func remove(byteCount: Int, from kind: MemoryKind) {
    usages[kind.index].blockCount -= 1
    usages[kind.index].byteCount -= byteCount
    assert(self[kind].byteCount >= 0, "more \(kind) freed than allocated: a block of another kind")
  }

  var total: MemoryUsage {
    MemoryKind.allCases.reduce(MemoryUsage()) { sum, kind in sum + self[kind] }
  }
}
