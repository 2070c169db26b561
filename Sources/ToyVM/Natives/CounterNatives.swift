import Tenure

/// Natives of the modules `atomics` and `counters`; `erts_internal` has those of the latter.
var counterNatives: [Native] {
  atomicsNatives + ["counters", "erts_internal"].flatMap(counters)
}

private var atomicsNatives: [Native] {
  [
    Native("atomics", "new", 2) { interpreter, x in
      var isSigned = true
      let areOptions = interpreter.takeOptions(x[1]) { name, value in
        isSigned = value == .true
        return interpreter.isAtom(name, "signed") && value.isBoolean
      }
      guard areOptions else { return interpreter.badArgument() }
      return newArray(interpreter, x[0], isSigned: isSigned)
    },
    Native("atomics", "put", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2], array) else {
        return interpreter.badArgument()
      }
      array.store(value, index)
      return interpreter.atom("ok") ?? .none
    },
    Native("atomics", "get", 2) { interpreter, x in
      guard let (array, index) = place(interpreter, x) else { return interpreter.badArgument() }
      return integer(interpreter, array.load(index), array)
    },
    Native("atomics", "add", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2]) else {
        return interpreter.badArgument()
      }
      _ = array.add(value, index)
      return interpreter.atom("ok") ?? .none
    },
    Native("atomics", "sub", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2]) else {
        return interpreter.badArgument()
      }
      _ = array.add(0 &- value, index)
      return interpreter.atom("ok") ?? .none
    },
    Native("atomics", "sub_get", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2]) else {
        return interpreter.badArgument()
      }
      return integer(interpreter, array.add(0 &- value, index), array)
    },
    Native("atomics", "add_get", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2]) else {
        return interpreter.badArgument()
      }
      return integer(interpreter, array.add(value, index), array)
    },
    Native("atomics", "exchange", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2], array) else {
        return interpreter.badArgument()
      }
      return integer(interpreter, array.exchange(value, index), array)
    },
    Native("atomics", "compare_exchange", 4) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let expected = number(x[2], array),
        let value = number(x[3], array)
      else { return interpreter.badArgument() }
      guard let found = array.compareExchange(expected, value, index) else {
        return interpreter.atom("ok") ?? .none
      }
      return integer(interpreter, found, array)
    },
    Native("atomics", "info", 1) { interpreter, x in
      guard let array = array(interpreter, x[0]) else { return interpreter.badArgument() }
      let least = array.isSigned ? Int.min : 0
      return info(interpreter, array, [("min", least), ("max", array.isSigned ? Int.max : -1)])
    },
  ]
}

private func counters(_ module: String) -> [Native] {
  let prefix = module == "counters" ? "" : "counters_"
  return [
    Native(module, prefix + "new", module == "counters" ? 2 : 1) {
      interpreter, x in
      if module == "counters" && !isCounterOptions(x[1], interpreter) {
        return interpreter.badArgument()
      }
      return newArray(interpreter, x[0], isSigned: true)
    },
    Native(module, prefix + "get", 2) { interpreter, x in
      guard let (array, index) = place(interpreter, x) else { return interpreter.badArgument() }
      return integer(interpreter, array.load(index), array)
    },
    Native(module, prefix + "add", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2]) else {
        return interpreter.badArgument()
      }
      _ = array.add(value, index)
      return interpreter.atom("ok") ?? .none
    },
    Native(module, prefix + "put", 3) { interpreter, x in
      guard let (array, index) = place(interpreter, x), let value = number(x[2]) else {
        return interpreter.badArgument()
      }
      array.store(value, index)
      return interpreter.atom("ok") ?? .none
    },
    Native(module, prefix + "info", 1) { interpreter, x in
      guard let array = array(interpreter, x[0]) else { return interpreter.badArgument() }
      return info(interpreter, array, [])
    },
  ]
    + (module == "counters"
      ? [
        Native("counters", "sub", 3) { interpreter, x in
          guard let (array, index) = place(interpreter, x), let value = number(x[2]) else {
            return interpreter.badArgument()
          }
          _ = array.add(0 &- value, index)
          return interpreter.atom("ok") ?? .none
        }
      ] : [])
}

