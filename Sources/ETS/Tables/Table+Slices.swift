import Heaps
import Terms

/// What a slice of a longer piece of work gave.
public struct TableSlice {
  /// The list of results.
  public let results: Term
  /// What to go on with, a term of the same heap as the results; nil where there is no more.
  public let continuation: Term?
}

/// Selection in slices: so that no call takes longer than its caller wants, and what others delete
/// meanwhile is freed between two of them.
///
/// A continuation is a term like any other: it survives collections where it is rooted, may be
/// used twice, and holds no lock. Where a table that is not ordered is written to meanwhile,
/// ``Table/fix(by:)`` it for the time: then every object that stays is met once.
extension Table {
  /// The results of a match specification for some objects, as `ets:select/3` and `ets:select/1`.
  /// - Parameters:
  ///   - limit: the most results.
  ///   - steps: the most objects to look at, but for those of one key, which are looked at together.
  ///   - continuation: what an earlier slice with the same specification gave; nil for the first.
  /// - Throws: ``TableError``, ``TableError/invalidContinuation`` where a continuation is of another
  ///   table or specification; the heap may then hold a part of the result.
  public func select(
    _ specification: MatchSpecification, limit: Int, steps: Int = .max,
    after continuation: Term? = nil, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> TableSlice {
    try slice(
      specification, limit: limit, steps: steps, after: continuation, isBackward: false,
      by: caller, on: &heap)
  }

  /// As ``select(_:limit:steps:after:by:on:)``, from the last key to the first of an ordered table,
  /// as `ets:select_reverse/3`.
  public func selectReversed(
    _ specification: MatchSpecification, limit: Int, steps: Int = .max,
    after continuation: Term? = nil, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> TableSlice {
    try slice(
      specification, limit: limit, steps: steps, after: continuation, isBackward: isOrdered,
      by: caller, on: &heap)
  }

  /// The results of a match specification for some objects before those of earlier slices, the last one
  /// first: for who wants the results of all objects in one list, but not at one go.
  ///
  /// Of an ordered table the list is in order where the walk is backward.
  /// - Parameters:
  ///   - list: the results of the slice before, of the same heap.
  ///   - isBackward: whether to walk from the last key to the first of an ordered table.
  ///   - steps: the most objects to look at, but for those of one key, which are looked at together.
  ///   - continuation: what the slice before gave; nil for the first.
  /// - Throws: ``TableError``; the heap may then hold a part of the result.
  public func select(
    _ specification: MatchSpecification, before list: Term, isBackward: Bool, steps: Int,
    after continuation: Term? = nil, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> TableSlice {
    if steps < 1 { throw .invalidOption("a slice of nothing") }
    let begun = try self.continuation(continuation)
    return try walking(by: caller) { storage throws(TableError) in
      let walk = try MatchWalk(
        specification, keyPosition: keyPosition, of: storage,
        isBackward: isBackward && isOrdered, from: begun.position)
      var source = MatchSource(
        walk, try ObjectMatcher(for: specification, caller), of: storage)
      source.stepsLeft = steps
      let results = try ListBuilder.list(of: &source, before: list, on: &heap)
      let next = Continuation(position: source.position ?? begun.position, rest: .nil)
      return TableSlice(results: results, continuation: try next.term(of: self, on: &heap))
    }
  }

  /// What to go on with after a slice that has fewer results than its limit, which are to be given
  /// together with those behind them.
  /// - Returns: a term of the heap; nothing where there is no more.
  /// - Throws: ``TableError``.
  public func continuation(
    keepingResultsOf slice: TableSlice, on heap: inout ProcessHeap
  ) throws(TableError) -> Term? {
    guard slice.continuation != nil else { return nil }
    var next = try continuation(slice.continuation)
    next.rest = slice.results
    return try next.term(of: self, on: &heap)
  }

  private func slice(
    _ specification: MatchSpecification, limit: Int, steps: Int, after term: Term?,
    isBackward: Bool, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> TableSlice {
    if limit < 1 || steps < 1 { throw .invalidOption("a slice of nothing") }
    let begun = try continuation(term)
    let (count, waiting) = Self.split(begun.rest, limit: limit)
    return try walking(by: caller) { storage throws(TableError) in
      let walk = try MatchWalk(
        specification, keyPosition: keyPosition, of: storage, isBackward: isBackward,
        from: begun.position)
      var source = MatchSource(
        walk, try ObjectMatcher(for: specification, caller), of: storage)
      (source.resultsLeft, source.stepsLeft) = (limit - count, steps)
      let results = try ListBuilder.list(
        of: &source, behind: begun.rest, count: count, on: &heap)
      var next = Continuation(position: source.position ?? begun.position, rest: waiting)
      if source.walk.isWithinKey {
        // The place among a key's objects would not outlive a deletion of one.
        (source.resultsLeft, source.stepsLeft) = (.max, 0)
        next.rest = try ListBuilder.list(of: &source, on: &heap)
        next.position = source.position ?? begun.position
      }
      return TableSlice(results: results, continuation: try next.term(of: self, on: &heap))
    }
  }

  /// What a term says where to go on.
  func continuation(_ term: Term?) throws(TableError) -> Continuation {
    guard let term else { return Continuation(position: .start, rest: .nil) }
    do {
      return try Continuation(term, of: self)
    } catch {
      // Another table may have the record of one that ended.
      throw isAlive ? error : .noTable
    }
  }

  /// How many terms of a list there are up to a limit, and the list behind them.
  private static func split(_ list: Term, limit: Int) -> (count: Int, rest: Term) {
    var (count, rest) = (0, list)
    while rest.isCons && count < limit {
      count += 1
      rest = rest.cons[1]
    }
    return (count, rest)
  }
}
