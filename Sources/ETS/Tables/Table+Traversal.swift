import Carriers
import Heaps
import Terms

extension Table {
  /// The key of the first object, as `ets:first/1`; nothing where the table is empty.
  public func firstKey(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term? {
    try reading(by: caller) { storage throws(TableError) in
      var position = WalkPosition()
      return try storage.nextKey(&position, on: &heap)
    }
  }

  /// The key behind another one, as `ets:next/2`; nothing behind the last.
  ///
  /// Keys come in no order that could be told but from a table of type `ordered_set`. Where objects
  /// are deleted on the way, ``fix(by:)`` the table for the time.
  /// - Throws: ``TableError/noKey`` where the key is not there any more.
  public func nextKey(
    after key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    try reading(by: caller) { storage throws(TableError) in
      var position = try storage.position(behind: key)
      return try storage.nextKey(&position, on: &heap)
    }
  }

  /// All objects as a list, as `ets:tab2list/1`.
  ///
  /// Objects that others insert or delete meanwhile may be in it or not; each is there once at most.
  public func list(by caller: Term, on heap: inout ProcessHeap) throws(TableError) -> Term {
    try walking(by: caller) { () throws(TableError) in
      var position = WalkPosition()
      var list = ListBuilder()
      var isComplete = false
      while !isComplete {
        isComplete = try reading(by: caller) { storage throws(TableError) in
          try list.addObjects(of: storage, from: &position, on: &heap)
        }
      }
      return list.first
    }
  }

  /// Calls with a copy of each object, one after the other, as `ets:foldl/3`.
  /// - Parameters:
  ///   - heap: of the calling process, which the body may use as it likes.
  ///   - body: gets a term that is valid until its next call that takes roots.
  public func forEachObject<Failure: Error>(
    by caller: Term, on heap: inout ProcessHeap,
    _ body: (Term, inout ProcessHeap) throws(Failure) -> Void
  ) throws(WalkError<Failure>) {
    do throws(TableError) { try fix(by: caller) } catch { throw .table(error) }
    defer { try? release(by: caller) }
    var position = WalkPosition()
    while true {
      let object: Term?
      do throws(TableError) {
        object = try reading(by: caller) { storage throws(TableError) in
          let entry = storage.next(&position)
          return entry.isNone ? nil : try ObjectCopies.object(entry, on: &heap)
        }
      } catch {
        throw .table(error)
      }
      guard let object else { return }
      do throws(Failure) { try body(object, &heap) } catch { throw .body(error) }
    }
  }

  /// Runs a walk in which no object is met twice: entries stay where they are.
  private func walking<Result>(
    by caller: Term, _ body: () throws(TableError) -> Result
  ) throws(TableError) -> Result {
    if record.pointee.isPrivate { return try body() }
    try fix(by: caller)
    defer { try? release(by: caller) }
    return try body()
  }

  /// Takes out all objects, as `ets:delete_all_objects/1`: others see all of them or none.
  /// - Complexity: O(runs of pages + handles of binaries), where nobody fixed the table.
  public func deleteAllObjects(by caller: Term) throws(TableError) {
    try checkWriter(caller)
    try alone { storage in
      for part in storage.parts {
        if part.state.pointee.fixCount > 0 { part.markAll() } else { part.removeAll() }
      }
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

/// The next place of a walk over a table.
struct WalkPosition: BitwiseCopyable {
  var part = 0
  var cursor = HashPart.Cursor()
  /// The next object of the entry before the cursor, where that is a group.
  var group = TableEntry.none
  var index = 0
}

extension TableStorage {
  /// The next object; none at the end.
  @inline(__always)
  func next(_ position: inout WalkPosition) -> TableEntry {
    if !position.group.isNone {
      let group = position.group.group
      if position.index < group.count {
        position.index &+= 1
        return group[position.index &- 1]
      }
      position.group = .none
    }
    let entry = nextEntry(&position)
    if !entry.isGroup { return entry }
    position.group = entry
    position.index = 1
    return entry.group[0]
  }

  /// The next entry; none at the end.
  @inline(__always)
  private func nextEntry(_ position: inout WalkPosition) -> TableEntry {
    while position.part < parts.count {
      let entry = parts[position.part].next(&position.cursor)
      if !entry.isNone { return entry }
      position.part &+= 1
      position.cursor = HashPart.Cursor()
    }
    return .none
  }

  /// A copy of the next key.
  func nextKey(
    _ position: inout WalkPosition, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    let entry = nextEntry(&position)
    if entry.isNone { return nil }
    return try ObjectCopies.copy(parts[0].key(of: entry), on: &heap)
  }

  /// Where a walk stands behind a key.
  func position(behind key: Term) throws(TableError) -> WalkPosition {
    let hash = try hash(key)
    let number = TableHash.part(of: hash) & (parts.count - 1)
    guard let cursor = try parts[number].cursor(behind: key, hash: hash) else { throw .noKey }
    return WalkPosition(part: number, cursor: cursor)
  }
}
