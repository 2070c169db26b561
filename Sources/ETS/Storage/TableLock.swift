import Glibc
import Synchronization

/// A lock for pieces of work that take less than a system call: it is taken by one exchange, and
/// who finds it taken lets others run.
struct TableLock: ~Copyable {
  private let word = Atomic<UInt32>(0)

  /// Takes the lock where nobody has it.
  @inline(__always)
  borrowing func take() -> Bool {
    word.load(ordering: .relaxed) == 0 && word.exchange(1, ordering: .acquiring) == 0
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
