/// A collection that a limit is compared with, and what it has or may have of memory, in words.
struct LimitedCollection {
  var kind: CollectionEvent.Kind
  /// All spaces side by side.
  var words: Int
  /// Of these, the new young block.
  var toSpaceWords: Int
  /// Of these, the old block that may be needed.
  var newOldBlockWords: Int
}

/// What a collection takes of memory, for the limit of a heap.
extension GrowthPolicy {
  /// The words of all spaces that a collection has or may have side by side: what is compared with
  /// ``HeapLimit/words``. As `erl_gc.c` of OTP 25 counts them: where a minor collection is due but
  /// cannot run, it counts for both.
  /// - Parameter state: the process before the collection.
  public func spaceWords(_ state: CollectionState) -> Int {
    let limited = limitedCollections(state)
    return max(limited.first?.words ?? 0, limited.last.words)
  }

  /// The full sweep or minor collection that is to run, and the minor one that was due before it.
  func limitedCollections(
    _ state: CollectionState
  ) -> (first: LimitedCollection?, last: LimitedCollection) {
    switch plan(state) {
    case .minor: (nil, minor(state))
    case .fullSweep(let toSpaceWords, let failedMinor):
      (failedMinor ? minor(state) : nil, fullSweep(state, toSpaceWords: toSpaceWords))
    }
  }

  /// What is young, the old block or the one that may be needed, and the new young block, to which
  /// ERTS adds what is free in the present one.
  private func minor(_ state: CollectionState) -> LimitedCollection {
    let young = state.youngGenerationWords
    let unusedAndStack = state.youngBlockWords - state.youngUsedWords
    let toSpace = blockSize(holding: unusedAndStack + young, minimum: state.minimumHeapWords)
    let needsOld = state.oldBlockWords == 0 && state.matureWords > 0
    let newOld = needsOld ? newOldBlockWords(young: young) : 0
    return LimitedCollection(
      kind: .minor, words: young + toSpace + state.oldBlockWords + newOld, toSpaceWords: toSpace,
      newOldBlockWords: newOld)
  }

  /// Both blocks with what is free in them, the fragments, and the new block.
  private func fullSweep(_ state: CollectionState, toSpaceWords: Int) -> LimitedCollection {
    LimitedCollection(
      kind: .fullSweep,
      words: state.youngBlockWords + state.fragmentWords + state.oldBlockWords + toSpaceWords,
      toSpaceWords: toSpaceWords, newOldBlockWords: 0)
  }
}
