import Terms
import TestKit
import Testing

/// `0.0` and `-0.0` are the same key in OTP 25: which of the two a changed map has tells how it was
/// changed. What is expected here was seen in OTP 25.2.3.
@Suite struct ZeroKeyTests {
  private let bench = TermBench(words: 100_000)

  /// Builds a map, or puts pairs into one.
  private func build(
    _ pairs: [(key: Term, value: Term)], on base: Term? = nil,
    precedence: MapBuilder.Precedence = .pairs
  ) throws -> Term {
    var builder = try MapBuilder(
      base: base, pairs: pairs.count, precedence: precedence, order: bench.order)
    for pair in pairs { try builder.add(key: pair.key) }
    _ = try builder.plan()
    try builder.begin(base: base, cursor: &bench.cursor)
    for pair in pairs { try builder.fill(pair.key, pair.value, cursor: &bench.cursor) }
    return try builder.finish(cursor: &bench.cursor)
  }

  /// A map of integers and `-0.0` with the value 0.
  private func negativeMap(integers: Int) throws -> Term {
    let pairs = (1...integers).map { (key: Term.small($0), value: Term.nil) }
    return try build(pairs + [(bench.cursor.makeFloat(-0.0), .small(0))])
  }

  private func zeroSign(in map: Term) throws -> FloatingPointSign? {
    var pairs = try MapPairs(of: map, scratch: bench.scratch)
    var signs: [FloatingPointSign] = []
    while let pair = try pairs.next() {
      if pair.key.isFloat { signs.append(pair.key.floatValue.sign) }
    }
    #expect(signs.count == 1)
    return signs.first
  }

  @Test(
    arguments: [(3, 1, .minus), (3, 0, .minus), (40, 1, .plus), (40, 0, .minus)]
      as [(integers: Int, value: Int, sign: FloatingPointSign)])
  func puttingAnotherValueBringsTheKeyToLargeMaps(
    integers: Int, value: Int, sign: FloatingPointSign
  ) throws {
    let map = try negativeMap(integers: integers)
    let zero = bench.cursor.makeFloat(0)
    let plan = try TermMap.planPut(zero, in: map, order: bench.order)
    #expect(plan.isPresent)
    let put = try TermMap.put(
      zero, .small(value), in: map, plan: plan, order: bench.order, cursor: &bench.cursor)
    #expect(try zeroSign(in: put) == sign)
    #expect(put.mapSize == map.mapSize)
    #expect(try zeroSign(in: map) == .minus)
  }

  /// `Map#{0.0 => Value, 1000 => ok}` and `Map#{0.0 := Value, 1 := ok}`; of 31 integers, the first
  /// of the two makes a large map.
  @Test(
    arguments: [
      (3, 1, .minus), (3, 0, .minus), (31, 1, .minus), (31, 0, .minus), (40, 1, .plus),
      (40, 0, .minus),
    ] as [(integers: Int, value: Int, sign: FloatingPointSign)], [1, 1000])
  func soDoesAnUpdateOfMoreKeys(
    update: (integers: Int, value: Int, sign: FloatingPointSign), otherKey: Int
  ) throws {
    let map = try negativeMap(integers: update.integers)
    let updated = try build(
      [(bench.cursor.makeFloat(0), .small(update.value)), (.small(otherKey), .ok)],
      on: map, precedence: .values)
    #expect(try zeroSign(in: updated) == update.sign)
    #expect(try zeroValue(in: updated) == .small(update.value))
    #expect(updated.mapSize == update.integers + (otherKey == 1 ? 1 : 2))
  }

  private func zeroValue(in map: Term) throws -> Term? {
    try TermMap.value(of: bench.cursor.makeFloat(0), in: map, scratch: bench.scratch)
  }

  /// Also where the values are the same.
  @Test(arguments: [3, 40], [0, 1])
  func aMergedMapHasTheKeyOfTheSecond(integers: Int, value: Int) throws {
    let map = try negativeMap(integers: integers)
    let small = try build([(bench.cursor.makeFloat(0), .small(value))])
    let large = try build(
      (1...integers).map { (.small($0), .nil) } + [(bench.cursor.makeFloat(0), .small(value))])
    for (first, second, sign) in [
      (map, small, .plus), (small, map, .minus), (map, large, .plus), (large, map, .minus),
    ] as [(Term, Term, FloatingPointSign)] {
      var merge = try MapMerge(first, second, order: bench.order)
      let merged = try merge.finish(first, second, cursor: &bench.cursor)
      #expect(try zeroSign(in: merged) == sign)
      #expect(merged.mapSize == map.mapSize)
    }
  }
}
