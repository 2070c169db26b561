import CAlloc

/// One pointer of each thread's own, at the cost of a load: what a thread needs on hot paths.
///
/// Its one owner in a program is whoever runs the threads. It is null in a new thread, and what
/// it points to outlives the thread.
public enum ThreadSlot {
  /// The calling thread's pointer.
  @inlinable @inline(__always)
  public static var pointer: UnsafeMutableRawPointer? {
    get { ca_thread_slot() }
    set { ca_set_thread_slot(newValue) }
  }
}
