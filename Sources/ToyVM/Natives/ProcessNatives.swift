import Tenure

/// Natives of module `erlang` that concern the process that calls them and its machine.
var erlangProcessNatives: [Native] {
  dictionaryNatives + raisingNatives + timeNatives + moduleNatives + spawnNatives
    + relationNatives + messageNatives + timerNatives + processFlagNatives + processInfoNatives
    + memoryNatives + traceNatives
}

// MARK: - The process dictionary

private var dictionaryNatives: [Native] {
  [
    Native("erlang", "put", 2, put),
    Native("erlang", "get", 0, allEntries),
    Native("erlang", "get_keys", 0) { interpreter, _ in keys(interpreter) { _ in true } },
    Native("erlang", "get_keys", 1, keysOfValue),
    Native("erlang", "erase", 0) { interpreter, x in
      let entries = allEntries(interpreter, x)
      if !entries.isNone { interpreter.process.dictionary.removeAll() }
      return entries
    },
    Native("erlang", "erase", 1, erase),
  ]
}

private func put(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  do {
    let before = try interpreter.process.dictionary.set(
      x[1], of: x[0], scratch: interpreter.scratch)
    return before ?? .undefined
  } catch {
    switch error {
    case .scratch(let error): return interpreter.exhausted(error)
    case .memory(let error):
      interpreter.memoryRefusal = .outOfMemory(error)
      return interpreter.systemLimit()
    }
  }
}

private func erase(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  do {
    return try interpreter.process.dictionary.remove(x[0], scratch: interpreter.scratch)
      ?? .undefined
  } catch {
    return interpreter.exhausted(error)
  }
}

/// The list of `{Key, Value}`, in no order.
private func allEntries(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard interpreter.ensure(5 * interpreter.process.dictionary.count, live: 0) else {
    return .none
  }
  return interpreter.build { cursor in
    var list = Term.nil
    interpreter.process.dictionary.forEach { key, value in
      list = cursor.makeCons(cursor.makeTuple(key, value), list)
    }
    return list
  }
}

/// The list of the keys whose values satisfy a condition.
private func keys(_ interpreter: Interpreter, where isWanted: (_ value: Term) -> Bool) -> Term {
  guard interpreter.ensure(2 * interpreter.process.dictionary.count, live: 1) else {
    return .none
  }
  return interpreter.build { cursor in
    var list = Term.nil
    interpreter.process.dictionary.forEach { key, value in
      if isWanted(value) { list = cursor.makeCons(key, list) }
    }
    return list
  }
}

private func keysOfValue(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  var refusal: ScratchExhausted?
  let list = keys(interpreter) { value in
    do throws(ScratchExhausted) {
      return try TermEquality.isExactlyEqual(value, x[0], scratch: interpreter.scratch)
    } catch {
      refusal = error
      return false
    }
  }
  if let refusal { return interpreter.exhausted(refusal) }
  return list
}
