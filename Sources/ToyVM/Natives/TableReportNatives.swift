import Glibc
import Tenure

/// Natives of module `ets` that tell of tables.
var tableReportNatives: [Native] {
  [
    Native("ets", "info", 2) { interpreter, x in
      interpreter.onTableOrUndefined(x[0]) { table throws(TableError) in
        guard x[1].isAtom else { return nil }
        return try item(interpreter.atoms.name(of: x[1]), interpreter, table, name: x[0])
      }
    },
    Native("ets", "info", 1) { interpreter, x in
      interpreter.onTableOrUndefined(x[0]) { table throws(TableError) in
        var list = Term.nil
        for name in itemsInOrder.reversed() {
          guard let value = try item(name, interpreter, table, name: x[0]),
            let key = interpreter.atom(name)
          else { return nil }
          let rest = list
          list = try interpreter.building(words: 5) {
            $0.makeCons($0.makeTuple(key, value), rest)
          }
        }
        return list
      }
    },
    Native("ets", "all", 0) { interpreter, _ in
      interpreter.onTable { () throws(TableError) in try allTables(interpreter) }
    },
    Native("ets", "internal_request_all", 0, requestAll),
  ]
}

/// The names of all tables, or references to them.
private func allTables(_ interpreter: Interpreter) throws(TableError) -> Term {
  var list = Term.nil
  for table in interpreter.system.tables.tables.reversed() {
    guard let options = try? table.information().options else { continue }
    let name = options.isNamed ? table.name : try interpreter.reference(to: table)
    let rest = list
    list = try interpreter.building(words: 2) { $0.makeCons(name, rest) }
  }
  return list
}

/// `internal_request_all()`: a reference, with which each scheduler sends `{Reference, Tables}`.
/// The tables belong to no scheduler here, so the first one tells all of them.
private func requestAll(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  x[0] = interpreter.makeReference()
  if x[0].isNone { return .none }
  let tables = interpreter.onTable { () throws(TableError) in try allTables(interpreter) }
  if tables.isNone { return .none }
  x[1] = tables
  for number in 1...interpreter.schedulers.threadCount {
    guard interpreter.ensure(3, live: 2) else { return .none }
    let message = interpreter.build { $0.makeTuple(x[0], number == 1 ? x[1] : .nil) }
    guard interpreter.sends(message, to: interpreter.pid) else { return .none }
  }
  return x[0]
}

/// The items of `ets:info/1`.
private let itemsInOrder = [
  "id", "decentralized_counters", "read_concurrency", "write_concurrency", "compressed", "memory",
  "owner", "heir", "name", "size", "node", "named_table", "type", "keypos", "protection",
]

/// An item of `ets:info/1,2`; nothing where there is no such item.
private func item(
  _ item: String, _ interpreter: Interpreter, _ table: Table, name: Term
) throws(TableError) -> Term? {
  let information = try table.information()
  let options = information.options
  switch item {
  case "size": return .small(information.objectCount)
  case "memory": return .small(information.words)
  case "owner": return information.owner
  case "name": return information.name
  case "heir": return information.heir ?? interpreter.atom("none")
  case "keypos": return .small(options.keyPosition)
  case "named_table": return .boolean(options.isNamed)
  case "compressed": return .boolean(options.isCompressed)
  case "read_concurrency": return .boolean(options.readConcurrency)
  case "decentralized_counters": return .boolean(options.countsApart)
  case "fixed": return .boolean(information.isFixed)
  case "node": return interpreter.code.natives.nodeName
  case "id": return try interpreter.reference(to: table)
  case "type": return interpreter.atom(options.type.rawValue)
  case "protection": return interpreter.atom(options.protection.rawValue)
  case "write_concurrency": return interpreter.atom(options.writeConcurrency.rawValue)
  case "binary": return try binaries(of: table, interpreter)
  case "safe_fixed_monotonic_time":
    guard let first = information.fixations.map(\.since).min() else { return .false }
    let time = try interpreter.building(words: 2) {
      IntegerArithmetic.makeInteger(Int(first), into: &$0)
    }
    return try fixations(information, since: time, interpreter)
  case "safe_fixed":
    guard let first = information.fixations.map(\.since).min() else { return .false }
    let age = nanoseconds(CLOCK_MONOTONIC) - Int(first)
    let began = timestampParts(nanoseconds(CLOCK_REALTIME) - age)
    let time = try interpreter.building(words: 4) {
      $0.makeTuple(.small(began.0), .small(began.1), .small(began.2))
    }
    return try fixations(information, since: time, interpreter)
  case "stats": return try statistics(of: table, interpreter)
  default: return nil
  }
}

/// The item `stats`: `false` of an ordered table, as of a tree with one lock.
private func statistics(
  of table: Table, _ interpreter: Interpreter
) throws(TableError) -> Term {
  let statistics = try table.indexStatistics()
  if statistics.lineCount == 0 { return .false }
  return try interpreter.building(words: 9 + 3 * 2) { cursor in
    let numbers = [
      statistics.meanKeys, statistics.keyDeviation, statistics.expectedDeviation,
    ].map { cursor.makeFloat($0) }
    return cursor.makeTuple(
      .small(statistics.lineCount), numbers[0], numbers[1], numbers[2],
      .small(statistics.fewestKeys), .small(statistics.mostKeys),
      .small(statistics.deletedKeyCount), .small(statistics.partCount))
  }
}

/// `{Time, [{Pid, Count}]}`.
private func fixations(
  _ information: TableInformation, since time: Term, _ interpreter: Interpreter
) throws(TableError) -> Term {
  try interpreter.building(words: 3 + 5 * information.fixations.count) { cursor in
    var list = Term.nil
    for fixation in information.fixations {
      list = cursor.makeCons(
        cursor.makeTuple(fixation.process, .small(fixation.count)), list)
    }
    return cursor.makeTuple(time, list)
  }
}

/// `[{Identifier, Bytes, References}]`.
private func binaries(of table: Table, _ interpreter: Interpreter) throws(TableError) -> Term {
  var list = Term.nil
  for binary in try table.binaries() {
    let rest = list
    list = try interpreter.building(words: 2 + 6) { cursor in
      let identifier = IntegerArithmetic.makeInteger(
        Int(bitPattern: binary.identifier), into: &cursor)
      return cursor.makeCons(
        cursor.makeTuple(identifier, .small(binary.byteCount), .small(binary.references)), rest)
    }
  }
  return list
}
