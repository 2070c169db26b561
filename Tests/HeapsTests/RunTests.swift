import Heaps
import TestKit
import Terms
import Testing

/// What is copied and moved several objects at a time: cells side by side, lists of small objects,
/// trees of pairs, maps.
@Suite struct RunTests {
  private static func fixture() throws -> HeapFixture {
    try HeapFixture(
      levers: HeapLevers(verifies: true), options: HeapOptions(minimumWords: RunShape.mostWords))
  }

  @Test(arguments: RunShape.allCases, UInt64(0)..<40)
  func messagesKeepWhatIsShared(shape: RunShape, seed: UInt64) throws {
    let fixture = try Self.fixture()
    fixture.roots[0] = fixture.heap.build { shape.build(seed: seed, &$0) }
    var roots: [ModelTerm] = []
    let model = ModelHeap(reading: [fixture.roots[0]], of: fixture.heap, roots: &roots)
    let (message, _) = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(model.firstDifference(of: roots, from: [message.term]) == nil)
    #expect(message.words == model.words(reachableFrom: roots))
    fixture.environment.free(message)
  }

  /// Old, mature and fresh structures beside each other, which refer to those before them.
  @Test(arguments: RunShape.allCases, UInt64(0)..<40)
  func collectionsMoveThemWhole(shape: RunShape, seed: UInt64) throws {
    let fixture = try Self.fixture()
    for round in 0..<3 {
      try fixture.ensure(RunShape.mostWords)
      let before = fixture.roots[0]
      fixture.roots[0] = fixture.heap.build { cursor in
        let new = shape.build(seed: seed + UInt64(1000 * round), &cursor)
        return cursor.makeTuple(new, before, cursor.makeCons(new, before))
      }
      #expect(try fixture.differenceAfterCollecting(fully: (Int(seed) + round) % 5 == 0) == nil)
      #expect(try fixture.differenceAfterCollecting(fully: round == 2) == nil)
    }
  }
}
