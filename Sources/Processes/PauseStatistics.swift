import Heaps
import Synchronization

/// A listener that keeps how long collections paused their processes.
///
/// One may listen to several systems. Thread-safe.
public final class PauseStatistics: CollectionListener {
  private let state = Mutex(PauseHistogram())

  /// Makes a listener that has heard of no collection.
  public init() {}

  /// Adds the pause of one collection.
  public func collected(_ event: CollectionEvent) {
    state.withLock { $0.record(nanoseconds: event.pauseNanoseconds) }
  }

  /// The pauses until now.
  public var pauses: PauseHistogram { state.withLock { $0 } }
}
