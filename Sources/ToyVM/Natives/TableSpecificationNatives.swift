import Tenure

/// Natives of match specifications without a table. One that was compiled is a term like any other:
/// ```
/// {ets_match_spec, Specification}
/// ```
var tableSpecificationNatives: [Native] {
  [
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

/// `ets:match_spec_run_r(List, Compiled, Accumulator)`: the results before the accumulator, the last
/// one first. After many terms it gives way, and goes on with those that are left.
private func runReversed(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  interpreter.onTable { () throws(TableError) in
    guard let source = interpreter.compiledSource(x[1]) else { return nil }
    let specification = try interpreter.specification(source)
    var (list, rest) = (x[2], x[0])
    var machine = try interpreter.machine(for: specification)
    let steps = interpreter.stepsOfSlice
    var count = 0
    while rest.isCons {
      if count == steps {
        (x[0], x[2]) = (rest, list)
        interpreter.useUp(steps: steps)
        interpreter.pause = .again
        return Term.none
      }
      count += 1
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
    case .improperList: return "Match programs are not in a proper list."
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
