/// What a collection takes of memory, for the limit of a heap.
extension GrowthPolicy {
  /// The words of all spaces that a collection has or may have side by side: what is compared with
  /// ``HeapLimit/words``. As `erl_gc.c` of OTP 25 counts them: where a minor collection is due but
  /// cannot run, it counts for both.
  /// - Parameter state: the process before the collection.
  public func spaceWords(_ state: CollectionState) -> Int {
    switch plan(state) {
    case .minor: minorSpaceWords(state)
    case .fullSweep(let toSpaceWords, let failedMinor):
      max(
        fullSweepSpaceWords(state, toSpaceWords: toSpaceWords),
        failedMinor ? minorSpaceWords(state) : 0)
    }
  }

  /// What is young, the old block or the one that may be needed, and the new young block, to which
  /// ERTS adds what is free in the present one.
  private func minorSpaceWords(_ state: CollectionState) -> Int {
    let young = state.youngGenerationWords
    let unusedAndStack = state.youngBlockWords - state.youngUsedWords
    var words =
      young
      + blockSize(
        holding: unusedAndStack + young, minimum: state.minimumHeapWords)
    if state.oldBlockWords > 0 {
      words += state.oldBlockWords
    } else if state.matureWords > 0 {
      words += newOldBlockWords(young: young)
    }
    return words
  }

  /// Both blocks with what is free in them, the fragments, and the new block.
  private func fullSweepSpaceWords(_ state: CollectionState, toSpaceWords: Int) -> Int {
    state.youngBlockWords + state.fragmentWords + state.oldBlockWords + toSpaceWords
  }
}
