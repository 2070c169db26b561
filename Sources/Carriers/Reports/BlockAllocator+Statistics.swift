import Synchronization

extension BlockAllocator {
  /// What an allocator holds.
  public struct Statistics: Equatable, Sendable {
    /// Addresses and committed memory, of all that shares the allocator's source.
    public internal(set) var pages = PageSource.Statistics()
    /// Blocks in carriers.
    public internal(set) var smallBlocks = MemoryUsage()
    /// Blocks with headers that were freed, and wait for a request of their size before they join their
    /// neighbours: no part of ``smallBlocks``.
    public internal(set) var blocksAtHand = MemoryUsage()
    /// Blocks with a range of their own.
    public internal(set) var largeBlocks = MemoryUsage()
    /// Carriers in use.
    public internal(set) var carrierCount = 0
    /// Committed bytes of all carriers, empty ones included.
    public internal(set) var carrierCommittedBytes = 0
    /// Committed bytes of empty carriers that wait for reuse.
    public internal(set) var idleCarrierBytes = 0
    /// Committed bytes under large blocks in use.
    public internal(set) var largeCommittedBytes = 0
    /// Committed bytes of freed large blocks that wait for reuse.
    public internal(set) var cachedBytes = 0
    /// Large blocks that were given a cached range.
    public internal(set) var cacheHitCount = 0

    /// Nothing held.
    public init() {}

    /// All blocks in use.
    public var blocks: MemoryUsage { smallBlocks + largeBlocks }
  }

  /// What is held now.
  public var statistics: Statistics {
    var statistics = Statistics()
    for kind in MemoryKind.allCases {
      statistics.smallBlocks = statistics.smallBlocks + smallUsage(of: kind)
      registry.forEach {
        statistics.blocksAtHand = statistics.blocksAtHand + $0.atHand(of: kind)
      }
    }
    core.count(in: &statistics)
    large.count(in: &statistics)
    statistics.pages = source.statistics
    return statistics
  }

  /// The blocks of a kind that are in use.
  public func memory(by kind: MemoryKind) -> MemoryUsage {
    smallUsage(of: kind) + large.usage(of: kind)
  }

  private func smallUsage(of kind: MemoryKind) -> MemoryUsage {
    var usage = MemoryUsage()
    registry.forEach { usage = usage + $0.usage(of: kind) }
    return usage
  }

  /// The most bytes of a kind that were in use at once since the allocator was made.
  ///
  /// Looked at whenever a large block comes or goes, a slab begins to use a page more, and about each
  /// time a slab fills, so that a peak in between may be missed by as much as a slab of each size class
  /// holds. Where several threads or handles allocate, what they held at different moments may be
  /// counted together: of small blocks of others, what they held when a slab of theirs last came, filled or
  /// went, so that much that was freed since may be counted.
  public func peakByteCount(of kind: MemoryKind) -> Int {
    let inUse = memory(by: kind).byteCount
    var most = inUse
    registry.forEachClosed { most = max(most, inUse + $0.takePeak(of: kind)) }
    return notePeak(most, of: kind)
  }

  /// Adds up the peak of small blocks since the last change of large ones with the large ones.
  ///
  /// Called before each such change: so the sum is exact, and small blocks, which are many, keep
  /// their peak in their own instance.
  /// - Parameter given: the instance in the calling thread's hand, where there is one.
  func settlePeak(of kind: MemoryKind, through given: Instance? = nil) {
    var above = instance.settlePeak(of: kind)
    // Its holder passes no door that would tell whether anything was done.
    if let given { above += given.state.pointee.door.inside { given.takePeak(of: kind) } }
    let small = core.notedByteCount(of: kind)
    notePeak(small + above + large.usage(of: kind).byteCount, of: kind)
  }

  @discardableResult
  private func notePeak(_ byteCount: Int, of kind: MemoryKind) -> Int {
    let peak = peaks[kind.index].load(ordering: .relaxed)
    if byteCount <= peak { return peak }
    return peaks[kind.index].max(byteCount, ordering: .relaxed).newValue
  }

  /// The number of blocks in use: 0 once everything was freed.
  public var allocatedBlockCount: Int { statistics.blocks.blockCount }

  /// What is wrong with carriers, headers or the strategies' orders; `nil` where nothing is. Leaves
  /// out what handles hold.
  /// - Complexity: O(blocks).
  package func firstFault() -> String? {
    var fault: String?
    registry.forEachClosed { fault = fault ?? $0.firstFault() }
    core.forEachPooledCarrier { fault = fault ?? $0.firstFault }
    return fault
  }
}
