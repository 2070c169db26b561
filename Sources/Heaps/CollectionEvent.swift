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
  }

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
  /// The rule by which the block then was resized or kept.
  public var rule: SizingRule
  /// Nanoseconds until the to-space was there.
  public var allocationNanoseconds: UInt64
  /// Nanoseconds in which roots and objects were moved.
  public var evacuationNanoseconds: UInt64
  /// Nanoseconds in which the stack was moved, blocks were freed and the block was resized.
  public var resizeNanoseconds: UInt64

  /// The whole pause in nanoseconds.
  public var pauseNanoseconds: UInt64 {
    allocationNanoseconds + evacuationNanoseconds + resizeNanoseconds
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
}

/// Hears of collections.
public protocol CollectionListener: AnyObject, Sendable {
  /// Called on the owner's thread right after each collection; must not touch the heap.
  func collected(_ event: CollectionEvent)
}
