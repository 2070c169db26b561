import Tenure

/// Natives of module `erts_debug` that tell how terms lie in memory.
var debugNatives: [Native] {
  [
    sizeNative("flat_size") { (term, scratch) throws(ScratchExhausted) in
      try TermSize.flatWords(of: term, scratch: scratch)
    },
    sizeNative("size_shared") { (term, scratch) throws(ScratchExhausted) in
      try TermSize.sharedWords(of: term, scratch: scratch)
    },
    Native("erts_debug", "same", 2) { _, x in .boolean(x[0] == x[1]) },
    Native("erts_debug", "copy_shared", 2, copyShared),
    Native("erts_debug", "map_info", 1, mapInformation),
  ]
}

private func sizeNative(
  _ name: String,
  _ words: @escaping @Sendable (Term, any ScratchProvider) throws(ScratchExhausted) -> Int
) -> Native {
  Native("erts_debug", name, 1) { interpreter, x in
    do throws(ScratchExhausted) {
      return interpreter.makeInteger(try words(x[0], interpreter.scratch), live: 0)
    } catch {
      return interpreter.exhausted(error)
    }
  }
}

/// `copy_shared(Term, CopiesLiterals)`: a copy in which is shared what is shared in the term. It is
/// made as a message is, so literals are referred to whatever was asked for.
private func copyShared(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isBoolean else { return interpreter.badArgument() }
  return interpreter.signalling { process throws(MessageError) in
    let copy = try process.prepare(x[0], copying: MessageCopying())
    do { return try process.attach(copy) } catch {
      preconditionFailure("a copy by a process of another system: \(error)")
    }
  }
}

/// `[{depth, D}, {arrays, N, []}, {bitmaps, N, BySlots}, {leafs, N, ByLevel}]` of a hash map.
private func mapInformation(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isMap else {
    interpreter.raiseError(.badMap, x[0])
    return .none
  }
  guard x[0].isHashMap else { return interpreter.badArgument() }
  let shape = HashMapShape(of: x[0])
  let names = ["depth", "arrays", "bitmaps", "leafs"].compactMap { interpreter.atom($0) }
  guard names.count == 4,
    interpreter.ensure(4 * 2 + 3 + 3 * 4 + 2 * (1 + HashMapShape.width), live: 1)
  else { return .none }
  return interpreter.build { cursor in
    let depth = cursor.makeTuple(names[0], .small(shape.depth))
    let arrays = cursor.makeTuple(names[1], .small(shape.hasFullRoot ? 1 : 0), .nil)
    let bitmaps = makeDistribution(names[2], shape.bitmapNodes, &cursor)
    let leaves = makeDistribution(names[3], shape.leaves, &cursor)
    return cursor.makeList([depth, arrays, bitmaps, leaves])
  }
}

/// `{Name, Sum, {Count, ...}}`.
private func makeDistribution(
  _ name: Term, _ counts: [Int], _ cursor: inout WordCursor
) -> Term {
  let tuple = Term.boxed(at: cursor.makeTuple(arity: counts.count))
  for (place, count) in counts.enumerated() { tuple.tupleElements[place] = .small(count) }
  return cursor.makeTuple(name, .small(counts.reduce(0, +)), tuple)
}
