import Tenure

/// Natives of module `ets` that read and write objects by their keys.
var tableObjectNatives: [Native] {
  [
    Native("ets", "insert", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        if x[1].isTuple {
          try table.insert(x[1], by: interpreter.pid)
        } else {
          try table.insert(contentsOf: x[1], by: interpreter.pid)
        }
        return .true
      }
    },
    Native("ets", "insert_new", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        let isNew =
          try x[1].isTuple
          ? table.insertNew(x[1], by: interpreter.pid)
          : table.insertNew(contentsOf: x[1], by: interpreter.pid)
        return .boolean(isNew)
      }
    },
    Native("ets", "lookup", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.lookup(x[1], by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "lookup_element", 3) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        guard x[2].isSmall else { return nil }
        return try table.lookupElement(
          x[1], x[2].smallValue, by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "lookup_element", 4) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        guard x[2].isSmall else { return nil }
        return try table.lookupElement(
          x[1], x[2].smallValue, default: x[3], by: interpreter.pid,
          on: &interpreter.process.heap)
      }
    },
    Native("ets", "member", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        .boolean(try table.contains(x[1], by: interpreter.pid))
      }
    },
    Native("ets", "take", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.take(x[1], by: interpreter.pid, on: &interpreter.process.heap)
      }
    },
    Native("ets", "delete", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.delete(x[1], by: interpreter.pid)
        return .true
      }
    },
    Native("ets", "delete_object", 2) { interpreter, x in
      interpreter.onTable(x[0]) { table throws(TableError) in
        try table.deleteObject(x[1], by: interpreter.pid)
        return .true
      }
    },
    Native("ets", "update_counter", 3) { interpreter, x in
      updateCounter(interpreter, x, default: nil)
    },
    Native("ets", "update_counter", 4) { interpreter, x in
      updateCounter(interpreter, x, default: x[3])
    },
    Native("ets", "update_element", 3) { interpreter, x in
      updateElement(interpreter, x, default: nil)
    },
    Native("ets", "update_element", 4) { interpreter, x in
      updateElement(interpreter, x, default: x[3])
    },
  ]
}

private func updateCounter(
  _ interpreter: Interpreter, _ x: Arguments, default other: Term?
) -> Term {
  interpreter.onTable(x[0]) { table throws(TableError) in
    let position = Term.small(table.keyPosition + 1)
    if !x[2].isList {
      guard let step = step(of: x[2], counterPosition: position) else { return nil }
      return try table.updateCounter(
        x[1], step: step, default: other, by: interpreter.pid, on: &interpreter.process.heap)
    }
    var steps: [CounterStep] = []
    var rest = x[2]
    while rest.isCons {
      // In a list each step names its element.
      guard rest.cons[0].isTuple, let step = step(of: rest.cons[0], counterPosition: position)
      else { return nil }
      steps.append(step)
      rest = rest.cons[1]
    }
    guard rest.isNil else { return nil }
    return try table.updateCounter(
      x[1], steps: steps, default: other, by: interpreter.pid, on: &interpreter.process.heap)
  }
}

/// The step of `Increment`, `{Position, Increment}` or `{Position, Increment, Threshold, Value}`.
private func step(of term: Term, counterPosition: Term) -> CounterStep? {
  if !term.isTuple {
    return CounterStep(position: counterPosition.smallValue, increment: term)
  }
  let elements = term.tupleElements
  guard elements.count == 2 || elements.count == 4, elements[0].isSmall else { return nil }
  return CounterStep(
    position: elements[0].smallValue, increment: elements[1],
    bound: elements.count == 4 ? (elements[2], elements[3]) : nil)
}

private func updateElement(
  _ interpreter: Interpreter, _ x: Arguments, default other: Term?
) -> Term {
  interpreter.onTable(x[0]) { table throws(TableError) in
    var updates: [ElementUpdate] = []
    func add(_ term: Term) -> Bool {
      guard term.isTuple(arity: 2), term.tupleElements[0].isSmall else { return false }
      updates.append(
        ElementUpdate(
          position: term.tupleElements[0].smallValue, value: term.tupleElements[1]))
      return true
    }
    var isProper = true
    if x[2].isTuple {
      isProper = add(x[2])
    } else {
      var rest = x[2]
      while rest.isCons && isProper {
        isProper = add(rest.cons[0])
        rest = rest.cons[1]
      }
      isProper = isProper && rest.isNil
    }
    if !isProper {
      // Nobody looks at the updates where there is no object to update.
      let exists = try table.updateElements(x[1], [], by: interpreter.pid)
      return exists || other != nil ? nil : .false
    }
    return .boolean(
      try table.updateElements(x[1], updates, default: other, by: interpreter.pid))
  }
}
