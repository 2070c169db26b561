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
        return x[1]
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
        var rest = x[1].isTuple ? Term.nil : x[1]
        var options = x[1].isTuple ? [x[1]] : []
        while rest.isCons {
          options.append(rest.cons[0])
          rest = rest.cons[1]
        }
        guard rest.isNil, let heirs = interpreter.heirs(options) else { return nil }
        for heir in heirs { try table.setHeir(heir.pid, data: heir.data, by: interpreter.pid) }
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
    + tableFileNatives
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

  /// As ``onTable(_:_:)``, but with an answer of its own for a name or reference of no table.
  func onTable(
    _ identifier: Term, orGone answer: Term, _ body: (Table) throws(TableError) -> Term?
  ) -> Term {
    if !identifier.isAtom && !identifier.isBoxed(.reference) { return badArgument() }
    return onTable { () throws(TableError) in
      guard let table = table(identifier) else { return answer }
      return try body(table)
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

/// `ets:new(Name, Options)`.
private func newTable(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  interpreter.onTable { () throws(TableError) in
    var options = TableOptions()
    var heir: (pid: Term, data: Term)?
    var rest = x[1]
    while rest.isCons {
      guard interpreter.read(rest.cons[0], into: &options, heir: &heir) else { return nil }
      rest = rest.cons[1]
    }
    guard rest.isNil, x[0].isAtom else { return nil }
    let table = try interpreter.system.tables.makeTable(
      named: x[0], options: options, owner: interpreter.pid)
    if let heir { try table.setHeir(heir.pid, data: heir.data, by: interpreter.pid) }
    return options.isNamed ? x[0] : try interpreter.reference(to: table)
  }
}

extension Interpreter {
  /// The heirs that options of `ets:setopts/2` name; nothing where one is another option.
  fileprivate func heirs(_ options: [Term]) -> [(pid: Term?, data: Term)]? {
    var heirs: [(pid: Term?, data: Term)] = []
    for option in options {
      guard option.isTuple, isAtom(option.tupleElements.first ?? .nil, "heir") else { return nil }
      let elements = option.tupleElements
      if elements.count == 2, isAtom(elements[1], "none") {
        heirs.append((nil, .nil))
      } else if elements.count == 3, elements[1].isLocalPid {
        heirs.append((elements[1], elements[2]))
      } else {
        return nil
      }
    }
    return heirs
  }

  /// Takes one option of `ets:new/2`; `false` where it is none.
  fileprivate func read(
    _ option: Term, into options: inout TableOptions, heir: inout (pid: Term, data: Term)?
  ) -> Bool {
    if option.isAtom {
      let name = atoms.name(of: option)
      if let type = TableType(rawValue: name) {
        options.type = type
      } else if let protection = TableProtection(rawValue: name) {
        options.protection = protection
      } else if name == "named_table" {
        options.isNamed = true
      } else if name == "compressed" {
        options.isCompressed = true
      } else {
        return false
      }
      return true
    }
    guard option.isTuple, let key = option.tupleElements.first, key.isAtom else { return false }
    let elements = option.tupleElements
    if elements.count == 3 && isAtom(key, "heir") {
      heir = (elements[1], elements[2])
      return elements[1].isLocalPid
    }
    guard elements.count == 2 else { return false }
    let value = elements[1]
    switch atoms.name(of: key) {
    case "keypos":
      guard value.isSmall, value.smallValue > 0 else { return false }
      options.keyPosition = value.smallValue
    case "heir":
      return isAtom(value, "none")
    case "write_concurrency":
      guard value.isAtom, let choice = WriteConcurrency(rawValue: atoms.name(of: value)) else {
        return false
      }
      options.writeConcurrency = choice
    case "read_concurrency":
      options.readConcurrency = value == .true
      return value == .true || value == .false
    case "decentralized_counters":
      options.decentralizedCounters = value == .true
      return value == .true || value == .false
    default:
      return false
    }
    return true
  }
}
