import Tenure

/// Natives of module `ets` that match in slices.
///
/// A continuation carries what it takes to go on, so none has to be kept by number or repaired:
/// ```
/// {Table, Kind, Specification, Limit, Continuation of the table}
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
    Native("ets", "$slice", 1, goOnWithSlice),
    Native("ets", "repair_continuation", 2) { interpreter, x in
      interpreter.isAtom(x[0], "$end_of_table") || SliceKind(of: x[0]) != nil
        ? x[0] : interpreter.noClause()
    },
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
    return try goOn(
      interpreter, x, table,
      SliceState(name: x[0], kind: kind, source: x[1], limit: x[2], continuation: nil))
  }
}

/// `Function(Continuation)`.
private func goOn(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  if interpreter.isAtom(x[0], "$end_of_table") { return x[0] }
  guard let state = SliceState(x[0]) else { return interpreter.badArgument() }
  return interpreter.onTable(state.name) { table throws(TableError) in
    try goOn(interpreter, x, table, state)
  }
}

/// `ets:'$slice'(Continuation)`, which begins where a slice gave way before it had its results.
private func goOnWithSlice(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  if interpreter.stepsLeft <= 0 {
    interpreter.pause = .again
    return .none
  }
  guard let state = SliceState(x[0]) else { return interpreter.badArgument() }
  return interpreter.onTable(state.name) { table throws(TableError) in
    do throws(TableError) {
      let specification = try interpreter.specification(
        state.source, result: state.kind.patternResult)
      return try slice(interpreter, x, table, state, specification)
    } catch {
      table.endWalk(by: interpreter.pid)
      throw error
    }
  }
}

/// The pair of results and continuation, or `'$end_of_table'`.
private func goOn(
  _ interpreter: Interpreter, _ x: Arguments, _ table: Table, _ state: SliceState
) throws(TableError) -> Term? {
  let specification = try interpreter.specification(
    state.source, result: state.kind.patternResult)
  if try !LongWalk.isLong(table, specification) {
    let slice = try state.slice(of: table, specification, steps: .max, interpreter)
    return try state.answer(slice, interpreter)
  }
  try table.check(.reading, by: interpreter.pid)
  if table.isFixedToWalk { try table.fix(by: interpreter.pid) }
  do throws(TableError) {
    return try slice(interpreter, x, table, state, specification)
  } catch {
    table.endWalk(by: interpreter.pid)
    throw error
  }
}

/// As many results as there are to be, or gives way before.
private func slice(
  _ interpreter: Interpreter, _ x: Arguments, _ table: Table, _ state: SliceState,
  _ specification: MatchSpecification
) throws(TableError) -> Term? {
  let steps = interpreter.stepsOfSlice
  let slice = try state.slice(of: table, specification, steps: steps, interpreter)
  let isComplete = slice.continuation == nil || state.isFull(slice.results)
  if !isComplete,
    let next = try table.continuation(
      keepingResultsOf: slice, on: &interpreter.process.heap)
  {
    x[0] = try interpreter.building(words: 6) { state.term(continuation: next, &$0) }
    return interpreter.goOn(with: "$slice", arity: 1, after: steps)
  }
  table.endWalk(by: interpreter.pid)
  return try state.answer(slice, interpreter)
}

/// What a continuation carries.
private struct SliceState {
  let name: Term
  let kind: SliceKind
  let source: Term
  /// A small integer above 0.
  let limit: Term
  /// The table's own; nothing at the beginning.
  let continuation: Term?

  init(name: Term, kind: SliceKind, source: Term, limit: Term, continuation: Term?) {
    (self.name, self.kind, self.source) = (name, kind, source)
    (self.limit, self.continuation) = (limit, continuation)
  }

  /// Takes a continuation apart.
  init?(_ term: Term) {
    guard let kind = SliceKind(of: term) else { return nil }
    let elements = term.tupleElements
    guard elements[3].isSmall, elements[3].smallValue > 0 else { return nil }
    self.init(
      name: elements[0], kind: kind, source: elements[2], limit: elements[3],
      continuation: elements[4])
  }

  /// The term with another continuation of the table: 6 words.
  func term(continuation: Term, _ cursor: inout WordCursor) -> Term {
    cursor.makeTuple(name, .small(kind.rawValue), source, limit, continuation)
  }

  /// Whether a list has as many elements as there are to be.
  func isFull(_ list: Term) -> Bool {
    var (left, rest) = (limit.smallValue, list)
    while left > 0 && rest.isCons { (left, rest) = (left - 1, rest.cons[1]) }
    return left == 0
  }

  func slice(
    of table: Table, _ specification: MatchSpecification, steps: Int, _ interpreter: Interpreter
  ) throws(TableError) -> TableSlice {
    try kind == .selectReversed
      ? table.selectReversed(
        specification, limit: limit.smallValue, steps: steps, after: continuation,
        by: interpreter.pid, on: &interpreter.process.heap)
      : table.select(
        specification, limit: limit.smallValue, steps: steps, after: continuation,
        by: interpreter.pid, on: &interpreter.process.heap)
  }

  func answer(_ slice: TableSlice, _ interpreter: Interpreter) throws(TableError) -> Term? {
    guard let end = interpreter.atom("$end_of_table") else { return nil }
    if slice.results.isNil && slice.continuation == nil { return end }
    return try interpreter.building(words: 6 + 3) { cursor in
      let next = slice.continuation.map { term(continuation: $0, &cursor) }
      return cursor.makeTuple(slice.results, next ?? end)
    }
  }
}
