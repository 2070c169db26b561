import Terms
import TestKit
import Testing

@Suite struct FlatMapTests {
  private let reader = TermReader(words: 400_000)
  private var order: TermOrder { TermOrder(atoms: reader.atoms, scratch: reader.scratch) }
  /// Keys of all kinds, no two exactly equal, in the order of keys.
  private static let keys = [
    "-5", "1", "2", "18446744073709551616", "-0.5", "1.0", "2.0", "a", "ab", "b", "{}", "{1}",
    "{2}", "{1.0}", "{a,b}", "#{}", "#{1 => a}", "#{1.0 => a}", "[]", "[1]", "[2|a]", "[1.0]",
    "<<>>", "<<1>>", "<<2>>",
  ]

  /// The model: places in `keys` to values.
  private func check(_ map: Term, _ model: [Int: Int]) throws {
    let size = FlatMap.size(at: map.boxed)
    #expect(size == model.count)
    #expect(try TermSize.flatWords(of: map, scratch: reader.scratch) >= FlatMap.words(size: size))
    let printer = TermPrinter(atoms: reader.atoms, scratch: reader.scratch)
    let pairs = model.sorted { $0.key < $1.key }.map { "\(Self.keys[$0.key]) => \($0.value)" }
    #expect(try printer.text(of: map) == "#{" + pairs.joined(separator: ",") + "}")
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func operationsFollowAModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var map = FlatMap.makeEmpty(cursor: &reader.cursor)
    var model: [Int: Int] = [:]
    for step in 0..<400 {
      let place = Int.random(in: Self.keys.indices, using: &generator)
      let key = reader.read(Self.keys[place])
      let size = FlatMap.size(at: map.boxed)
      let before = map
      let start = reader.cursor.top
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        map = try FlatMap.remove(key, from: map, order: order, cursor: &reader.cursor)
        if model.removeValue(forKey: place) == nil { #expect(map == before) }
        #expect(reader.cursor.top - start <= FlatMap.wordsToRemove(size: size))
      case 1:
        let updated = try FlatMap.update(
          key, .small(step), in: map, order: order, cursor: &reader.cursor)
        #expect((updated != nil) == (model[place] != nil))
        if let updated {
          (map, model[place]) = (updated, step)
          #expect(FlatMap.keys(at: map.boxed) == FlatMap.keys(at: before.boxed))
        }
        #expect(reader.cursor.top - start <= FlatMap.words(size: size))
      default:
        map = try FlatMap.put(key, .small(step), in: map, order: order, cursor: &reader.cursor)
        model[place] = step
        #expect(reader.cursor.top - start <= FlatMap.wordsToPut(size: size))
      }
      let found = try FlatMap.value(of: key, in: map, scratch: reader.scratch)
      #expect(found == model[place].map { .small($0) }, "seed \(seed), step \(step)")
      try check(map, model)
    }
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test(arguments: [4, 5] as [UInt64])
  func buildersTakePairsInAnyOrderAndTheLastOfEqualKeys(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for count in 0..<60 {
      let places = (0..<count).map { _ in Int.random(in: Self.keys.indices, using: &generator) }
      let keys = places.map { reader.read(Self.keys[$0]) }
      var model: [Int: Int] = [:]
      let start = reader.cursor.top
      var builder = FlatMapBuilder(pairs: count, order: order, cursor: reader.cursor)
      for (value, place) in places.enumerated() {
        try builder.insert(keys[value], .small(value))
        model[place] = value
      }
      #expect(builder.size == model.count)
      let map = builder.finish(cursor: &reader.cursor)
      #expect(reader.cursor.top - start == FlatMapBuilder.words(pairs: model.count))
      try check(map, model)
    }
  }

  @Test func theSameValueGivesTheMapItself() throws {
    let map = reader.read("#{a => 1,b => 2}")
    let atom = reader.read("b")
    let top = reader.cursor.top
    let same = try FlatMap.put(atom, .small(2), in: map, order: order, cursor: &reader.cursor)
    #expect(same == map)
    #expect(reader.cursor.top == top)
  }

  @Test func anExhaustedProviderLeavesTheCursor() throws {
    let map = reader.read("#{{{1},{1}} => 1,{{2},{2}} => 2}")
    let key = reader.read("{{3},{3}}")
    let failing = TermOrder(atoms: reader.atoms, scratch: MallocScratch(failingRequest: 1))
    let top = reader.cursor.top
    #expect(throws: ScratchExhausted.self) {
      try FlatMap.put(key, .nil, in: map, order: failing, cursor: &reader.cursor)
    }
    #expect(reader.cursor.top == top)
  }
}
