import Tenure

/// Building maps: natives and the instruction that updates.
extension Interpreter {
  /// The value of a key in a map: nothing where there is no such key, no value after an exception
  /// was made pending.
  func lookUp(_ key: Term, in map: Term) -> Term? {
    do {
      return try FlatMap.value(of: key, in: map, scratch: scratch)
    } catch {
      return exhausted(error)
    }
  }

  /// Builds within what was ensured; what a failure had begun is given back.
  func buildMap(_ body: (inout WordCursor) throws(FlatMapError) -> Term) -> Term {
    var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
    do {
      let map = try body(&cursor)
      heap.pointee.top = cursor.top
      return map
    } catch .scratchExhausted(let error) {
      return exhausted(error)
    } catch {
      guard let reason = atom("maps of more than 32 keys") else { return .none }
      raiseError(.notImplemented, reason)
      return .none
    }
  }

  /// Builds a map of at most so many pairs that a closure inserts.
  ///
  /// - Parameter live: the X registers that hold terms; the closure reads its terms from them.
  func makeMap(
    pairs: Int, live: Int, _ insert: (inout FlatMapBuilder) throws(FlatMapError) -> Void
  ) -> Term {
    guard ensure(FlatMapBuilder.words(pairs: pairs), live: live) else { return .none }
    return buildMap { cursor throws(FlatMapError) in
      var builder = FlatMapBuilder(pairs: pairs, order: order, cursor: cursor)
      try insert(&builder)
      return builder.finish(cursor: &cursor)
    }
  }

  /// Builds the map of an instruction that updates one: its map operand with the pairs behind it.
  ///
  /// Heap and stack are saved.
  /// - Returns: the map, or no value after an exception was made pending.
  func putMap<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Term {
    let map = f.operand(w.fieldA)
    guard map.isMap else {
      raiseError(.badMap, map)
      return .none
    }
    let pairs = Int(f.code[1] >> 16 & 0xFFFF)
    var missing = 0
    for pair in 0..<pairs {
      let key = f.source(f.code[2 + 2 * pair])
      if let found = lookUp(key, in: map) {
        if found.isNone { return .none }
        continue
      }
      missing += 1
      if w.count & 1 == 1 {
        raiseError(.badKey, key)
        return .none
      }
    }
    return missing == 0
      ? replaceValues(&f, w, pairs: pairs) : insertPairs(&f, w, pairs: pairs)
  }

  /// The map with other values for keys it has; it shares the tuple of keys.
  private func replaceValues<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, pairs: Int
  ) -> Term {
    let words = FlatMap.words(size: FlatMap.size(at: f.operand(w.fieldA).boxed))
    guard ensure(words, live: f.live) else { return .none }
    f.load()
    let map = f.operand(w.fieldA)
    do {
      let copy = build { $0.reserve(words) }
      copy.update(from: map.boxed, count: words)
      for pair in 0..<pairs {
        let key = f.source(f.code[2 + 2 * pair])
        guard let place = try FlatMap.place(of: key, in: map, scratch: scratch) else { continue }
        FlatMap.values(at: copy)[place] = f.source(f.code[3 + 2 * pair]).bits
      }
      return .boxed(at: copy)
    } catch {
      return exhausted(error)
    }
  }

  /// The map with pairs of which some have keys that it has not.
  private func insertPairs<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, pairs: Int
  ) -> Term {
    let size = FlatMap.size(at: f.operand(w.fieldA).boxed)
    let words =
      pairs == 1 ? FlatMap.wordsToPut(size: size) : FlatMapBuilder.words(pairs: size + pairs)
    guard ensure(words, live: f.live) else { return .none }
    f.load()
    return buildMap { cursor throws(FlatMapError) in
      let map = f.operand(w.fieldA)
      if pairs == 1 {
        return try FlatMap.put(
          f.source(f.code[2]), f.source(f.code[3]), in: map, order: order, cursor: &cursor)
      }
      var builder = FlatMapBuilder(pairs: size + pairs, order: order, cursor: cursor)
      try builder.insertAll(of: map)
      for pair in 0..<pairs {
        // A map that is updated keeps its keys; only a new map has the keys given last.
        try builder.insert(
          f.source(f.code[2 + 2 * pair]), f.source(f.code[3 + 2 * pair]), keepsKey: true)
      }
      return builder.finish(cursor: &cursor)
    }
  }
}

extension FlatMapBuilder {
  /// Adds all pairs of a map.
  mutating func insertAll(of map: Term) throws(FlatMapError) {
    let keys = FlatMap.keys(at: map.boxed).tupleElements
    let values = FlatMap.values(at: map.boxed)
    for place in keys.indices { try insert(keys[place], Term(bits: values[place])) }
  }
}
