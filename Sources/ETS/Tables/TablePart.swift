import Carriers
import Synchronization
import Terms

/// A part of a table with a lock of its own: by hash, or the whole tree of an ordered one.
enum TablePart: BitwiseCopyable {
  case hashed(HashPart)
  case ordered(OrderedTree)

  /// What an insertion did, so that it can be taken back until it is settled.
  enum Change {
    case hashed(HashPart.Change)
    case ordered(OrderedChange, OrderedTree)

    /// Gives back what the change replaced: it stays.
    func settle() {
      switch self {
      case .hashed(let change): change.part.settle(change)
      case .ordered(let change, let tree): tree.settle(change)
      }
    }

    /// Takes the change back, the last one first.
    /// - Precondition: nobody reads.
    func undo() {
      switch self {
      case .hashed(let change): change.part.undo(change)
      case .ordered(let change, let tree): tree.undo(change)
      }
    }
  }
}

/// Whether an insertion may find the key taken.
enum InsertRule {
  /// It replaces the object of a set, and joins the objects of a bag.
  case always
  /// It does nothing then.
  case newKey
}

// MARK: The lock

extension TablePart {
  /// Takes the part's lock where nobody has it.
  @inline(__always)
  func takeLock() -> Bool {
    switch self {
    case .hashed(let part): part.state.pointee.lock.take()
    case .ordered(let tree): tree.state.pointee.lock.take()
    }
  }

  /// Gives it back.
  @inline(__always)
  func releaseLock() {
    switch self {
    case .hashed(let part): part.state.pointee.lock.release()
    case .ordered(let tree): tree.state.pointee.lock.release()
    }
  }
}

// MARK: Objects

/// Readers within a section; what writes also under the part's lock. A hash is that of the key, or
/// nothing of meaning in a tree.
extension TablePart {
  /// The entry of a key; none where there is none.
  @inline(__always)
  func find(_ key: Term, hash: UInt) throws(TableError) -> TableEntry {
    switch self {
    case .hashed(let part):
      key.isImmediate ? part.find(immediate: key, hash: hash) : try part.find(key, hash: hash)
    case .ordered(let tree): try tree.find(key)
    }
  }

  /// Inserts an object.
  /// - Returns: whether it was inserted.
  @inline(__always)
  func insert(
    _ object: Term, key: Term, hash: UInt, rule: InsertRule
  ) throws(TableError) -> Bool {
    switch self {
    case .hashed(let part): try part.insert(object, key: key, hash: hash, rule: rule)
    case .ordered(let tree): try tree.insert(object, key: key, rule: rule)
    }
  }

  /// Inserts an object, but keeps what it replaced.
  func change(_ object: Term, key: Term, hash: UInt) throws(TableError) -> Change {
    switch self {
    case .hashed(let part):
      if let change = try part.change(object, key: key, hash: hash, rule: .always) {
        return .hashed(change)
      }
    case .ordered(let tree):
      if let change = try tree.change(object, key: key, rule: .always) {
        return .ordered(change, tree)
      }
    }
    preconditionFailure("an insertion that was asked to do nothing")
  }

  /// Takes out the objects of a key.
  /// - Returns: whether there were any.
  @inline(__always)
  func remove(_ key: Term, hash: UInt) throws(TableError) -> Bool {
    switch self {
    case .hashed(let part): try part.remove(key, hash: hash)
    case .ordered(let tree): try tree.remove(key)
    }
  }

  /// Takes out the objects that are exactly equal to one.
  /// - Returns: whether there were any.
  func remove(_ object: Term, key: Term, hash: UInt) throws(TableError) -> Bool {
    switch self {
    case .hashed(let part): try part.remove(object, key: key, hash: hash)
    case .ordered(let tree): try tree.remove(object, key: key)
    }
  }

