import TestKit
import Terms

/// Random terms of the shapes that are copied and moved several objects at a time.
enum RunShape: CaseIterable {
  /// Lists through cells that stand side by side in either direction, or not; that hold other lists
  /// or end in them; and references to any cell.
  case cells
  /// Trees of pairs that hold some of their parts twice, and objects of other kinds.
  case pairs
  /// Lists of small objects, most of which hold nothing but immediates.
  case objects
  /// Maps with leaves of several kinds, and versions of them.
  case maps

  /// The words that any of them needs at the most.
  static var mostWords: Int { 40_000 }

  func build(seed: UInt64, _ cursor: inout WordCursor) -> Term {
    var random = SeededGenerator(seed: seed)
    return switch self {
    case .cells: Self.cells(&random, &cursor)
    case .pairs: Self.pairs(&random, &cursor)
    case .objects: Self.objects(&random, &cursor)
    case .maps: Self.maps(&random, &cursor)
    }
  }

  private static func cells(_ random: inout SeededGenerator, _ cursor: inout WordCursor) -> Term {
    // So that pieces of the heap end at any cell.
    let before = Int.random(in: 0..<256, using: &random)
    _ = cursor.makeTuple(of: Array(repeating: Term.nil, count: before))
    let count = Int.random(in: 1...900, using: &random)
    let words = cursor.reserve(2 * count)
    let cells = places(count, &random).map { Term.cons(at: words + 2 * $0) }
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

  private static func pairs(_ random: inout SeededGenerator, _ cursor: inout WordCursor) -> Term {
    var parts: [Term] = [.small(1)]
    for number in 0..<Int.random(in: 1...400, using: &random) {
      let first = take(from: &parts, number, &random)
      let second = take(from: &parts, number, &random)
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

  /// A part that is not used yet, or one that stays for others too.
  private static func take(
    from parts: inout [Term], _ number: Int, _ random: inout SeededGenerator
  ) -> Term {
    if Int.random(in: 0..<12, using: &random) == 0 {
      return parts.randomElement(using: &random) ?? .nil
    }
    return parts.count > 1 ? parts.removeLast() : .small(number)
  }

  private static func objects(_ random: inout SeededGenerator, _ cursor: inout WordCursor) -> Term {
    var lists: [Term] = [.nil]
    var objects: [Term] = [.nil]
    for number in 0..<Int.random(in: 1...900, using: &random) {
      let small = Term.small(number)
      let other = lists.randomElement(using: &random) ?? .nil
      let object =
        switch Int.random(in: 0..<40, using: &random) {
        case 0: cursor.makeTuple(small, other)
        case 1: cursor.makeTuple(small, small, small, small)
        case 2: objects.randomElement(using: &random) ?? .nil
        case 3: other
        case 4: small
        case 5...10: cursor.makeTuple(small, small)
        case 11...16: cursor.makeTuple(small, small, small)
        case 17: cursor.makeTuple(small)
        default: cursor.makeFloat(Double(number))
        }
      objects.append(object)
      let list = cursor.makeCons(object, lists.last ?? .nil)
      if number % 7 > 0 { lists.removeLast() }
      lists.append(list)
    }
    return cursor.makeTuple(of: lists.shuffled(using: &random))
  }

  private static func maps(_ random: inout SeededGenerator, _ cursor: inout WordCursor) -> Term {
    let first = MessageShapeTests.map(
      of: 0..<Int.random(in: 33...500, using: &random), over: nil, &cursor)
    let second = MessageShapeTests.map(
      of: 200..<Int.random(in: 201...600, using: &random), over: first, &cursor)
    return cursor.makeTuple(first, second, first)
  }
}
