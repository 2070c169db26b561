import Tenure

/// Natives of module `erlang` that take lists: `++` and `--`.
var erlangListNatives: [Native] {
  [
    Native("erlang", "++", 2, append),
    Native("erlang", "append", 2, append),
    Native("erlang", "--", 2, subtract),
    Native("erlang", "subtract", 2, subtract),
  ]
}

/// Natives of module `lists`.
var listsNatives: [Native] {
  [
    Native("lists", "reverse", 2, reverse),
    Native("lists", "member", 2, member),
    Native("lists", "keyfind", 3) { interpreter, x in
      findByKey(interpreter, x) { $0.isNone ? .false : $0 }
    },
    Native("lists", "keymember", 3) { interpreter, x in
      findByKey(interpreter, x) { .boolean(!$0.isNone) }
    },
    Native("lists", "keysearch", 3, keySearch),
  ]
}

/// Copies the list in x0 in front of what is in x1.
private func append(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let count = interpreter.listLength(x[0]) else { return interpreter.badArgument() }
  if count == 0 { return x[1] }
  guard interpreter.ensure(2 * count, live: 2) else { return .none }
  return interpreter.build { cursor in
    var cell = cursor.reserve(2 * count)
    let first = Term.cons(at: cell)
    var list = x[0]
    for _ in 1..<count {
      cell[0] = list.cons[0].bits
      cell[1] = Term.cons(at: cell + 2).bits
      cell += 2
      list = list.cons[1]
    }
    cell[0] = list.cons[0].bits
    cell[1] = x[1].bits
    return first
  }
}

private func reverse(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let count = interpreter.listLength(x[0]) else { return interpreter.badArgument() }
  guard interpreter.ensure(2 * count, live: 2) else { return .none }
  return interpreter.build { cursor in
    var list = x[0]
    var result = x[1]
    while list.isCons {
      result = cursor.makeCons(list.cons[0], result)
      list = list.cons[1]
    }
    return result
  }
}

private func member(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let wanted = x[0]
  var list = x[1]
  do {
    while list.isCons {
      let cell = list.cons
      if try TermEquality.isExactlyEqual(cell[0], wanted, scratch: interpreter.scratch) {
        return .true
      }
      list = cell[1]
    }
  } catch {
    return interpreter.exhausted(error)
  }
  return list.isNil ? .false : interpreter.badArgument()
}

/// Finds the first tuple of the list in x2 that has the key in x0 at the position in x1, and
/// hands it or no value to a closure.
private func findByKey(
  _ interpreter: Interpreter, _ x: Arguments, _ found: (Term) -> Term
) -> Term {
  guard x[1].isSmall, x[1].smallValue >= 1 else { return interpreter.badArgument() }
  let place = x[1].smallValue - 1
  var list = x[2]
  do {
    while list.isCons {
      let entry = list.cons[0]
      if entry.isTuple, place < entry.tupleElements.count,
        try TermEquality.isEqual(
          entry.tupleElements[place], x[0], scratch: interpreter.scratch)
      {
        return found(entry)
      }
      list = list.cons[1]
    }
  } catch {
    return interpreter.exhausted(error)
  }
  return list.isNil ? found(.none) : interpreter.badArgument()
}

private func keySearch(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let tuple = findByKey(interpreter, x) { $0.isNone ? .false : $0 }
  if tuple.isNone || tuple == .false { return tuple }
  x[2] = tuple
  return interpreter.makeTuple(arity: 2, live: 3) { elements in
    elements[0] = .value
    elements[1] = x[2]
  }
}

// MARK: - --

/// Removes from the list in x0, for each element of x1, the first that is exactly equal.
private func subtract(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let leftCount = interpreter.listLength(x[0]),
    let rightCount = interpreter.listLength(x[1])
  else { return interpreter.badArgument() }
  if leftCount == 0 || rightCount == 0 { return x[0] }
  var stays: [Bool] = []
  stays.reserveCapacity(leftCount)
  do {
    var removals = try Removals(x[1], interpreter)
    var list = x[0]
    while list.isCons {
      stays.append(removals.isEmpty ? true : try !removals.take(list.cons[0]))
      list = list.cons[1]
    }
  } catch {
    return interpreter.exhausted(error)
  }
  let remaining = stays.lazy.filter { $0 }.count
  guard interpreter.ensure(2 * remaining, live: 2) else { return .none }
  return interpreter.build { cursor in
    let start = cursor.reserve(2 * remaining)
    var cell = start
    var list = x[0]
    for stay in stays {
      if stay {
        cell[0] = list.cons[0].bits
        cell[1] = Term.cons(at: cell + 2).bits
        cell += 2
      }
      list = list.cons[1]
    }
    if remaining == 0 { return .nil }
    cell[-1] = Term.nil.bits
    return .cons(at: start)
  }
}

/// The elements that a subtraction has yet to remove: immediate ones by their word, the others
/// sorted, so that long lists take no time in the square of their length.
private struct Removals {
  private var immediates: [Term: Int] = [:]
  /// Sorted, one for each run of equal terms.
  private var terms: [Term] = []
  private var counts: [Int] = []
  private var remaining = 0
  private let order: TermOrder

  init(_ list: Term, _ interpreter: Interpreter) throws(ScratchExhausted) {
    order = interpreter.order
    var others: [Term] = []
    var rest = list
    while rest.isCons {
      let element = rest.cons[0]
      if element.isImmediate {
        immediates[element, default: 0] += 1
      } else {
        others.append(element)
      }
      remaining += 1
      rest = rest.cons[1]
    }
    for element in try sorted(others) {
      if let last = terms.last, try order.compareKeys(last, element) == 0 {
        counts[counts.count - 1] += 1
      } else {
        terms.append(element)
        counts.append(1)
      }
    }
  }

  var isEmpty: Bool { remaining == 0 }

  /// Takes one element away if there is one like it; says whether there was.
  mutating func take(_ element: Term) throws(ScratchExhausted) -> Bool {
    if element.isImmediate {
      guard let count = immediates[element], count > 0 else { return false }
      immediates[element] = count - 1
      remaining -= 1
      return true
    }
    var low = 0
    var high = terms.count
    while low < high {
      let middle = (low + high) / 2
      let result = try order.compareKeys(element, terms[middle])
      if result == 0 {
        if counts[middle] == 0 { return false }
        counts[middle] -= 1
        remaining -= 1
        return true
      }
      if result < 0 { high = middle } else { low = middle + 1 }
    }
    return false
  }

  private func sorted(_ terms: [Term]) throws(ScratchExhausted) -> [Term] {
    var refusal: ScratchExhausted?
    let result = terms.sorted { left, right in
      if refusal != nil { return false }
      do throws(ScratchExhausted) {
        return try order.compareKeys(left, right) < 0
      } catch {
        refusal = error
        return false
      }
    }
    if let refusal { throw refusal }
    return result
  }
}
