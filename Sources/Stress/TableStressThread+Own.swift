import ETS
import Heaps
import TestKit
import Terms

/// Steps on tables that no other thread writes: each must give what the model gives, and one that is
/// refused must change nothing.
extension TableStressThread {
  private static var keyCount: Int { 60 }
  private static var valueCount: Int { 6 }

  mutating func useOwnTable() throws {
    if own.count < 3 { return try makeOwnTable() }
    let index = below(own.count)
    if below(150) == 0 {
      check(own[index])
      return try giveUp(own.remove(at: index))
    }
    if !own[index].table.isAlive { return stress.complain("an own table ended") }
    if below(40) == 0 { return check(own[index]) }
    // Out of the list meanwhile: a step uses all of the thread.
    var table = own.remove(at: index)
    defer { own.append(table) }
    try change(&table)
  }

  private mutating func makeOwnTable() throws {
    var options = makeOptions()
    options.protection = below(3) == 0 ? .private : .protected
    let table = try stress.registry.makeTable(named: .ok, options: options, owner: pid)
    own.append(
      OwnTable(
        table: table, model: TableModel(type: options.type), keyPosition: options.keyPosition))
  }

  /// Ends a table or gives it away: it is no own table any more.
  private mutating func giveUp(_ own: OwnTable) throws {
    if below(2) == 0 { return try own.table.delete(by: pid) }
    do {
      try giveAway(own.table)
    } catch {
      // It would be neither one's own nor among those that are shared.
      try own.table.delete(by: pid)
    }
  }

  private mutating func change(_ own: inout OwnTable) throws {
    let (key, value) = (below(Self.keyCount), below(Self.valueCount))
    let (table, position) = (own.table, own.keyPosition)
    let object = object(key, value, keyPosition: position)
    switch below(20) {
    case 0..<7:
      try table.insert(object, by: pid)
      own.model.insert(key, value)
    case 7..<9:
      let isNew = try table.insertNew(object, by: pid)
      if isNew != own.model.insertNew(key, value) { stress.complain("insertNew: \(isNew)") }
    case 9..<11:
      try table.delete(.small(key), by: pid)
      own.model.delete(key)
    case 11..<13:
      try table.deleteObject(object, by: pid)
      own.model.delete(key, value)
    case 13:
      let list = try table.take(.small(key), by: pid, on: &heap)
      expect(list, own, key, "take")
      own.model.delete(key)
    case 14: try insertList(&own)
    case 15: try update(&own, key, value)
    case 16 where below(8) == 0:
      try table.deleteAllObjects(by: pid)
      own.model.removeAll()
    case 16, 17:
      if below(2) == 0 { try table.fix(by: pid) } else { try table.release(by: pid) }
    default:
      expect(try table.lookup(.small(key), by: pid, on: &heap), own, key, "lookup")
    }
  }

  private mutating func insertList(_ own: inout OwnTable) throws {
    let chosen = (0..<below(5)).map { _ in
      (key: below(Self.keyCount), value: below(Self.valueCount))
    }
    let objects = chosen.map { object($0.key, $0.value, keyPosition: own.keyPosition) }
    let list = heap.build { $0.makeList(objects) }
    try own.table.insert(contentsOf: list, by: pid)
    own.model.insert(contentsOf: chosen)
  }

  /// Gives an object another value, and the payload that belongs to it.
  private mutating func update(_ own: inout OwnTable, _ key: Int, _ value: Int) throws {
    let payload = payload(key, value)
    let isThere = try own.table.updateElements(
      .small(key),
      [
        ElementUpdate(position: 3 - own.keyPosition, value: .small(value)),
        ElementUpdate(position: 3, value: payload),
      ], by: pid)
    if isThere != (own.model.values[key] != nil) {
      stress.complain("updateElements: \(isThere)")
    }
    if isThere { own.model.insert(key, value) }
  }

  private func expect(_ list: Term, _ own: OwnTable, _ key: Int, _ what: String) {
    let found = parts(ofList: list, keyPosition: own.keyPosition)
    let expected = own.model.values[key] ?? []
    if found.map(\.value) != expected || !found.allSatisfy({ $0.key == key }) {
      stress.complain(
        "\(what) in table \(own.table.number), \(own.model.type), of \(key): "
          + "\(found), not \(expected)")
    }
  }

  /// Compares all of a table with its model.
  func check(_ own: OwnTable) {
    var found: [Int: [Int]] = [:]
    var last = Int.min
    do {
      try own.table.forEachObject(by: pid) { object in
        guard let (key, value) = Self.parts(of: object, keyPosition: own.keyPosition) else {
          return stress.complain("a damaged object in table \(own.table.number)")
        }
        if own.model.type == .orderedSet && key <= last {
          stress.complain("\(key) behind \(last) in an ordered table")
        }
        last = key
        found[key, default: []].append(value)
      }
      let count = try own.table.objectCount()
      if count != own.model.objectCount {
        stress.complain("\(count) objects, not \(own.model.objectCount)")
      }
    } catch {
      if !stress.isRefusing { stress.complain("a walk: \(error)") }
      return
    }
    if found != own.model.values {
      stress.complain("table \(own.table.number), \(own.model.type), is not as its model")
    }
  }
}
