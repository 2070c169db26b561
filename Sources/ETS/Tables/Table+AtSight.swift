import Carriers
import Heaps
import Synchronization
import Terms

/// What nearly all calls are: of a key that is one word, in a table by hash that nothing stands in the
/// way of. So a reading of one object of immediates, at the first place that is looked at, takes few
/// registers and no call. Whatever else a reading may be goes the way of all, from the beginning, unless
/// only the entry is elsewhere; a writing that has the part's lock goes on.
extension Table {
  /// Reads the entry of a key at sight.
  /// - Parameter body: given the entry of the key, or none, what is wanted; nothing where that is no
  ///   matter of sight.
  /// - Returns: what `body` did; nothing where it was not called.
  @inline(__always)
  func readAtSight<Result>(
    _ key: Term, by caller: Term, _ body: (TableEntry) -> Result?
  ) -> Result? {
    guard key.isImmediate, let reader = readerAtHand else { return nil }
    reader.enter()
    defer { reader.leave() }
    guard isOpenAtSight(to: caller), let (part, hash) = partAtSight(key) else { return nil }
    return body(part.find(immediate: key, hash: hash))
  }

  /// Writes to the part of a key at sight.
  /// - Parameter body: what is done to the part of the key, given its hash.
  /// - Returns: what `body` did; nothing where it was not called.
  @inline(__always)
  func writeAtSight<Result>(
    _ key: Term, by caller: Term, _ body: (HashPart, UInt) throws(TableError) -> Result
  ) throws(TableError) -> Result? {
    guard key.isImmediate, let reader = readerAtHand else { return nil }
    reader.enter()
    defer { reader.leave() }
    guard isOpenAtSight(to: caller), mayWriteAtSight(caller),
      let (part, hash) = partAtSight(key), part.state.pointee.lock.take()
    else { return nil }
    defer { part.state.pointee.lock.release() }
    return try body(part, hash)
  }

  @inline(__always)
  private var readerAtHand: ThreadReader? {
    record.pointee.allocator._withUnsafeGuaranteedRef { $0.readerAtHand }
  }

  @inline(__always)
  private func partAtSight(_ key: Term) -> (HashPart, hash: UInt)? {
    if !record.pointee.isPlain { return nil }
    let hash = record.pointee.storage.hash(immediate: key)
    guard case .hashed(let part) = record.pointee.storage.part(of: hash) else { return nil }
    return (part, hash)
  }

  /// Whether a process may write to a table whose gate is open.
  @inline(__always)
  private func mayWriteAtSight(_ caller: Term) -> Bool {
    // Acquiring: as in `checkOwner`.
    record.pointee.protection.load(ordering: .relaxed) == TableProtection.public.number
      || record.pointee.owner.load(ordering: .acquiring) == caller.bits
  }
}
