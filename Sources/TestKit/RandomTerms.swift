import Terms

/// Builds random terms of every kind, the same for the same seed wherever they are built.
public struct RandomTerms {
  /// The source of all choices.
  public var random: SeededGenerator
  private let bench: TermBench

  /// Makes a generator; tests print the seed they gave.
  public init(seed: UInt64, bench: TermBench) {
    random = SeededGenerator(seed: seed)
    self.bench = bench
  }

  private mutating func number(below bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func bytes(below bound: Int) -> [UInt8] {
    (0..<number(below: bound)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  /// Any term.
  /// - Parameter depth: how deep terms may stand in terms.
  public mutating func term(depth: Int = 4) -> Term {
    if depth == 0 || number(below: 4) == 0 { return leaf() }
    switch number(below: 7) {
    case 0, 1:
      let elements = (0..<number(below: 6)).map { _ in term(depth: depth - 1) }
      var list = number(below: 3) == 0 ? leaf() : .nil
      for element in elements.reversed() { list = bench.cursor.makeCons(element, list) }
      return list
    case 2, 3:
      let elements = (0..<number(below: 6)).map { _ in term(depth: depth - 1) }
      if elements.isEmpty { return .emptyTuple }
      let words = bench.cursor.makeTuple(arity: elements.count)
      for (place, element) in elements.enumerated() { words[1 + place] = element.bits }
      return .boxed(at: words)
    case 4: return flatMap(depth: depth)
    case 5:
      let free = (0..<number(below: 4)).map { _ in term(depth: depth - 1) }
      let creator = number(below: 3) == 0 ? identifier() : .pid(7)
      let fun = bench.cursor.makeFun(
        entry: UInt(number(below: 3)), arity: number(below: 3), free: free.count,
        creator: creator.isBoxed(.externalPid) ? creator : .pid(7))
      for (place, term) in free.enumerated() { Fun.terms(at: fun.boxed)[1 + place] = term.bits }
      return fun
    default:
      return depth > 1 && number(below: 3) == 0 ? hashMap(depth: depth) : flatMap(depth: depth)
    }
  }

  /// A term that holds none but a part of a binary.
  public mutating func leaf() -> Term {
    switch number(below: 10) {
    case 0: return .small(number(below: 5) - 2)
    case 1: return .small((Int(truncatingIfNeeded: random.next()) >> 4) >> number(below: 60))
    case 2: return bigInteger()
    case 3: return bench.cursor.makeFloat([0, -0.0, 1, 1.5, -2, 0x1p60][number(below: 6)])
    case 4: return atom()
    case 5: return [.nil, .emptyTuple][number(below: 2)]
    case 6: return identifier()
    case 7: return binary()
    default: return part()
    }
  }

  private mutating func atom() -> Term {
    let names = ["", "a", "ab", "b", "\u{e4}", "\u{3b1}\u{3b2}", "\u{1f600}", "A b"]
    guard let atom = try? bench.atoms.atom(names[number(below: names.count)]) else {
      preconditionFailure("no room for an atom of a test")
    }
    return atom
  }

  private mutating func bigInteger() -> Term {
    let digits = 1 + number(below: 4)
    let words = bench.cursor.reserve(1 + digits)
    words[0] = Header.bigInteger(digits: digits, isNegative: number(below: 2) == 0).bits
    for place in 1...digits { words[place] = UInt(random.next()) | 1 << 63 }
    return .boxed(at: words)
  }

  /// A pid, port or reference of this node or of others.
  public mutating func identifier() -> Term {
    let small = { (generator: inout RandomTerms) in UInt32(generator.number(below: 4)) }
    let node = Node(name: atom(), creation: small(&self))
    switch number(below: 7) {
    case 0: return .pid(UInt(number(below: 4)))
    case 1: return .port(UInt(number(below: 4)))
    case 2: return bench.cursor.makeLocalReference(small(&self), small(&self), small(&self))
    case 3:
      return bench.cursor.makeLocalReference(
        small(&self), small(&self), small(&self), process: (small(&self), 1))
    case 4, 5:
      let data = UInt(small(&self)) << 32 | UInt(small(&self))
      let subtag: Header.Subtag = number(below: 2) == 0 ? .externalPid : .externalPort
      return bench.cursor.makeExternalIdentifier(subtag, node: node, data: data)
    default:
      let numbers = (0..<1 + number(below: 5)).map { _ in small(&self) }
      return bench.cursor.makeExternalReference(node: node, numbers: numbers)
    }
  }

  private mutating func binary() -> Term {
    number(below: 2) == 0 ? bench.makeBinary(bytes(below: 70)) : bench.makeHandle(bytes(below: 200))
  }

  /// A part of a binary on the words or outside.
  private mutating func part() -> Term {
    let whole = binary()
    let bits = whole.wholeBinaryBytes.count * 8
    var offset = number(below: bits + 1)
    var count = number(below: bits - offset + 1)
    if number(below: 3) == 0 { (offset, count) = (offset & ~7, count & ~7) }
    return bench.cursor.makeSubBinary(of: whole, bitOffset: offset, bitCount: count)
  }

  private mutating func flatMap(depth: Int) -> Term {
    let pairs = (0..<number(below: 6)).map { _ in (term(depth: depth - 1), leaf()) }
    var builder = FlatMapBuilder(pairs: pairs.count, order: bench.order, cursor: bench.cursor)
    do {
      for (key, value) in pairs { try builder.insert(key, value) }
    } catch {
      preconditionFailure("no map: \(error)")
    }
    return builder.finish(cursor: &bench.cursor)
  }

  /// A hash map of small integers and floats, with random values under them.
  public mutating func hashMap(depth: Int) -> Term {
    var keys: Set<Int> = []
    let size = HashMap.minimumSize + number(below: 40)
    while keys.count < size { keys.insert(number(below: 4 * size)) }
    let leaves = keys.sorted().map { key in
      // Few bits in the lower levels: long paths and large groups.
      var hash = SeededGenerator(seed: UInt64(key))
      let bits = hash.next() & ~(key & 1 == 0 ? 0xEE0E : 0)
      let keyTerm: Term =
        key % 5 == 0 ? bench.cursor.makeFloat(Double(key) / 2) : .small(key)
      return HashTree.Leaf(
        hash: bits, key: keyTerm,
        value: number(below: 4) == 0 ? term(depth: depth - 2) : .small(number(below: 3)))
    }
    return HashTree.build(leaves, cursor: &bench.cursor)
  }
}
