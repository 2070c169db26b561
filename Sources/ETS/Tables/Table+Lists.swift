import Carriers
import Heaps
import Terms

/// Many objects at once: all of them or none, and no reader sees a part of them.
extension Table {
  /// Inserts the objects of a list, as `ets:insert/2` with a list.
  /// - Throws: ``TableError``; then nothing has changed.
  public func insert(contentsOf list: Term, by caller: Term) throws(TableError) {
    _ = try insert(contentsOf: list, rule: .always, by: caller)
  }

  /// Inserts the objects of a list if the keys of all are new, as `ets:insert_new/2` with a list.
  /// - Returns: whether they were inserted.
  /// - Throws: ``TableError``; then nothing has changed.
  public func insertNew(contentsOf list: Term, by caller: Term) throws(TableError) -> Bool {
    try insert(contentsOf: list, rule: .newKey, by: caller)
  }

  private func insert(
    contentsOf list: Term, rule: InsertRule, by caller: Term
  ) throws(TableError) -> Bool {
    try check(.writing, by: caller)
    let count = try checkedCount(of: list)
    if count == 0 { return true }
    if count == 1 && rule == .newKey { return try insertNew(list.cons[0], by: caller) }
    if count == 1 {
      try insert(list.cons[0], by: caller)
      return true
    }
    return try alone { storage throws(TableError) in
      if rule == .newKey, try anyKey(of: list, isIn: storage) { return false }
      try insertAll(list, count: count, into: storage)
      return true
    }
  }

  /// The objects of a list, each of which can be inserted.
  private func checkedCount(of list: Term) throws(TableError) -> Int {
    var count = 0
    var rest = list
    while rest.isCons {
      _ = try key(of: rest.cons[0])
      count += 1
      rest = rest.cons[1]
    }
    if !rest.isNil { throw .notAnObject }
    return count
  }

  private func anyKey(of list: Term, isIn storage: TableStorage) throws(TableError) -> Bool {
    var rest = list
    while rest.isCons {
      let key = try key(of: rest.cons[0])
      if try !storage.find(key).isNone { return true }
      rest = rest.cons[1]
    }
    return false
  }

  /// Inserts each object, and takes all back where one cannot be.
  private func insertAll(
    _ list: Term, count: Int, into storage: TableStorage
  ) throws(TableError) {
    let allocator = record.pointee.environment.allocator
    let stride = MemoryLayout<TablePart.Change>.stride
    let block: MemoryBlock
    do {
      block = try allocator.allocate(
        byteCount: count * (stride + MemoryLayout<Term>.stride), kind: .scratch)
    } catch {
      throw .outOfMemory(error)
    }
    defer { allocator.free(block, kind: .scratch) }
    let changes = block.base.bindMemory(to: TablePart.Change.self, capacity: count)
    let objects = (block.base + count * stride).bindMemory(to: Term.self, capacity: count)
    // OTP 25 takes the objects for a bag from the list's end.
    let isReversed = record.pointee.options.type == .bag
    var rest = list
    for index in 0..<count {
      (objects + (isReversed ? count - 1 - index : index)).initialize(to: rest.cons[0])
      rest = rest.cons[1]
    }
    var done = 0
    do {
      while done < count {
        let key = try key(of: objects[done])
        let hash = try storage.hash(key)
        let part = storage.part(of: hash)
        (changes + done).initialize(
          to: try part.change(objects[done], key: key, hash: hash))
        done += 1
      }
    } catch {
      while done > 0 {
        done -= 1
        changes[done].undo()
      }
      throw error
    }
    for index in 0..<done { changes[index].settle() }
  }
}
