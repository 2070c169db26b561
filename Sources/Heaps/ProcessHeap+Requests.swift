extension ProcessHeap {
  /// Has the next ensure collect, as somebody asked for who does not know the roots.
  package mutating func requestCollection(fully: Bool) {
    state.pointee.isCollectionPostponed = true
    if fully { state.pointee.isFullSweepPostponed = true }
    requestCollectionIfDue()
  }
}
