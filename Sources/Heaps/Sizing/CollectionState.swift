/// What a collection knows before it starts; all sizes in words.
///
/// ```
///  heap      highWater          top        stackTop        end
///  | mature    | young            |  free     | stack        |    the young block
///  |<--------->| matureWords
///  |<---------------------------->| youngUsedWords
///                                             |<------------>| stackWords
///  |<------------------------------------------------------->| youngBlockWords
/// ```
public struct CollectionState: Equatable, Sendable {
  /// The size of the block that the heap and the stack share.
  public var youngBlockWords: Int
  /// The words from the heap's start to its top.
  public var youngUsedWords: Int
  /// The words in use of the stack.
  public var stackWords: Int
  /// The words from the heap's start to its high-water mark: what survived the collection before.
  public var matureWords: Int
  /// The size of the old generation's block, 0 where there is none.
  public var oldBlockWords: Int
  /// The words in use of the old generation's block.
  public var oldUsedWords: Int
  /// The words in heap fragments, which the collection moves into the block.
  public var fragmentWords: Int
  /// The words that must be free afterwards, the reserved ones not among them. Who moves messages
  /// onto the heap after the collection adds their words here too.
  public var neededWords: Int
  /// The minor collections since the last full sweep, or since the process began.
  public var minorCollectionsSinceFullSweep: Int
  /// The number of minor collections after which a full sweep is due; 0 allows none.
  public var fullSweepAfter: Int
  /// The process's smallest block, a size of the table.
  public var minimumHeapWords: Int
  /// Whether somebody asked for a full sweep.
  public var wantsFullSweep: Bool
  /// Whether the last full sweep left the block so full that the next one is to take a larger one.
  public var growAtNextFullSweep: Bool
  /// Whether what the old generation holds outside the heap has reached its limit.
  public var oldVirtualHeapIsFull: Bool

  /// The size of a process's smallest block unless it is told otherwise.
  @inlinable public static var defaultMinimumHeapWords: Int { 233 }
  /// The minor collections between full sweeps unless a process is told otherwise.
  @inlinable public static var defaultFullSweepAfter: Int { 65_535 }

  /// Makes the state of a process; what is left out is as in one that has just begun.
  public init(
    youngBlockWords: Int, youngUsedWords: Int, stackWords: Int, matureWords: Int = 0,
    oldBlockWords: Int = 0, oldUsedWords: Int = 0, fragmentWords: Int = 0, neededWords: Int = 0,
    minorCollectionsSinceFullSweep: Int = 0, fullSweepAfter: Int = defaultFullSweepAfter,
    minimumHeapWords: Int = defaultMinimumHeapWords, wantsFullSweep: Bool = false,
    growAtNextFullSweep: Bool = false, oldVirtualHeapIsFull: Bool = false
  ) {
    self.youngBlockWords = youngBlockWords
    self.youngUsedWords = youngUsedWords
    self.stackWords = stackWords
    self.matureWords = matureWords
    self.oldBlockWords = oldBlockWords
    self.oldUsedWords = oldUsedWords
    self.fragmentWords = fragmentWords
    self.neededWords = neededWords
    self.minorCollectionsSinceFullSweep = minorCollectionsSinceFullSweep
    self.fullSweepAfter = fullSweepAfter
    self.minimumHeapWords = minimumHeapWords
    self.wantsFullSweep = wantsFullSweep
    self.growAtNextFullSweep = growAtNextFullSweep
    self.oldVirtualHeapIsFull = oldVirtualHeapIsFull
  }

  /// What the young generation holds at most: the heap and its fragments.
  public var youngGenerationWords: Int { youngUsedWords + fragmentWords }
}
