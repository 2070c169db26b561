import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// What a collection makes of single objects, and of the ways to share them.
@Suite struct EvacuationTests {
  @Test(arguments: ObjectKind.allCases)
  func anObjectSurvivesFromRootToOldGenerationAndBack(kind: ObjectKind) throws {
    let fixture = try HeapFixture()
    try fixture.ensure(2 + kind.words)
    // Held twice by roots and twice by the stack, and holding an object of its own.
    let inner = fixture.heap.build { $0.makeFloat(2.25) }
    let term = fixture.heap.build { kind.build(&$0, holding: inner) }
    #expect(fixture.heap.state.pointee.usedWords == 2 + kind.words)
    fixture.roots[0] = term
    fixture.roots[1] = term
    fixture.roots[2] = inner
    fixture.heap.push(term)
    fixture.heap.push(Term(bits: 0x40))
    fixture.heap.push(inner)

    #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
    #expect(fixture.heap.state.pointee.usedWords == 2 + kind.words)
    #expect(fixture.isYoung(fixture.roots[0]))
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    #expect(fixture.isOld(fixture.roots[0]))
    #expect(fixture.heap.figures.oldUsedWords == 2 + kind.words)
    #expect(fixture.heap.figures.youngUsedWords == 0)
    let old = fixture.roots[0]
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    #expect(fixture.roots[0] == old)
    #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
    #expect(fixture.isYoung(fixture.roots[0]))
    #expect(fixture.heap.state.pointee.usedWords == 2 + kind.words)
  }

  @Test(arguments: ObjectKind.allCases)
  func aYoungObjectThatHoldsAMatureAndAnOldOneStaysYoung(kind: ObjectKind) throws {
    let fixture = try HeapFixture()
    try fixture.ensure(100)
    fixture.roots[0] = fixture.heap.build { $0.makeFloat(1) }
    try fixture.collect(fully: true)
    try fixture.collect(fully: false)
    let old = fixture.roots[0]
    #expect(fixture.isOld(old))
    fixture.roots[1] = fixture.heap.build { $0.makeCons(old, .nil) }
    try fixture.collect(fully: false)
    #expect(fixture.isYoung(fixture.roots[1]))
    let mature = fixture.roots[1]
    fixture.roots[2] = fixture.heap.build { kind.build(&$0, holding: mature) }
    fixture.roots[3] = fixture.heap.build { kind.build(&$0, holding: old) }
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    #expect(fixture.isOld(fixture.roots[1]))
    #expect(fixture.isYoung(fixture.roots[2]))
    #expect(fixture.isYoung(fixture.roots[3]))
    #expect(fixture.heap.figures.youngUsedWords == 2 * kind.words)
    #expect(fixture.heap.figures.oldUsedWords == 4)
    #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
  }

  @Test func nothingLiveLeavesNothing() throws {
    let fixture = try HeapFixture()
    try fixture.ensure(200)
    for kind in ObjectKind.allCases {
      _ = fixture.heap.build { kind.build(&$0, holding: .small(1)) }
    }
    try fixture.collect(fully: true)
    #expect(fixture.heap.state.pointee.usedWords == 0)
    #expect(fixture.heap.counters.copiedWords == 0)
  }

  @Test func literalsAndTheEmptyTupleStayWhereTheyAre() throws {
    let fixture = try HeapFixture()
    var literal = Term.nil
    try fixture.environment.literals.build(words: 4) { (cursor, _) throws(Never) in
      literal = cursor.makeCons(cursor.makeFloat(1), .nil)
    }
    try fixture.ensure(20)
    fixture.roots[0] = literal
    fixture.roots[1] = .emptyTuple
    fixture.roots[2] = fixture.heap.build { $0.makeCons(.emptyTuple, literal) }
    fixture.roots[3] = fixture.heap.build { $0.makeTuple(literal, .emptyTuple, literal.cons[0]) }
    fixture.heap.push(literal)
    fixture.heap.push(.emptyTuple)
    for fully in [true, false, false, true] {
      #expect(try fixture.differenceAfterCollecting(fully: fully) == nil)
      #expect(fixture.roots[0] == literal)
      #expect(fixture.roots[1] == .emptyTuple)
      #expect(fixture.roots[2].cons[1] == literal)
    }
    #expect(fixture.heap.figures.youngUsedWords == 6)
    #expect(literal.cons[0].floatValue == 1)
  }

