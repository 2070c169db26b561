/// What one collection did, told to the listener of the system.
public struct CollectionEvent: Sendable {
  /// Which plan ran.
  public enum Kind: Sendable {
    /// The young generation only.
    case minor
    /// Both generations.
    case fullSweep
  }

  /// Why it ran.
  public enum Reason: Sendable {
    /// There was no room for what was asked.
    case noRoom
    /// Binaries outside the heap that its terms hold had grown beyond their limit.
    case virtualHeap
    /// Fragments held more than was free in the young block.
    case fragments
    /// It was asked for, or there was no room, where no collection could run.
    case postponed
    /// The zeal lever asked for it.
    case zeal
    /// The embedder asked for it.
    case requested
    /// The process goes to sleep, or is idle.
    case trim
  }

  /// How the block got the size that a rule gave it.
  public enum Resizing: Equatable, Sendable {
    /// It has that size.
    case none
    /// It grew or shrank where it stands.
    case inPlace
    /// It was copied as a whole: so many words of heap and stack.
    case moved(words: Int)
    /// There was no memory for another size: it keeps the one it has, whatever the rule says.
    case refused(HeapError)
  }

  /// Whose heap it is, if the roots say so.
  public var owner: HeapOwner?
  /// Which plan ran.
  public var kind: Kind
  /// Why it ran.
  public var reason: Reason
  /// Whether a minor collection was tried first and could not run.
  public var followsFailedMinor: Bool
  /// The words that were asked for.
  public var neededWords: Int
  /// Both generations before.
  public var before: HeapFigures
  /// Both generations after, resized.
  public var after: HeapFigures
  /// Words moved, promoted ones included.
  public var copiedWords: Int
  /// Words moved into the old generation.
  public var promotedWords: Int
  /// Words found dead.
  public var freedWords: Int
  /// References to binaries outside the heap that were found dead.
  public var releasedBinaries: Int
  /// Parts of binaries that were copied out of what they were parts of, and what that let go.
  public var views: ViewShrinking.Outcome
  /// Handles that show little of a binary and got one of their own, and what that let go.
  public var windows: WindowShrinking.Outcome
  /// What was copied within the young generation, by kind of term; only if the listener wants it.
  public var movedCensus: TermCensus?
  /// What was promoted, by kind of term; only if the listener wants it.
  public var promotedCensus: TermCensus?
  /// The rule by which the block then was resized or kept.
  public var rule: SizingRule
  /// How the block came to that size.
  public var resizing: Resizing
  /// Nanoseconds until the to-space was there.
  public var allocationNanoseconds: UInt64
  /// Nanoseconds in which roots and objects were moved.
  public var evacuationNanoseconds: UInt64
  /// Nanoseconds in which dead references to binaries outside the heap were given back.
  public var offHeapNanoseconds: UInt64
  /// Nanoseconds in which the stack was moved, blocks were freed and the block was resized.
  public var resizeNanoseconds: UInt64

  /// Joins what is known of a collection.
  init(
    _ plan: CollectionPlan, owner: HeapOwner?, reason: Reason, neededWords: Int,
    before: HeapFigures, after: HeapFigures, _ outcome: CollectionOutcome, _ resizing: Resizing,
    resizeNanoseconds: UInt64
  ) {
    self.owner = owner
    self.resizing = resizing
    switch plan {
    case .minor: (kind, followsFailedMinor) = (.minor, false)
    case .fullSweep(_, let failedMinor): (kind, followsFailedMinor) = (.fullSweep, failedMinor)
    }
    self.reason = reason
    self.neededWords = neededWords
    self.before = before
    self.after = after
    copiedWords = outcome.copiedWords
    promotedWords = outcome.promotedWords
    freedWords = outcome.freedWords
    releasedBinaries = outcome.releasedBinaries
    views = outcome.views
    windows = outcome.windows
    rule = outcome.resize.rule
    allocationNanoseconds = outcome.allocationNanoseconds
    evacuationNanoseconds = outcome.evacuationNanoseconds
    offHeapNanoseconds = outcome.offHeapNanoseconds
    self.resizeNanoseconds = resizeNanoseconds
  }

  /// The trace messages of ERTS for such a collection, in their order (`garbage_collection` in
  /// `erlang:trace/3`).
  public var traceTags: [String] {
    switch kind {
    case .minor: ["gc_minor_start", "gc_minor_end"]
    case .fullSweep:
      (followsFailedMinor ? ["gc_minor_start", "gc_minor_end"] : [])
        + ["gc_major_start", "gc_major_end"]
    }
  }

  /// The whole pause in nanoseconds.
  public var pauseNanoseconds: UInt64 {
    allocationNanoseconds + evacuationNanoseconds + offHeapNanoseconds + resizeNanoseconds
  }
}

/// The sizes of a heap at one moment, all in words. The names of `garbage_collection_info` in
/// OTP are given with each.
public struct HeapFigures: Equatable, Sendable {
  /// The young block (`heap_block_size`).
  public var youngBlockWords: Int
  /// The young heap in use (`heap_size`).
  public var youngUsedWords: Int
  /// The stack in use (`stack_size`).
  public var stackWords: Int
  /// What survived the last collection (`recent_size`).
  public var matureWords: Int
  /// The old block, 0 where there is none (`old_heap_block_size`).
  public var oldBlockWords: Int
  /// The old generation in use (`old_heap_size`).
  public var oldUsedWords: Int
  /// What was built beside the young block (`mbuf_size`).
  public var fragmentWords: Int
  /// What handles of the young generation hold outside the heap (`bin_vheap_size`).
  public var virtualWords: Int
  /// What they may hold before a collection is due (`bin_vheap_block_size`).
  public var virtualLimit: Int
  /// What handles of the old generation hold (`bin_old_vheap_size`).
  public var oldVirtualWords: Int
  /// What they may hold before a full sweep is due (`bin_old_vheap_block_size`).
  public var oldVirtualLimit: Int

  /// The sizes with their names in OTP, in the order in which `garbage_collection_info` tells them.
  public var named: [(name: String, words: Int)] {
    [
      ("old_heap_block_size", oldBlockWords), ("heap_block_size", youngBlockWords),
      ("mbuf_size", fragmentWords), ("recent_size", matureWords), ("stack_size", stackWords),
      ("old_heap_size", oldUsedWords), ("heap_size", youngUsedWords),
      ("bin_vheap_size", virtualWords), ("bin_vheap_block_size", virtualLimit),
      ("bin_old_vheap_size", oldVirtualWords), ("bin_old_vheap_block_size", oldVirtualLimit),
    ]
  }
}

/// Hears of collections and of limits.
public protocol CollectionListener: AnyObject, Sendable {
  /// Called on the owner's thread right after each collection; must not touch the heap.
  func collected(_ event: CollectionEvent)
  /// Called on the owner's thread where a collection would need more than a heap's limit, if the
  /// limit says so or it listens to this heap alone; must not touch the heap.
  func reachedLimit(_ event: LimitEvent)
  /// Whether it is told of each collection, which takes some clock readings; asked once.
  var wantsCollections: Bool { get }
  /// Whether each event is to tell what was moved by kind of term, which takes a walk over what was
  /// moved.
  var wantsCensus: Bool { get }
}

extension CollectionListener {
  /// Does nothing.
  public func reachedLimit(_ event: LimitEvent) {}
  /// By default.
  public var wantsCollections: Bool { true }
  /// Not by default.
  public var wantsCensus: Bool { false }
}
