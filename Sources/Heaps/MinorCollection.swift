import Carriers
import Terms

extension ProcessHeap {
  /// Collects the young generation: what survived the last collection is promoted, what was
  /// built since moves to a new young heap.
  ///
  /// All memory is asked for before the first word is moved.
  func collectMinor(
    _ sizing: CollectionState, toSpaceWords: Int, newOldBlockWords: Int?,
    _ environment: HeapEnvironment, roots: inout some RootSource & ~Copyable,
    stopwatch: inout Stopwatch
  ) throws(HeapError) -> CollectionOutcome {
    let fragments = try FragmentRanges(
      state.pointee.fragments, without: state.pointee.givenUpMature,
      allocator: environment.uncounted)
    defer { fragments?.free(to: environment.uncounted) }
    // Should all of it live, the reserve is there, even if the block then may not grow.
    let blockWords = max(
      toSpaceWords, sizing.stackWords + sizing.youngGenerationWords + HeapSizes.reservedWords)
    let to = try environment.allocateHeapBlock(words: blockWords, kind: .processHeap)
    if let newOldBlockWords {
      do {
        let block = try environment.allocateHeapBlock(words: newOldBlockWords, kind: .oldHeap)
        state.pointee.old = OldGeneration(block: block, words: newOldBlockWords)
      } catch {
        environment.allocator.free(to, kind: .processHeap)
        throw error
      }
    }
    let allocationNanoseconds = stopwatch.lap()

    let heap = state.pointee
    guard let old = heap.old else { preconditionFailure("a minor collection with no old block") }
    let fresh = AddressRange(heap.highWater, heap.top)
    let (top, oldTop, views) =
      if let fragments {
        evacuateYoung(
          FragmentSpace(ranges: TwoRanges(first: fresh, second: .empty), fragments: fragments),
          to, oldTop: old.top, environment
        ) { roots.visitSlots(&$0) }
      } else {
        evacuateYoung(fresh, to, oldTop: old.top, environment) { roots.visitSlots(&$0) }
      }
    let promotedWords = oldTop - old.top
    precondition(oldTop <= old.end, "promotion beyond the old generation's block")
    let evacuationNanoseconds = stopwatch.lap()
    state.pointee.old?.top = oldTop
    let (released, windows) = sweepOffHeapOfYoung(
      old: AddressRange(old.start, old.top), promoted: AddressRange(old.top, oldTop),
      environment)
    state.pointee.minorsSinceFullSweep += 1
    state.pointee.tallies.minorCollections += 1
    state.pointee.tallies.promotedWords += promotedWords
    let offHeapNanoseconds = stopwatch.lap()

    let (copied, freed) = adopt(
      to, words: blockWords, top: top, movedElsewhere: promotedWords,
      fromWords: heap.youngGenerationWords, environment)
    var resize = heap.options.growth.resizeAfterMinor(
      sizing, toSpaceWords: toSpaceWords, oldBlockWords: old.blockWords,
      liveYoungWords: state.pointee.usedWords)
    if resize.newBlockWords == nil { resize.newBlockWords = toSpaceWords }
    return CollectionOutcome(
      copiedWords: copied, promotedWords: promotedWords, freedWords: freed,
      releasedBinaries: released, views: views, windows: windows, resize: resize,
      allocationNanoseconds: allocationNanoseconds,
      evacuationNanoseconds: evacuationNanoseconds, offHeapNanoseconds: offHeapNanoseconds)
  }

  /// Moves what is young and reached from the stack and the roots.
  /// - Returns: the end of the new young heap, that of the old generation, and what became of views.
  private func evacuateYoung(
    _ fresh: some FromSpace, _ to: MemoryBlock, oldTop: UnsafeMutablePointer<UInt>,
    _ environment: HeapEnvironment, showRoots: (inout SlotVisitor) -> Void
  ) -> (UnsafeMutablePointer<UInt>, UnsafeMutablePointer<UInt>, ViewShrinking.Outcome) {
    let heap = state.pointee
    return PendingObjects.withStack { pending in
      var evacuator = MinorEvacuator(
        mature: heap.mature, fresh: fresh, to: to.words, oldTop: oldTop,
        views: viewShrinking, pending: pending)
      evacuator.visitRoots(heap.stackTop, count: heap.stackWords)
      SlotVisitor.handing(to: &evacuator, showRoots)
      evacuator.finish(environment.binaries)
      return (evacuator.top, evacuator.oldTop, evacuator.views.outcome)
    }
  }

  /// What the collection does with views.
  var viewShrinking: ViewShrinking {
    ViewShrinking(ratio: state.pointee.options.viewWasteRatio)
  }

  /// Makes a to-space the young block: moves the stack there and frees the block before it and its
  /// fragments.
  ///
  /// - Returns: the words that were copied and the words found dead.
  func adopt(
    _ to: MemoryBlock, words: Int, top: UnsafeMutablePointer<UInt>, movedElsewhere: Int,
    fromWords: Int, _ environment: HeapEnvironment
  ) -> (copied: Int, freed: Int) {
    let before = state.pointee
    let start = to.words
    let end = start + words
    let stackTop = end - before.stackWords
    precondition(top <= stackTop, "a to-space too small for what survived")
    stackTop.update(from: before.stackTop, count: before.stackWords)

    let survivors = top - start
    let copied = survivors + movedElsewhere
    let freed = fromWords - copied
    state.pointee.tallies.allocatedWords +=
      before.youngGenerationWords - before.mature.words
    state.pointee.tallies.copiedWords += copied

    state.pointee.start = start
    state.pointee.top = top
    state.pointee.highWater = top
    state.pointee.end = end
    state.pointee.stackTop = stackTop
    environment.freeHeapBlock(before.youngBlock, words: before.blockWords, kind: .processHeap)
    environment.free(before.fragments)
    state.pointee.fragments = FragmentList()
    state.pointee.givenUpMature = .empty
    return (copied, freed)
  }
}
