import Stress
import Testing

/// All heaps of a few objects: each a cons, a tuple, a float or a handle, each slot an immediate or
/// any earlier object, each set of roots, each division into generations. What must be kept, and
/// where, is worked out and compared word for word.
///
/// Left out is what cannot be told apart by a collection: worlds whose garbage is other than cells
/// of immediates and handles (`World.hasPlainGarbage`). That leaves 4,369 of 11,290 pairs of world
/// and roots of up to three objects, and 256,871 of 839,040 of four. All 2,989,080 worlds of five
/// objects take minutes: `tenure stress worlds --seed 0 --seconds 1200`.
@Suite struct SmallWorldsTests {
  @Test func allHeapsOfUpToThreeObjectsInEveryDivision() throws {
    var sandbox = try WorldSandbox()
    for count in 1...3 {
      try WorldStress.runSlice(
        0, of: 1, objects: count, WorldSandbox.Division.all(objects: count), in: &sandbox)
    }
    #expect(sandbox.complaints.isEmpty, "\(sandbox.complaints)")
    #expect(sandbox.collected == 7 * 5 + 119 * 9 + 4243 * 14)
  }

  /// In two of the divisions each, taken in turn.
  @Test func allHeapsOfFourObjects() throws {
    var sandbox = try WorldSandbox()
    try WorldStress.runSlice(
      0, of: 1, objects: 4, WorldSandbox.Division.all(objects: 4), inTurn: true, in: &sandbox)
    #expect(sandbox.complaints.isEmpty, "\(sandbox.complaints)")
    #expect(sandbox.collected == 2 * 256_871)
  }

  /// One of 2,000 parts of them.
  @Test(arguments: [0, 1234])
  func aSliceOfTheHeapsOfFiveObjects(slice: Int) throws {
    var sandbox = try WorldSandbox()
    try WorldStress.runSlice(
      slice, of: 2000, objects: 5, WorldSandbox.Division.withoutOld(objects: 5), in: &sandbox)
    #expect(sandbox.complaints.isEmpty, "\(sandbox.complaints)")
    #expect(sandbox.collected > 7 * 5000)
  }

  /// One of 20,000 parts of them in every division, those with an old generation among them.
  @Test(arguments: [777, 15_001])
  func aSmallerSliceOfTheHeapsOfFiveObjectsInEveryDivision(slice: Int) throws {
    var sandbox = try WorldSandbox()
    let divisions = WorldSandbox.Division.all(objects: 5)
    try WorldStress.runSlice(slice, of: 20_000, objects: 5, divisions, in: &sandbox)
    #expect(sandbox.complaints.isEmpty, "\(sandbox.complaints)")
    #expect(sandbox.collected > divisions.count * 500)
  }

  @Test func worldsAreCountedAndNoneIsThereTwice() {
    #expect((1...5).map { World.count(objects: $0) } == [5, 60, 1380, 52_440, 2_989_080])
    let texts = Set((0..<1380).map { World(number: $0, objects: 3).description })
    #expect(texts.count == 1380)
  }

  /// The sandbox sees what is wrong: any other world than the one that was collected.
  @Test func anotherWorldIsNotTheSame() throws {
    let count = World.count(objects: 2)
    for division in WorldSandbox.Division.all(objects: 2) {
      for number in 0..<count {
        let world = World(number: number, objects: 2)
        for other in [number, (number + 1) % count, (number + 7) % count] {
          var sandbox = try WorldSandbox()
          let expected = World(number: other, objects: 2)
          try sandbox.run(
            [WorldSandbox.Case(world: world, roots: 0b11, expected: expected)], division)
          #expect(
            sandbox.complaints.isEmpty == (other == number),
            "\(world) taken for \(expected), \(division)")
        }
      }
    }
  }

  @Test func whatIsGarbageOfAWorldIsTold() throws {
    #expect(World(number: 3, objects: 1).description == "float")
    let list = World(number: 5, objects: 2)
    #expect(!list.hasPlainGarbage(0) || list.description == "[-|-] [-|-]")
    #expect(list.hasPlainGarbage(0b10))
  }
}
