import Synchronization
import Tenure

/// What the collections of all processes of a run come to (`statistics(garbage_collection)`), those
/// that have ended among them. Any thread.
final class CollectionTotals: Sendable {
  private let count = Atomic<Int>(0)
  private let words = Atomic<Int>(0)

  /// Adds what a heap has counted since it was looked at last.
  func add(_ now: HeapCounters, since before: HeapCounters) {
    let collections =
      now.minorCollections - before.minorCollections + now.fullSweeps - before.fullSweeps
    if collections == 0 { return }
    count.add(collections, ordering: .relaxed)
    words.add(now.freedWords - before.freedWords, ordering: .relaxed)
  }

  /// The collections, and the words that they found dead.
  var totals: (count: Int, words: Int) {
    (count.load(ordering: .relaxed), words.load(ordering: .relaxed))
  }
}
