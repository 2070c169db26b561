import Glibc
import Tenure

/// Natives of module `ets`.
var tableNatives: [Native] {
  [
    Native("ets", "new", 2, newTable),
    Native("ets", "whereis", 1) { interpreter, x in
      interpreter.onTable { () throws(TableError) in
        guard x[0].isAtom else { return nil }
        guard let table = interpreter.system.tables.table(named: x[0]) else { return .undefined }
        return try interpreter.reference(to: table)
      }
    },
    Native("ets", "rename", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.rename(to: x[1], by: interpreter.pid)
        return table.isNamed ? x[1] : x[0]
      }
    },
    Native("ets", "delete", 1) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.delete(by: interpreter.pid)
        return .true
      }
    },
    Native("ets", "delete_all_objects", 1) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.deleteAllObjects(by: interpreter.pid)
        return .true
      }
    },
    Native("ets", "internal_delete_all", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        let count = try table.objectCount()
        try table.deleteAllObjects(by: interpreter.pid)
        return .small(count)
      }
    },
    Native("ets", "give_away", 3) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.giveAway(to: x[1], data: x[2], by: interpreter.pid)
        return .true
      }
    },
    Native("ets", "setopts", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        guard let options = interpreter.changes(x[1]) else { return nil }
        try table.setOptions(
          heir: options.heir, protection: options.protection, by: interpreter.pid)
        return .true
      }
    },
    Native("ets", "safe_fixtable", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        switch x[1] {
        case .true: try table.fix(by: interpreter.pid)
        case .false: try table.release(by: interpreter.pid)
        default: return nil
        }
        return .true
      }
    },
  ] + tableObjectNatives + tableWalkNatives + tableSliceNatives + tableReportNatives
    + tableFileNatives + tableSpecificationNatives
}

extension Interpreter {
  /// Runs a piece of work on tables; what it throws, and nothing as its result, become exceptions.
  func onTable(_ body: () throws(TableError) -> Term?) -> Term {
    do {
      return try body() ?? badArgument()
    } catch .outOfMemory(let refusal) {
      memoryRefusal = .outOfMemory(refusal)
      return systemLimit()
    } catch .heap(let refusal) {
      memoryRefusal = refusal
      return systemLimit()
    } catch .scratchExhausted {
      return systemLimit()
    } catch {
      return badArgument()
    }
  }

  /// Runs a piece of work on the table that a term names: its name, or a reference to it.
  func onTable(
    _ identifier: Term, _ body: (Table) throws(TableError) -> Term?
  ) -> Term {
    onTable { () throws(TableError) in
      guard let table = table(identifier) else { return nil }
      return try body(table)
    }
  }

  /// As ``onTable(_:_:)``, but `undefined` is the answer for a name or reference of no table, also of one
  /// that ends during the work.
  func onTableOrUndefined(
    _ identifier: Term, _ body: (Table) throws(TableError) -> Term?
  ) -> Term {
    if !identifier.isAtom && !identifier.isTableReference { return badArgument() }
    return onTable { () throws(TableError) in
      guard let table = table(identifier) else { return .undefined }
      do throws(TableError) {
        return try body(table)
      } catch .noTable {
        return .undefined
      }
    }
  }

  /// The table that a name or a reference is of.
  func table(_ identifier: Term) -> Table? {
    // Most programs ask the same table again and again.
    if let lastTable, lastTable.isIdentified(by: identifier) { return lastTable }
    let table = system.tables.table(identifiedBy: identifier)
    lastTable = table
    return table
  }

  /// What a program knows a table by that has no name.
  func reference(to table: Table) throws(TableError) -> Term {
    try building(words: 3) { $0.makeReference(to: table) }
  }

  /// Builds on the heap, without a collection.
  func building(
    words: Int, _ body: (inout WordCursor) -> Term
  ) throws(TableError) -> Term {
    do {
      return try process.heap.buildInPlace(words: words) { cursor, _ in body(&cursor) }
    } catch {
      throw .heap(error)
    }
  }

  /// A copy on the heap, without a collection.
  func copied(_ term: Term) throws(TableError) -> Term {
    let words: Int
    do {
      words = try TermSize.flatWords(of: term, scratch: scratch)
    } catch {
      throw .scratchExhausted(requestedBytes: error.requestedBytes)
    }
    do {
      return try process.heap.buildInPlace(words: words) { cursor, list in
        TermCopy.copy(term, words: words, into: &cursor, list: &list)
      }
    } catch {
      throw .heap(error)
    }
  }

  /// Compiles a match specification, or a pattern where its result is given.
  func specification(
    _ source: Term, result: PatternResult? = nil
  ) throws(TableError) -> MatchSpecification {
    do throws(MatchSpecificationError) {
      if let result {
        return try MatchSpecification(
          pattern: source, result: result, atoms: atoms, environment: system.heaps, funs: code)
      }
      return try MatchSpecification(
        compiling: compiledSource(source) ?? source, atoms: atoms, environment: system.heaps,
        funs: code)
    } catch {
      throw TableError(error)
    }
  }

  /// What a term was compiled of that `ets:match_spec_compile/1` gave.
  func compiledSource(_ term: Term) -> Term? {
    guard term.isTuple(arity: 2), isAtom(term.tupleElements[0], "ets_match_spec") else {
      return nil
    }
    return term.tupleElements[1]
  }

  /// Whether a term is the atom of a name.
  func isAtom(_ term: Term, _ name: StaticString) -> Bool {
    term.isAtom
      && atoms.withName(of: term) { bytes in
        guard let base = bytes.baseAddress, bytes.count == name.utf8CodeUnitCount else {
          return false
        }
        return memcmp(base, name.utf8Start, bytes.count) == 0
      }
  }
}
