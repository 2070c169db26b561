/// What a heap counted since it was made.
public struct HeapCounters: BitwiseCopyable, Sendable {
  /// Minor collections that ran to their end.
  public var minorCollections = 0
  /// Full sweeps.
  public var fullSweeps = 0
  /// Words built on the heap.
  public var allocatedWords = 0
  /// Words copied to another place by collections, promoted ones included.
  public var copiedWords = 0
  /// Words copied into the old generation by minor collections.
  public var promotedWords = 0
  /// Words that collections found dead.
  public var freedWords = 0

  /// Makes counters that stand at 0.
  public init() {}
}

/// What a heap's record keeps of its counters: what cannot be derived.
@usableFromInline
package struct HeapTallies: BitwiseCopyable {
  package var minorCollections = 0
  package var fullSweeps = 0
  /// Words built on the heap, as of the last collection.
  package var allocatedWords = 0
  package var copiedWords = 0
  package var promotedWords = 0

  @usableFromInline init() {}
}

extension ProcessHeap {
  /// What was counted since the heap was made.
  public var counters: HeapCounters {
    let heap = state.pointee
    var counters = HeapCounters()
    counters.minorCollections = heap.tallies.minorCollections
    counters.fullSweeps = heap.tallies.fullSweeps
    // What stands above what survived the last collection was built since.
    counters.allocatedWords =
      heap.tallies.allocatedWords + heap.youngGenerationWords - heap.mature.words
    counters.copiedWords = heap.tallies.copiedWords
    counters.promotedWords = heap.tallies.promotedWords
    counters.freedWords =
      counters.allocatedWords - heap.youngGenerationWords - (heap.old?.usedWords ?? 0)
    return counters
  }
}