  /// Replaces the object of a key by one that is made of it. Not for bags.
  /// - Parameter body: given the object, makes the new one with ``store(_:)``, or changes one word
  ///   of it and answers none.
  /// - Returns: whether there is an object with the key.
  func update(
    _ key: Term, hash: UInt, _ body: (TableEntry) throws(TableError) -> TableEntry
  ) throws(TableError) -> Bool {
    switch self {
    case .hashed(let part): try part.update(key, hash: hash, body)
    case .ordered(let tree): try tree.update(key, body)
    }
  }

  /// Runs a piece of work on the memory of the part's objects.
  @inline(__always)
  func withObjects<Result, Failure: Error>(
    _ body: (inout ObjectStore) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch self {
    case .hashed(let part): try body(&part.state.pointee.objects)
    case .ordered(let tree): try body(&tree.state.pointee.objects)
    }
  }

  /// Copies an object into the part's memory.
  func store(_ object: Term) throws(TableError) -> TableEntry {
    try withObjects { objects throws(TableError) in try objects.store(object) }
  }

  /// Makes an object the youngest, where the table has a limit.
  @inline(__always)
  func renew(_ entry: TableEntry) {
    if StoredObject.isLinked(entry) { withObjects { $0.renew(entry) } }
  }

  /// Keeps an object until nobody reads it, then gives it back.
  func retire(_ entry: TableEntry) {
    switch self {
    case .hashed(let part): part.retire(entry)
    case .ordered(let tree): tree.state.pointee.objects.retire(entry)
    }
  }

  /// Takes out all objects.
  /// - Precondition: nobody reads.
  /// - Throws: only where a snapshot looks at the objects.
  func removeAll() throws(TableError) {
    switch self {
    case .hashed(let part) where part.state.pointee.fixCount > 0: part.markAll()
    case .hashed(let part) where isHeld:
      part.fix()
      part.markAll()
      part.unfix()
    case .hashed(let part): part.removeAll()
    case .ordered(let tree) where isHeld: try tree.removeEach()
    case .ordered(let tree): tree.removeAll()
    }
  }

  /// Whether objects have to stay as they are for a snapshot.
  @inline(__always)
  var isHeld: Bool { withObjects { $0.isHeld } }

  /// Begins a time in which every entry stays findable.
  func fix() {
    switch self {
    case .hashed(let part): part.fix()
    case .ordered(let tree): tree.fix()
    }
  }

  /// Ends it.
  func unfix() {
    switch self {
    case .hashed(let part): part.unfix()
    case .ordered(let tree): tree.unfix()
    }
  }

  /// Ends it, a part of the work at a time.
  /// - Parameter most: how many lines of an index by hash are looked at.
  /// - Returns: whether nothing is left to do.
  func unfix(atMost most: Int) -> Bool {
    switch self {
    case .hashed(let part): return part.unfix(atMost: most)
    case .ordered(let tree):
      tree.unfix()
      return true
    }
  }

  /// Has another budget bound what the part holds.
  func changeBudget(to budget: MemoryBudget?) {
    switch self {
    case .hashed(let part): part.state.pointee.objects.changeBudget(to: budget)
    case .ordered(let tree): tree.state.pointee.objects.changeBudget(to: budget)
    }
  }

  /// Gives all memory back.
  func destroy() {
    switch self {
    case .hashed(let part): part.destroy()
    case .ordered(let tree): tree.destroy()
    }
  }

  /// The key of an entry's objects.
  @inline(__always)
  func key(of entry: TableEntry) -> Term {
    switch self {
    case .hashed(let part): part.key(of: entry)
    case .ordered(let tree): tree.key(of: entry)
    }
  }

  /// The objects there are.
  var objectCount: Int {
    switch self {
    case .hashed(let part): part.objectCount
    case .ordered(let tree): tree.objectCount
    }
  }

  /// The bytes of all blocks in use.
  var byteCount: Int {
    switch self {
    case .hashed(let part): part.byteCount
    case .ordered(let tree): tree.byteCount
    }
  }
}
