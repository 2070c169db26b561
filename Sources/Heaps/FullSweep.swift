import Carriers
import Terms

extension ProcessHeap {
  /// Collects both generations into one new young block; the old block is freed.
  ///
  /// All memory is asked for before the first word is moved.
  func sweepFully(
    _ sizing: CollectionState, toSpaceWords: Int, _ environment: HeapEnvironment,
    roots: inout some RootSource & ~Copyable,
    stopwatch: inout Stopwatch
  ) throws(HeapError) -> CollectionOutcome {
    let heap = state.pointee
    let fragments = try FragmentRanges(
      heap.fragments, without: .empty, allocator: environment.uncounted)
    defer { fragments?.free(to: environment.uncounted) }
    let to = try environment.allocateHeapBlock(words: toSpaceWords, kind: .processHeap)
    let allocationNanoseconds = stopwatch.lap()

    let blocks = TwoRanges(
      first: AddressRange(heap.start, heap.top),
      second: heap.old.map { AddressRange($0.start, $0.top) } ?? .empty)
    let (top, views) =
      if let fragments {
        evacuateAll(from: FragmentSpace(ranges: blocks, fragments: fragments), to, environment) {
          roots.visitSlots(&$0)
        }
      } else {
        evacuateAll(from: blocks, to, environment) { roots.visitSlots(&$0) }
      }
    let evacuationNanoseconds = stopwatch.lap()
    let (released, windows) = sweepOffHeapFully(environment)
    state.pointee.minorsSinceFullSweep = 0
    state.pointee.tallies.fullSweeps += 1
    let offHeapNanoseconds = stopwatch.lap()

    let (copied, freed) = adopt(
      to, words: toSpaceWords, top: top, movedElsewhere: 0,
      fromWords: heap.youngGenerationWords + (heap.old?.usedWords ?? 0), environment)
    if let old = heap.old {
      environment.freeHeapBlock(old.block, words: old.blockWords, kind: .oldHeap)
      state.pointee.old = nil
    }
    let resize = heap.options.growth.resizeAfterFullSweep(
      sizing, toSpaceWords: toSpaceWords, liveWords: state.pointee.usedWords)
    state.pointee.growsAtNextFullSweep = resize.growAtNextFullSweep
    return CollectionOutcome(
      copiedWords: copied, promotedWords: 0, freedWords: freed,
      releasedBinaries: released, views: views, windows: windows, resize: resize,
      allocationNanoseconds: allocationNanoseconds,
      evacuationNanoseconds: evacuationNanoseconds, offHeapNanoseconds: offHeapNanoseconds)
  }

  /// Moves all that is reached from the stack and the roots.
  ///
  /// Not generic over the roots as well: who calls from afar would get a version that is special
  /// in neither.
  /// - Returns: the end of what was moved, and what became of views.
  private func evacuateAll(
    from: some FromSpace, _ to: MemoryBlock, _ environment: HeapEnvironment,
    showRoots: (inout SlotVisitor) -> Void
  ) -> (UnsafeMutablePointer<UInt>, ViewShrinking.Outcome) {
    let heap = state.pointee
    return PendingObjects.withStack { pending in
      var evacuator = FullEvacuator(
        from: from, to: to.words, views: viewShrinking, pending: pending)
      evacuator.visitRoots(heap.stackTop, count: heap.stackWords)
      SlotVisitor.handing(to: &evacuator, showRoots)
      evacuator.finish(environment.binaries)
      return (evacuator.top, evacuator.views.outcome)
    }
  }
}