  // MARK: - Lists

  /// A list whose cells are old, mature and young, in that order from its end.
  @Test(arguments: [1, 2, 3, 4, 5, 10, 60])
  func aListCrossesGenerations(cells: Int) throws {
    for headsAreBoxed in [false, true] {
      let fixture = try HeapFixture(options: HeapOptions(minimumWords: 5000))
      for generation in 0..<3 {
        try fixture.ensure(4 * cells)
        for number in 0..<cells {
          let tail = fixture.roots[0]
          fixture.roots[0] = fixture.heap.build { cursor in
            let head = headsAreBoxed ? cursor.makeFloat(Double(number)) : .small(number)
            return cursor.makeCons(head, tail)
          }
        }
        if generation == 0 {
          try fixture.collect(fully: true)
          // So much that the old generation's block has room for all cells.
          _ = fixture.heap.build { cursor in
            [UInt8](repeating: 1, count: 8000).withUnsafeBytes { cursor.makeHeapBinary($0) }
          }
        }
        if generation < 2 { try fixture.collect(fully: false) }
      }
      // The young part, the mature part, the old part, each twice.
      for (root, steps) in [(1, cells), (2, 2 * cells), (3, cells - 1), (4, cells + 1)] {
        fixture.roots[root] = Self.drop(steps, of: fixture.roots[0])
        fixture.heap.push(fixture.roots[root])
      }
      let words = headsAreBoxed ? 4 : 2
      #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
      #expect(fixture.heap.figures.youngUsedWords == words * cells)
      #expect(fixture.heap.figures.oldUsedWords == 2 * words * cells)
      #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
      #expect(fixture.heap.figures.youngUsedWords == 3 * words * cells)
    }
  }

