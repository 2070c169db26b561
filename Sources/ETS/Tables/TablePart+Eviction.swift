import Terms

/// Objects that make room for others. Under the part's lock; where others read, within a section.
extension TablePart {
  /// Takes the oldest objects out until no more are there than the table's limit allows.
  /// - Parameter notes: which keys were read lately, where that counts.
  func evict(
    beyond limit: TableLimit, _ notes: RecencyNotes?
  ) throws(TableError) {
    if limit.policy == .reject || !isBeyond(limit) { return }
    if let notes, case .hashed(let part) = self {
      notes.drain { hash in
        let entry = part.entry(ofHash: hash)
        entry.forEachObject { part.state.pointee.objects.renew($0) }
      }
    }
    var entry = withObjects { $0.ages.oldest }
    while isBeyond(limit) && !entry.isNone {
      // Where the table is fixed, what is taken out keeps its place here too.
      let next = withObjects { $0.ages.younger(than: entry) }
      try evict(entry)
      entry = next
    }
  }

  private func isBeyond(_ limit: TableLimit) -> Bool {
    if let objects = limit.objects, objectCount > objects { return true }
    if let byteCount = limit.byteCount, withObjects({ $0.ages.byteCount }) > byteCount {
      return true
    }
    return false
  }

  private func evict(_ object: TableEntry) throws(TableError) {
    let key = key(of: object)
    switch self {
    case .hashed(let part):
      let hash = try part.hash(key)
      let (number, first) = part.line(of: hash)
      guard let place = try part.place(of: key, hash: hash, from: first), !place.entry.isDeleted
      else { return }
      _ = try part.removeObjects(of: place, first, number) { $0.words == object.words }
    case .ordered(let tree):
      _ = try tree.remove(key)
    }
  }
}

extension HashPart {
  /// The entry of some key with a hash; none where there is none.
  fileprivate func entry(ofHash hash: UInt) -> TableEntry {
    let (print, bits) = (TableHash.print(of: hash), TableHash.entryBits(of: hash))
    var line = line(of: hash).first
    while true {
      for slot in 0..<IndexLine.entryCount where line.print(slot) == print {
        let entry = line.entry(slot)
        if entry.isLive && entry.hash == bits { return entry }
      }
      guard let next = line.link else { return .none }
      line = next
    }
  }
}
