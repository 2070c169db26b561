import Carriers
import Heaps
import Terms

extension Table {
  /// The key of the first object, as `ets:first/1`; nothing where the table is empty.
  public func firstKey(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term? {
    try key(by: caller, on: &heap) { storage throws(TableError) in
      var walk = TableWalk()
      return try storage.nextEntry(&walk)
    }
  }

  /// The key of the last object, as `ets:last/1`: of an ordered table; the first one of others.
  public func lastKey(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term? {
    if !isOrdered { return try firstKey(by: caller, on: &heap) }
    return try key(by: caller, on: &heap) { storage throws(TableError) in
      try storage.tree?.last() ?? .none
    }
  }

  /// The key behind another one, as `ets:next/2`; nothing behind the last.
  ///
  /// Keys come in order from a table of type `ordered_set`, where the other one need not be there.
  /// Elsewhere they come in no order that could be told; where objects are deleted on the way,
  /// ``fix(by:)`` the table for the time.
  /// - Throws: ``TableError/noKey`` where a table that is not ordered does not have the key.
  public func nextKey(
    after key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    try self.key(by: caller, on: &heap) { storage throws(TableError) in
      if let tree = storage.tree { return try tree.next(after: key) }
      var walk = try storage.walk(behind: key)
      return try storage.nextEntry(&walk)
    }
  }

  /// The key before another one, as `ets:prev/2`: in an ordered table; ``nextKey(after:by:on:)`` in
  /// others.
  public func previousKey(
    before key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    if !isOrdered { return try nextKey(after: key, by: caller, on: &heap) }
    return try self.key(by: caller, on: &heap) { storage throws(TableError) in
      try storage.tree?.previous(before: key) ?? .none
    }
  }

  var isOrdered: Bool { record.pointee.options.type == .orderedSet }

  /// A copy of the key of an entry.
  private func key(
    by caller: Term, on heap: inout ProcessHeap,
    _ find: (TableStorage) throws(TableError) -> TableEntry
  ) throws(TableError) -> Term? {
    try reading(by: caller) { storage throws(TableError) in
      let entry = try find(storage)
      if entry.isNone { return nil }
      return try ObjectCopies.copy(storage.parts[0].key(of: entry), on: &heap)
    }
  }

  /// All objects as a list, as `ets:tab2list/1`; in order where the table is.
  ///
  /// Objects that others insert or delete meanwhile may be in it or not; each is there once at most.
  public func list(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term {
    try walking(by: caller) { storage throws(TableError) in
      var objects = ObjectSource(storage: storage)
      return try ListBuilder.list(of: &objects, on: &heap)
    }
  }

  /// Calls with each object, one after the other, as `ets:foldl/3`; in order where the table is.
  ///
  /// What others delete meanwhile stays in memory until the end.
  /// - Parameter body: gets a term of the table's own memory, which is valid during the call. It
  ///   must not use tables of the same system.
  public func forEachObject<Failure: Error>(
    by caller: Term, _ body: (Term) throws(Failure) -> Void
  ) throws(WalkError<Failure>) {
    var failure: Failure?
    do throws(TableError) {
      try walking(by: caller) { storage throws(TableError) in
        var walk = TableWalk()
        while failure == nil {
          let entry = try storage.next(&walk)
          if entry.isNone { return }
          do throws(Failure) { try body(entry.object) } catch { failure = error }
        }
      }
    } catch {
      throw .table(error)
    }
    if let failure { throw .body(failure) }
  }

  /// Runs a walk in which no object is met twice: entries stay where they are.
  func walking<Result>(
    by caller: Term, _ body: (TableStorage) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    if record.pointee.isPrivate || isOrdered { return try reading(by: caller, body) }
    try forEachPart { $0.fix() }
    defer { try? forEachPart { $0.unfix() } }
    return try reading(by: caller, body)
  }

  /// Takes out all objects, as `ets:delete_all_objects/1`: others see all of them or none.
  /// - Complexity: O(runs of pages + handles of binaries), where nobody fixed the table.
  public func deleteAllObjects(by caller: Term) throws(TableError) {
    try checkWriter(caller)
    try alone { storage in
      for part in storage.parts { part.removeAll() }
    }
  }
}

/// Why a walk over the objects of a table ended early.
public enum WalkError<Failure: Error>: Error {
  /// The table could not be read on.
  case table(TableError)
  /// The caller's own piece of work failed.
  case body(Failure)
}