  @Test(arguments: [false, true])
  func aChainThatMovedIsSharedByRootsOfItsMiddle(fully: Bool) throws {
    // The order of the roots decides which part of the chain moves first.
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
      let fixture = try HeapFixture()
      try fixture.ensure(200)
      let list = fixture.heap.build { $0.makeList((0..<40).map { Term.small($0) }) }
      let fork = fixture.heap.build { $0.makeCons(.small(-1), Self.drop(20, of: list)) }
      let terms = [list, fork, Self.drop(10, of: list), Self.drop(39, of: list)]
      for (root, place) in order.enumerated() { fixture.roots[root] = terms[place] }
      #expect(try fixture.differenceAfterCollecting(fully: fully) == nil)
      #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
      #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
      #expect(fixture.heap.figures.youngUsedWords == 82)
    }
  }

  /// Lists of immediates, which need no scan, between objects that do: more of them than a
  /// collector could remember, of every length.
  @Test(arguments: [false, true])
  func manyListsOfImmediatesAmongOthers(fully: Bool) throws {
    for generations in 0..<3 {
      let fixture = try HeapFixture(rootCount: 200, options: HeapOptions(minimumWords: 20_000))
      try fixture.ensure(10_000)
      for root in 0..<200 {
        fixture.roots[root] = fixture.heap.build { cursor in
          let list = cursor.makeList((0..<(root % 23)).map { Term.small($0) })
          if root % 3 == 0 { return list }
          let improper = cursor.makeCons(.small(root), cursor.makeCons(.nil, .atom(3)))
          let held = cursor.makeTuple(improper, list, cursor.makeFloat(Double(root)))
          return root % 3 == 1 ? held : cursor.makeCons(held, list)
        }
      }
      for generation in 0..<generations { try fixture.collect(fully: generation == 0) }
      #expect(try fixture.differenceAfterCollecting(fully: fully) == nil)
      #expect(try fixture.differenceAfterCollecting(fully: fully) == nil)
    }
  }

  /// The last cell of a list whose head holds more and whose tail is an object: both are to be
  /// found by the scan, the tail in a cell that stands among others that need none.
  @Test(arguments: ObjectKind.allCases)
  func anImproperTailBehindAHeadThatHoldsMore(kind: ObjectKind) throws {
    for tailIsMature in [false, true] {
      for cells in [1, 2, 5] {
        let fixture = try HeapFixture(options: HeapOptions(minimumWords: 2000))
        fixture.roots[0] = fixture.heap.build { kind.build(&$0, holding: .small(1)) }
        if tailIsMature { try fixture.collect(fully: true) }
        let tail = fixture.roots[0]
        fixture.roots[0] = fixture.heap.build { cursor in
          let head = cursor.makeTuple(cursor.makeFloat(1), cursor.makeFloat(2))
          let last = cursor.makeCons(head, tail)
          return (1..<cells).reduce(last) { list, number in
            cursor.makeCons(.small(number), list)
          }
        }
        #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
        #expect(try fixture.differenceAfterCollecting(fully: true) == nil)
      }
    }
  }

  // MARK: - Deep and wide

  /// Shapes that hold more unvisited objects at a time than a collector notes, or are as deep as
  /// they are large: each in the new young heap, in the old generation and across both.
  @Test(arguments: Shape.allCases)
  func deepAndWideShapes(shape: Shape) throws {
    for count in [3, 100, 127, 128, 129, 700] {
      let fixture = try HeapFixture(options: HeapOptions(minimumWords: 60_000))
      for generation in 0..<3 {
        try fixture.ensure(20 * count + 20)
        let inner = generation == 0 ? Term.small(7) : fixture.roots[0]
        fixture.roots[0] = fixture.heap.build { shape.build(&$0, count: count, around: inner) }
        fixture.roots[generation + 1] = fixture.roots[0]
        if generation < 2 {
          #expect(
            try fixture.differenceAfterCollecting(fully: generation == 0) == nil,
            "\(shape) of \(count), generation \(generation)")
        }
      }
      for fully in [false, false, true, true] {
        let words = fixture.heap.figures.youngUsedWords + fixture.heap.figures.oldUsedWords
        #expect(
          try fixture.differenceAfterCollecting(fully: fully) == nil,
          "\(shape) of \(count), fully: \(fully)")
        // All of it is alive: none is lost, and none moved twice.
        let after = fixture.heap.figures.youngUsedWords + fixture.heap.figures.oldUsedWords
        #expect(after == words)
      }
    }
  }

  /// What is deep or wide about the terms of a test.
  enum Shape: CaseIterable {
    /// `{{1.0}, {{1.0}, ...}}`
    case tuplesByTheLastElement
    /// `{{..., {1.0}}, {1.0}}`
    case tuplesByTheFirstElement
    /// `{{1.0}, {1.0}, ...}`
    case wideTuple
    /// `[{{1.0}} | ...]`
    case listOfTuples
    /// `[[[... | {1.0}] | {1.0}] | {1.0}]`
    case listsByTheHead
    /// `[["abc" | x], ["abc" | x], ...]`, where x is the same each time
    case listOfListsThatShare
    /// `{{1.0}, [{1.0}, {1.0}], #{a => {1.0}}}` nested by the map's value
    case mixed

    func build(_ cursor: inout WordCursor, count: Int, around inner: Term) -> Term {
      var term = inner
      var elements: [Term] = []
      for number in 0..<count {
        switch self {
        case .tuplesByTheLastElement:
          term = cursor.makeTuple(Self.single(&cursor, number), term)
        case .tuplesByTheFirstElement:
          term = cursor.makeTuple(term, Self.single(&cursor, number))
        case .wideTuple:
          elements.append(Self.single(&cursor, number))
        case .listOfTuples:
          let head = Self.single(&cursor, number)
          term = cursor.makeCons(cursor.makeTuple(head), term)
        case .listsByTheHead:
          term = cursor.makeCons(term, Self.single(&cursor, number))
        case .listOfListsThatShare:
          let shared = cursor.makeCons(.small(1), inner)
          term = cursor.makeCons(cursor.makeCons(.small(number), shared), term)
        case .mixed:
          let list = cursor.makeCons(Self.single(&cursor, number), .nil)
          term = cursor.makeTuple(
            list, ObjectKind.map.build(&cursor, holding: term), .small(number))
        }
      }
      if elements.isEmpty { return term }
      elements.append(inner)
      let words = cursor.makeTuple(arity: elements.count)
      for (index, element) in elements.enumerated() { words[1 + index] = element.bits }
      return .boxed(at: words)
    }

    private static func single(_ cursor: inout WordCursor, _ number: Int) -> Term {
      let value = cursor.makeFloat(Double(number))
      return cursor.makeTuple(value)
    }
  }

  private static func drop(_ cells: Int, of list: Term) -> Term {
    var list = list
    for _ in 0..<cells { list = list.cons[1] }
    return list
  }
}
