import Tenure

/// The step of the iterators of maps.
///
/// `map_next(Place, Map, Type)` gives pairs from a place on: where the type is `iterator` as nested
/// `{Key, Value, Rest}`, else as `{Key, Value}` in front of the list that the type is. All of a flat
/// map's pairs come at once; of a hash map's a batch, with `[Place | Map]` as the last rest, or
/// with place and map in front of the list, while there are more.
func nextPairs(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isMap else { return interpreter.badArgument() }
  guard let iterator = interpreter.atom("iterator") else { return .none }
  guard x[2] == iterator || x[2].isList else { return interpreter.badArgument() }
  guard x[0].isSmall && x[0].smallValue >= 0 else { return interpreter.badArgument() }
  do {
    if x[1].isFlatMap {
      // Any place up to the size is taken for the first one.
      if x[0].smallValue > x[1].mapSize { return interpreter.badArgument() }
      return try nextFlat(interpreter, x, isIterator: x[2] == iterator)
    }
    return try nextHashed(interpreter, x, isIterator: x[2] == iterator)
  } catch {
    return interpreter.exhausted(error)
  }
}

/// The pairs of a first batch, as in Erlang, and of later ones, which there grow with the time left.
private let (firstBatch, laterBatch) = (32, 1000)

private func nextFlat(
  _ interpreter: Interpreter, _ x: Arguments, isIterator: Bool
) throws(ScratchExhausted) -> Term {
  guard interpreter.ensure((isIterator ? 4 : 5) * x[1].mapSize, live: 3) else { return .none }
  return interpreter.buildMap { cursor throws(ScratchExhausted) in
    var pairs = try MapPairs(of: x[1], scratch: interpreter.scratch)
    var batch = PairBatch(isIterator: isIterator)
    while let pair = try pairs.next() { batch.add(pair.key, pair.value, &cursor) }
    // In front of the list the first pair comes first.
    return isIterator ? batch.end(.noneAtom) : turned(batch.pairs, onto: x[2])
  }
}

private func nextHashed(
  _ interpreter: Interpreter, _ x: Arguments, isIterator: Bool
) throws(ScratchExhausted) -> Term {
  let place = UInt(x[0].smallValue)
  guard let count = try batchCount(interpreter, x[1], at: place) else {
    return interpreter.badArgument()
  }
  guard interpreter.ensure((isIterator ? 4 : 5) * count + 4, live: 3) else { return .none }
  return interpreter.buildMap { cursor throws(ScratchExhausted) in
    var section = try HashMapSection(of: x[1], at: place, scratch: interpreter.scratch)
    var batch = PairBatch(isIterator: isIterator)
    if !isIterator { batch.pairs = x[2] }
    for _ in 0..<count {
      guard let leaf = try section.next() else { break }
      batch.add(leaf[0], leaf[1], &cursor)
    }
    let next = section.place.map { Term.small(Int($0)) }
    guard let next else { return isIterator ? batch.end(.noneAtom) : batch.pairs }
    if isIterator { return batch.end(cursor.makeCons(next, x[1])) }
    return cursor.makeCons(next, cursor.makeCons(x[1], batch.pairs))
  }
}

/// How many pairs a batch from a place on has: it ends where the next place can be told. Nothing
/// where there is no such place.
private func batchCount(
  _ interpreter: Interpreter, _ map: Term, at place: UInt
) throws(ScratchExhausted) -> Int? {
  var section = try HashMapSection(of: map, at: place, scratch: interpreter.scratch)
  if section.isAtEnd { return nil }
  let wanted = place == 0 ? firstBatch : laterBatch
  var count = 0
  while !section.isAtEnd && (count < wanted || section.place == nil) {
    _ = try section.next()
    count += 1
  }
  return count
}

/// Pairs as they are built: nested tuples from the first to the last, or a list from the last to
/// the first.
private struct PairBatch {
  let isIterator: Bool
  /// The first tuple, or the list.
  var pairs: Term = .nil
  private var last: UnsafeMutablePointer<Term>?

  init(isIterator: Bool) { self.isIterator = isIterator }

  mutating func add(_ key: Term, _ value: Term, _ cursor: inout WordCursor) {
    guard isIterator else {
      pairs = cursor.makeCons(cursor.makeTuple(key, value), pairs)
      return
    }
    let tuple = cursor.makeTuple(key, value, .noneAtom)
    if let last { last.pointee = tuple } else { pairs = tuple }
    last = tuple.tupleElements.baseAddress.map { $0 + 2 }
  }

  /// The nested tuples with a rest behind the last.
  func end(_ rest: Term) -> Term {
    guard let last else { return rest }
    last.pointee = rest
    return pairs
  }
}
