import Carriers
import ETS
import Heaps
import TestKit
import Terms

/// Steps on tables that all threads use: no object may be damaged, and no walk may meet one twice.
extension TableStressThread {
  private static var keyCount: Int { 300 }

  mutating func useSharedTable() throws {
    let place = below(TableStress.placeCount)
    guard let table = stress.state.withLock({ $0.tables[place] }), table.isAlive else {
      return try makeSharedTable(at: place)
    }
    let position = table.keyPosition
    switch below(100) {
    case 0..<50: try changeObject(table, position)
    case 50..<70: try read(table, position)
    case 70..<80: try walk(table, position)
    case 80..<86:
      if below(2) == 0 { try table.fix(by: pid) } else { try table.release(by: pid) }
    case 86..<94: try changeOwner(table)
    default: try changeAll(table, place)
    }
  }

  private mutating func makeSharedTable(at place: Int) throws {
    var options = makeOptions()
    options.protection = protection()
    options.isNamed = below(3) == 0
    let name = stress.names[below(stress.names.count)]
    let table = try stress.registry.makeTable(named: name, options: options, owner: pid)
    if options.isNamed, let found = stress.registry.table(named: name),
      found.name != name && found == table
    {
      stress.complain("a name leads to a table of another name")
    }
    let old = stress.state.withLock { state in
      let old = state.tables[place]
      state.tables[place] = table
      return old
    }
    // Another thread was faster: its table goes.
    if let old, old.isAlive { try old.delete(by: pid) }
  }

  private mutating func changeObject(_ table: Table, _ position: Int) throws {
    let (key, value) = (below(Self.keyCount), below(8))
    let object = object(key, value, keyPosition: position)
    switch below(12) {
    case 0..<5: try table.insert(object, by: pid)
    case 5: _ = try table.insertNew(object, by: pid)
    case 6: try table.delete(.small(key), by: pid)
    case 7: try table.deleteObject(object, by: pid)
    case 8:
      let list = try table.take(.small(key), by: pid, on: &heap)
      for parts in parts(ofList: list, keyPosition: position) where parts.key != key {
        stress.complain("take gives key \(parts.key), not \(key)")
      }
    case 9:
      let other = self.object(key + 1, value, keyPosition: position)
      let list = heap.build { $0.makeList([object, other, object]) }
      try table.insert(contentsOf: list, by: pid)
    case 10:
      let payload = payload(key, value)
      _ = try table.updateElements(
        .small(key),
        [
          ElementUpdate(position: 3 - position, value: .small(value)),
          ElementUpdate(position: 3, value: payload),
        ], by: pid)
    default:
      _ = try table.updateCounter(
        .small(key), step: CounterStep(position: 4, increment: .small(below(9) - 4)),
        default: object, by: pid, on: &heap)
    }
  }

  private mutating func read(_ table: Table, _ position: Int) throws {
    let key = below(Self.keyCount)
    switch below(6) {
    case 0..<3:
      let list = try table.lookup(.small(key), by: pid, on: &heap)
      for parts in parts(ofList: list, keyPosition: position) where parts.key != key {
        stress.complain("lookup gives key \(parts.key), not \(key)")
      }
    case 3: _ = try table.lookupElement(.small(key), 3, by: pid, on: &heap)
    case 4: _ = try table.contains(.small(key), by: pid)
    default: _ = try table.nextLookup(after: .small(key), by: pid, on: &heap)
    }
  }

  /// Goes through all objects, in one of the ways there are.
  private mutating func walk(_ table: Table, _ position: Int) throws {
    let information = try table.information()
    var list = Term.nil
    switch below(5) {
    case 0: list = try table.list(by: pid, on: &heap)
    case 1: return try walkInSlices(table, position, information.options.type)
    case 2:
      let snapshot = try table.makeSnapshot(by: pid)
      list = try snapshot.list(by: pid, on: &heap)
      let count = parts(ofList: list, keyPosition: position).count
      if count != snapshot.objectCount {
        stress.complain("\(count) objects of a snapshot of \(snapshot.objectCount)")
      }
    case 3: list = try table.select(stress.specifications[0], by: pid, on: &heap)
    default:
      _ = try table.selectCount(stress.specifications[1], by: pid)
      _ = try table.binaries()
      return
    }
    checkOnce(parts(ofList: list, keyPosition: position), information.options.type)
  }

  private mutating func walkInSlices(_ table: Table, _ position: Int, _ type: TableType) throws {
    try table.fix(by: pid)
    defer { try? table.release(by: pid) }
    var met: [(key: Int, value: Int)] = []
    var next: Term?
    repeat {
      let slice = try table.select(
        stress.specifications[0], limit: 1 + below(40), after: next, by: pid, on: &heap)
      met += parts(ofList: slice.results, keyPosition: position)
      next = slice.continuation
    } while next != nil
    checkOnce(met, type)
  }

  /// Each key at most once where a key has one object; in order where the keys are.
  private func checkOnce(_ met: [(key: Int, value: Int)], _ type: TableType) {
    if type.isBag { return }
    let keys = met.map(\.key)
    if Set(keys).count != keys.count { stress.complain("a walk meets a key twice in a \(type)") }
    if type == .orderedSet && keys != keys.sorted() {
      stress.complain("a walk through an ordered table is in no order")
    }
  }

  private mutating func changeOwner(_ table: Table) throws {
    if below(2) == 0 { return try giveAway(table) }
    let heir = anyProcess()
    try table.setHeir(below(4) == 0 ? nil : heir, data: transferData(table), by: pid)
  }

  private mutating func anyProcess() -> Term {
    let number = random.next()
    // Within the lock: what is read of a copy behind it would be no race either, but the thread
    // sanitizer does not see that reference counts are looked at before a change.
    return stress.state.withLock { $0.living[Int(number % UInt64($0.living.count))] }
  }

  private mutating func transferData(_ table: Table) -> Term {
    let pid = pid
    return heap.build { $0.makeTuple(.small(Int(table.number)), pid) }
  }

  mutating func giveAway(_ table: Table) throws {
    let (data, other) = (transferData(table), anyProcess())
    // Nobody would check the data of a heir that was named by the owner before.
    try table.setHeir(nil, data: .nil, by: pid)
    try table.giveAway(to: other, data: data, by: pid)
  }

  private mutating func changeAll(_ table: Table, _ place: Int) throws {
    switch below(8) {
    case 0: try table.delete(by: pid)
    case 1: try table.deleteAllObjects(by: pid)
    case 2..<4: _ = try table.selectDelete(stress.specifications[1], by: pid)
    case 4: try table.rename(to: stress.names[below(stress.names.count)], by: pid)
    case 5: if below(4) == 0 { stress.state.withLock { $0.tables[place] = nil } }
    case 6: try table.setOptions(protection: protection(), by: pid)
    default: _ = try table.indexStatistics()
    }
  }

  /// Mostly one that lets all threads in.
  private mutating func protection() -> TableProtection {
    switch below(8) {
    case 0: .private
    case 1, 2: .protected
    default: .public
    }
  }
}
