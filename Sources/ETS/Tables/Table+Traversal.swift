import Carriers
import Heaps
import Terms

extension Table {
  /// The key of the first object, as `ets:first/1`; nothing where the table is empty.
  public func firstKey(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term? {
    try key(of: .first, by: caller, on: &heap)
  }

  /// The key of the last object, as `ets:last/1`: of an ordered table; the first one of others.
  public func lastKey(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term? {
    try key(of: .last, by: caller, on: &heap)
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
    try self.key(of: .next(key), by: caller, on: &heap)
  }

  /// The key before another one, as `ets:prev/2`: in an ordered table; ``nextKey(after:by:on:)`` in
  /// others.
  public func previousKey(
    before key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    try self.key(of: .previous(key), by: caller, on: &heap)
  }

  /// The first key and its objects, as `ets:first_lookup/1` of OTP 27: as ``firstKey(by:on:)``.
  public func firstLookup(
    by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> KeyedObjects? {
    try objects(of: .first, by: caller, on: &heap)
  }

  /// The last key and its objects, as `ets:last_lookup/1` of OTP 27: as ``lastKey(by:on:)``.
  public func lastLookup(
    by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> KeyedObjects? {
    try objects(of: .last, by: caller, on: &heap)
  }

  /// The key behind another one and its objects, as `ets:next_lookup/2` of OTP 27: as
  /// ``nextKey(after:by:on:)``.
  public func nextLookup(
    after key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> KeyedObjects? {
    try objects(of: .next(key), by: caller, on: &heap)
  }

  /// The key before another one and its objects, as `ets:prev_lookup/2` of OTP 27: as
  /// ``previousKey(before:by:on:)``.
  public func previousLookup(
    before key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> KeyedObjects? {
    try objects(of: .previous(key), by: caller, on: &heap)
  }

  /// The objects of a place of the index, as `ets:slot/2`: of an index by hash those of a line, of
  /// an ordered table the one that so many come before.
  /// - Parameter number: of the place, from 0.
  /// - Returns: a list, or nothing behind the last place.
  /// - Throws: ``TableError/invalidPosition(_:)`` for what is no place and not the one behind all.
  /// - Complexity: O(objects of the line); O(number) in an ordered table.
  public func objects(
    atSlot number: Int, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    if number < 0 { throw .invalidPosition(number) }
    return try walking(by: caller) { storage throws(TableError) in
      guard var slot = try SlotSource(number, of: storage) else { return nil }
      return try ListBuilder.list(of: &slot, on: &heap)
    }
  }

  /// Whether its objects are in the order of their keys.
  public var isOrdered: Bool { record.pointee.options.type == .orderedSet }

  @inline(__always)
  private func key(
    of step: TableStep, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    try reading(by: caller) { _ throws(TableError) in
      let key = try key(at: step)
      if key.isNone { return nil }
      return key.isImmediate ? key : try ObjectCopies.copy(key, on: &heap)
    }
  }

  /// The key that a step leads to, in the table's memory; no term where there is none. Inside a section.
  @inline(__always)
  private func key(at step: TableStep) throws(TableError) -> Term {
    if let tree = record.pointee.storage.tree {
      switch step {
      case .next(let key): return try tree.nextKey(.forward, of: key)
      case .previous(let key): return try tree.nextKey(.backward, of: key)
      case .first, .last: break
      }
    }
    let entry = try entry(at: step)
    return entry.isNone ? .none : record.pointee.storage.parts[0].key(of: entry)
  }

  private func objects(
    of step: TableStep, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> KeyedObjects? {
    try reading(by: caller) { _ throws(TableError) in
      let entry = try entry(at: step)
      if entry.isNone { return nil }
      let objects = try ObjectCopies.list(of: entry, on: &heap)
      // The first object's own copy of its key.
      let key = Term(bits: objects.cons[0].boxed[keyPosition])
      return KeyedObjects(key: key, objects: objects)
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
  ///   must not use tables of the same system, nor wait for a thread that does.
  public func forEachObject<Failure: Error>(
    by caller: Term, _ body: (Term) throws(Failure) -> Void
  ) throws(WalkError<Failure>) {
    var failure: Failure?
    do throws(TableError) {
      try walking(by: caller) { storage throws(TableError) in
        var walk = TableWalk()
        var unpacked = UnpackedObject(scratch: record.pointee.environment.scratch)
        while failure == nil {
          let entry = try storage.next(&walk)
          if entry.isNone { return }
          let object = try unpacked.term(of: entry)
          do throws(Failure) { try body(object) } catch { failure = error }
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
    if isOrdered { return try reading(by: caller, body) }
    try forEachPart { $0.fix() }
    defer { try? unfix() }
    return try reading(by: caller, body)
  }

  /// Takes out all objects and inserts others, as `ets:init_table/2`: in steps that others see.
  /// - Parameter next: gives the lists of objects, one after the other, and nothing at the end.
  /// - Throws: ``WalkError``; what was inserted until then stays.
  public func replaceAll<Failure: Error>(
    by caller: Term, withListsOf next: () throws(Failure) -> Term?
  ) throws(WalkError<Failure>) {
    do throws(TableError) { try deleteAllObjects(by: caller) } catch { throw .table(error) }
    while true {
      let list: Term?
      do throws(Failure) { list = try next() } catch { throw .body(error) }
      guard let list else { return }
      do throws(TableError) {
        try insert(contentsOf: list, by: caller)
      } catch {
        throw .table(error)
      }
    }
  }

  /// Takes out all objects, as `ets:delete_all_objects/1`: others see all of them or none.
  /// - Complexity: O(runs of pages + handles of binaries), where nobody fixed the table.
  public func deleteAllObjects(by caller: Term) throws(TableError) {
    try checkWriter(caller)
    try alone { storage throws(TableError) in
      for part in storage.parts { try part.removeAll() }
    }
  }
}

/// A key and the list of its objects, on a heap.
public struct KeyedObjects {
  /// The key, as it stands in the first of the objects.
  public let key: Term
  /// The objects.
  public let objects: Term
}

/// Why a walk over the objects of a table ended early.
public enum WalkError<Failure: Error>: Error {
  /// The table could not be read on.
  case table(TableError)
  /// The caller's own piece of work failed.
  case body(Failure)
}
