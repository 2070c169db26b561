import Tenure

/// What a run wants to hear of heaps: limits that are reached, which are told on standard error, and
/// pauses where they are measured.
final class RunListener: CollectionListener {
  let pauses = PauseStatistics()
  let wantsCollections: Bool

  /// - Parameter measures: whether pauses are kept.
  init(measures: Bool) { wantsCollections = measures }

  func collected(_ event: CollectionEvent) { pauses.collected(event) }

  func reachedLimit(_ event: LimitEvent) {
    TextOutput.error.writeLine("=ERROR REPORT====\n\(event)\n")
  }
}
