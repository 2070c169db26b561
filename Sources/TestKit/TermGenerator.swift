import Terms

/// Makes random terms, the same for the same seed: every kind of object, shared parts, and raw
/// words that look like terms of the heap.
public struct TermGenerator {
  /// The source of all choices.
  public var random: SeededGenerator
  /// Addresses that raw words pretend to refer to: a collection must leave them alone.
  public var decoyAddresses: Range<UInt> = 0..<1

  /// Makes a generator; tests print the seed they gave.
  public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// A number below a bound.
  public mutating func number(below bound: Int) -> Int {
    Int(random.next() % UInt64(bound))
  }

  /// Any word that is a term without an object: an immediate or `{}`.
  public mutating func word() -> Term {
    let number = number(below: 1 << 20)
    switch self.number(below: 8) {
    case 0: return .nil
    case 1: return .atom(number)
    case 2: return .pid(UInt(number))
    case 3: return .port(UInt(number))
    case 4: return .emptyTuple
    case 5: return .small(Term.smallMinimum + number)
    case 6: return .small(Term.smallMaximum - number)
    default: return .small(number - 1 << 19)
    }
  }

  /// Plans some objects that refer to each other, to words and to what the roots refer to.
  /// - Parameters:
  ///   - count: the objects, at least 1; one more where a map comes last.
  ///   - roots: the roots that exist.
  ///   - model: what they refer to.
  public mutating func plan(objects count: Int, roots: [ModelTerm], model: ModelHeap) -> TermPlan {
    var plan = TermPlan()
    while plan.objects.count < count {
      if number(below: 12) == 0 {
        appendMap(to: &plan, roots: roots, model: model)
      } else {
        let planned = plan.objects.count
        plan.objects.append(object(planned: planned, roots: roots, model: model))
      }
    }
    return plan
  }

  private mutating func object(
    planned: Int, roots: [ModelTerm], model: ModelHeap
  ) -> TermPlan.Object {
    func sources(_ count: Int, _ generator: inout TermGenerator) -> [TermPlan.Source] {
      (0..<count).map { _ in generator.source(planned: planned, roots: roots, model: model) }
    }
    switch number(below: 10) {
    case 0...3: return TermPlan.Object(header: nil, slots: sources(2, &self))
    case 4...5:
      // Small ones more often than large ones.
      let arity = 1 + number(below: [2, 4, 8, 40][number(below: 4)])
      return TermPlan.Object(
        header: Header.tuple(arity: arity).bits, slots: sources(arity, &self))
    case 6:
      return TermPlan.Object(header: Header.float.bits, rawWords: [rawWord()])
    case 7:
      let digits = 1 + number(below: 6)
      let header = Header.bigInteger(digits: digits, isNegative: number(below: 2) == 0)
      return TermPlan.Object(header: header.bits, rawWords: (0..<digits).map { _ in rawWord() })
    case 8:
      let byteCount = number(below: 100)
      let header = Header.heapBinary(byteCount: byteCount)
      let bytes = (1..<header.arity).map { _ in rawWord() }
      return TermPlan.Object(header: header.bits, rawWords: [UInt(byteCount)] + bytes)
    default:
      let free = number(below: 5)
      let words: [UInt] = [rawWord(), rawWord(), UInt(free) << 8 | UInt(number(below: 256))]
      return TermPlan.Object(
        header: Header.fun.bits, rawWords: words,
        slots: [.word(.pid(UInt(number(below: 1000))))] + sources(free, &self))
    }
  }

  /// Appends a tuple of keys and a map that uses it.
  private mutating func appendMap(to plan: inout TermPlan, roots: [ModelTerm], model: ModelHeap) {
    let size = number(below: 9)
    var keys = TermPlan.Source.word(.emptyTuple)
    if size > 0 {
      keys = .planned(plan.objects.count)
      plan.objects.append(
        TermPlan.Object(
          header: Header.tuple(arity: size).bits,
          slots: (0..<size).map { .word(.small($0)) }))
    }
    let values = (0..<size).map { _ in
      source(planned: plan.objects.count, roots: roots, model: model)
    }
    plan.objects.append(
      TermPlan.Object(
        header: Header.flatMap.bits, rawWords: [UInt(size)],
        slots: [keys] + values))
  }

  /// Any bits, or the word of a term that could stand on the heap.
  private mutating func rawWord() -> UInt {
    let bits = UInt(random.next())
    if number(below: 2) == 0 { return bits }
    let offset = bits % UInt(decoyAddresses.count) & ~7
    return decoyAddresses.lowerBound + offset + UInt(number(below: 4))
  }

  private mutating func source(
    planned: Int, roots: [ModelTerm], model: ModelHeap
  ) -> TermPlan.Source {
    switch number(below: 8) {
    case 0...2 where planned > 0: return .planned(planned - 1)
    case 3 where planned > 0: return .planned(number(below: planned))
    case 4...5 where !roots.isEmpty:
      let root = number(below: roots.count)
      return .root(root, path: path(from: roots[root], model: model))
    default: return .word(word())
    }
  }

  /// A way of random slots into the term, that ends at random, or at a part of a binary: what that
  /// is a part of is nobody else's.
  public mutating func path(from root: ModelTerm, model: ModelHeap) -> [Int] {
    var path: [Int] = []
    var reached = root
    while case .object(let number) = reached, self.number(below: 3) > 0 {
      if model.objects[number].isPartOfBinary { break }
      let slots = model.objects[number].slots
      if slots.isEmpty { break }
      let slot = self.number(below: slots.count)
      path.append(slot)
      reached = slots[slot]
    }
    return path
  }
}
