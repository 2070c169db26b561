/// What one process may set for its heap, at its birth and while it runs.
///
/// Every process has a copy in its ``HeapState``, so rarely needed numbers are kept short.
public struct HeapOptions: Equatable, BitwiseCopyable, Sendable {
  /// The least words of the young block (`min_heap_size`); rounded up to the table of sizes.
  public var minimumWords: Int {
    get { HeapSizes.table[Int(minimumPlace)] }
    set { minimumPlace = HeapSizes.place(atLeast: newValue) }
  }
  /// The least limit of the virtual heap, in words (`min_bin_vheap_size`); rounded up to the table
  /// of sizes.
  public var minimumVirtualWords: Int {
    get { HeapSizes.table[Int(minimumVirtualPlace)] }
    set { minimumVirtualPlace = HeapSizes.place(atLeast: newValue) }
  }
  /// The most words of the whole heap (`max_heap_size`).
  public var limit: HeapLimit
  /// How large the young block becomes.
  public var growth: GrowthPolicy
  private var fullSweepAfter16: UInt16
  /// When a collection copies out what is all that is used of a binary outside the heap, what parts
  /// span or what a handle shows: where the binary is at least so many times as large. 0 for never;
  /// parts of at most ``ViewShrinking/alwaysCopiedBytes`` bytes are copied out all the same. See
  /// ``ViewShrinking`` and ``WindowShrinking``.
  public var viewWasteRatio: UInt8
  /// Places in ``HeapSizes/table``.
  private var minimumPlace: UInt8
  private var minimumVirtualPlace: UInt8

  /// The minor collections between full sweeps (`fullsweep_after`), at most 65,535; 0 makes every
  /// collection a full sweep.
  public var fullSweepAfter: Int {
    get { Int(fullSweepAfter16) }
    set { fullSweepAfter16 = UInt16(clamping: newValue) }
  }

  /// Makes options; the defaults are those of ERTS, which has no ``viewWasteRatio``.
  public init(
    minimumWords: Int = CollectionState.defaultMinimumHeapWords,
    fullSweepAfter: Int = CollectionState.defaultFullSweepAfter,
    minimumVirtualWords: Int = 32_768, limit: HeapLimit = .none, growth: GrowthPolicy = .erts,
    viewWasteRatio: UInt8 = 8
  ) {
    minimumPlace = HeapSizes.place(
      atLeast: max(minimumWords, CollectionState.defaultMinimumHeapWords))
    minimumVirtualPlace = HeapSizes.place(atLeast: minimumVirtualWords)
    self.limit = limit
    self.growth = growth
    fullSweepAfter16 = UInt16(clamping: fullSweepAfter)
    self.viewWasteRatio = viewWasteRatio
  }

  /// Options for many processes with little data each: a first block of 38 words, far below the
  /// least that ERTS has.
  public static func small() -> HeapOptions {
    var options = HeapOptions()
    options.minimumWords = HeapSizes.table[1]
    return options
  }

  /// Options with the least block there is, for tests that want many collections.
  public static func tiny() -> HeapOptions {
    var options = HeapOptions()
    options.minimumWords = HeapSizes.table[0]
    return options
  }

  /// Says what is wrong with the options, if anything is.
  func validate() throws(HeapOptionsError) {
    if !growth.isValid { throw .growthBelowNeed }
    if limit.words != 0 && limit.words < minimumWords {
      throw .limitBelowMinimum(limitWords: limit.words, minimumWords: minimumWords)
    }
  }
}

/// The most words that a heap may have, and what happens where a collection would need more.
///
/// As ERTS does, it is looked at when a collection begins, and counts the spaces that the
/// collection has or may have side by side; so a heap needs a limit of two to four times what is
/// alive in it.
public struct HeapLimit: Equatable, BitwiseCopyable, Sendable {
  /// The most words; 0 for no limit (`size`).
  public var words: Int
  /// Whether the process is to end: the ensure throws ``HeapError/limitReached(_:)``. Else the
  /// collection goes on (`kill`).
  public var kills: Bool
  /// Whether the listener is told (`error_logger`).
  public var reports: Bool
  /// Whether binaries outside the heap count too, each distinct one once with all its bytes
  /// (`include_shared_binaries`).
  public var includesSharedBinaries: Bool

  /// No limit.
  public static var none: HeapLimit { HeapLimit(words: 0) }

  /// Makes a limit.
  /// - Parameter words: the most words; 0 for no limit.
  public init(
    words: Int, kills: Bool = true, reports: Bool = true, includesSharedBinaries: Bool = false
  ) {
    self.words = words
    self.kills = kills
    self.reports = reports
    self.includesSharedBinaries = includesSharedBinaries
  }
}

/// Why options were refused.
public enum HeapOptionsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No heap with this least size could ever collect below the limit.
  case limitBelowMinimum(limitWords: Int, minimumWords: Int)
  /// The numbers of the growth policy would make blocks smaller than what they must hold.
  case growthBelowNeed

  /// One line that says what was wrong.
  public var description: String {
    switch self {
    case .limitBelowMinimum(let limit, let minimum):
      "a limit of \(limit) words is below the least block of \(minimum)"
    case .growthBelowNeed:
      "a growth policy makes blocks smaller than what they must hold"
    }
  }
}
