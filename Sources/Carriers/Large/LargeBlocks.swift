import CAlloc

/// Blocks with a reservation of their own, committed as far as it is used: such a block grows
/// where it stands, and its memory goes back to the system when it is freed.
///
/// Thread-safe. The lock is not held during system calls.
final class LargeBlocks: Sendable {
  private struct State: ~Copyable {
    /// By address of the first byte.
    var live: [UInt: ReservedRange] = [:]
    var cache = CarrierCache()
    var usage = UsageByKind()
    /// Committed bytes of live blocks.
    var liveByteCount = 0
    var cacheHitCount = 0
    /// Ranges reserved so far; gives each its colour.
    var reservedCount = 0
  }

  private let source: PageSource
  private let layout: CarrierLayout
  private let cacheLimit: Int?
  /// The bytes before and behind each range that nobody may touch.
  private let guardByteCount: Int
  private let state = Guarded(State())

  /// - Parameters:
  ///   - cacheLimit: the most bytes of freed ranges to keep; `nil` for half of what is
  ///   in use, or for what is always kept where that is more.
  ///   - isHardened: whether blocks stand between pages that nobody may touch, and as soon as they
  ///   are freed nobody may touch theirs.
  init(source: PageSource, layout: CarrierLayout, cacheLimit: Int?, isHardened: Bool) {
    self.source = source
    self.layout = layout
    self.cacheLimit = isHardened ? 0 : cacheLimit
    guardByteCount = isHardened ? source.pageByteCount : 0
  }

  deinit {
    state.withLock { state in
      for range in state.live.values { release(range) }
    }
    trim()
  }

  /// A block of whole pages.
  func allocate(byteCount: Int, kind: MemoryKind) throws(MemoryError) -> MemoryBlock {
    let used = try source.roundedToPages(try withColour(byteCount))
    var range: ReservedRange
    if let cached = state.withLock({ Self.takeCached(&$0, byteCount: used) }) {
      range = cached
      do {
        try commit(&range, toByteCount: used)
      } catch {
        state.withLock { $0.cache.put(range) }
        throw error
      }
    } else {
      range = try reserve(byteCount: used)
      do {
        try commit(&range, toByteCount: used)
      } catch {
        release(range)
        throw error
      }
    }
    range.usedByteCount = used
    range.kind = kind
    setPoison(of: range)
    state.withLock { [range] state in
      state.live[UInt(bitPattern: range.blockBase)] = range
      state.liveByteCount += range.committedByteCount
      state.usage.add(byteCount: used - range.colour, to: kind)
    }
    return MemoryBlock(base: range.blockBase, byteCount: used - range.colour)
  }

  /// Takes a block back; its range is cached, and others leave the cache to make room.
  func free(_ base: UnsafeMutableRawPointer, kind: MemoryKind) {
    let address = UInt(bitPattern: base)
    let found = state.withLock { state -> ReservedRange? in
      guard let range = state.live.removeValue(forKey: address) else { return nil }
      state.liveByteCount -= range.committedByteCount
      state.usage.remove(byteCount: range.usedByteCount - range.colour, from: range.kind)
      return range
    }
    guard var range = found else {
      BlockFault.stop(base, kind, .freedTwiceOrForeign)
    }
    if range.kind != kind { BlockFault.stop(base, kind, .otherKind(range.kind)) }
    range.usedByteCount = 0
    setPoison(of: range)
    let limit = mostCachedBytes(liveByteCount: state.withLock { $0.liveByteCount })
    // Half a range in the cache is better than none: a collector's next to-space needs it.
    shrink(&range, toByteCount: limit == 0 ? 0 : commitGoal(limit))
    if range.committedByteCount == 0 { return release(range) }
    state.withLock { [range] state in state.cache.put(range) }
    releaseCached(downToByteCount: limit)
  }

  /// Gives cached ranges back, one by one, until no more than so many bytes are left.
  private func releaseCached(downToByteCount limit: Int) {
    while let range = state.withLock({ $0.cache.evict(downToByteCount: limit) }) { release(range) }
  }

