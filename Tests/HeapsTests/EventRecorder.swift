import Heaps
import Synchronization

/// Keeps the events of all collections.
final class EventRecorder: CollectionListener {
  private let recorded = Mutex<[CollectionEvent]>([])

  /// The events so far.
  var events: [CollectionEvent] { recorded.withLock { $0 } }

  func collected(_ event: CollectionEvent) { recorded.withLock { $0.append(event) } }
}
