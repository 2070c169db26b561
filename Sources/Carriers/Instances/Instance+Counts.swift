import Synchronization

/// What an instance tells of the blocks of a kind. Any thread may ask.
extension Instance {
  /// What this instance allocated of a kind less what it freed.
  /// - Complexity: O(size classes), as all below.
  func usage(of kind: MemoryKind) -> MemoryUsage {
    let counters = state.pointee.counters + kind.index
    var usage = MemoryUsage()
    usage.blockCount =
      counters.pointee.allocationCount.load(ordering: .relaxed)
      - counters.pointee.freeCount.load(ordering: .relaxed)
    usage.byteCount = counters.pointee.byteCount.load(ordering: .relaxed)
    forEachSlot(of: kind) { usage = usage + $0.pointee.usage }
    return usage
  }

  /// Blocks allocated and freed here since the instance was made.
  func callCounts(of kind: MemoryKind) -> (allocations: Int, frees: Int) {
    let counters = state.pointee.counters + kind.index
    var allocations = counters.pointee.allocationCount.load(ordering: .relaxed)
    var frees = counters.pointee.freeCount.load(ordering: .relaxed)
    forEachSlot(of: kind) { slot in
      allocations += slot.pointee.takenCount.load(ordering: .relaxed)
      frees += slot.pointee.returnedCount.load(ordering: .relaxed)
    }
    return (allocations, frees)
  }

  /// Blocks with headers that were freed and wait for the next request.
  func atHand(of kind: MemoryKind) -> MemoryUsage {
    var usage = MemoryUsage()
    if !hasHeaders(kind) { return usage }
    forEachSlot(of: kind) { usage = usage - $0.pointee.usage }
    return usage
  }

  /// Looks how many bytes of a kind are in use, and tells the core. Inside the door.
  private func noteUsage(of kind: MemoryKind) -> Int {
    let counters = state.pointee.counters + kind.index
    let used = usage(of: kind).byteCount
    let before = counters.pointee.noted.load(ordering: .relaxed)
    if used != before {
      counters.pointee.noted.store(used, ordering: .relaxed)
      core.addNoted(used - before, of: kind)
    }
    return used
  }

  /// By how much the bytes of a kind were once seen to be more than now, since this was last asked.
  /// The core knows then what is in use. By the instance's thread, outside the door.
  /// - Complexity: O(1) where the thread neither took nor freed a small block since it last asked for
  ///   this kind, else O(size classes).
  func settlePeak(of kind: MemoryKind) -> Int {
    let isSeen = state.pointee.door.isSeen
    let above = state.pointee.door.inside {
      // Inside, for others take the peak of an instance whose door they closed.
      let bit = UInt32(1) << UInt32(kind.index)
      let kinds = isSeen ? state.pointee.notedKinds.load(ordering: .relaxed) : 0
      state.pointee.notedKinds.store(kinds | bit, ordering: .relaxed)
      if kinds & bit != 0 {
        let noted = (state.pointee.counters + kind.index).pointee.noted.load(ordering: .relaxed)
        return takePeak(of: kind, used: noted)
      }
      return takePeak(of: kind)
    }
    state.pointee.door.markSeen()
    return above
  }

  /// The same by whoever is inside the door.
  func takePeak(of kind: MemoryKind) -> Int { takePeak(of: kind, used: noteUsage(of: kind)) }

  private func takePeak(of kind: MemoryKind, used: Int) -> Int {
    let counters = state.pointee.counters + kind.index
    let above = max(0, counters.pointee.peak.load(ordering: .relaxed) - used)
    counters.pointee.peak.store(used, ordering: .relaxed)
    return above
  }

  /// Looks whether more of a kind is in use than was ever seen. Inside the door.
  /// - Parameter more: what is about to be taken for certain.
  func notePeak(of kind: MemoryKind, adding more: Int = 0) {
    let counters = state.pointee.counters + kind.index
    let used = noteUsage(of: kind) + more
    if used > counters.pointee.peak.load(ordering: .relaxed) {
      counters.pointee.peak.store(used, ordering: .relaxed)
    }
  }

  /// The same where a slab's worth was allocated of a class since it was last looked.
  func notePeak(of kind: MemoryKind, after slot: UnsafeMutablePointer<ClassSlot>, blocks: UInt32) {
    let taken = UInt32(truncatingIfNeeded: slot.pointee.takenCount.load(ordering: .relaxed))
    if taken &- slot.pointee.notedCount < blocks { return }
    slot.pointee.notedCount = taken
    notePeak(of: kind)
  }

  /// Counts bytes in own slabs that are in use and were allocated by others, or freed by others and
  /// not yet taken back. Inside the door.
  func countForeign(_ kind: MemoryKind, byteCount: Int) {
    state.pointee.counters[kind.index].foreignByteCount.advance(by: byteCount)
  }

  /// Notes that a slot begins to count.
  func note(_ slot: UnsafeMutablePointer<ClassSlot>, of kind: MemoryKind) {
    let first = self.slot(of: SizeClass(index: 0), kind: kind)
    (state.pointee.counters + kind.index).pointee.note(classIndex: slot - first)
  }

  private func forEachSlot(
    of kind: MemoryKind, _ body: (UnsafeMutablePointer<ClassSlot>) -> Void
  ) {
    let slots = slot(of: SizeClass(index: 0), kind: kind)
    if hasHeaders(kind) {
      for index in 0..<state.pointee.classCount { body(slots + index) }
      return
    }
    let counters = state.pointee.counters + kind.index
    let end = Int(counters.pointee.endClass.load(ordering: .relaxed))
    var index = Int(counters.pointee.firstClass.load(ordering: .relaxed))
    while index < end {
      body(slots + index)
      index += 1
    }
  }
}
