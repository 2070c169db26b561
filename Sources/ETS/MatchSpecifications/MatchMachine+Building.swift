import Terms

// Terms that guards and bodies build of words of the frame.

extension MatchMachine {
  /// A cursor over at least so many words for a result.
  @inline(__always)
  mutating func cursor(words: Int) throws(MatchRunError) -> WordCursor {
    do throws(ScratchExhausted) {
      return try results.cursor(words: words)
    } catch {
      throw MatchRunError(error)
    }
  }

  /// - Parameters:
  ///   - places: where the elements stand in the frame.
  ///   - count: at least 1.
  @inline(never)
  mutating func makeTuple(
    _ places: UnsafePointer<UInt>, count: Int
  ) throws(MatchRunError) -> Term {
    var cursor = try cursor(words: 1 + count)
    let words = cursor.makeTuple(arity: count)
    for index in 0..<count { words[1 + index] = frame[Int(bitPattern: places[index])] }
    results.commit(cursor)
    return .boxed(at: words)
  }

  /// - Parameters:
  ///   - places: where the elements stand in the frame, and the tail.
  ///   - count: the elements.
  @inline(never)
  mutating func makeList(
    _ places: UnsafePointer<UInt>, count: Int
  ) throws(MatchRunError) -> Term {
    var cursor = try cursor(words: 2 * count)
    var list = Term(bits: frame[Int(bitPattern: places[count])])
    for index in (0..<count).reversed() {
      list = cursor.makeCons(Term(bits: frame[Int(bitPattern: places[index])]), list)
    }
    results.commit(cursor)
    return list
  }

  /// - Parameters:
  ///   - places: where keys and values stand in the frame, in turn.
  ///   - count: the pairs.
  @inline(never)
  mutating func makeMap(
    _ places: UnsafePointer<UInt>, count: Int
  ) throws(MatchRunError) -> Term {
    func term(_ index: Int) -> Term { Term(bits: frame[Int(bitPattern: places[index])]) }
    do throws(ScratchExhausted) {
      var builder = try MapBuilder(pairs: count, order: specification.order)
      for index in 0..<count { try builder.add(key: term(2 * index)) }
      let words = try builder.plan()
      var cursor = try results.cursor(words: words)
      try builder.begin(cursor: &cursor)
      for index in 0..<count {
        try builder.fill(term(2 * index), term(2 * index + 1), cursor: &cursor)
      }
      let map = try builder.finish(cursor: &cursor)
      results.commit(cursor)
      return map
    } catch {
      throw MatchRunError(error)
    }
  }
}
