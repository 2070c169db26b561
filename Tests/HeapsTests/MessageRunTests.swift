import Heaps
import TestKit
import Terms
import Testing

/// Copies of what is copied several objects at a time: cells side by side, trees of pairs, maps.
@Suite struct MessageRunTests {
  /// Lists through cells that stand side by side in either direction, or not; that hold other lists
  /// or end in them; and references to any cell.
  @Test(arguments: UInt64(0)..<150)
  func cellsSideBySideKeepWhatTheyShare(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...900, using: &random)
    try Self.expectTheSameGraph { cursor in
      // So that pieces of the heap end at any cell.
      _ = cursor.makeTuple(of: Array(repeating: Term.nil, count: Int(seed % 256)))
      let words = cursor.reserve(2 * count)
      let cells = Self.places(count, &random).map { Term.cons(at: words + 2 * $0) }
      var starts = [cells[0]]
      for (place, cell) in cells.enumerated() {
        let choice = Int.random(in: 0..<60, using: &random)
        // No list that this cell is part of: no term holds itself.
        let earlier = starts.dropLast().randomElement(using: &random) ?? .nil
        cell.cons[0] = choice == 0 ? earlier : .small(place)
        switch choice {
        case 1 where place + 1 < count:
          starts.append(cells[place + 1])
          cell.cons[1] = .nil
        case 2 where place + 1 < count:
          starts.append(cells[place + 1])
          cell.cons[1] = earlier
        default: cell.cons[1] = place + 1 < count ? cells[place + 1] : .nil
        }
      }
      let others = (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in
        cells.randomElement(using: &random)
      }
      return cursor.makeTuple(of: (starts + others).shuffled(using: &random))
    }
  }

  /// Trees of pairs that hold some of their parts twice, and objects of other kinds.
  @Test(arguments: UInt64(0)..<100)
  func treesOfPairsKeepWhatTheyShare(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...400, using: &random)
    try Self.expectTheSameGraph { cursor in
      var parts: [Term] = [.small(1)]
      for number in 0..<count {
        func take() -> Term {
          let isShared = Int.random(in: 0..<12, using: &random) == 0
          if isShared { return parts.randomElement(using: &random) ?? .nil }
          return parts.count > 1 ? parts.removeLast() : .small(number)
        }
        let first = take()
        let second = take()
        let part =
          switch Int.random(in: 0..<24, using: &random) {
          case 0: cursor.makeTuple(first, second, .small(number))
          case 1: cursor.makeCons(first, second)
          case 2: cursor.makeFloat(Double(number))
          case 3: cursor.makeList("a string".utf8.map { Term.small(Int($0)) })
          case 4...9: Term.small(number)
          default: cursor.makeTuple(first, second)
          }
        parts.append(part)
        parts.shuffle(using: &random)
      }
      return cursor.makeTuple(of: parts)
    }
  }

  /// The places of cells, in the order of their lists: some runs upwards, some downwards.
  private static func places(_ count: Int, _ random: inout SeededGenerator) -> [Int] {
    var runs: [[Int]] = []
    var next = 0
    while next < count {
      let end = min(count, next + Int.random(in: 1...60, using: &random))
      runs.append(Bool.random(using: &random) ? Array(next..<end) : (next..<end).reversed())
      next = end
    }
    return runs.shuffled(using: &random).flatMap { $0 }
  }

  private static func expectTheSameGraph(_ build: (inout WordCursor) -> Term) throws {
    let fixture = try HeapFixture(
      levers: HeapLevers(verifies: true), options: HeapOptions(minimumWords: 10_000))
    fixture.roots[0] = fixture.heap.build(build)
    var roots: [ModelTerm] = []
    let model = ModelHeap(reading: [fixture.roots[0]], of: fixture.heap, roots: &roots)
    let (message, _) = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(model.firstDifference(of: roots, from: [message.term]) == nil)
    #expect(message.words == model.words(reachableFrom: roots))
    fixture.environment.free(message)
  }
}