/// `[]`, `[atomics]` or `[write_concurrency]`.
private func isCounterOptions(_ options: Term, _ interpreter: Interpreter) -> Bool {
  if options.isNil { return true }
  guard options.isCons, options.cons[1].isNil else { return false }
  return interpreter.isAtom(options.cons[0], "atomics")
    || interpreter.isAtom(options.cons[0], "write_concurrency")
}

// MARK: - Arrays

private let arrayMark: UInt32 = 0xA77A1

private func newArray(_ interpreter: Interpreter, _ count: Term, isSigned: Bool) -> Term {
  guard count.isSmall, count.smallValue > 0 else { return interpreter.badArgument() }
  guard count.smallValue < 1 << 28 else { return interpreter.systemLimit() }
  guard interpreter.ensure(Interpreter.referenceWords, live: 0) else { return .none }
  let number = interpreter.code.objects.nextNumber()
  interpreter.code.objects.add(
    CounterArray(count: count.smallValue, isSigned: isSigned), number: number)
  return interpreter.build { $0.makeReference(number: number, mark: arrayMark) }
}

private func array(_ interpreter: Interpreter, _ reference: Term) -> CounterArray? {
  reference.number(ofReferenceMarked: arrayMark).flatMap {
    interpreter.code.objects.array(number: $0)
  }
}

/// The array in x0 and the place in x1, counted from 0.
private func place(_ interpreter: Interpreter, _ x: Arguments) -> (CounterArray, Int)? {
  guard let array = array(interpreter, x[0]), x[1].isSmall, 1...array.count ~= x[1].smallValue
  else { return nil }
  return (array, x[1].smallValue - 1)
}

/// The 64 bits of a number that may have a sign or not.
private func number(_ term: Term) -> Int? {
  if term.isSmall { return term.smallValue }
  guard term.isBigInteger, term.bigIntegerDigits.count == 1 else { return nil }
  let digit = term.bigIntegerDigits[0]
  if !term.header.isNegative { return Int(bitPattern: digit) }
  return digit <= 1 << 63 ? Int(bitPattern: 0 &- digit) : nil
}

/// The 64 bits of a number that an array can hold.
private func number(_ term: Term, _ array: CounterArray) -> Int? {
  let isNegative = IntegerArithmetic.isNegative(term)
  guard let bits = number(term), array.isSigned ? (bits < 0) == isNegative : !isNegative else {
    return nil
  }
  return bits
}

extension IntegerArithmetic {
  /// Whether a term is an integer below zero.
  fileprivate static func isNegative(_ term: Term) -> Bool {
    term.isSmall ? term.smallValue < 0 : term.isBigInteger && term.header.isNegative
  }
}

private func integer(
  _ interpreter: Interpreter, _ bits: Int, _ array: CounterArray, live: Int = 0
) -> Term {
  if array.isSigned || bits >= 0 { return interpreter.makeInteger(bits, live: live) }
  guard interpreter.ensure(2, live: live) else { return .none }
  return interpreter.build { cursor in
    let words = cursor.reserve(2)
    words[0] = Header.bigInteger(digits: 1, isNegative: false).bits
    words[1] = UInt(bitPattern: bits)
    return .boxed(at: words)
  }
}

/// A map of an array's figures; `max` of -1 is the largest without a sign.
private func info(
  _ interpreter: Interpreter, _ array: CounterArray, _ items: [(String, Int)]
) -> Term {
  let figures = [("size", array.count), ("memory", 8 * array.count + 40)] + items
  for (index, (name, value)) in figures.enumerated() {
    guard let name = interpreter.atom(name) else { return .none }
    interpreter.x[2 * index] = name
    let number = integer(interpreter, value, array, live: 2 * index + 1)
    if number.isNone { return .none }
    interpreter.x[2 * index + 1] = number
  }
  let x = interpreter.x
  return interpreter.makeMap(pairs: figures.count, live: 2 * figures.count) {
    add throws(ScratchExhausted) in
    for index in figures.indices { try add(x[2 * index], x[2 * index + 1]) }
  }
}
