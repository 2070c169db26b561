import CAlloc
import Glibc
import Synchronization

/// The lock of an instance, which costs its owner two writes and a read.
///
/// The owner says that it is inside and looks whether the door was closed; whoever closes it says
/// so and looks whether the owner is inside. For one of them to see the other, each needs a full
/// barrier between its write and its read. The owner passes by millions of times a second, so all
/// of that cost is with the one who closes: it makes every thread pass a barrier.
///
///     owner:   isInside = 1  |compiler fence|      closed ?  work   isInside = 2
///     closer:  closed = 1    |barrier in all threads|  wait for isInside != 1   work   closed = 0
///
/// Who goes out says 2, which costs no more than 0 and tells the owner later that it was inside.
/// Where the kernel has no such barrier the door stays closed for good, and all go through the
/// mutex. (Asymmetric locks: Dice, Huang, Yang, "Asymmetric Dekker synchronization", 2001.)
@usableFromInline
struct InstanceDoor: ~Copyable {
  @usableFromInline let isInside = Atomic<UInt32>(0)
  @usableFromInline let isClosed: Atomic<UInt32>
  private let staysClosed: Bool
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// - Parameter staysClosed: whether all go through the mutex.
  init(staysClosed: Bool) {
    self.staysClosed = staysClosed || ca_barrier_all_threads() != 0
    isClosed = Atomic(self.staysClosed ? 1 : 0)
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The owner says that it is inside, and looks whether it may be. Where it may not, it says that
  /// it is outside again.
  @inlinable @inline(__always)
  func enterAtOnce() -> Bool {
    isInside.store(1, ordering: .relaxed)
    ca_compiler_fence()
    // Acquiring: pairs with the releasing store in `open()`, after which the closer's work is done.
    return isClosed.load(ordering: .acquiring) == 0
  }

  /// The owner goes out, or ceases to stand in the door.
  @inlinable @inline(__always)
  func leaveAtOnce() {
    // Releasing: pairs with the acquiring load in `close()`.
    isInside.store(2, ordering: .releasing)
  }

  /// Whether the owner was not inside since it last said that it has seen all. Only the owner asks.
  var isSeen: Bool { isInside.load(ordering: .relaxed) == 0 }

  /// The owner, outside, says that it has seen all that was done.
  func markSeen() { isInside.store(0, ordering: .releasing) }

  /// Whether the owner may go in now.
  var isOpen: Bool { isClosed.load(ordering: .acquiring) == 0 }

  /// Runs the owner's work inside, once it may.
  @inline(__always)
  func inside<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if enterAtOnce() {
      defer { leaveAtOnce() }
      return try work()
    }
    leaveAtOnce()
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try work()
  }

  /// Keeps the owner out until `open()`. Waits for it to leave.
  /// - Precondition: the calling thread is not inside.
  func close() {
    pthread_mutex_lock(mutex)
    if staysClosed { return }
    isClosed.store(1, ordering: .relaxed)
    AllocatorCore.passBarrierOfKernel()
    while isInside.load(ordering: .acquiring) == 1 { sched_yield() }
  }

  /// Ends what `close()` began.
  func open() {
    if !staysClosed { isClosed.store(0, ordering: .releasing) }
    pthread_mutex_unlock(mutex)
  }
}
