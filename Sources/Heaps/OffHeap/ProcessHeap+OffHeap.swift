import Terms

extension ProcessHeap {
  /// Builds terms on the heap within what was ensured, binaries outside the heap among them.
  ///
  /// Where what the heap's binaries hold grows beyond its limit, the next ensure collects.
  /// - Parameter body: builds at the cursor and links what holds binaries in the list; where it
  ///   throws, nothing was built and the references it linked are given back.
  public func buildLinked<Result, Failure: Error>(
    _ body: (inout WordCursor, inout OffHeapList) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var cursor = cursor
    let before = state.pointee.offHeap
    var list = before
    let result: Result
    do {
      result = try body(&cursor, &list)
    } catch {
      list.release(downTo: before, to: environment.binaries)
      throw error
    }
    commit(cursor)
    state.pointee.offHeap = list
    requestCollectionIfDue()
    return result
  }

  /// Drops what died outside the heap, after a full sweep moved what lives.
  /// - Returns: the references given back, and the handles that got a smaller binary.
  func sweepOffHeapFully(
    _ environment: HeapEnvironment
  ) -> (released: Int, windows: WindowShrinking.Outcome) {
    let before = state.pointee.offHeap
    let outcome = OffHeapSweep.full(
      before, ratio: state.pointee.options.viewWasteRatio, provider: environment.binaries)
    state.pointee.offHeap = outcome.list
    state.pointee.virtualHeap.sweptFully(
      before: before.virtualWords, after: outcome.list.virtualWords,
      minimumWords: state.pointee.options.minimumVirtualWords)
    return (outcome.releasedCount, outcome.windows)
  }

  /// Drops what died outside the heap, after a minor collection moved what is young and lives.
  /// - Parameters:
  ///   - old: what was old before.
  ///   - promoted: what became old.
  /// - Returns: the references given back, and the handles that got a smaller binary.
  func sweepOffHeapOfYoung(
    old: AddressRange, promoted: AddressRange, _ environment: HeapEnvironment
  ) -> (released: Int, windows: WindowShrinking.Outcome) {
    let outcome = OffHeapSweep.minor(
      state.pointee.offHeap, old: old, promoted: promoted,
      ratio: state.pointee.options.viewWasteRatio, provider: environment.binaries)
    state.pointee.offHeap = outcome.list
    state.pointee.virtualHeap.collectedMinor(
      youngWords: outcome.list.virtualWords, promotedWords: outcome.promotedWords,
      minimumWords: state.pointee.options.minimumVirtualWords)
    return (outcome.releasedCount, outcome.windows)
  }
}
