import CAlloc
import Synchronization

/// A thread that reads what others may replace meanwhile, without a lock and without a write that
/// any other thread has to wait for.
///
/// What it found stays readable until it leaves. Who took something out of reach of new readers
/// asks for the moment after which nobody reads it any more:
///
///     reader:   epoch = the allocator's epoch  |compiler fence|  read ...  epoch = 0
///     remover:  unlink   n = epoch++   |barrier in all threads|   every reader: 0, or above n ?
///
/// A reader whose first line the remover did not see begins to read behind the barrier, so it does
/// not find what was unlinked. (Epochs: Fraser, "Practical lock-freedom", 2004; the fence is on the
/// remover's side as in `InstanceDoor`.)
@frozen
public struct ThreadReader: BitwiseCopyable {
  @usableFromInline let instance: UnsafeMutablePointer<InstanceState>

  @inlinable init(instance: UnsafeMutablePointer<InstanceState>) { self.instance = instance }

  /// A number that no other thread has at this time.
  public var identity: UInt { UInt(bitPattern: instance) }

  /// A few words that the thread keeps from one section to the next, whoever wrote them last.
  @inlinable @inline(__always)
  package var memo: UnsafeMutablePointer<ReadMemo> {
    // The instance stays where it is.
    withUnsafeMutablePointer(to: &instance.pointee.memo) { $0 }
  }

  /// Begins to read.
  /// - Precondition: the thread is not reading already.
  @inlinable @inline(__always)
  public func enter() {
    let state = instance
    assert(state.pointee.readEpoch.load(ordering: .relaxed) == 0, "reading within reading")
    // Acquiring: who reads a later epoch sees what its remover did before.
    let now = state.pointee.epochs.pointee.current.load(ordering: .acquiring)
    // Releasing is for the thread sanitizer's eyes: order is the fence's work.
    state.pointee.readEpoch.store(now, ordering: .releasing)
    ca_compiler_fence()
    if state.pointee.epochs.pointee.needsFences { state.pointee.passFence() }
  }

  /// Ends reading: what was found may be gone from now on.
  @inlinable @inline(__always)
  public func leave() {
    // Releasing: pairs with the acquiring load in `BlockAllocator.readersHavePassed`.
    instance.pointee.readEpoch.store(0, ordering: .releasing)
  }
}

/// What a thread keeps of where it read last: an object, which may be gone.
@frozen
public struct ReadMemo: BitwiseCopyable {
  /// By which its writer knows whether the object is still there; 0 for nothing.
  package var number: UInt = 0
  /// The address of the object.
  package var object: UInt = 0
  /// A place in it.
  package var place: UInt = 0

  @usableFromInline init() {}
}

/// The count of removals of an allocator, on a line that is written seldom.
@usableFromInline
struct ReadEpochs: ~Copyable {
  @usableFromInline let current = Atomic<UInt64>(1)
  /// Whether the kernel cannot make threads pass a barrier, so that each reader has to.
  @usableFromInline let needsFences = ca_barrier_all_threads() != 0
}

extension InstanceState {
  @usableFromInline @inline(never)
  func passFence() { atomicMemoryFence(ordering: .sequentiallyConsistent) }
}

extension BlockAllocator {
  /// The calling thread as a reader of what is in this allocator's memory.
  @inlinable @inline(__always)
  public var reader: ThreadReader {
    if let instance = ThreadDoor.instance(ofAllocator: number) {
      return ThreadReader(instance: instance.state)
    }
    return makeReader()
  }

  /// ``reader`` where the thread used this allocator last; found without a call.
  @inlinable @inline(__always)
  public var readerAtHand: ThreadReader? {
    ThreadDoor.instance(ofAllocator: number).map { ThreadReader(instance: $0.state) }
  }

  @usableFromInline @inline(never)
  func makeReader() -> ThreadReader { ThreadReader(instance: instance.state) }

  /// Whether more than one thread ever used this allocator.
  public var hasSeveralThreads: Bool { core.hasSeveralInstances }

  /// The epoch of a removal: what was unlinked before may be freed once
  /// ``readersHavePassed(_:)`` says so of it.
  ///
  /// A system call where other threads use the allocator; so call it for many removals at once.
  public func endEpoch() -> UInt64 {
    let epoch = core.epochs.pointee.current.add(1, ordering: .sequentiallyConsistent).oldValue
    // A thread that comes later takes the registry's lock, so it sees all that was done before.
    if hasSeveralThreads { core.passBarrier() }
    return epoch
  }

  /// Whether nobody reads any more what was unlinked before an epoch ended.
  public func readersHavePassed(_ epoch: UInt64) -> Bool {
    var havePassed = true
    registry.forEach { instance in
      let reading = instance.state.pointee.readEpoch.load(ordering: .acquiring)
      if reading != 0 && reading <= epoch { havePassed = false }
    }
    return havePassed
  }

  /// Waits until nobody reads any more what was unlinked before this call.
  /// - Precondition: the calling thread is not reading.
  public func waitForReaders() {
    let epoch = endEpoch()
    while !readersHavePassed(epoch) { AllocatorCore.yield() }
  }
}
