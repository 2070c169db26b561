import Terms
import TestKit

/// The kinds of keys that trees are tested with.
enum OrderedKeys: String, CaseIterable, Sendable {
  case dense, numbers, atoms, pairs, lists, binaries, identifiers, anything

  /// Makes keys, some of them equal.
  func make(_ count: Int, seed: UInt64, bench: TermBench) throws -> [Term] {
    var random = SeededGenerator(seed: seed)
    var terms = RandomTerms(seed: seed, bench: bench)
    return try (0..<count).map { index in
      try key(index, &random, &terms, bench)
    }
  }

  private func key(
    _ index: Int, _ random: inout SeededGenerator, _ terms: inout RandomTerms, _ bench: TermBench
  ) throws -> Term {
    let number = Int(random.next() % 1000)
    switch self {
    case .dense: return .small(index)
    case .numbers: return Self.number(number, &random, bench)
    case .atoms:
      let stem = ["a", "common_prefix_of_atoms_", "\u{e4}", "common_"][number % 4]
      return try bench.atoms.atom(stem + "\(random.next() % 300)")
    case .pairs:
      let words = bench.cursor.makeTuple(arity: 2 + number % 2)
      words[1] = try number % 3 == 0 ? bench.atoms.atom("user").bits : Term.small(number % 5).bits
      words[2] = Self.number(number, &random, bench).bits
      if number % 2 == 1 { words[3] = Term.nil.bits }
      return .boxed(at: words)
    case .lists:
      var list = number % 7 == 0 ? Self.number(number, &random, bench) : Term.nil
      for place in 0..<number % 6 {
        list = bench.cursor.makeCons(.small((number >> place) & 3), list)
      }
      return list
    case .binaries:
      let bytes = (0..<number % 40).map { UInt8($0 < 12 ? 7 : random.next() % 3) }
      return number % 2 == 0 ? bench.makeBinary(bytes) : bench.makeHandle(bytes)
    case .identifiers: return terms.identifier()
    case .anything: return terms.term(depth: 3)
    }
  }

  /// Numbers close to one another, to halves and to the limits of what a prefix tells.
  private static func number(
    _ number: Int, _ random: inout SeededGenerator, _ bench: TermBench
  ) -> Term {
    let small = number / 5 - 100
    switch random.next() % 6 {
    case 0: return .small(small)
    case 1: return bench.cursor.makeFloat(Double(small) / 2)
    case 2:
      let power = Double(
        sign: number % 2 == 0 ? .plus : .minus, exponent: number % 70, significand: 1)
      return bench.cursor.makeFloat(power + (number % 3 == 0 ? 1 : 0))
    case 3:
      let value = (1 << (number % 62)) + number % 3 - 1
      return IntegerArithmetic.makeInteger(number % 2 == 0 ? value : -value, into: &bench.cursor)
    case 4:
      let words = bench.cursor.reserve(3)
      let digits = 1 + number % 2
      words[0] = Header.bigInteger(digits: digits, isNegative: number % 4 < 2).bits
      words[1] = UInt.max - UInt(number % 5)
      words[2] = digits == 2 ? 1 + UInt(number % 3) : Term.nil.bits
      return .boxed(at: words)
    default: return .small(Term.smallMaximum - number % 3)
    }
  }
}
