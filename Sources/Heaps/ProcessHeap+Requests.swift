extension ProcessHeap {
  /// Has the next ensure collect, as somebody asked for who does not know the roots.
  package mutating func requestCollection(fully: Bool) {
    state.pointee.isCollectionPostponed = true
    if fully { state.pointee.isFullSweepPostponed = true }
    requestCollectionIfDue()
  }

  /// Has the next ensure take its slow path, where roots are known.
  package func requestRoots() { state.pointee.reservedBytes = HeapState.neverRoomBytes }
}
