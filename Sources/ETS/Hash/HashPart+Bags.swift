import Carriers
import Heaps
import Synchronization
import Terms

/// Keys with several objects. Under the part's lock.
extension HashPart {
  /// Adds an object to those of its key.
  func join(
    _ object: Term, at place: Place, _ hash: UInt
  ) throws(TableError) -> Change {
    let old = place.entry
    var bits: UInt = 0
    if state.pointee.type == .bag {
      bits = try objectBits(object)
      if try contains(object, bits: bits, in: old) {
        return counted(.none, hash, new: old, previous: old, difference: 0)
      }
    }
    if state.pointee.objects.limit != nil { try state.pointee.objects.checkRoom() }
    if old.isGroup && old.group.count < old.group.room {
      old.group.append(try state.pointee.objects.store(object).with(hash: bits))
      return counted(.appended, hash, new: old, previous: old, difference: 1)
    }
    let count = old.objectCount
    let group = try makeGroup(room: count < 2 ? 2 : count + count / 2)
    do {
      if old.isGroup {
        for index in 0..<count { group.append(old.group[index]) }
      } else {
        let oldBits = state.pointee.type == .bag ? try objectBits(of: old) : 0
        group.append(old.with(hash: oldBits))
      }
      group.append(try state.pointee.objects.store(object).with(hash: bits))
    } catch {
      state.pointee.objects.arena.free(group.memory, byteCount: group.byteCount)
      throw error
    }
    let new = TableEntry(group: group).with(hash: old.hash)
    place.line.replace(place.slot, by: new)
    return counted(.replaced, hash, new: new, previous: old, difference: 1)
  }

  /// Takes out the objects that are exactly equal to one: one of a bag, all of a duplicate bag.
  func remove(_ object: Term, key: Term, hash: UInt) throws(TableError) -> Bool {
    let (number, first) = line(of: hash)
    guard let place = try place(of: key, hash: hash, from: first), !place.entry.isDeleted else {
      return false
    }
    return try removeObjects(of: place, first, number) { entry throws(TableError) in
      try isEqual(entry, object)
    } > 0
  }

  /// Takes out those objects of a place for which something holds.
  /// - Parameter matches: asked for each object of a group twice, with the same answer.
  /// - Returns: how many.
  func removeObjects(
    of place: Place, _ first: IndexLine, _ number: Int,
    where matches: (TableEntry) throws(TableError) -> Bool
  ) throws(TableError) -> Int {
    let count = place.entry.objectCount
    var matching = 0
    for index in 0..<count where try matches(place.entry.object(index)) { matching += 1 }
    if matching == count {
      remove(place, first, number)
    } else if matching > 0 {
      try keep(count - matching, of: place) { entry throws(TableError) in try !matches(entry) }
    }
    return matching
  }

  /// Puts a group of fewer objects in a group's place, and gives the others back.
  /// - Parameters:
  ///   - kept: how many stay, at least one.
  ///   - stays: asked for each object twice, with the same answer.
  private func keep(
    _ kept: Int, of place: Place, where stays: (TableEntry) throws(TableError) -> Bool
  ) throws(TableError) {
    let old = place.entry
    let group = old.group
    let count = group.count
    var new: TableEntry
    if kept == 1 {
      new = .none
      for index in 0..<count where try stays(group[index]) { new = group[index] }
    } else {
      let smaller = try makeGroup(room: kept)
      new = TableEntry(group: smaller)
      do {
        for index in 0..<count where try stays(group[index]) { smaller.append(group[index]) }
      } catch {
        state.pointee.objects.arena.free(smaller.memory, byteCount: smaller.byteCount)
        throw error
      }
    }
    place.line.replace(place.slot, by: new.with(hash: old.hash))
    state.pointee.objectCount.advance(by: kept - count)
    // What stays is in the new place; the answers can be had without error again from there.
    for index in 0..<count {
      let entry = group[index]
      if !new.holds(entry) { retire(entry) }
    }
    state.pointee.objects.retire(block: group.memory, byteCount: group.byteCount)
  }

  /// Replaces objects of a group by others of the same key, in a new group: who reads the old one finds
  /// the objects that it has measured.
  /// - Parameter replacement: what takes an object's place; none where it stays.
  /// - Throws: what the replacement throws; what was replaced before stays so.
  func replaceObjects(
    of place: Place, _ replacement: (TableEntry) throws(TableError) -> TableEntry
  ) throws(TableError) {
    let old = place.entry.group
    let new = try makeGroup(room: old.room)
    let count = old.count
    for index in 0..<count { new.append(old[index]) }
    let result = Result { () throws(TableError) in
      for index in 0..<count {
        let object = try replacement(old[index])
        if !object.isNone { new.replace(index, by: object.with(hash: old[index].hash)) }
      }
    }
    var isChanged = false
    for index in 0..<count where new[index] != old[index] { isChanged = true }
    if isChanged {
      place.line.replace(
        place.slot, by: TableEntry(group: new).with(hash: place.entry.hash))
      for index in 0..<count where new[index] != old[index] {
        state.pointee.objects.retire(old[index])
      }
      state.pointee.objects.retire(block: old.memory, byteCount: old.byteCount)
    } else {
      state.pointee.objects.arena.free(new.memory, byteCount: new.byteCount)
    }
    try result.get()
  }

  private func makeGroup(room: Int) throws(TableError) -> ObjectGroup {
    let byteCount = ObjectGroup.byteCount(room: room)
    return ObjectGroup.initialize(
      try state.pointee.objects.allocate(byteCount: byteCount), room: room)
  }

  /// 16 bits of a stored object's hash.
  private func objectBits(of entry: TableEntry) throws(TableError) -> UInt {
    var unpacked = UnpackedObject(scratch: state.pointee.objects.environment.scratch)
    return try objectBits(unpacked.term(of: entry))
  }

  /// 16 bits of a whole object's hash.
  private func objectBits(_ object: Term) throws(TableError) -> UInt {
    TableHash.entryBits(of: try hash(object))
  }

  private func contains(
    _ object: Term, bits: UInt, in entry: TableEntry
  ) throws(TableError) -> Bool {
    if !entry.isGroup { return try isEqual(entry, object) }
    let group = entry.group
    for index in 0..<group.count where group[index].hash == bits {
      if try isEqual(group[index], object) { return true }
    }
    return false
  }

  private func isEqual(_ entry: TableEntry, _ object: Term) throws(TableError) -> Bool {
    try state.pointee.objects.environment.isExactlyEqual(entry, object)
  }
}

extension TableEntry {
  /// Whether one of the entry's objects is that of another entry.
  fileprivate func holds(_ other: TableEntry) -> Bool {
    if !isGroup { return words == other.words }
    let group = group
    for index in 0..<group.count where group[index].words == other.words { return true }
    return false
  }
}
