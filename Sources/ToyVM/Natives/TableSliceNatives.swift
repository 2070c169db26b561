import Tenure

/// Natives of module `ets` that match in slices, or with a specification that was compiled before.
///
/// A continuation carries what it takes to go on, so none has to be kept by number or repaired:
/// ```
/// {Table, Kind, Specification, Limit, Continuation of the table}
/// {ets_match_spec, Specification}                                  a compiled specification
/// ```
var tableSliceNatives: [Native] {
  [
    Native("ets", "select", 3) { begin($0, $1, .select) },
    Native("ets", "select", 1) { goOn($0, $1) },
    Native("ets", "select_reverse", 3) { begin($0, $1, .selectReversed) },
    Native("ets", "select_reverse", 1) { goOn($0, $1) },
    Native("ets", "match", 3) { begin($0, $1, .match) },
    Native("ets", "match", 1) { goOn($0, $1) },
    Native("ets", "match_object", 3) { begin($0, $1, .matchObject) },
    Native("ets", "match_object", 1) { goOn($0, $1) },
    Native("ets", "repair_continuation", 2) { interpreter, x in
      interpreter.isAtom(x[0], "$end_of_table") || SliceKind(of: x[0]) != nil
        ? x[0] : interpreter.badArgument()
    },
    Native("ets", "match_spec_compile", 1) { interpreter, x in
      interpreter.onTable { () throws(TableError) in
        _ = try interpreter.specification(x[0])
        guard let mark = interpreter.atom("ets_match_spec") else { return nil }
        return try interpreter.building(words: 3) { $0.makeTuple(mark, x[0]) }
      }
    },
    Native("ets", "is_compiled_ms", 1) { interpreter, x in
      .boolean(interpreter.compiledSource(x[0]) != nil)
    },
    Native("ets", "match_spec_run_r", 3) { interpreter, x in
      runReversed(interpreter, x)
    },
    Native("erlang", "match_spec_test", 3, testSpecification),
  ]
}

/// Which function began a selection in slices.
private enum SliceKind: Int {
  case select, selectReversed, match, matchObject

  /// What a pattern gives, where it is no whole specification.
  var patternResult: PatternResult? {
    switch self {
    case .select, .selectReversed: nil
    case .match: .bindings
    case .matchObject: .object
    }
  }

  init?(of continuation: Term) {
    guard continuation.isTuple(arity: 5) else { return nil }
    let kind = continuation.tupleElements[1]
    guard kind.isSmall else { return nil }
    self.init(rawValue: kind.smallValue)
  }
}

/// `Function(Table, Specification, Limit)`.
private func begin(_ interpreter: Interpreter, _ x: Arguments, _ kind: SliceKind) -> Term {
  interpreter.onTable(x[0]) { table throws(TableError) in
    guard x[2].isSmall, x[2].smallValue > 0 else { return nil }
    if x[1].isNil && kind.patternResult == nil {
      try table.check(.reading, by: interpreter.pid)
      return interpreter.atom("$end_of_table")
    }
    return try slice(
      interpreter, table, kind, name: x[0], source: x[1], limit: x[2], after: nil)
  }
}

/// `Function(Continuation)`.
private func goOn(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  if interpreter.isAtom(x[0], "$end_of_table") { return x[0] }
  guard let kind = SliceKind(of: x[0]) else { return interpreter.badArgument() }
  let elements = x[0].tupleElements
  return interpreter.onTable(elements[0]) { table throws(TableError) in
    guard elements[3].isSmall, elements[3].smallValue > 0 else { return nil }
    return try slice(
      interpreter, table, kind, name: elements[0], source: elements[2], limit: elements[3],
      after: elements[4])
  }
}

