import Tenure

/// Natives of module `ets` that go from object to object, or match them.
var tableWalkNatives: [Native] {
  [
    Native("ets", "first", 1) { interpreter, x in
      key(interpreter, x) { table throws(TableError) in
        try table.firstKey(by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "last", 1) { interpreter, x in
      key(interpreter, x) { table throws(TableError) in
        try table.lastKey(by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "next", 2) { interpreter, x in
      key(interpreter, x) { table throws(TableError) in
        try table.nextKey(
          after: try place(interpreter, x[1], table), by: interpreter.pid,
          on: &interpreter.process.heap)
      }
    },
    Native("ets", "prev", 2) { interpreter, x in
      key(interpreter, x) { table throws(TableError) in
        try table.previousKey(
          before: try place(interpreter, x[1], table), by: interpreter.pid,
          on: &interpreter.process.heap)
      }
    },
    Native("ets", "first_lookup", 1) { interpreter, x in
      objects(interpreter, x) { table throws(TableError) in
        try table.firstLookup(by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "last_lookup", 1) { interpreter, x in
      objects(interpreter, x) { table throws(TableError) in
        try table.lastLookup(by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "next_lookup", 2) { interpreter, x in
      objects(interpreter, x) { table throws(TableError) in
        try table.nextLookup(
          after: try place(interpreter, x[1], table), by: interpreter.pid,
          on: &interpreter.process.heap)
      }
    },
    Native("ets", "prev_lookup", 2) { interpreter, x in
      objects(interpreter, x) { table throws(TableError) in
        try table.previousLookup(
          before: try place(interpreter, x[1], table), by: interpreter.pid,
          on: &interpreter.process.heap)
      }
    },
    Native("ets", "slot", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        guard x[1].isSmall else { return nil }
        return try table.objects(
          atSlot: x[1].smallValue, by: interpreter.pid, on: &interpreter.process.heap)
          ?? interpreter.atom("$end_of_table")
      }
    },
    Native("ets", "tab2list", 1) { interpreter, x in
      guard let all = interpreter.atom("_") else { return interpreter.systemLimit() }
      return LongWalk.matchObject.begin(interpreter, x, all)
    },
    Native("ets", "select", 2, LongWalk.select.callAsFunction),
    Native("ets", "select_reverse", 2, LongWalk.selectReversed.callAsFunction),
    Native("ets", "select_count", 2, LongWalk.count.callAsFunction),
    Native("ets", "select_delete", 2, LongWalk.delete.callAsFunction),
    Native("ets", "internal_select_delete", 2, LongWalk.delete.callAsFunction),
    Native("ets", "select_replace", 2, LongWalk.replace.callAsFunction),
    Native("ets", "match", 2, LongWalk.match.callAsFunction),
    Native("ets", "match_object", 2, LongWalk.matchObject.callAsFunction),
    Native("ets", "match_delete", 2, LongWalk.deleteMatching.callAsFunction),
    Native("ets", "$walk", 5, LongWalk.goOn),
  ]
}

/// A key, or `'$end_of_table'`.
private func key(
  _ interpreter: Interpreter, _ x: Arguments, _ find: (Table) throws(TableError) -> Term?
) -> Term {
  interpreter.onTable(x[0]) { table throws(TableError) in
    try find(table) ?? interpreter.atom("$end_of_table")
  }
}

/// The key to go on from: in an ordered table any one, but for what says that there is no more.
private func place(
  _ interpreter: Interpreter, _ key: Term, _ table: Table
) throws(TableError) -> Term {
  if key.isAtom, table.isOrdered, interpreter.isAtom(key, "$end_of_table") { throw .noKey }
  return key
}

/// A key and its objects, or `'$end_of_table'`.
private func objects(
  _ interpreter: Interpreter, _ x: Arguments,
  _ find: (Table) throws(TableError) -> KeyedObjects?
) -> Term {
  interpreter.onTable(x[0]) { table throws(TableError) in
    guard let found = try find(table) else { return interpreter.atom("$end_of_table") }
    return try interpreter.building(words: 3) { $0.makeTuple(found.key, found.objects) }
  }
}
