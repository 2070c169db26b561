import Terms

/// Changes to all objects of a part for which something holds. Under its lock.
extension TablePart {
  /// Takes objects out.
  /// - Parameter matches: asked for each object, of a bag twice with the same answer.
  /// - Returns: how many.
  func removeObjects(
    where matches: (TableEntry) throws(TableError) -> Bool
  ) throws(TableError) -> Int {
    switch self {
    case .hashed(let part):
      part.fix()
      defer { part.unfix() }
      var cursor = HashPart.Cursor()
      var count = 0
      while true {
        let entry = part.next(&cursor)
        if entry.isNone { return count }
        let hash = try part.hash(part.key(of: entry))
        let (number, first) = part.line(of: hash)
        count += try part.removeObjects(
          of: part.place(of: entry, hash: hash), first, number, where: matches)
      }
    case .ordered(let tree):
      var count = 0
      var entry = try tree.first()
      while !entry.isNone {
        let next = try tree.next(after: tree.key(of: entry))
        if try matches(entry) {
          _ = try tree.remove(tree.key(of: entry))
          count += 1
        }
        entry = next
      }
      return count
    }
  }

  /// Replaces objects by others of the same keys.
  /// - Parameter replacement: makes the new object, or none where the old one stays.
  /// - Returns: how many.
  func replaceObjects(
    _ replacement: (TableEntry) throws(TableError) -> TableEntry
  ) throws(TableError) -> Int {
    var count = 0
    func replace(_ entry: TableEntry) throws(TableError) -> TableEntry {
      let new = try replacement(entry)
      if !new.isNone { count += 1 }
      return new
    }
    switch self {
    case .hashed(let part):
      var cursor = HashPart.Cursor()
      while true {
        let entry = part.next(&cursor)
        if entry.isNone { return count }
        if entry.isGroup {
          try part.replaceObjects(of: entry, replace)
        } else {
          let key = part.key(of: entry)
          _ = try part.update(key, hash: try part.hash(key), replace)
        }
      }
    case .ordered(let tree):
      var entry = try tree.first()
      while !entry.isNone {
        let key = tree.key(of: entry)
        let next = try tree.next(after: key)
        _ = try tree.update(key, replace)
        entry = next
      }
      return count
    }
  }
}

extension HashPart {
  /// Replaces objects of a group by others of the same key.
  fileprivate func replaceObjects(
    of entry: TableEntry, _ replacement: (TableEntry) throws(TableError) -> TableEntry
  ) throws(TableError) {
    let group = entry.group
    for index in 0..<group.count {
      let old = group[index]
      let new = try replacement(old)
      if new.isNone { continue }
      group.replace(index, by: new.with(hash: old.hash))
      state.pointee.objects.retire(old)
    }
  }
}
