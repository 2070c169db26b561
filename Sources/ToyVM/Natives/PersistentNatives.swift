import Tenure

/// Natives of module `persistent_term`. Values stand in literal areas, so getting one copies
/// nothing. What was replaced or erased is released: processes copy what they use of it.
var persistentNatives: [Native] {
  [
    Native("persistent_term", "put", 2, put),
    Native("persistent_term", "get", 1) { interpreter, x in
      let value = find(interpreter, x[0])
      guard let value else { return .none }
      return value.isNone ? interpreter.badArgument() : value
    },
    Native("persistent_term", "get", 2) { interpreter, x in
      guard let value = find(interpreter, x[0]) else { return .none }
      return value.isNone ? x[1] : value
    },
    Native("persistent_term", "get", 0) { interpreter, _ in
      // Room first: an ensure may give up areas that were found before.
      while true {
        let count = interpreter.code.objects.termFigures.count
        guard interpreter.ensure(5 * count, live: 0) else { return .none }
        let terms = interpreter.code.objects.allTerms
        if terms.count <= count { return interpreter.build { $0.makeListOfPairs(terms) } }
      }
    },
    Native("persistent_term", "erase", 1) { interpreter, x in
      guard let hash = hash(interpreter, x[0]) else { return .none }
      return .boolean(
        interpreter.code.objects.erase(hash: hash) { isEqual(interpreter, $0, x[0]) })
    },
    Native("persistent_term", "info", 0) { interpreter, x in
      let (count, words) = interpreter.code.objects.termFigures
      guard let countName = interpreter.atom("count"), let memory = interpreter.atom("memory")
      else { return .none }
      return interpreter.makeMap(pairs: 2, live: 0) { add throws(ScratchExhausted) in
        try add(countName, .small(count))
        try add(memory, .small(8 * words))
      }
    },
  ]
}

extension WordCursor {
  /// Builds a list of pairs.
  fileprivate mutating func makeListOfPairs(_ pairs: [(key: Term, value: Term)]) -> Term {
    var list = Term.nil
    for (key, value) in pairs { list = makeCons(makeTuple(key, value), list) }
    return list
  }
}

private func hash(_ interpreter: Interpreter, _ key: Term) -> UInt32? {
  let hash = PortableHash(
    atoms: interpreter.atoms, scratch: interpreter.scratch, funs: interpreter.code)
  do {
    return try hash.hash(key) as UInt32
  } catch {
    _ = interpreter.exhausted(error)
    return nil
  }
}

/// Whether keys are the same; where there is no memory to tell, they are not.
private func isEqual(_ interpreter: Interpreter, _ a: Term, _ b: Term) -> Bool {
  (try? TermEquality.isExactlyEqual(a, b, scratch: interpreter.scratch)) ?? false
}

/// The value of a key, no value where there is none; nothing after an exception was made pending.
private func find(_ interpreter: Interpreter, _ key: Term) -> Term? {
  guard let hash = hash(interpreter, key) else { return nil }
  return interpreter.code.objects.term(key, hash: hash) { isEqual(interpreter, $0, key) }
}

private func put(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let hash = hash(interpreter, x[0]), let before = find(interpreter, x[0]) else {
    return .none
  }
  // Nothing is done for the value that is there.
  if !before.isNone && isEqual(interpreter, before, x[1]) { return interpreter.atom("ok") ?? .none }
  do {
    let scratch = interpreter.scratch
    let keyWords = try TermSize.flatWords(of: x[0], scratch: scratch)
    let valueWords = try TermSize.flatWords(of: x[1], scratch: scratch)
    var (key, value) = (x[0], x[1])
    let area: LiteralArea
    do {
      area = try interpreter.system.heaps.literals.build(words: keyWords + valueWords) {
        (cursor, list) throws(ScratchExhausted) in
        key = TermCopy.copy(x[0], words: keyWords, into: &cursor, list: &list)
        value = TermCopy.copy(x[1], words: valueWords, into: &cursor, list: &list)
      }
    } catch .memory(let error) {
      interpreter.memoryRefusal = .outOfMemory(error)
      return interpreter.systemLimit()
    } catch .builder(let error) {
      throw error
    }
    interpreter.code.objects.put(key, value, in: area, hash: hash) {
      isEqual(interpreter, $0, key)
    }
    return interpreter.atom("ok") ?? .none
  } catch let error as ScratchExhausted {
    return interpreter.exhausted(error)
  } catch {
    return interpreter.systemLimit()
  }
}
