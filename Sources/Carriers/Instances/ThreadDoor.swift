import CAlloc
import Glibc
import Synchronization

/// Finds the calling thread's instance of an allocator: two reads where the thread used the same
/// allocator last.
enum ThreadDoor {
  /// What a thread remembers of one allocator; a list, its first at the thread's door.
  private struct Entry {
    let allocator: UInt64
    let instance: Instance
    let registry: Unmanaged<InstanceRegistry>
    var next: UnsafeMutablePointer<Entry>?
  }

  private static let lastNumber = Atomic<UInt64>(0)

  /// A number for a new allocator, which no other ever has.
  static func makeAllocatorNumber() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

  /// The calling thread's instance, where it used this allocator last.
  @inline(__always)
  static func instance(ofAllocator number: UInt64) -> Instance? {
    let door = ca_current_thread_door().unsafelyUnwrapped
    if door.pointee.allocator != number { return nil }
    return Instance(
      state: door.pointee.instance.unsafelyUnwrapped.assumingMemoryBound(to: InstanceState.self))
  }

  /// The calling thread's instance, which it keeps until it ends.
  @inline(never)
  static func findInstance(
    ofAllocator number: UInt64, registry: InstanceRegistry, _ make: () -> Instance
  ) -> Instance {
    let door = ca_current_thread_door().unsafelyUnwrapped
    let entries = door.pointee.entries?.assumingMemoryBound(to: Entry.self)
    var next = entries
    while let entry = next, entry.pointee.allocator != number { next = entry.pointee.next }
    let instance: Instance
    if let entry = next {
      instance = entry.pointee.instance
    } else {
      instance = registry.take(isHeld: false, make)
      let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
      entry.initialize(
        to: Entry(
          allocator: number, instance: instance, registry: .passRetained(registry),
          next: withoutEnded(entries)))
      door.pointee.entries = UnsafeMutableRawPointer(entry)
      pthread_setspecific(exitKey, entry)
    }
    door.pointee.allocator = number
    door.pointee.instance = UnsafeMutableRawPointer(instance.state)
    return instance
  }

  /// The entries without those whose allocator has ended.
  private static func withoutEnded(
    _ entries: UnsafeMutablePointer<Entry>?
  ) -> UnsafeMutablePointer<Entry>? {
    var kept: UnsafeMutablePointer<Entry>?
    var next = entries
    while let entry = next {
      next = entry.pointee.next
      if entry.pointee.registry.takeUnretainedValue().isClosed {
        drop(entry)
      } else {
        entry.pointee.next = kept
        kept = entry
      }
    }
    return kept
  }

  private static func drop(_ entry: UnsafeMutablePointer<Entry>) {
    entry.pointee.registry.release()
    entry.deallocate()
  }

  /// Its destructor runs at the end of each thread that used an allocator.
  private static let exitKey: pthread_key_t = {
    var key = pthread_key_t()
    let refusal = pthread_key_create(&key) { _ in ThreadDoor.endThread() }
    precondition(refusal == 0, "no key for the ends of threads: errno \(refusal)")
    return key
  }()

  /// Gives the ending thread's instances back.
  private static func endThread() {
    let door = ca_current_thread_door().unsafelyUnwrapped
    var next = door.pointee.entries?.assumingMemoryBound(to: Entry.self)
    door.pointee = ca_thread_door()
    while let entry = next {
      next = entry.pointee.next
      entry.pointee.registry.takeUnretainedValue().put(entry.pointee.instance)
      drop(entry)
    }
  }
}