/// The pair of results and continuation, or `'$end_of_table'`.
private func slice(
  _ interpreter: Interpreter, _ table: Table, _ kind: SliceKind, name: Term, source: Term,
  limit: Term, after continuation: Term?
) throws(TableError) -> Term? {
  let specification = try interpreter.specification(source, result: kind.patternResult)
  let slice =
    try kind == .selectReversed
    ? table.selectReversed(
      specification, limit: limit.smallValue, after: continuation, by: interpreter.pid,
      on: &interpreter.process.heap)
    : table.select(
      specification, limit: limit.smallValue, after: continuation, by: interpreter.pid,
      on: &interpreter.process.heap)
  guard let end = interpreter.atom("$end_of_table") else { return nil }
  if slice.results.isNil && slice.continuation == nil { return end }
  return try interpreter.building(words: 6 + 3) { cursor in
    let next = slice.continuation.map {
      cursor.makeTuple(name, .small(kind.rawValue), source, limit, $0)
    }
    return cursor.makeTuple(slice.results, next ?? end)
  }
}

/// `ets:match_spec_run_r(List, Compiled, Accumulator)`: the results before the accumulator, the last
/// one first.
private func runReversed(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  interpreter.onTable { () throws(TableError) in
    guard let source = interpreter.compiledSource(x[1]) else { return nil }
    let specification = try interpreter.specification(source)
    var (list, rest) = (x[2], x[0])
    var machine = try interpreter.machine(for: specification)
    while rest.isCons {
      let result: Term?
      do throws(MatchRunError) {
        result = try machine.run(on: rest.cons[0])
      } catch {
        throw TableError(error)
      }
      if let result {
        let copy = try interpreter.copied(result)
        let before = list
        list = try interpreter.building(words: 2) { $0.makeCons(copy, before) }
      }
      rest = rest.cons[1]
    }
    return rest.isNil ? list : nil
  }
}

extension Interpreter {
  fileprivate func machine(
    for specification: MatchSpecification
  ) throws(TableError) -> MatchMachine {
    do {
      return try MatchMachine(for: specification, self: pid)
    } catch {
      throw TableError(error)
    }
  }
}

/// `match_spec_test(Term, Specification, table)`: `{ok, Result, [], []}`, or `{error, [{error, Text}]}`
/// with the first flaw that was found. Calls are not traced, so there are no specifications for that.
private func testSpecification(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard interpreter.isAtom(x[2], "table") else { return interpreter.badArgument() }
  let specification: MatchSpecification
  do throws(MatchSpecificationError) {
    specification = try MatchSpecification(
      compiling: x[1], atoms: interpreter.atoms, environment: interpreter.system.heaps,
      funs: interpreter.code)
  } catch {
    switch error {
    case .atom, .outOfMemory, .scratchExhausted, .tooLarge: return interpreter.systemLimit()
    default: return interpreter.flaw(error)
    }
  }
  return interpreter.onTable { () throws(TableError) in
    var machine = try interpreter.machine(for: specification)
    let result: Term?
    do throws(MatchRunError) { result = try machine.run(on: x[0]) } catch {
      throw TableError(error)
    }
    let copy = try interpreter.copied(result ?? .false)
    return try interpreter.building(words: 5) { $0.makeTuple(.ok, copy, .nil, .nil) }
  }
}

extension Interpreter {
  fileprivate func flaw(_ error: MatchSpecificationError) -> Term {
    let text = error.erlangText.unicodeScalars
    guard ensure(2 * text.count + 3 + 2 + 3, live: 0) else { return .none }
    return build { cursor in
      let list = cursor.makeList(text.map { .small(Int($0.value)) })
      let pair = cursor.makeTuple(.error, list)
      return cursor.makeTuple(.error, cursor.makeCons(pair, .nil))
    }
  }
}

extension MatchSpecificationError {
  /// The text of ERTS, where it tells of no term; else the library's own.
  fileprivate var erlangText: String {
    switch self {
    case .notAList: return "Match programs are not in a list."
    case .notAClause: return "Match program part is not a tuple of arity 3."
    case .invalidGuard(_, .notAList): return "Match expression is not a list."
    case .invalidBody(_, .notAList): return "Match expression is not a list."
    case .invalidBody(_, .empty): return "Body clause does not return anything."
    case .invalidGuard(_, .unboundVariable(let name)), .invalidBody(_, .unboundVariable(let name)):
      return "Variable \(name) is unbound."
    case .invalidGuard(_, .unknownFunction(let name, let arity)),
      .invalidBody(_, .unknownFunction(let name, let arity)):
      return "Function \(name)/\(arity) does_not_exist."
    default: return description
    }
  }
}
