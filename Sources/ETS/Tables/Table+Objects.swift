import Heaps
import Terms

extension Table {
  /// Inserts an object, as `ets:insert/2`: it replaces the object of its key in a set, and joins
  /// those of its key in a bag.
  /// - Parameters:
  ///   - object: a tuple of any heap; it is copied.
  ///   - caller: the process that asks.
  /// - Throws: ``TableError``; then nothing has changed.
  /// - Complexity: O(words of the object), in a bag also O(objects of the key).
  public func insert(_ object: Term, by caller: Term) throws(TableError) {
    _ = try insert(object, rule: .always, by: caller)
  }

  /// Inserts an object whose key is new, as `ets:insert_new/2`.
  /// - Returns: whether it was inserted.
  /// - Throws: ``TableError``; then nothing has changed.
  public func insertNew(_ object: Term, by caller: Term) throws(TableError) -> Bool {
    try insert(object, rule: .newKey, by: caller)
  }

  @inline(__always)
  private func insert(
    _ object: Term, rule: InsertRule, by caller: Term
  ) throws(TableError) -> Bool {
    let key = try key(of: object, by: caller)
    let isInserted = try writeAtSight(key, by: caller) { part, hash throws(TableError) in
      try part.insertAtSight(object, key: key, hash: hash, rule: rule)
    }
    if let isInserted { return isInserted }
    return try insertInFull(object, key: key, rule: rule, by: caller)
  }

  @inline(never)
  private func insertInFull(
    _ object: Term, key: Term, rule: InsertRule, by caller: Term
  ) throws(TableError) -> Bool {
    try writing(key: key, by: caller) { part, hash throws(TableError) in
      try part.insert(object, key: key, hash: hash, rule: rule)
    }
  }

  /// The key of an object.
  @inline(__always)
  func key(of object: Term) throws(TableError) -> Term {
    if !object.isTuple { throw .notAnObject }
    let position = keyPosition
    let words = object.boxed
    if Header(bits: words[0]).arity < position { throw .noKeyPosition(keyPosition: position) }
    return Term(bits: words[position])
  }

  /// The key of an object that a process writes: who may not is told that rather than what is wrong
  /// with the object.
  @inline(__always)
  private func key(of object: Term, by caller: Term) throws(TableError) -> Term {
    do {
      return try key(of: object)
    } catch {
      try check(.writing, by: caller)
      throw error
    }
  }

  /// The objects of a key, as `ets:lookup/2`.
  /// - Parameters:
  ///   - key: a term of any heap.
  ///   - caller: the process that asks.
  ///   - heap: that the list is built on.
  /// - Throws: ``TableError``; then nothing was built.
  /// - Complexity: O(words of the objects).
  public func lookup(
    _ key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let list = readAtSight(key, by: caller) {
      $0.isNone ? .nil : ObjectCopies.listAtSight(of: $0, on: &heap)
    }
    if let list { return list }
    return try lookupInFull(key, by: caller, on: &heap)
  }

  @inline(never)
  private func lookupInFull(
    _ key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try reading(by: caller) { _ throws(TableError) in
      let entry = try find(key)
      if entry.isNone { return .nil }
      try noteReading(of: key)
      return try ObjectCopies.list(of: entry, on: &heap)
    }
  }

  /// Whether there is an object with a key, as `ets:member/2`.
  public func contains(_ key: Term, by caller: Term) throws(TableError) -> Bool {
    if let isThere = readAtSight(key, by: caller, { !$0.isNone }) { return isThere }
    return try containsInFull(key, by: caller)
  }

  @inline(never)
  private func containsInFull(_ key: Term, by caller: Term) throws(TableError) -> Bool {
    try reading(by: caller) { _ throws(TableError) in
      let entry = try find(key)
      if entry.isNone { return false }
      try noteReading(of: key)
      return true
    }
  }

  /// Takes out the objects of a key, as `ets:delete/2`; there need be none.
  public func delete(_ key: Term, by caller: Term) throws(TableError) {
    let isDone = try writeAtSight(key, by: caller) { part, hash throws(TableError) in
      try part.removeAtSight(key, hash: hash)
    }
    if isDone == nil { try deleteInFull(key, by: caller) }
  }

  @inline(never)
  private func deleteInFull(_ key: Term, by caller: Term) throws(TableError) {
    _ = try writing(key: key, by: caller) { part, hash throws(TableError) in
      try part.remove(key, hash: hash)
    }
  }

  /// Takes out the objects that are exactly equal to one, as `ets:delete_object/2`.
  public func deleteObject(_ object: Term, by caller: Term) throws(TableError) {
    let key = try key(of: object, by: caller)
    _ = try writing(key: key, by: caller) { part, hash throws(TableError) in
      try part.remove(object, key: key, hash: hash)
    }
  }

  /// The objects of a key, which are taken out, as `ets:take/2`.
  public func take(
    _ key: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try writing(key: key, by: caller) { part, hash throws(TableError) in
      let entry = try part.find(key, hash: hash)
      if entry.isNone { return .nil }
      let list = try ObjectCopies.list(of: entry, on: &heap)
      _ = try part.remove(key, hash: hash)
      return list
    }
  }

  /// An element of the object of a key, or a list of those of a bag, as `ets:lookup_element/3`.
  /// - Parameter position: from 1.
  /// - Throws: ``TableError/noKey`` where there is no such object, ``TableError/invalidPosition(_:)``
  ///   where it is too short.
  public func lookupElement(
    _ key: Term, _ position: Int, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    if let element = readAtSight(
      key, by: caller, { ObjectCopies.elementAtSight(position, of: $0, isBag: isBag) })
    {
      return element
    }
    return try lookupElementInFull(key, position, by: caller, on: &heap)
  }

  @inline(never)
  private func lookupElementInFull(
    _ key: Term, _ position: Int, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try reading(by: caller) { _ throws(TableError) in
      if position < 1 { throw .invalidPosition(position) }
      let entry = try find(key)
      if entry.isNone { throw .noKey }
      try noteReading(of: key)
      return try ObjectCopies.element(position, of: entry, isBag: isBag, on: &heap)
    }
  }

  /// As ``lookupElement(_:_:by:on:)``, with what to give where there is no such object, as
  /// `ets:lookup_element/4` of OTP 26.
  public func lookupElement(
    _ key: Term, _ position: Int, default other: Term, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    do {
      return try lookupElement(key, position, by: caller, on: &heap)
    } catch .noKey {
      return other
    }
  }

  @inline(__always)
  var isBag: Bool { record.pointee.options.type.isBag }
}