  /// Gives a block another size where it stands; `nil` where it would have to move.
  /// - Parameter keepsSlack: leave some memory behind a block that shrinks, so that a size that goes
  ///   up and down costs no system call each time.
  func resize(
    _ base: UnsafeMutableRawPointer, toByteCount byteCount: Int, kind: MemoryKind,
    keepsSlack: Bool
  ) throws(MemoryError) -> MemoryBlock? {
    let address = UInt(bitPattern: base)
    guard let old = state.withLock({ $0.live[address] }) else {
      preconditionFailure("the block at \(base) is resized, but is none of this allocator")
    }
    if old.kind != kind { BlockFault.stop(base, kind, .otherKind(old.kind)) }
    if byteCount <= layout.largestSmallBlock { return nil }
    let used = try source.roundedToPages(try withColour(byteCount))
    if used > old.reservedByteCount { return nil }
    var range = old
    if used > range.committedByteCount {
      try commit(&range, toByteCount: used)
    } else {
      let slack = max(used / 4, layout.smallestReservation / 16)
      let leavesSlack = keepsSlack && guardByteCount == 0
      shrink(&range, toByteCount: leavesSlack ? commitGoal(used + slack) : used)
    }
    range.usedByteCount = used
    setPoison(of: range)
    state.withLock { [range] state in
      state.live[address] = range
      state.liveByteCount += range.committedByteCount - old.committedByteCount
      state.usage.remove(byteCount: old.usedByteCount - old.colour, from: kind)
      state.usage.add(byteCount: used - old.colour, to: kind)
    }
    return MemoryBlock(base: base, byteCount: used - old.colour)
  }

  /// Gives all cached ranges back.
  func trim() { releaseCached(downToByteCount: 0) }

  /// The blocks of a kind in use.
  func usage(of kind: MemoryKind) -> MemoryUsage { state.withLock { $0.usage[kind] } }

  /// Committed bytes under the blocks of a kind, and how many blocks were ever allocated and freed.
  func row(of kind: MemoryKind) -> KindReport.Carriers {
    state.withLock { state in
      var row = KindReport.Carriers()
      for range in state.live.values where range.kind == kind {
        row.carrierCount += 1
        row.carrierBytes += range.committedByteCount
      }
      row.blockCount = state.usage[kind].blockCount
      row.blockBytes = state.usage[kind].byteCount
      return row
    }
  }

  /// Calls the body with each block in use.
  func forEachBlock(_ body: (BlockDescription) -> Void) {
    state.withLock { state in
      for range in state.live.values {
        body(
          BlockDescription(
            address: UInt(bitPattern: range.blockBase),
            byteCount: range.usedByteCount - range.colour, kind: range.kind))
      }
    }
  }

  /// Fills in what this part of an allocator knows.
  func count(in statistics: inout BlockAllocator.Statistics) {
    let (usage, live, cached, hits) = state.withLock {
      ($0.usage.total, $0.liveByteCount, $0.cache.byteCount, $0.cacheHitCount)
    }
    statistics.largeBlocks = usage
    statistics.largeCommittedBytes = live
    statistics.cachedBytes = cached
    statistics.cacheHitCount = hits
  }
}

extension LargeBlocks {
  private static func takeCached(_ state: inout State, byteCount: Int) -> ReservedRange? {
    guard let range = state.cache.take(byteCount: byteCount) else { return nil }
    state.cacheHitCount += 1
    return range
  }

  private var usesHugePages: Bool { layout.hugePagesFrom != nil }

  private func mostCachedBytes(liveByteCount: Int) -> Int {
    // Whole huge pages, so that a range cut down to it is not rounded up beyond it again.
    let half = liveByteCount / 2 & ~(CarrierLayout.hugePageByteCount - 1)
    return cacheLimit ?? max(CarrierLayout.alwaysKeptLargeByteCount, half)
  }

