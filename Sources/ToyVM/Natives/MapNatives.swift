import Tenure

/// Natives of module `maps`, and the step of its iterators.
var mapsNatives: [Native] {
  [
    Native("maps", "get", 2) { interpreter, x in
      interpreter.guardNative(.mapGet, x[0], x[1], live: 2)
    },
    Native("maps", "get", 3, getOrDefault),
    Native("maps", "is_key", 2) { interpreter, x in
      interpreter.guardNative(.isMapKey, x[0], x[1], live: 2)
    },
    Native("maps", "find", 2, find),
    Native("maps", "keys", 1) { interpreter, x in list(interpreter, x) { pair in pair.key } },
    Native("maps", "values", 1) { interpreter, x in list(interpreter, x) { pair in pair.value } },
    Native("maps", "put", 3, put),
    Native("maps", "update", 3, update),
    Native("maps", "remove", 2, remove),
    Native("maps", "take", 2, take),
    Native("maps", "merge", 2, merge),
    Native("maps", "from_list", 1, fromList),
    Native("maps", "from_keys", 2, fromKeys),
    Native("erts_internal", "map_next", 3, nextPairs),
  ]
}

extension Interpreter {
  fileprivate func badMap(_ term: Term) -> Term {
    raiseError(.badMap, term)
    return .none
  }

  /// Builds terms of the pairs of a map, in the order in which `maps:next/1` has them, within what
  /// was ensured.
  fileprivate func buildPairs(
    of map: Term, first: Term,
    _ add: (inout WordCursor, Term, (key: Term, value: Term)) -> Term
  ) -> Term {
    buildMap { cursor throws(ScratchExhausted) in
      var result = first
      var pairs = try MapPairs(of: map, scratch: scratch)
      while let pair = try pairs.next() { result = add(&cursor, result, pair) }
      return result
    }
  }
}

// MARK: - Looking

private func find(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badMap(x[1]) }
  let found = interpreter.lookUp(x[0], in: x[1])
  guard let found else { return .error }
  if found.isNone { return .none }
  x[1] = found
  return interpreter.makeTuple(arity: 2, live: 2) { elements in
    elements[0] = .ok
    elements[1] = x[1]
  }
}

/// `get(Key, Map, Default)`.
private func getOrDefault(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badMap(x[1]) }
  return interpreter.lookUp(x[0], in: x[1]) ?? x[2]
}

/// Builds the list of the keys or values of the map in x0: a flat map's in the order of its keys,
/// a hash map's in the order of its slots, turned round.
private func list(
  _ interpreter: Interpreter, _ x: Arguments, of part: ((key: Term, value: Term)) -> Term
) -> Term {
  guard x[0].isMap else { return interpreter.badMap(x[0]) }
  guard interpreter.ensure(2 * x[0].mapSize, live: 1) else { return .none }
  let list = interpreter.buildPairs(of: x[0], first: .nil) { cursor, list, pair in
    cursor.makeCons(part(pair), list)
  }
  return x[0].isFlatMap ? turned(list, onto: .nil) : list
}

/// Turns round a list that was just built and that nobody else knows: puts its cells, last first,
/// in front of another list.
func turned(_ list: Term, onto rest: Term) -> Term {
  var (list, result) = (list, rest)
  while list.isCons && list != rest {
    let next = list.cons[1]
    list.cons[1] = result
    (result, list) = (list, next)
  }
  return result
}

// MARK: - Changed copies

private func put(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[2].isMap else { return interpreter.badMap(x[2]) }
  guard let plan = interpreter.planPut(x[0], in: x[2]) else { return .none }
  return put(interpreter, x, plan)
}

private func put(_ interpreter: Interpreter, _ x: Arguments, _ plan: MapPlan) -> Term {
  guard interpreter.ensure(plan.words, live: 3) else { return .none }
  return interpreter.buildMap { cursor throws(ScratchExhausted) in
    try TermMap.put(x[0], x[1], in: x[2], plan: plan, order: interpreter.order, cursor: &cursor)
  }
}

private func update(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[2].isMap else { return interpreter.badMap(x[2]) }
  guard let plan = interpreter.planPut(x[0], in: x[2]) else { return .none }
  if plan.isPresent { return put(interpreter, x, plan) }
  interpreter.raiseError(.badKey, x[0])
  return .none
}

private func remove(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badMap(x[1]) }
  guard let plan = interpreter.planRemove(x[0], from: x[1]) else { return .none }
  guard interpreter.ensure(plan.words, live: 2) else { return .none }
  return interpreter.buildMap { cursor throws(ScratchExhausted) in
    try TermMap.remove(x[0], from: x[1], plan: plan, order: interpreter.order, cursor: &cursor)
  }
}

/// `take(Key, Map)`: `{Value, Rest}` or `error`.
private func take(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badMap(x[1]) }
  guard let plan = interpreter.planRemove(x[0], from: x[1]) else { return .none }
  guard plan.isPresent else { return .error }
  guard interpreter.ensure(plan.words + 3, live: 2) else { return .none }
  guard let value = interpreter.lookUp(x[0], in: x[1]), !value.isNone else { return .none }
  return interpreter.buildMap { cursor throws(ScratchExhausted) in
    let rest = try TermMap.remove(
      x[0], from: x[1], plan: plan, order: interpreter.order, cursor: &cursor)
    return cursor.makeTuple(value, rest)
  }
}

// MARK: - Many pairs

private func merge(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  for map in [x[0], x[1]] where !map.isMap { return interpreter.badMap(map) }
  if x[0].mapSize == 0 { return x[1] }
  if x[1].mapSize == 0 { return x[0] }
  do {
    var merge = try MapMerge(x[0], x[1], order: interpreter.order)
    guard interpreter.ensure(merge.words, live: 2) else { return .none }
    return interpreter.buildMap { cursor throws(ScratchExhausted) in
      try merge.finish(x[0], x[1], cursor: &cursor)
    }
  } catch {
    return interpreter.exhausted(error)
  }
}

private func fromList(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let pairs = interpreter.listLength(x[0]) else { return interpreter.badArgument() }
  var rest = x[0]
  while rest.isCons {
    guard rest.cons[0].isTuple(arity: 2) else { return interpreter.badArgument() }
    rest = rest.cons[1]
  }
  return interpreter.makeMap(pairs: pairs, live: 1) { show throws(ScratchExhausted) in
    var rest = x[0]
    while rest.isCons {
      let pair = rest.cons[0].tupleElements
      try show(pair[0], pair[1])
      rest = rest.cons[1]
    }
  }
}

private func fromKeys(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let pairs = interpreter.listLength(x[0]) else { return interpreter.badArgument() }
  return interpreter.makeMap(pairs: pairs, live: 2) { show throws(ScratchExhausted) in
    var rest = x[0]
    while rest.isCons {
      try show(rest.cons[0], x[1])
      rest = rest.cons[1]
    }
  }
}
