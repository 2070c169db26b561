import Glibc
import Synchronization

/// A lock for pieces of work that take less than a system call: it is taken by one exchange, or by a
/// store where there is one thread, and who finds it taken lets others run.
struct TableLock: ~Copyable {
  private let word = Atomic<UInt32>(0)

  /// Takes the lock where nobody has it.
  /// - Parameter isContested: whether other threads may come meanwhile. For an exchange the processor
  ///   waits until all stores before it are done, which takes as long as the rest of an insertion.
  @inline(__always)
  borrowing func take(isContested: Bool) -> Bool {
    if word.load(ordering: .relaxed) != 0 { return false }
    if isContested { return word.exchange(1, ordering: .acquiring) == 0 }
    word.store(1, ordering: .relaxed)
    return true
  }

  /// Gives it back.
  @inline(__always)
  borrowing func release() { word.store(0, ordering: .releasing) }

  /// Lets a little time pass for who has the lock, after so many tries.
  @inline(never)
  static func pause(_ tries: Int) {
    if tries > 64 { sched_yield() }
  }
}
