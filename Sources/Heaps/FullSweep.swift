import Carriers
import Terms

extension ProcessHeap {
  /// Collects both generations into one new young block; the old block is freed.
  ///
  /// All memory is asked for before the first word is moved.
  mutating func sweepFully(
    _ sizing: CollectionState, toSpaceWords: Int, roots: inout some RootSource & ~Copyable,
    stopwatch: inout Stopwatch
  ) throws(HeapError) -> CollectionOutcome {
    let to = try environment.allocateHeapBlock(words: toSpaceWords, kind: .processHeap)
    let allocationNanoseconds = stopwatch.lap()

    let heap = state.pointee
    let top = PendingObjects.withStack { pending in
      var evacuator = FullEvacuator(
        young: AddressRange(heap.start, heap.top),
        old: heap.old.map { AddressRange($0.start, $0.top) } ?? .empty, to: to.words,
        pending: pending)
      evacuator.evacuateRoots(heap.stackTop, count: heap.stackWords)
      withUnsafeMutablePointer(to: &evacuator) { evacuator in
        var visitor = SlotVisitor(action: .evacuateAll(evacuator))
        roots.visitSlots(&visitor)
      }
      evacuator.finish()
      return evacuator.top
    }
    let released = sweepOffHeapFully()
    state.pointee.minorsSinceFullSweep = 0
    state.pointee.counters.fullSweeps += 1
    let evacuationNanoseconds = stopwatch.lap()

    let (copied, freed) = adopt(
      to, words: toSpaceWords, top: top, movedElsewhere: 0,
      fromWords: heap.usedWords + (heap.old?.usedWords ?? 0))
    if let old = heap.old {
      environment.freeHeapBlock(old.block, words: old.blockWords, kind: .oldHeap)
      state.pointee.old = nil
    }
    let resize = environment.policy.resizeAfterFullSweep(
      sizing, toSpaceWords: toSpaceWords, liveWords: state.pointee.usedWords)
    state.pointee.growsAtNextFullSweep = resize.growAtNextFullSweep
    return CollectionOutcome(
      copiedWords: copied, promotedWords: 0, freedWords: freed,
      releasedBinaries: released, resize: resize,
      allocationNanoseconds: allocationNanoseconds, evacuationNanoseconds: evacuationNanoseconds)
  }
}