  /// The bytes of a block with the most that a colour takes.
  private func withColour(_ byteCount: Int) throws(MemoryError) -> Int {
    if guardByteCount > 0 { return byteCount }
    let (sum, overflow) = byteCount.addingReportingOverflow(ReservedRange.mostColour)
    if overflow { throw .invalidSize(byteCount: byteCount) }
    return sum
  }

  /// Reserves addresses for a block and its growth, or for the block alone where the system has
  /// no more of them.
  private func reserve(byteCount: Int) throws(MemoryError) -> ReservedRange {
    // Aligned also where the block is smaller than a huge page: it may grow.
    let alignment = usesHugePages ? CarrierLayout.hugePageByteCount : source.pageByteCount
    guard let needed = commitGoal(byteCount).roundedUp(toMultipleOf: alignment) else {
      throw .invalidSize(byteCount: byteCount)
    }
    if needed <= Int.max / 32 {
      let wanted =
        max((4 * needed).roundedUpToPowerOfTwo(), layout.smallestReservation) + stagger
      do {
        return try reserve(exactly: wanted, alignment: alignment)
      } catch {
        guard case .refused = error else { throw error }
      }
    }
    return try reserve(exactly: needed, alignment: alignment)
  }

  /// What a reservation is larger than a power of two.
  ///
  /// The kernel sets mappings side by side, so the distances between ranges are sums of their
  /// sizes. A first-level cache that predicts its way from a hash of the address (AMD's, of bits
  /// 12 to 27) cannot tell addresses apart that lie a power of two from 2^28 on apart: lines of
  /// the two blocks that a collector reads and writes push each other out, up to 7 times slower.
  private var stagger: Int { usesHugePages ? CarrierLayout.hugePageByteCount : 0 }

  private func reserve(exactly byteCount: Int, alignment: Int) throws(MemoryError) -> ReservedRange
  {
    let (whole, overflow) = byteCount.addingReportingOverflow(2 * guardByteCount)
    if overflow { throw .invalidSize(byteCount: byteCount) }
    let base = try source.reserve(byteCount: whole, alignment: alignment) + guardByteCount
    if usesHugePages { source.adviseHugePages(base, byteCount: byteCount) }
    let number = state.withLock { state in
      state.reservedCount += 1
      return state.reservedCount
    }
    return ReservedRange(
      base: base, reservedByteCount: byteCount, committedByteCount: 0,
      colour: guardByteCount > 0 ? 0 : ReservedRange.colour(ofRange: number))
  }

  /// How much to commit for so many bytes in use: whole huge pages where they are few in a hundred.
  private func commitGoal(_ byteCount: Int) -> Int {
    let huge = CarrierLayout.hugePageByteCount
    let isExact = guardByteCount > 0
    let step =
      isExact
      ? source.pageByteCount
      : usesHugePages && byteCount >= 4 * huge ? huge : layout.largeCommitStep
    return byteCount.roundedUp(toMultipleOf: step) ?? byteCount
  }

  private func commit(_ range: inout ReservedRange, toByteCount: Int) throws(MemoryError) {
    let goal = min(commitGoal(toByteCount), range.reservedByteCount)
    if goal <= range.committedByteCount { return }
    let start = range.base + range.committedByteCount
    try source.commit(start, byteCount: goal - range.committedByteCount)
    range.committedByteCount = goal
  }

  private func shrink(_ range: inout ReservedRange, toByteCount kept: Int) {
    if kept >= range.committedByteCount { return }
    let excess = range.committedByteCount - kept
    if source.decommit(range.base + kept, byteCount: excess) { range.committedByteCount = kept }
  }

  private func release(_ range: ReservedRange) {
    source.release(
      range.base - guardByteCount, byteCount: range.reservedByteCount + 2 * guardByteCount,
      committedByteCount: range.committedByteCount)
  }

  private func setPoison(of range: ReservedRange) {
    ca_unpoison(range.base, range.usedByteCount)
    let behind = range.committedByteCount - range.usedByteCount
    ca_poison(range.base + range.usedByteCount, behind)
  }
}
