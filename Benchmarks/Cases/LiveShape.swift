import Tenure

/// The live structures that collections are measured on. Reference/shapes.erl builds the
/// same ones in the same order, word for word.
enum LiveShape: String, CaseIterable {
  /// A list of a million small integers.
  case list
  /// A tree of pairs with 2^18 small integers as leaves.
  case tree
  /// A list of 300,000 triples.
  case tuples
  /// A list of 500,000 boxed floats.
  case floats
  /// A list of 90,000 strings, lists of ten characters each.
  case strings
  /// A map of 200,000 integers.
  case map

  /// The words of the structure.
  var words: Int {
    switch self {
    case .list: 2 * 1_000_000
    case .tree: 3 * ((1 << Self.treeDepth) - 1)
    case .tuples: (2 + 4) * 300_000
    case .floats: (2 + 2) * 500_000
    case .strings: (2 + 20) * 90_000
    case .map: LiveMap.words
    }
  }

  private static var treeDepth: Int { 18 }

  /// Builds the structure. A list is built from its end, what a cell holds just before the cell;
  /// a tree children first, left before right.
  /// - Precondition: ``words`` were ensured.
  func build(_ cursor: inout WordCursor) -> Term {
    switch self {
    case .list:
      Self.buildList(count: 1_000_000, &cursor) { number, _ in .small(number) }
    case .tree:
      Self.buildTree(depth: Self.treeDepth, number: 1, &cursor)
    case .tuples:
      Self.buildList(count: 300_000, &cursor) { number, cursor in
        let words = cursor.makeTuple(arity: 3)
        for index in 0..<3 { words[1 + index] = Term.small(number + index).bits }
        return .boxed(at: words)
      }
    case .floats:
      Self.buildList(count: 500_000, &cursor) { number, cursor in
        cursor.makeFloat(Double(number) * 0.5)
      }
    case .strings:
      Self.buildList(count: 90_000, &cursor) { number, cursor in
        cursor.makeList(String(1_000_000_000 + number).utf8.map { Term.small(Int($0)) })
      }
    case .map: LiveMap.build(&cursor)
    }
  }

  private static func buildList(
    count: Int, _ cursor: inout WordCursor, element: (Int, inout WordCursor) -> Term
  ) -> Term {
    var list = Term.nil
    for number in (1...count).reversed() {
      let head = element(number, &cursor)
      list = cursor.makeCons(head, list)
    }
    return list
  }

  /// Recursive, but no deeper than ``treeDepth``.
  private static func buildTree(depth: Int, number: Int, _ cursor: inout WordCursor) -> Term {
    if depth == 0 { return .small(number) }
    let left = buildTree(depth: depth - 1, number: 2 * number, &cursor)
    let right = buildTree(depth: depth - 1, number: 2 * number + 1, &cursor)
    let words = cursor.makeTuple(arity: 2)
    words[1] = left.bits
    words[2] = right.bits
    return .boxed(at: words)
  }

  /// The sum of every number in the structure, as text.
  func digest(_ term: Term) -> String {
    if self == .map { return String(LiveMap.sum(term)) }
    if self == .tree { return String(Self.sumOfLeaves(term)) }
    if self == .strings { return String(Self.sumOfCharacters(term)) }
    var integers = 0
    var floats = 0.0
    var rest = term
    while rest.isCons {
      let head = rest.cons[0]
      if head.isSmall {
        integers += head.smallValue
      } else if head.isFloat {
        floats += head.floatValue
      } else {
        integers += head.tupleElements.reduce(0) { $0 + $1.smallValue }
      }
      rest = rest.cons[1]
    }
    return String(integers + Int(floats))
  }

  private static func sumOfCharacters(_ strings: Term) -> Int {
    var sum = 0
    var rest = strings
    while rest.isCons {
      var characters = rest.cons[0]
      while characters.isCons {
        sum += characters.cons[0].smallValue
        characters = characters.cons[1]
      }
      rest = rest.cons[1]
    }
    return sum
  }

  private static func sumOfLeaves(_ term: Term) -> Int {
    if term.isSmall { return term.smallValue }
    return term.tupleElements.reduce(0) { $0 + sumOfLeaves($1) }
  }
}
