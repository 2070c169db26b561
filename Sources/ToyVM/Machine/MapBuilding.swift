import Tenure

/// Building maps: natives and the instruction that updates.
extension Interpreter {
  /// The value of a key in a map: nothing where there is no such key, no value after an exception
  /// was made pending.
  func lookUp(_ key: Term, in map: Term) -> Term? {
    do {
      return try TermMap.value(of: key, in: map, scratch: scratch)
    } catch {
      return exhausted(error)
    }
  }

  /// Looks what putting a key takes; nothing after an exception was made pending.
  func planPut(_ key: Term, in map: Term) -> MapPlan? {
    do {
      return try TermMap.planPut(key, in: map, order: order)
    } catch {
      _ = exhausted(error)
      return nil
    }
  }

  /// Looks what removing a key takes; nothing after an exception was made pending.
  func planRemove(_ key: Term, from map: Term) -> MapPlan? {
    do {
      return try TermMap.planRemove(key, from: map, order: order)
    } catch {
      _ = exhausted(error)
      return nil
    }
  }

  /// Builds within what was ensured; what a failure had begun is given back.
  func buildMap(_ body: (inout WordCursor) throws(ScratchExhausted) -> Term) -> Term {
    var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
    do {
      let map = try body(&cursor)
      heap.pointee.top = cursor.top
      return map
    } catch {
      return exhausted(error)
    }
  }

  /// Builds a map of pairs that a closure shows, twice: it must read them anew from the registers.
  ///
  /// - Parameters:
  ///   - pairs: how many there are.
  ///   - live: the X registers that hold terms.
  ///   - forEach: calls its closure with each key and value.
  func makeMap(
    pairs: Int, live: Int,
    _ forEach: ((Term, Term) throws(ScratchExhausted) -> Void) throws(ScratchExhausted) -> Void
  ) -> Term {
    do {
      var builder = try MapBuilder(pairs: pairs, order: order)
      try forEach { (key, _) throws(ScratchExhausted) in try builder.add(key: key) }
      guard ensure(try builder.plan(), live: live) else { return .none }
      var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
      try builder.begin(cursor: &cursor)
      try forEach { (key, value) throws(ScratchExhausted) in
        try builder.fill(key, value, cursor: &cursor)
      }
      let map = try builder.finish(cursor: &cursor)
      heap.pointee.top = cursor.top
      return map
    } catch {
      return exhausted(error)
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
    let isExact = w.count & 1 == 1
    let pairs = Int(f.code[1] >> 16 & 0xFFFF)
    if pairs == 1 { return putPair(&f, w, isExact: isExact) }
    if isExact {
      for pair in 0..<pairs {
        let key = f.source(f.code[2 + 2 * pair])
        guard let found = lookUp(key, in: map) else {
          raiseError(.badKey, key)
          return .none
        }
        if found.isNone { return .none }
      }
    }
    return putPairs(&f, w, pairs: pairs)
  }

  private func putPair<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, isExact: Bool
  ) -> Term {
    let key = f.source(f.code[2])
    guard let plan = planPut(key, in: f.operand(w.fieldA)) else { return .none }
    if isExact && !plan.isPresent {
      raiseError(.badKey, key)
      return .none
    }
    guard ensure(plan.words, live: f.live) else { return .none }
    f.load()
    return buildMap { cursor throws(ScratchExhausted) in
      try TermMap.put(
        f.source(f.code[2]), f.source(f.code[3]), in: f.operand(w.fieldA), plan: plan,
        order: order, cursor: &cursor)
    }
  }

  private func putPairs<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, pairs: Int
  ) -> Term {
    do {
      var builder = try MapBuilder(
        base: f.operand(w.fieldA), pairs: pairs, precedence: .values, order: order)
      for pair in 0..<pairs { try builder.add(key: f.source(f.code[2 + 2 * pair])) }
      guard ensure(try builder.plan(), live: f.live) else { return .none }
      f.load()
      var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
      try builder.begin(base: f.operand(w.fieldA), cursor: &cursor)
      for pair in 0..<pairs {
        try builder.fill(
          f.source(f.code[2 + 2 * pair]), f.source(f.code[3 + 2 * pair]), cursor: &cursor)
      }
      let map = try builder.finish(cursor: &cursor)
      heap.pointee.top = cursor.top
      return map
    } catch {
      return exhausted(error)
    }
  }
}
