import Carriers
import Heaps
import Terms

/// What is looked at around an ensure that may collect, where there is somebody to tell.
struct CollectionWatch {
  private let began: UInt64
  private let collections: Int

  /// Looks at a process; nothing where nobody wants to know.
  init?(_ process: borrowing Process) {
    let listening = process.system.processes.listening
    if listening.pointee.longCollectionNanoseconds == 0 && listening.pointee.largeHeapWords == 0
      && !process.record.pointee.isGrouped
      && process.record.pointee.relations?.collectionRequests.isEmpty != false
    {
      return nil
    }
    began = MonotonicTime.nanoseconds()
    collections = process.collectionCount
  }

  /// How long it took, where something was collected since.
  func nanoseconds(_ process: borrowing Process) -> UInt64? {
    if process.collectionCount == collections { return nil }
    return MonotonicTime.nanoseconds() - began
  }
}

extension Process {
  fileprivate var collectionCount: Int {
    let counters = heap.counters
    return counters.minorCollections + counters.fullSweeps
  }

  /// Tells of a collection, where there was one, and charges the group.
  mutating func look(
    _ watch: CollectionWatch, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    guard let nanoseconds = watch.nanoseconds(self) else { return }
    if let listener = system.processes.listener { tell(listener.pointee, nanoseconds) }
    answerCollectionRequests()
    if record.pointee.isGrouped, try settled() != nil {
      // What is dead may be all that is too much, where it was not looked for just now.
      if heap.state.pointee.minorsSinceFullSweep > 0 || heap.state.pointee.old != nil {
        try heap.collectGarbage(fully: true, roots: &roots)
        _ = try settled()
      }
      if let excess = record.pointee.member?.group.budget.excess { throw .outOfMemory(excess) }
    }
  }

  private func tell(_ listener: any ProcessListener, _ nanoseconds: UInt64) {
    let figures = heap.figures
    let long = system.processes.listening.pointee.longCollectionNanoseconds
    if long > 0 && nanoseconds > long {
      listener.collectionWasLong(pid, nanoseconds: nanoseconds, after: figures)
    }
    let large = system.processes.listening.pointee.largeHeapWords
    if large > 0 && figures.youngBlockWords + figures.oldBlockWords >= large {
      listener.heapIsLarge(pid, after: figures)
    }
  }
}
