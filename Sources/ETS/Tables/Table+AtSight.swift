import Carriers
import Heaps
import Terms

/// What nearly all readings are: of one object of immediates, by a key that is one word, at the first
/// place that is looked at. They take no call, so few registers and no stack; whatever else a reading
/// may be goes the way of all readings, from the beginning.
extension Table {
  /// Reads the entry of a key at sight.
  /// - Parameter body: given an entry of one object, what is wanted of it; nothing where that is no
  ///   matter of sight.
  /// - Returns: what `body` did; nothing where there was no entry at sight.
  @inline(__always)
  func readAtSight<Result>(
    _ key: Term, by caller: Term, _ body: (TableEntry) -> Result?
  ) -> Result? {
    guard key.isImmediate,
      let reader = record.pointee.allocator._withUnsafeGuaranteedRef({ $0.readerAtHand })
    else { return nil }
    reader.enter()
    defer { reader.leave() }
    let entry = entryAtSight(key, by: caller)
    return entry.isNone ? nil : body(entry)
  }

  @inline(__always)
  private func entryAtSight(_ key: Term, by caller: Term) -> TableEntry {
    if !isOpenAtSight(to: caller) || record.pointee.storage.notesReadings { return .none }
    let hash = record.pointee.storage.hash(immediate: key)
    guard case .hashed(let part) = record.pointee.storage.part(of: hash) else { return .none }
    return part.findAtSight(key, hash: hash)
  }
}
