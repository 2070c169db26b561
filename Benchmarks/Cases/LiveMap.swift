import Tenure
import TestKit

/// A map of 200,000 integers to themselves, as `maps:from_list/1` makes it.
enum LiveMap {
  private static let size = 200_000

  /// The words of the map: of its nodes and its leaves.
  static let words: Int = {
    var builder = begin()
    return succeed { () throws(ScratchExhausted) in try builder.plan() }
  }()

  /// Builds the map.
  static func build(_ cursor: inout WordCursor) -> Term {
    var builder = begin()
    let start = cursor.top
    let map = succeed { () throws(ScratchExhausted) in
      _ = try builder.plan()
      try builder.begin(cursor: &cursor)
      for key in 1...size { try builder.fill(.small(key), .small(key), cursor: &cursor) }
      return try builder.finish(cursor: &cursor)
    }
    precondition(cursor.top - start == words, "a map of \(cursor.top - start) words, not \(words)")
    return map
  }

  private static func begin() -> MapBuilder {
    let order = TermOrder(atoms: AtomTable(), scratch: MallocScratch())
    return succeed { () throws(ScratchExhausted) in
      var builder = try MapBuilder(pairs: size, order: order)
      for key in 1...size { try builder.add(key: .small(key)) }
      return builder
    }
  }

  /// The sum of all keys and values.
  static func sum(_ map: Term) -> Int {
    succeed { () throws(ScratchExhausted) in
      var pairs = try MapPairs(of: map, scratch: MallocScratch())
      var sum = 0
      while let (key, value) = try pairs.next() { sum += key.smallValue + value.smallValue }
      return sum
    }
  }

  /// Working memory is malloc's, which does not refuse so little.
  private static func succeed<Result: ~Copyable>(
    _ body: () throws(ScratchExhausted) -> Result
  ) -> Result {
    do { return try body() } catch { preconditionFailure("no working memory: \(error)") }
  }
}
