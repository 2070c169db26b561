import Terms

/// Walks over a part of the keys: so a match specification whose pattern binds the beginning of a
/// compound key looks at no more than that part.
extension OrderedTree {
  /// A walk that stands at the first object of a range, or, backward, at its last: ``Cursor/entry``
  /// is that object; where there is none, the nearest behind the range in the direction, or none.
  /// - Parameter place: tells of a key whether it is before the range (negative), within (0), or
  ///   behind (positive), in standard order; may be asked of any key, several times.
  /// - Complexity: O(log objects) times that of the closure, squared.
  func cursor(
    at direction: Direction, of place: (Term) throws(TableError) -> Int
  ) throws(TableError) -> Cursor {
    try retrying { () throws(TableError) in
      try self.sought(direction) { key throws(TableError) in
        direction == .forward ? try place(key) < 0 : try place(key) <= 0
      }
    }
  }

  /// A walk behind a key, which need not be there: ``Cursor/entry`` is the first object above, or,
  /// backward, the last below.
  func cursor(after key: Term, _ direction: Direction) throws(TableError) -> Cursor {
    try position(from: key, direction)
  }

  /// One attempt; nothing where nodes changed meanwhile.
  /// - Parameter isPassed: holds for keys up to a place, and for none behind it.
  private func sought(
    _ direction: Direction, isPassed: (Term) throws(TableError) -> Bool
  ) throws(TableError) -> Cursor? {
    var way = Way(direction)
    guard var sight = way.begin(self) else { return Cursor() }
    while way.level > 0 {
      if sight.isLost { return nil }
      var (low, high) = (0, sight.node.count)
      while low < high {
        let middle = (low + high) / 2
        let entry = firstEntry(of: child(middle + 1, of: sight), level: way.level - 1)
        if entry.isNone { return nil }
        if try isPassed(key(of: entry)) { low = middle + 1 } else { high = middle }
      }
      sight = way.take(low, of: sight, in: self)
    }
    if sight.isLost { return nil }
    let extent = sight.node.extent
    var (low, high) = (0, extent.count)
    while low < high {
      let middle = (low + high) / 2
      let key = key(of: sight.node.entry(middle, in: extent))
      if try isPassed(key) { low = middle + 1 } else { high = middle }
    }
    return way.end(at: direction == .forward ? low : low - 1, of: sight, in: self)
  }

  /// The first object under a node; none where something changed.
  private func firstEntry(of node: Sight, level: Int) -> TableEntry {
    var (sight, level) = (node, level)
    while level > 0 && !sight.isLost {
      sight = child(0, of: sight)
      level -= 1
    }
    if sight.isLost { return .none }
    let extent = sight.node.extent
    return extent.count == 0 ? .none : sight.node.entry(0, in: extent)
  }
}
