import Synchronization
import Tenure

/// Keeps what a listener hears.
final class CollectionRecorder: CollectionListener {
  private let heard = Mutex<[CollectionEvent]>([])

  func collected(_ event: CollectionEvent) { heard.withLock { $0.append(event) } }

  var events: [CollectionEvent] { heard.withLock { $0 } }
}
