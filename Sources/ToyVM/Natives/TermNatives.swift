import Tenure

/// Natives of module `erlang` that guards may call, and those that take tuples and funs apart
/// and make them.
var erlangTermNatives: [Native] {
  guardNatives + tupleNatives + funNatives + debugNatives
}

/// Whatever a guard may call is a function too, the operators of one operand and the comparisons
/// included.
private var guardNatives: [Native] {
  GuardNative.allCases.map { native in
    let (function, arity) = native.name
    return Native("erlang", function, arity) { interpreter, x in
      let first = arity > 0 ? x[0] : .nil
      let second = arity > 1 ? x[1] : .nil
      return interpreter.guardNative(native, first, second, live: arity)
    }
  }
}

// MARK: - Tuples

private var tupleNatives: [Native] {
  [
    Native("erlang", "setelement", 3, setElement),
    Native("erlang", "tuple_to_list", 1, tupleToList),
    Native("erlang", "list_to_tuple", 1, listToTuple),
    Native("erlang", "make_tuple", 2, makeTuple),
    Native("erlang", "make_tuple", 3, makeTupleWithInitialElements),
    Native("erlang", "append_element", 2, appendElement),
    Native("erlang", "insert_element", 3, insertElement),
    Native("erlang", "delete_element", 2, deleteElement),
  ]
}

extension Term {
  /// The value of a small integer in a range, counted from 0 where the range begins.
  fileprivate func place(in range: ClosedRange<Int>) -> Int? {
    guard isSmall, range.contains(smallValue) else { return nil }
    return smallValue - range.lowerBound
  }
}

private func setElement(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isTuple, let place = x[0].place(in: 1...max(1, x[1].tupleElements.count)),
    place < x[1].tupleElements.count
  else { return interpreter.badArgument() }
  let arity = x[1].tupleElements.count
  return interpreter.makeTuple(arity: arity, live: 3) { elements in
    if let source = x[1].tupleElements.baseAddress { elements.update(from: source, count: arity) }
    elements[place] = x[2]
  }
}

private func tupleToList(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isTuple else { return interpreter.badArgument() }
  guard interpreter.ensure(2 * x[0].tupleElements.count, live: 1) else { return .none }
  return interpreter.build { $0.makeList(x[0].tupleElements) }
}

private func listToTuple(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let arity = interpreter.listLength(x[0]) else { return interpreter.badArgument() }
  return interpreter.makeTuple(arity: arity, live: 1) { elements in
    var list = x[0]
    for place in 0..<arity {
      elements[place] = list.cons[0]
      list = list.cons[1]
    }
  }
}

private func makeTuple(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let arity = x[0].place(in: 0...Interpreter.largestTuple) else {
    return interpreter.badArgument()
  }
  return interpreter.makeTuple(arity: arity, live: 2) { elements in
    elements.update(repeating: x[1], count: arity)
  }
}

/// `make_tuple(Arity, Default, [{Position, Value}])`; of a position named twice the last counts.
private func makeTupleWithInitialElements(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let arity = x[0].place(in: 0...Interpreter.largestTuple) else {
    return interpreter.badArgument()
  }
  var list = x[2]
  while list.isCons {
    let pair = list.cons[0]
    guard arity > 0, pair.isTuple(arity: 2), pair.tupleElements[0].place(in: 1...arity) != nil
    else { return interpreter.badArgument() }
    list = list.cons[1]
  }
  guard list.isNil else { return interpreter.badArgument() }
  return interpreter.makeTuple(arity: arity, live: 3) { elements in
    elements.update(repeating: x[1], count: arity)
    var list = x[2]
    while list.isCons {
      let pair = list.cons[0].tupleElements
      elements[pair[0].smallValue - 1] = pair[1]
      list = list.cons[1]
    }
  }
}

private func appendElement(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isTuple else { return interpreter.badArgument() }
  return insert(x[0].tupleElements.count, tuple: 0, value: 1, live: 2, interpreter, x)
}

private func insertElement(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isTuple, let place = x[0].place(in: 1...(x[1].tupleElements.count + 1)) else {
    return interpreter.badArgument()
  }
  return insert(place, tuple: 1, value: 2, live: 3, interpreter, x)
}

/// Builds the tuple in one X register with the value in another at a place.
private func insert(
  _ place: Int, tuple: Int, value: Int, live: Int, _ interpreter: Interpreter, _ x: Arguments
) -> Term {
  let arity = x[tuple].tupleElements.count + 1
  return interpreter.makeTuple(arity: arity, live: live) { elements in
    if let source = x[tuple].tupleElements.baseAddress {
      elements.update(from: source, count: place)
      (elements + place + 1).update(from: source + place, count: arity - 1 - place)
    }
    elements[place] = x[value]
  }
}

private func deleteElement(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isTuple, !x[1].tupleElements.isEmpty,
    let place = x[0].place(in: 1...x[1].tupleElements.count)
  else { return interpreter.badArgument() }
  let arity = x[1].tupleElements.count - 1
  return interpreter.makeTuple(arity: arity, live: 2) { elements in
    guard let source = x[1].tupleElements.baseAddress else { return }
    elements.update(from: source, count: place)
    (elements + place).update(from: source + place + 1, count: arity - place)
  }
}
