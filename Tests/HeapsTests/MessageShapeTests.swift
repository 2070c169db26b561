import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Copies of shapes that have ways of their own through the copy.
@Suite struct MessageShapeTests {
  /// The stack of what is pending grows at any depth, also where the last item is taken back at once.
  @Test(arguments: [110...140, 245...270])
  func pendingItemsOutgrowTheirStackAnywhere(depths: ClosedRange<Int>) throws {
    for depth in depths {
      let fixture = try HeapFixture(options: HeapOptions(minimumWords: 16 * depth + 1000))
      fixture.roots[0] = fixture.heap.build { cursor in
        let innermost = cursor.makeCons(
          cursor.makeFloat(0.5), cursor.makeCons(cursor.makeFloat(1.5), .nil))
        let inner = cursor.makeCons(cursor.makeTuple(innermost, innermost, .nil), innermost)
        return (0..<depth).reduce(inner) { inner, number in
          cursor.makeCons(inner, cursor.makeCons(cursor.makeFloat(Double(number)), .nil))
        }
      }
      var roots: [ModelTerm] = []
      let model = ModelHeap(reading: [fixture.roots[0]], of: fixture.heap, roots: &roots)
      let (message, shared) = try fixture.heap.makeMessage(of: fixture.roots[0])
      #expect(shared == 2)
      #expect(model.firstDifference(of: roots, from: [message.term]) == nil)
      fixture.environment.free(message)
    }
  }

  /// A large map and a version of it, which share most nodes and leaves, some of which are literals.
  @Test(arguments: [40, 500, 20_000])
  func versionsOfAMapShareWhatTheyShared(size: Int) throws {
    let fixture = try HeapFixture(options: HeapOptions(minimumWords: 40 * size + 10_000))
    var literal = Term.nil
    try fixture.environment.literals.build(words: 20 * size + 1000) { cursor, _ in
      literal = Self.map(of: 0..<size / 2, over: nil, &cursor)
    }
    fixture.roots[0] = fixture.heap.build { cursor in
      let first = Self.map(of: size / 2..<size, over: literal, &cursor)
      let second = Self.map(of: size / 3..<2 * size / 3, over: first, &cursor)
      return cursor.makeCons(first, cursor.makeCons(second, literal))
    }
    var roots: [ModelTerm] = []
    let model = ModelHeap(reading: [fixture.roots[0]], of: fixture.heap, roots: &roots)
    let (message, shared) = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(shared > 0)
    #expect(model.firstDifference(of: roots, from: [message.term]) == nil)
    #expect(message.term.cons[1].cons[1] == literal)
    // Received by its sender, it lies beside what it was copied from.
    fixture.heap.attach(message)
    fixture.roots[1] = message.term
    #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
    #expect(model.firstDifference(of: roots, from: [fixture.roots[1]]) == nil)
  }

  /// Puts pairs into a map whose values are an immediate, a list, a tuple or a float.
  static func map(
    of keys: Range<Int>, over base: Term?, _ cursor: inout WordCursor
  ) -> Term {
    let order = TermOrder(atoms: AtomTable(), scratch: MallocScratch())
    let values = keys.map { key in
      switch key % 4 {
      case 0: Term.small(key)
      case 1: cursor.makeCons(.small(key), cursor.makeCons(.small(1), .nil))
      case 2: cursor.makeTuple(.small(key), cursor.makeFloat(Double(key)))
      default: cursor.makeFloat(Double(key))
      }
    }
    do {
      var builder = try MapBuilder(base: base, pairs: keys.count, order: order)
      for key in keys { try builder.add(key: .small(key)) }
      _ = try builder.plan()
      try builder.begin(base: base, cursor: &cursor)
      for (key, value) in zip(keys, values) {
        try builder.fill(.small(key), value, cursor: &cursor)
      }
      return try builder.finish(cursor: &cursor)
    } catch {
      preconditionFailure("no working memory: \(error)")
    }
  }
}
