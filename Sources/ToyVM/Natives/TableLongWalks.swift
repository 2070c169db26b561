import Tenure

/// Walks over all objects of a table. Over many objects they give way: after a slice of them the call
/// goes on as one of a native of its own, whose arguments are all there is to go on with.
/// ```
/// ets:'$walk'(Reference, Kind, Specification, ResultSoFar, Continuation)
/// ```
/// A table by hash is fixed for the time, so that no object is met twice.
enum LongWalk: Int {
  case select, selectReversed, match, matchObject, count, delete, deleteMatching, replace

  /// What a pattern gives, where it is no whole specification.
  var patternResult: PatternResult? {
    switch self {
    case .select, .selectReversed, .count, .delete, .replace: nil
    case .match: .bindings
    case .matchObject: .object
    case .deleteMatching: .true
    }
  }

  /// What is done with the table.
  private var use: TableUse {
    switch self {
    case .select, .selectReversed, .match, .matchObject, .count: .reading
    case .delete, .deleteMatching: .writing
    case .replace: .replacing
    }
  }

  /// What there is before any object.
  private var emptyResult: Term {
    switch self {
    case .select, .selectReversed, .match, .matchObject: .nil
    case .count, .delete, .deleteMatching, .replace: .small(0)
    }
  }

  /// What is given for a result.
  private func answer(_ result: Term) -> Term { self == .deleteMatching ? .true : result }

  /// A function of `ets` with a table in x0 and a specification or pattern in x1.
  func callAsFunction(_ interpreter: Interpreter, _ x: Arguments) -> Term {
    begin(interpreter, x, x[1])
  }

  /// Walks over the table in x0, with a specification or pattern.
  func begin(_ interpreter: Interpreter, _ x: Arguments, _ source: Term) -> Term {
    interpreter.onTable(x[0]) { table throws(TableError) in
      if source.isNil && patternResult == nil {
        try table.check(use, by: interpreter.pid)
        return answer(emptyResult)
      }
      let specification = try interpreter.specification(source, result: patternResult)
      if try !Self.isLong(table, specification) {
        return answer(try all(table, specification, interpreter))
      }
      try table.check(use, by: interpreter.pid)
      let reference = try interpreter.reference(to: table)
      if table.isFixedToWalk { try table.fix(by: interpreter.pid) }
      let arguments = (x[0], x[1])
      (x[0], x[1], x[2]) = (reference, .small(rawValue), source)
      (x[3], x[4]) = (emptyResult, .undefined)
      do throws(TableError) {
        return try goOn(interpreter, x, table, specification)
      } catch {
        // The trace tells them.
        (x[0], x[1]) = arguments
        throw error
      }
    }
  }

  /// Whether a walk takes longer than a process may run at one go.
  static func isLong(
    _ table: Table, _ specification: MatchSpecification
  ) throws(TableError) -> Bool {
    if try table.objectCount() <= Schedulers.sliceSteps { return false }
    do {
      let demand = try specification.keyDemand(
        at: table.keyPosition, isOrdered: table.isOrdered)
      switch demand {
      case .anything, .range: return true
      case .keys, .never: return false
      }
    } catch {
      throw .scratchExhausted(requestedBytes: error.requestedBytes)
    }
  }

  private func all(
    _ table: Table, _ specification: MatchSpecification, _ interpreter: Interpreter
  ) throws(TableError) -> Term {
    let pid = interpreter.pid
    switch self {
    case .select, .match, .matchObject:
      return try table.select(specification, by: pid, on: &interpreter.process.heap)
    case .selectReversed:
      return try table.selectReversed(specification, by: pid, on: &interpreter.process.heap)
    case .count: return .small(try table.selectCount(specification, by: pid))
    case .delete, .deleteMatching:
      return .small(try table.selectDelete(specification, by: pid))
    case .replace: return .small(try table.selectReplace(specification, by: pid))
    }
  }

  /// `ets:'$walk'/5`.
  static func goOn(_ interpreter: Interpreter, _ x: Arguments) -> Term {
    if interpreter.stepsLeft <= 0 {
      interpreter.pause = .again
      return .none
    }
    guard x[1].isSmall, let kind = LongWalk(rawValue: x[1].smallValue), x[3].isList || x[3].isSmall
    else { return interpreter.badArgument() }
    return interpreter.onTable(x[0]) { table throws(TableError) in
      let specification: MatchSpecification
      do throws(TableError) {
        specification = try interpreter.specification(x[2], result: kind.patternResult)
      } catch {
        table.endWalk(by: interpreter.pid)
        throw error
      }
      return try kind.goOn(interpreter, x, table, specification)
    }
  }

  private func goOn(
    _ interpreter: Interpreter, _ x: Arguments, _ table: Table,
    _ specification: MatchSpecification
  ) throws(TableError) -> Term {
    let steps = interpreter.stepsOfSlice
    let slice: (result: Term, continuation: Term?)
    do throws(TableError) {
      slice = try self.slice(interpreter, x, table, specification, steps)
    } catch {
      table.endWalk(by: interpreter.pid)
      throw error
    }
    guard let continuation = slice.continuation else {
      table.endWalk(by: interpreter.pid)
      return answer(slice.result)
    }
    (x[3], x[4]) = (slice.result, continuation)
    return interpreter.goOn(with: "$walk", arity: 5, after: steps)
  }

  private func slice(
    _ interpreter: Interpreter, _ x: Arguments, _ table: Table,
    _ specification: MatchSpecification, _ steps: Int
  ) throws(TableError) -> (result: Term, continuation: Term?) {
    let (pid, continuation) = (interpreter.pid, x[4] == .undefined ? nil : x[4])
    let slice: CountSlice
    switch self {
    case .select, .selectReversed, .match, .matchObject:
      // The list grows at its beginning.
      let slice = try table.select(
        specification, before: x[3], isBackward: self != .selectReversed, steps: steps,
        after: continuation, by: pid, on: &interpreter.process.heap)
      return (slice.results, slice.continuation)
    case .count:
      slice = try table.selectCount(
        specification, steps: steps, after: continuation, by: pid,
        on: &interpreter.process.heap)
    case .delete, .deleteMatching:
      slice = try table.selectDelete(
        specification, steps: steps, after: continuation, by: pid,
        on: &interpreter.process.heap)
    case .replace:
      slice = try table.selectReplace(
        specification, steps: steps, after: continuation, by: pid,
        on: &interpreter.process.heap)
    }
    return (.small((x[3].isSmall ? x[3].smallValue : 0) + slice.count), slice.continuation)
  }
}

extension Interpreter {
  /// The objects that a slice of a walk looks at: as many as steps are left, but enough to get on.
  var stepsOfSlice: Int { max(100, min(stepsLeft, Schedulers.sliceSteps)) }

  /// Has a call go on as that of another native of `ets`, as soon as it is the process's turn.
  func goOn(with native: String, arity: Int, after steps: Int) -> Term {
    guard let module = atom("ets"), let function = atom(native) else { return systemLimit() }
    useUp(steps: steps)
    trap = code.export(FunctionName(module: module, function: function, arity: arity))
    return .none
  }
}

extension Table {
  /// Whether a walk in slices needs the table fixed.
  var isFixedToWalk: Bool { !isOrdered }

  /// Ends the fixation of a walk; nothing where the table has ended.
  func endWalk(by pid: Term) {
    if isFixedToWalk { try? release(by: pid) }
  }
}
