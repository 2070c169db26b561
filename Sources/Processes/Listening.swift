import Terms

/// The listener of a system, and what it wants to hear, asked for once.
///
/// In raw memory, and the listener in memory of its own: so a look whether there is one does not copy it.
struct Listening {
  let listener: UnsafeMutablePointer<any ProcessListener>?
  /// Tells it what happens all the time.
  private let caller: Unmanaged<ListenerCaller>?
  let wantsMessages: Bool
  let longQueueMessages: Int
  let shortQueueMessages: Int
  let longCollectionNanoseconds: UInt64
  let largeHeapWords: Int

  init(_ listener: (any ProcessListener)?) {
    self.listener = listener.map { listener in
      let place = UnsafeMutablePointer<any ProcessListener>.allocate(capacity: 1)
      place.initialize(to: listener)
      return place
    }
    caller = listener.map { .passRetained(Self.caller(of: $0)) }
    wantsMessages = listener?.wantsMessages ?? false
    longQueueMessages = listener?.longQueueMessages ?? 0
    shortQueueMessages = listener?.shortQueueMessages ?? 0
    longCollectionNanoseconds = listener?.longCollectionNanoseconds ?? 0
    largeHeapWords = listener?.largeHeapWords ?? 0
  }

  func end() {
    listener?.deinitialize(count: 1)
    listener?.deallocate()
    caller?.release()
  }

  private static func caller(of listener: some ProcessListener) -> ListenerCaller {
    KnownListenerCaller(listener)
  }

  /// Has the process run, as ``ProcessListener/processBecameRunnable(_:context:)``.
  @inline(__always)
  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    caller?._withUnsafeGuaranteedRef { $0.processBecameRunnable(pid, context: context) }
  }

  /// Tells of an end, as ``ProcessListener/processEnded(_:)``.
  @inline(__always)
  func processEnded(_ pid: Term) { caller?._withUnsafeGuaranteedRef { $0.processEnded(pid) } }
}

/// Calls a listener of any type without copying it: a call of a value of type `any ProcessListener` copies
/// that, by a function that is looked up, and counts what is in it.
private class ListenerCaller {
  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {}
  func processEnded(_ pid: Term) {}
}

private final class KnownListenerCaller<Listener: ProcessListener>: ListenerCaller {
  private let listener: Listener

  init(_ listener: Listener) { self.listener = listener }

  override func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    listener.processBecameRunnable(pid, context: context)
  }
  override func processEnded(_ pid: Term) { listener.processEnded(pid) }
}

extension ProcessTable {
  /// Who hears of the processes, if somebody does.
  @inline(__always)
  var listener: UnsafeMutablePointer<any ProcessListener>? { listening.pointee.listener }
}
