/// How a change of a hash map ends at the bottom of its way down the tree.
enum HashMapEnding: UInt8 {
  /// The key is there: its leaf is replaced.
  case replace
  /// The node has no slot for the key: it gets one.
  case add
  /// Another key has the slot: both go down until their ways part.
  case split
  /// The key to remove is there, and its node stays a node.
  case remove
  /// The key to remove shares its node with one leaf only, which goes up in its stead.
  case collapse
  /// There is nothing to remove.
  case none
}

/// What a change of one key of a hash map finds, which a collection does not alter.
struct HashMapPlan {
  /// The hash of the key.
  let hash: UInt32
  let ending: HashMapEnding
  /// The level of the last node that is copied or made anew.
  let level: Int
  /// The words that the change takes.
  let words: Int
}

/// Changes of one key of the tree, with the hash of the map's choice or of a test's.
enum HashMapTree<Hash: KeyHash> {
  /// The leaf of a key: its key and its value.
  @inline(__always)
  static func leaf(
    of key: Term, in map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> UnsafeMutablePointer<Term>? {
    var path = HashPath<Hash>(of: key, hash: try Hash.hash(key, scratch: scratch))
    var node = HashMapNode(map)
    while true {
      let bit = path.bit
      if !node.has(bit) { return nil }
      let slot = node.slot(of: bit)
      if slot.isCons {
        let leaf = slot.cons
        return try isSame(leaf[0], key, scratch: scratch) ? leaf : nil
      }
      node = HashMapNode(slot)
      try path.descend(scratch: scratch)
    }
  }

  @inline(__always)
  static func isSame(
    _ left: Term, _ right: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Bool {
    try TermEquality.isExactlyEqual(left, right, scratch: scratch)
  }
}

// MARK: - Putting

extension HashMapTree {
  /// Looks what putting a key takes.
  static func planPut(
    _ key: Term, in map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> HashMapPlan {
    let hash = try Hash.hash(key, scratch: scratch)
    var path = HashPath<Hash>(of: key, hash: hash)
    var node = HashMapNode(map)
    var words = 2
    while true {
      words &+= node.wordCount
      if !node.has(path.bit) {
        return HashMapPlan(hash: hash, ending: .add, level: path.level, words: words &+ 1)
      }
      let slot = node.slot(of: path.bit)
      if slot.isCons {
        let level = path.level
        if try isSame(slot.cons[0], key, scratch: scratch) {
          return HashMapPlan(hash: hash, ending: .replace, level: level, words: words)
        }
        words += try wordsToSplit(&path, slot.cons[0], scratch: scratch)
        return HashMapPlan(hash: hash, ending: .split, level: level, words: words)
      }
      node = HashMapNode(slot)
      try path.descend(scratch: scratch)
    }
  }

  /// The words of the nodes down to where the ways of two keys part.
  private static func wordsToSplit(
    _ path: inout HashPath<Hash>, _ other: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Int {
    var otherPath = try HashPath<Hash>(of: other, level: path.level, scratch: scratch)
    var words = 0
    while true {
      try path.descend(scratch: scratch)
      try otherPath.descend(scratch: scratch)
      if path.bit != otherPath.bit { return words + 3 }
      words += 2
    }
  }

  /// Makes the map with a value for a key.
  /// - Parameters:
  ///   - plan: of ``planPut(_:in:scratch:)`` for this key and map.
  ///   - cursor: over the plan's words; unmoved where this throws, or nothing changes.
  static func put(
    _ key: Term, _ value: Term, in map: Term, plan: HashMapPlan,
    scratch: any ScratchProvider, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    let start = cursor.top
    do {
      var path = HashPath<Hash>(of: key, hash: plan.hash)
      let (node, link) = try copyWay(
        &path, from: HashMapNode(map), downTo: plan.level, scratch: scratch, cursor: &cursor)
      let last: HashMapNode
      switch plan.ending {
      case .add:
        last = node.copy(adding: path.bit, cursor: &cursor)
        last.slots[last.place(of: path.bit)] = cursor.makeCons(key, value).bits
      case .split:
        last = node.copy(cursor: &cursor)
        let slot = last.slots + node.place(of: path.bit)
        try split(Term(bits: slot.pointee), &path, value, slot, scratch: scratch, cursor: &cursor)
      default:
        let place = node.place(of: path.bit)
        if Term(bits: node.slots[place]).cons[1] == value {
          cursor.top = start
          return map
        }
        last = node.copy(cursor: &cursor)
        last.slots[place] = cursor.makeCons(key, value).bits
      }
      link?.pointee = last.term.bits
      if plan.ending != .replace { start[1] = UInt(map.mapSize + 1) }
      return .boxed(at: start)
    } catch {
      cursor.top = start
      throw error
    }
  }

  /// Copies the nodes above a level.
  /// - Returns: the node of that level, not copied, and the slot of its parent's copy.
  @inline(__always)
  private static func copyWay(
    _ path: inout HashPath<Hash>, from root: HashMapNode, downTo level: Int,
    scratch: any ScratchProvider, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> (node: HashMapNode, link: UnsafeMutablePointer<UInt>?) {
    var node = root
    var link: UnsafeMutablePointer<UInt>?
    while path.level < level {
      let copy = node.copy(cursor: &cursor)
      link?.pointee = copy.term.bits
      let slot = copy.slots + node.place(of: path.bit)
      link = slot
      node = HashMapNode(Term(bits: slot.pointee))
      try path.descend(scratch: scratch)
    }
    return (node, link)
  }

  /// Puts a leaf of the path's key and another leaf behind a slot that the other had.
  private static func split(
    _ other: Term, _ path: inout HashPath<Hash>, _ value: Term,
    _ slot: UnsafeMutablePointer<UInt>, scratch: any ScratchProvider, cursor: inout WordCursor
  ) throws(ScratchExhausted) {
    var slot = slot
    var otherPath = try HashPath<Hash>(of: other.cons[0], level: path.level, scratch: scratch)
    let leaf = cursor.makeCons(path.key, value)
    while true {
      try path.descend(scratch: scratch)
      try otherPath.descend(scratch: scratch)
      let node = HashMapNode.make(
        bitmap: path.bit | otherPath.bit, rootSize: nil, cursor: &cursor)
      slot.pointee = node.term.bits
      slot = node.slots
      if path.bit != otherPath.bit {
        slot[node.place(of: path.bit)] = leaf.bits
        slot[node.place(of: otherPath.bit)] = other.bits
        return
      }
    }
  }
}

// MARK: - Removing

extension HashMapTree {
  /// Looks what removing a key takes, as long as the map stays a hash map.
  static func planRemove(
    _ key: Term, from map: Term, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> HashMapPlan {
    let hash = try Hash.hash(key, scratch: scratch)
    var path = HashPath<Hash>(of: key, hash: hash)
    var node = HashMapNode(map)
    var words = 0
    // The last node above that has more than the one slot that leads on, and the words down to it.
    var (keptLevel, keptWords) = (0, 0)
    while true {
      let count = node.slotCount
      guard node.has(path.bit) else {
        return HashMapPlan(hash: hash, ending: .none, level: path.level, words: 0)
      }
      let slot = node.slot(of: path.bit)
      if slot.isCons {
        guard try isSame(slot.cons[0], key, scratch: scratch) else {
          return HashMapPlan(hash: hash, ending: .none, level: path.level, words: 0)
        }
        let other = Term(bits: node.slots[node.place(of: path.bit) == 0 ? count - 1 : 0])
        if path.level > 0 && count == 2 && other.isCons {
          return HashMapPlan(hash: hash, ending: .collapse, level: keptLevel, words: keptWords)
        }
        return HashMapPlan(
          hash: hash, ending: .remove, level: path.level, words: words + node.wordCount - 1)
      }
      words += node.wordCount
      if path.level == 0 || count > 1 { (keptLevel, keptWords) = (path.level, words) }
      node = HashMapNode(slot)
      try path.descend(scratch: scratch)
    }
  }

  /// Makes the map without a key that it has.
  /// - Parameters:
  ///   - plan: of ``planRemove(_:from:scratch:)`` for this key and map; not ``HashMapEnding/none``.
  ///   - cursor: over the plan's words; unmoved where this throws.
  static func remove(
    _ key: Term, from map: Term, plan: HashMapPlan,
    scratch: any ScratchProvider, cursor: inout WordCursor
  ) throws(ScratchExhausted) -> Term {
    let start = cursor.top
    do {
      var path = HashPath<Hash>(of: key, hash: plan.hash)
      let (node, link) = try copyWay(
        &path, from: HashMapNode(map), downTo: plan.level, scratch: scratch, cursor: &cursor)
      let last: HashMapNode
      if plan.ending == .remove {
        last = node.copy(removing: path.bit, cursor: &cursor)
      } else {
        last = node.copy(cursor: &cursor)
        last.slots[node.place(of: path.bit)] = try sibling(&path, below: node, scratch: scratch)
          .bits
      }
      link?.pointee = last.term.bits
      start[1] = UInt(map.mapSize - 1)
      return .boxed(at: start)
    } catch {
      cursor.top = start
      throw error
    }
  }

  /// The one leaf that stands beside the path's own.
  private static func sibling(
    _ path: inout HashPath<Hash>, below node: HashMapNode, scratch: any ScratchProvider
  ) throws(ScratchExhausted) -> Term {
    var node = node
    while true {
      let slot = node.slot(of: path.bit)
      if slot.isCons { return Term(bits: node.slots[1 - node.place(of: path.bit)]) }
      node = HashMapNode(slot)
      try path.descend(scratch: scratch)
    }
  }
}
