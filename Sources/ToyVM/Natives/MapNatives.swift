import Tenure

/// Natives of module `maps`, and the step of its iterators.
var mapsNatives: [Native] {
  [
    Native("maps", "get", 2) { interpreter, x in
      interpreter.guardNative(.mapGet, x[0], x[1], live: 2)
    },
    Native("maps", "is_key", 2) { interpreter, x in
      interpreter.guardNative(.isMapKey, x[0], x[1], live: 2)
    },
    Native("maps", "find", 2, find),
    Native("maps", "keys", 1) { interpreter, x in
      list(interpreter, x) { FlatMap.keys(at: $0).boxed + 1 }
    },
    Native("maps", "values", 1) { interpreter, x in
      list(interpreter, x) { FlatMap.values(at: $0) }
    },
    Native("maps", "put", 3, put),
    Native("maps", "update", 3, update),
    Native("maps", "remove", 2, remove),
    Native("maps", "take", 2, take),
    Native("maps", "merge", 2, merge),
    Native("maps", "from_list", 1, fromList),
    Native("maps", "from_keys", 2, fromKeys),
    Native("erts_internal", "map_next", 3, next),
  ]
}

extension Interpreter {
  fileprivate func badMap(_ term: Term) -> Term {
    raiseError(.badMap, term)
    return .none
  }

  /// The keys of a map.
  fileprivate func mapSize(_ map: Term) -> Int { FlatMap.size(at: map.boxed) }
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

/// Builds the list of the keys or values of the map in x0.
private func list(
  _ interpreter: Interpreter, _ x: Arguments,
  of terms: (UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt>
) -> Term {
  guard x[0].isMap else { return interpreter.badMap(x[0]) }
  let count = interpreter.mapSize(x[0])
  if count == 0 { return .nil }
  guard interpreter.ensure(2 * count, live: 1) else { return .none }
  return interpreter.build { cursor in
    let words = terms(x[0].boxed)
    var list = Term.nil
    for place in (0..<count).reversed() {
      list = cursor.makeCons(Term(bits: words[place]), list)
    }
    return list
  }
}

/// `map_next(Path, Map, Type)`: all pairs at once, as nested `{Key, Value, Rest}` where the type is
/// `iterator`, else as `{Key, Value}` in front of the list that the type is.
private func next(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badArgument() }
  guard let iterator = interpreter.atom("iterator") else { return .none }
  guard x[2] == iterator || x[2].isList else { return interpreter.badArgument() }
  let count = interpreter.mapSize(x[1])
  guard interpreter.ensure(5 * count, live: 3) else { return .none }
  if count == 0 { return x[2] == iterator ? .noneAtom : x[2] }
  return interpreter.build { cursor in
    let keys = FlatMap.keys(at: x[1].boxed).tupleElements
    let values = FlatMap.values(at: x[1].boxed)
    var result = x[2] == iterator ? Term.noneAtom : x[2]
    for place in (0..<count).reversed() {
      let (key, value) = (keys[place], Term(bits: values[place]))
      result =
        x[2] == iterator
        ? cursor.makeTuple(key, value, result)
        : cursor.makeCons(cursor.makeTuple(key, value), result)
    }
    return result
  }
}

// MARK: - Changed copies

private func put(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[2].isMap else { return interpreter.badMap(x[2]) }
  guard interpreter.ensure(FlatMap.wordsToPut(size: interpreter.mapSize(x[2])), live: 3) else {
    return .none
  }
  return interpreter.buildMap { cursor throws(FlatMapError) in
    try FlatMap.put(x[0], x[1], in: x[2], order: interpreter.order, cursor: &cursor)
  }
}

private func update(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[2].isMap else { return interpreter.badMap(x[2]) }
  guard interpreter.ensure(FlatMap.words(size: interpreter.mapSize(x[2])), live: 3) else {
    return .none
  }
  var isMissing = false
  let map = interpreter.buildMap { cursor throws(FlatMapError) in
    let updated = try FlatMap.update(
      x[0], x[1], in: x[2], order: interpreter.order, cursor: &cursor)
    isMissing = updated == nil
    return updated ?? .none
  }
  if isMissing { interpreter.raiseError(.badKey, x[0]) }
  return map
}

private func remove(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badMap(x[1]) }
  guard interpreter.ensure(FlatMap.wordsToRemove(size: interpreter.mapSize(x[1])), live: 2) else {
    return .none
  }
  return interpreter.buildMap { cursor throws(FlatMapError) in
    try FlatMap.remove(x[0], from: x[1], order: interpreter.order, cursor: &cursor)
  }
}

/// `take(Key, Map)`: `{Value, Rest}` or `error`.
private func take(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badMap(x[1]) }
  let words = FlatMap.wordsToRemove(size: interpreter.mapSize(x[1])) + 3
  guard interpreter.ensure(words, live: 2) else { return .none }
  guard let value = interpreter.lookUp(x[0], in: x[1]) else { return .error }
  if value.isNone { return .none }
  return interpreter.buildMap { cursor throws(FlatMapError) in
    let rest = try FlatMap.remove(x[0], from: x[1], order: interpreter.order, cursor: &cursor)
    return cursor.makeTuple(value, rest)
  }
}

// MARK: - Many pairs

private func merge(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  for map in [x[0], x[1]] where !map.isMap { return interpreter.badMap(map) }
  if interpreter.mapSize(x[0]) == 0 { return x[1] }
  if interpreter.mapSize(x[1]) == 0 { return x[0] }
  let pairs = interpreter.mapSize(x[0]) + interpreter.mapSize(x[1])
  return interpreter.makeMap(pairs: pairs, live: 2) { builder throws(FlatMapError) in
    try builder.insertAll(of: x[0])
    try builder.insertAll(of: x[1])
  }
}

private func fromList(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let pairs = interpreter.listLength(x[0]) else { return interpreter.badArgument() }
  var rest = x[0]
  while rest.isCons {
    guard rest.cons[0].isTuple(arity: 2) else { return interpreter.badArgument() }
    rest = rest.cons[1]
  }
  return interpreter.makeMap(pairs: pairs, live: 1) { builder throws(FlatMapError) in
    var rest = x[0]
    while rest.isCons {
      let pair = rest.cons[0].tupleElements
      try builder.insert(pair[0], pair[1])
      rest = rest.cons[1]
    }
  }
}

private func fromKeys(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let pairs = interpreter.listLength(x[0]) else { return interpreter.badArgument() }
  return interpreter.makeMap(pairs: pairs, live: 2) { builder throws(FlatMapError) in
    var rest = x[0]
    while rest.isCons {
      try builder.insert(rest.cons[0], x[1])
      rest = rest.cons[1]
    }
  }
}
