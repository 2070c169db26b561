/// When to collect which generation and how large the blocks are: the rules as pure functions.
///
/// The rules are those of OTP 25's `erl_gc.c`, checked against traces of the runtime itself; the
/// thresholds and factors in them are values. Where blocks are to be small rather than collections
/// few, ``freeWords`` replaces the rules of resizing.
public struct GrowthPolicy: Equatable, BitwiseCopyable, Sendable {
  /// Blocks up to this size are not shrunk by a minor collection: after a promotion most of a block
  /// is empty, and is soon used again.
  public var neverShrunkByMinorWords: Int32 = 3000
  /// Blocks above this size may be shrunk by a minor collection even where they are smaller than
  /// the old block.
  public var shrunkByMinorWords: Int32 = 8000
  /// Blocks up to this size are not shrunk by a full sweep: the system's smallest block.
  public var neverShrunkByFullSweepWords = Int32(CollectionState.defaultMinimumHeapWords)
  /// A minor collection shrinks a block of more than so many times what it must hold.
  public var minorShrinkFactor: UInt8 = 4
  /// It then holds so many times what it must.
  public var minorShrunkFactor: UInt8 = 3
  /// An old block of more than so many times that size is far larger,
  public var oldBlockFactor: UInt8 = 9
  /// and the young one then gets this part of it at the least: one far smaller would make the old
  /// one fill up in many small steps.
  public var oldBlockDivisor: UInt8 = 8
  /// A full sweep that leaves a block fuller than so many percent has the next one grow it.
  public var crowdedPercent: UInt8 = 75
  /// A full sweep shrinks a block of more than so many times what it must hold.
  public var fullSweepShrinkFactor: UInt8 = 4
  /// It then holds so many times what it must.
  public var fullSweepShrunkFactor: UInt8 = 2
  /// How many sizes of the table an old block is made larger than what is young.
  public var oldBlockSteps: UInt8 = 1
  /// How many words are free after a collection, beyond those asked for; `nil` for the sizes of
  /// the table. Blocks then have any size from the process's least one on.
  public var freeWords: FreeWords?

  /// How many words each collection leaves free.
  public struct FreeWords: Equatable, BitwiseCopyable, Sendable {
    /// A block with fewer grows.
    public var least: Int32
    /// A block with more shrinks; one that is resized has as many.
    public var most: Int32

    /// Makes the bounds.
    public init(least: Int32, most: Int32) {
      precondition(least >= 0, "at least \(least) free words")
      precondition(least <= most, "between \(least) and \(most) free words")
      self.least = least
      self.most = most
    }
  }

  /// The rules as the Erlang runtime has them.
  public static var erts: GrowthPolicy { GrowthPolicy() }

  /// No free words but those asked for: the least memory, and a collection at most requests.
  public static var minimum: GrowthPolicy {
    GrowthPolicy(freeWords: FreeWords(least: 0, most: 0))
  }

  /// A few free words after each collection, for systems with little memory.
  public static var bounded: GrowthPolicy {
    GrowthPolicy(freeWords: FreeWords(least: 16, most: 32))
  }

  /// Makes the policy with the thresholds of the Erlang runtime.
  public init(freeWords: FreeWords? = nil) { self.freeWords = freeWords }

  /// Whether blocks hold what they must, whatever is decided.
  var isValid: Bool {
    minorShrunkFactor >= 1 && fullSweepShrunkFactor >= 1 && oldBlockDivisor >= 1
      && freeWords.map { $0.least >= 0 && $0.least <= $0.most } ?? true
  }

  /// Decides which collection is to be done.
  /// - Parameter state: the process before the collection.
  public func plan(_ state: CollectionState) -> CollectionPlan {
    let minorIsDue =
      state.minorCollectionsSinceFullSweep < state.fullSweepAfter && !state.wantsFullSweep
    if minorIsDue, let minor = planMinor(state) { return minor }
    return .fullSweep(toSpaceWords: fullSweepSpace(state), failedMinor: minorIsDue)
  }

  /// Decides the young block's size after a minor collection.
  /// - Parameters:
  ///   - state: the process before the collection.
  ///   - toSpaceWords: the block that the collection moved the young generation to.
  ///   - oldBlockWords: the old block, the one that the collection made included.
  ///   - liveYoungWords: what the young block holds now.
  public func resizeAfterMinor(
    _ state: CollectionState, toSpaceWords: Int, oldBlockWords: Int, liveYoungWords: Int
  ) -> ResizeDecision {
    let occupied = occupiedWords(state, liveYoungWords: liveYoungWords)
    if let decision = keepFreeWords(
      state, toSpaceWords: toSpaceWords, occupied: occupied,
      growAtNextFullSweep: state.growAtNextFullSweep)
    {
      return decision
    }
    func decide(_ words: Int?, _ rule: SizingRule) -> ResizeDecision {
      ResizeDecision(
        newBlockWords: words, rule: rule, growAtNextFullSweep: state.growAtNextFullSweep)
    }
    let isLarge =
      toSpaceWords > Int(neverShrunkByMinorWords)
      && (toSpaceWords > Int(shrunkByMinorWords) || toSpaceWords > oldBlockWords)
    if isLarge, Int(minorShrinkFactor) * occupied < toSpaceWords {
      var wanted = Int(minorShrunkFactor) * occupied
      if Int(oldBlockFactor) * wanted < oldBlockWords {
        wanted = max(wanted, oldBlockWords / Int(oldBlockDivisor))
      }
      let size = blockSize(holding: wanted, minimum: state.minimumHeapWords)
      return size < toSpaceWords ? decide(size, .shrunkAfterMinor) : decide(nil, .kept)
    }
    if occupied > toSpaceWords {
      return decide(
        blockSize(holding: occupied, minimum: state.minimumHeapWords), .grownAfterMinor)
    }
    return decide(nil, .kept)
  }

