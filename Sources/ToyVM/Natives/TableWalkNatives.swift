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
        try table.nextKey(after: x[1], by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "prev", 2) { interpreter, x in
      key(interpreter, x) { table throws(TableError) in
        try table.previousKey(before: x[1], by: interpreter.pid, on: &interpreter.process.heap)
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
        try table.nextLookup(after: x[1], by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "prev_lookup", 2) { interpreter, x in
      objects(interpreter, x) { table throws(TableError) in
        try table.previousLookup(before: x[1], by: interpreter.pid, on: &interpreter.process.heap)
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
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.list(by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "select", 2) { interpreter, x in
      matching(interpreter, x, ofNoClause: .nil) { table, specification throws(TableError) in
        try table.select(specification, by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "select_reverse", 2) { interpreter, x in
      matching(interpreter, x, ofNoClause: .nil) { table, specification throws(TableError) in
        try table.selectReversed(
          specification, by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "select_count", 2) { interpreter, x in
      matching(interpreter, x, ofNoClause: .small(0)) {
        table, specification throws(TableError) in
        .small(try table.selectCount(specification, by: interpreter.pid))
      }
    },
    Native("ets", "select_delete", 2) { interpreter, x in
      matching(interpreter, x, ofNoClause: .small(0), .writing) {
        table, specification throws(TableError) in
        .small(try table.selectDelete(specification, by: interpreter.pid))
      }
    },
    Native("ets", "internal_select_delete", 2) { interpreter, x in
      matching(interpreter, x, ofNoClause: .small(0), .writing) {
        table, specification throws(TableError) in
        .small(try table.selectDelete(specification, by: interpreter.pid))
      }
    },
    Native("ets", "select_replace", 2) { interpreter, x in
      matching(interpreter, x, ofNoClause: .small(0), .replacing) {
        table, specification throws(TableError) in
        .small(try table.selectReplace(specification, by: interpreter.pid))
      }
    },
    Native("ets", "match", 2) { interpreter, x in
      matching(interpreter, x, result: .bindings) { table, specification throws(TableError) in
        try table.select(specification, by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "match_object", 2) { interpreter, x in
      matching(interpreter, x, result: .object) { table, specification throws(TableError) in
        try table.select(specification, by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "match_delete", 2) { interpreter, x in
      matching(interpreter, x, result: .true) { table, specification throws(TableError) in
        _ = try table.selectDelete(specification, by: interpreter.pid)
        return .true
      }
    },
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

/// Runs a piece of work with the specification in x1, or with the pattern there where a result is
/// given.
/// - Parameter ofNoClause: the answer to a specification without clauses; nothing where that is none.
private func matching(
  _ interpreter: Interpreter, _ x: Arguments, result: PatternResult? = nil,
  ofNoClause: Term? = nil, _ use: TableUse = .reading,
  _ body: (Table, MatchSpecification) throws(TableError) -> Term?
) -> Term {
  interpreter.onTable(x[0]) { table throws(TableError) in
    if x[1].isNil, let ofNoClause {
      try table.check(use, by: interpreter.pid)
      return ofNoClause
    }
    let specification = try interpreter.specification(x[1], result: result)
    return try body(table, specification)
  }
}
