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
      matching(interpreter, x, ofNoClause: .small(0)) {
        table, specification throws(TableError) in
        .small(try table.selectDelete(specification, by: interpreter.pid))
      }
    },
    Native("ets", "select_replace", 2) { interpreter, x in
      matching(interpreter, x, ofNoClause: .small(0)) {
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

/// Runs a piece of work with the specification in x1, or with the pattern there where a result is
/// given.
/// - Parameter ofNoClause: the answer to a specification without clauses; nothing where that is none.
private func matching(
  _ interpreter: Interpreter, _ x: Arguments, result: PatternResult? = nil,
  ofNoClause: Term? = nil,
  _ body: (Table, MatchSpecification) throws(TableError) -> Term?
) -> Term {
  interpreter.onTable(x[0]) { table throws(TableError) in
    if x[1].isNil, let ofNoClause { return ofNoClause }
    let specification: MatchSpecification
    do throws(MatchSpecificationError) {
      let (atoms, heaps) = (interpreter.atoms, interpreter.system.heaps)
      if let result {
        specification = try MatchSpecification(
          pattern: x[1], result: result, atoms: atoms, environment: heaps,
          funs: interpreter.code)
      } else {
        specification = try MatchSpecification(
          compiling: x[1], atoms: atoms, environment: heaps, funs: interpreter.code)
      }
    } catch {
      throw TableError(error)
    }
    return try body(table, specification)
  }
}