  /// Decides the young block's size after a full sweep.
  /// - Parameters:
  ///   - state: the process before the collection.
  ///   - toSpaceWords: the block that the collection moved everything to.
  ///   - liveWords: what the block holds now.
  public func resizeAfterFullSweep(
    _ state: CollectionState, toSpaceWords: Int, liveWords: Int
  ) -> ResizeDecision {
    let occupied = occupiedWords(state, liveYoungWords: liveWords)
    if let decision = keepFreeWords(
      state, toSpaceWords: toSpaceWords, occupied: occupied, growAtNextFullSweep: false)
    {
      return decision
    }
    if toSpaceWords < occupied {
      let size = blockSize(holding: occupied, minimum: state.minimumHeapWords)
      return ResizeDecision(
        newBlockWords: size, rule: .grownAfterFullSweep, growAtNextFullSweep: false)
    }
    if Int(crowdedPercent) * toSpaceWords < 100 * occupied {
      return ResizeDecision(newBlockWords: nil, rule: .growthPostponed, growAtNextFullSweep: true)
    }
    if Int(fullSweepShrinkFactor) * occupied < toSpaceWords,
      toSpaceWords > Int(neverShrunkByFullSweepWords)
    {
      let size = blockSize(
        holding: Int(fullSweepShrunkFactor) * occupied, minimum: state.minimumHeapWords)
      if size < toSpaceWords {
        return ResizeDecision(
          newBlockWords: size, rule: .shrunkAfterFullSweep, growAtNextFullSweep: false)
      }
    }
    let grewAsPostponed = toSpaceWords > fittingFullSweepSpace(state)
    return ResizeDecision(
      newBlockWords: nil, rule: grewAsPostponed ? .grownAsPostponed : .kept,
      growAtNextFullSweep: false)
  }

  /// A minor collection with its spaces, or nothing where it has no old block to promote to.
  private func planMinor(_ state: CollectionState) -> CollectionPlan? {
    if state.oldVirtualHeapIsFull { return nil }
    let young = state.youngGenerationWords
    // ERTS leaves the reserve out, as its sizes of the table seldom fit to the word.
    let reserved = freeWords == nil ? 0 : HeapSizes.reservedWords
    let toSpace = blockSize(
      holding: state.stackWords + young + reserved, minimum: state.minimumHeapWords)
    if state.oldBlockWords == 0 {
      // Nothing is mature: there is nothing to promote, so no old block is made for it, and a
      // minor collection needs one.
      if state.matureWords == 0 { return nil }
      return .minor(toSpaceWords: toSpace, newOldBlockWords: newOldBlockWords(young: young))
    }
    if state.matureWords > state.oldBlockWords - state.oldUsedWords { return nil }
    return .minor(toSpaceWords: toSpace, newOldBlockWords: nil)
  }

  private func fullSweepSpace(_ state: CollectionState) -> Int {
    let fitting = fittingFullSweepSpace(state)
    if state.growAtNextFullSweep, fitting == state.youngBlockWords {
      return max(state.minimumHeapWords, HeapSizes.oneAbove(fitting))
    }
    return fitting
  }

  /// The space that holds all of both generations, should all of it be alive.
  private func fittingFullSweepSpace(_ state: CollectionState) -> Int {
    blockSize(
      holding: state.stackWords + state.youngGenerationWords + state.oldUsedWords
        + HeapSizes.reservedWords,
      minimum: state.minimumHeapWords)
  }

  /// What the block must hold after the collection.
  private func occupiedWords(_ state: CollectionState, liveYoungWords: Int) -> Int {
    liveYoungWords + state.neededWords + state.stackWords + HeapSizes.reservedWords
  }

  func blockSize(holding words: Int, minimum: Int) -> Int {
    max(minimum, freeWords == nil ? HeapSizes.atLeast(words) : words)
  }

  /// The size of an old block that what is young now can be promoted to.
  func newOldBlockWords(young: Int) -> Int {
    if freeWords != nil { return young }
    let place = Int(HeapSizes.place(atLeast: young)) + Int(oldBlockSteps)
    return HeapSizes.table[min(place, HeapSizes.table.count - 1)]
  }

  /// The size that leaves the free words that are to be left; nothing where sizes are the table's.
  private func keepFreeWords(
    _ state: CollectionState, toSpaceWords: Int, occupied: Int, growAtNextFullSweep: Bool
  ) -> ResizeDecision? {
    guard let freeWords else { return nil }
    func decide(_ words: Int?, _ rule: SizingRule) -> ResizeDecision {
      ResizeDecision(newBlockWords: words, rule: rule, growAtNextFullSweep: growAtNextFullSweep)
    }
    let free = toSpaceWords - occupied
    if free >= Int(freeWords.least) && free <= Int(freeWords.most) { return decide(nil, .kept) }
    let size = max(state.minimumHeapWords, occupied + Int(freeWords.most))
    if size == toSpaceWords { return decide(nil, .kept) }
    return decide(size, size < toSpaceWords ? .shrunkToBound : .grownToBound)
  }
}
