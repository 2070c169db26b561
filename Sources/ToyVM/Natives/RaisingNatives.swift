import Tenure

/// Natives of module `erlang` that end in an exception. But for `nif_error` they are not part of
/// its trace.
var raisingNatives: [Native] {
  let kinds: [(String, Term)] = [("error", .error), ("exit", .exit), ("throw", .throw)]
  return kinds.map { function, kind in
    Native("erlang", function, 1) { interpreter, x in
      interpreter.raise(kind, x[0])
      interpreter.exception.beginning = .place
      return .none
    }
  }
    + [2, 3].map { arity in
      Native("erlang", "error", arity) { interpreter, x in
        interpreter.raise(.error, x[0])
        interpreter.exception.beginning = x[1].isList ? .arguments(x[1]) : .place
        return .none
      }
    }
    + [1, 2].map { arity in
      Native("erlang", "nif_error", arity) { interpreter, x in
        interpreter.raise(.error, x[0])
        return .none
      }
    } + [Native("erlang", "raise", 3, raiseAgain)]
}

/// `raise(Class, Reason, Stacktrace)`: returns `badarg` where class or trace is none.
private func raiseAgain(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isExceptionClass, let length = traceLength(x[2]) else { return .badArgument }
  let count = min(length, Interpreter.traceDepth)
  guard interpreter.ensure(4 + count * (2 + 5), live: 3) else { return .none }
  let trace = interpreter.build { cursor in
    var list = Term.nil
    for index in stride(from: count - 1, through: 0, by: -1) {
      var rest = x[2]
      for _ in 0..<index { rest = rest.cons[1] }
      list = cursor.makeCons(entry(rest.cons[0], &cursor), list)
    }
    return cursor.makeTuple(.nil, list, x[0])
  }
  interpreter.raise(x[0], x[1])
  interpreter.exception.trace = trace
  return .none
}

/// An entry of a trace with a location, which `[]` stands for where it has none.
private func entry(_ given: Term, _ cursor: inout WordCursor) -> Term {
  let elements = given.tupleElements
  if elements[0].isFun {
    return elements.count == 3 ? given : cursor.makeTuple(elements[0], elements[1], .nil)
  }
  if elements.count == 4 { return given }
  return cursor.makeTuple(elements[0], elements[1], elements[2], .nil)
}

/// The entries of a stack trace, or nothing for a term that is none.
private func traceLength(_ trace: Term) -> Int? {
  var count = 0
  var rest = trace
  while rest.isCons {
    guard isEntry(rest.cons[0]) else { return nil }
    count += 1
    rest = rest.cons[1]
  }
  return rest.isNil ? count : nil
}

/// `{Module, Function, Arity or Arguments}` or `{Fun, Arguments}`, perhaps with a location, a list.
private func isEntry(_ term: Term) -> Bool {
  guard term.isTuple else { return false }
  let elements = term.tupleElements
  guard let first = elements.first, 2...4 ~= elements.count else { return false }
  let plainCount = first.isFun ? 2 : 3
  guard elements.count == plainCount || (elements.count == plainCount + 1) else { return false }
  if elements.count > plainCount && !elements[plainCount].isList { return false }
  return first.isFun || (first.isAtom && elements[1].isAtom)
}
