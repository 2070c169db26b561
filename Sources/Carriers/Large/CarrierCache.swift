/// Ranges of freed large blocks, kept committed: the next block of about that size needs no
/// system call and no page fault.
///
/// Few ranges, so it searches them one by one. Not thread-safe: its owner's lock guards it.
struct CarrierCache: ~Copyable {
  /// The most ranges, whatever their size: each takes two of the kernel's mappings.
  private static var mostRanges: Int { 64 }

  /// From the one freed first to the one freed last.
  private var ranges: [ReservedRange] = []
  /// The committed bytes of the ranges.
  private(set) var byteCount = 0

  init() {}

  /// Takes the range that fits best: the least committed of those with enough committed, else
  /// the most committed of those that can grow to it.
  ///
  /// A range with far more than is needed is left: a small block would hold it all.
  mutating func take(byteCount needed: Int) -> ReservedRange? {
    let most = needed + needed / 2 + (4 << 20)
    var best: Int?
    for (index, range) in ranges.enumerated() {
      if range.reservedByteCount < needed { continue }
      if range.committedByteCount > most { continue }
      guard let found = best else {
        best = index
        continue
      }
      let committed = range.committedByteCount
      let bestCommitted = ranges[found].committedByteCount
      let isBetter =
        committed >= needed
        ? committed < bestCommitted || bestCommitted < needed : committed > bestCommitted
      if isBetter { best = index }
    }
    guard let best else { return nil }
    let range = ranges.remove(at: best)
    byteCount -= range.committedByteCount
    return range
  }

  /// Keeps a range.
  mutating func put(_ range: ReservedRange) {
    ranges.append(range)
    byteCount += range.committedByteCount
  }

  /// Takes out the range freed first while more than so many bytes, or too many ranges, are left.
  mutating func evict(downToByteCount limit: Int) -> ReservedRange? {
    if ranges.count <= Self.mostRanges && (byteCount <= limit || ranges.isEmpty) { return nil }
    let range = ranges.removeFirst()
    byteCount -= range.committedByteCount
    return range
  }
}
