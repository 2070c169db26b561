import Carriers
import Heaps
import Synchronization
import Terms

/// What a write replaced, so that it can be taken back until it is settled.
struct OrderedChange {
  enum Kind {
    /// Nothing changed.
    case none
    /// An object of a new key.
    case added
    /// An object in place of ``previous``.
    case replaced
    /// One word of an object; ``previous`` tells the word.
    case patched(place: Int)
  }
  let kind: Kind
  /// The object that stands in the tree now.
  let entry: TableEntry
  /// The object that stood there, or the word.
  let previous: TableEntry
  /// Of the key.
  let prefix: UInt
}

/// All that follows is under the tree's lock; where the tree has readers, within a section.
extension OrderedTree {
  /// Inserts an object.
  /// - Returns: whether it was inserted.
  /// - Throws: ``TableError``; then nothing has changed.
  @inline(__always)
  func insert(_ object: Term, key: Term, rule: InsertRule) throws(TableError) -> Bool {
    guard let change = try change(object, key: key, rule: rule) else { return false }
    settle(change)
    return true
  }

  /// Does what ``insert(_:key:rule:)`` does, but keeps what it replaced.
  /// - Returns: nothing where the key is taken and the rule says to do nothing.
  @inline(__always)
  func change(_ object: Term, key: Term, rule: InsertRule) throws(TableError) -> OrderedChange? {
    let prefix = prefix(of: key)
    // From the root: keys that come in order come behind all that the last one's leaf has.
    let leaf = try leaf(of: key, prefix: prefix)
    if leaf.isEmpty { return try addFirst(object, key: key, prefix: prefix) }
    let place = try place(of: key, prefix: prefix, in: leaf.node)
    if place.entry.isNone {
      return try add(object, key: key, prefix: prefix, to: leaf.node, at: place.index)
    }
    if rule == .newKey { return nil }
    if state.pointee.objects.holdCount == 0,
      let patch = StoredObject.patch(place.entry, to: object)
    {
      return OrderedChange(
        kind: patch.place == 0 ? .none : .patched(place: patch.place), entry: place.entry,
        previous: TableEntry(bits: patch.previous), prefix: prefix)
    }
    let new = try state.pointee.objects.store(object).with(key: key)
    leaf.node.replace(place.index, by: new)
    return OrderedChange(kind: .replaced, entry: new, previous: place.entry, prefix: prefix)
  }

  @inline(__always)
  private func add(
    _ object: Term, key: Term, prefix: UInt, to leaf: TreeNode, at index: Int
  ) throws(TableError) -> OrderedChange {
    if state.pointee.objects.limit != nil { try state.pointee.objects.checkRoom() }
    let new = try state.pointee.objects.store(object).with(key: key)
    if leaf.isFull {
      do {
        try addToFull(new, key: self.key(of: new), prefix: prefix)
      } catch {
        state.pointee.objects.discard(new)
        throw error
      }
    } else {
      leaf.changeVersion()
      leaf.insert(new, prefix: prefix, at: index)
      leaf.changeVersion()
    }
    return OrderedChange(kind: .added, entry: new, previous: .none, prefix: prefix)
  }

  /// Makes the only leaf, with one object.
  @inline(never)
  private func addFirst(
    _ object: Term, key: Term, prefix: UInt
  ) throws(TableError) -> OrderedChange {
    let new = try state.pointee.objects.store(object).with(key: key)
    do {
      let leaf = try makeLeaf(room: TreeNode.leafRoom(for: 1))
      leaf.insert(new, prefix: prefix, at: 0)
      setRoot(Root(leaf, height: 0))
    } catch {
      state.pointee.objects.discard(new)
      throw error
    }
    return OrderedChange(kind: .added, entry: new, previous: .none, prefix: prefix)
  }

  /// Makes the counts and the memory those of a change that stays.
  @inline(__always)
  func settle(_ change: OrderedChange) {
    switch change.kind {
    case .none, .patched: break
    case .added: state.pointee.objectCount.advance(by: 1)
    case .replaced: state.pointee.objects.retire(change.previous)
    }
  }

  /// Takes back a change that was not settled, the last one first.
  /// - Precondition: nobody reads.
  func undo(_ change: OrderedChange) {
    switch change.kind {
    case .none: break
    case .patched(let word):
      SharedWord(change.entry.words + word).publish(change.previous.bits)
    case .added:
      let index = findPath(to: change.entry, prefix: change.prefix)
      removeOnPath(index)
      state.pointee.objects.discard(change.entry)
    case .replaced:
      let index = findPath(to: change.entry, prefix: change.prefix)
      state.pointee.path.node(0).replace(index, by: change.previous)
      state.pointee.objects.discard(change.entry)
    }
  }

  /// Finds an object without comparing keys, which could want memory.
  /// - Returns: its place in the leaf that the path leads to.
  private func findPath(to entry: TableEntry, prefix: UInt) -> Int {
    state.pointee.path.begin(root)
    for level in stride(from: root.height, to: 0, by: -1) {
      let node = state.pointee.path.node(level)
      state.pointee.path.take(node.rank(below: prefix, in: node.extent), level: level)
    }
    while true {
      let leaf = state.pointee.path.node(0)
      for index in leaf.rank(below: prefix, in: leaf.extent)..<leaf.count
      where leaf.entry(index) == entry {
        return index
      }
      if !state.pointee.path.advance(level: 0) { preconditionFailure("an object is not there") }
    }
  }

  /// Replaces the object of a key by one that is made of it.
  /// - Parameter body: given the object, makes the new one in the tree's memory, or changes one
  ///   word of it and answers none.
  /// - Returns: whether there is an object with the key.
  @inline(__always)
  func update(
    _ key: Term, _ body: (TableEntry) throws(TableError) -> TableEntry
  ) throws(TableError) -> Bool {
    guard let (leaf, place, _) = try stored(key) else { return false }
    let new = try body(place.entry)
    if new.isNone { return true }
    leaf.replace(place.index, by: new.with(hash: place.entry.hash))
    state.pointee.objects.retire(place.entry)
    return true
  }

  /// Where the object of a key stands; nothing where there is none.
  @inline(__always)
  func stored(
    _ key: Term
  ) throws(TableError) -> (leaf: TreeNode, place: Place, prefix: UInt)? {
    let prefix = prefix(of: key)
    let (leaf, place) = try locate(key, prefix: prefix)
    if leaf.isEmpty { return nil }
    return place.entry.isNone ? nil : (leaf.node, place, prefix)
  }
}
