import Terms
import TestKit
import Testing

/// Word counts and order of large maps against those of real Erlang.
@Suite struct MapShapeTests {
  private let reader = TermReader(words: 6_000_000)
  private var order: TermOrder { TermOrder(atoms: reader.atoms, scratch: reader.scratch) }

  /// The keys of `hashes:key/2`.
  private func key(_ kind: Int, _ number: Int) -> Term {
    let small = Term.small(number)
    switch kind {
    case 0: return small
    case 1: return reader.cursor.makeFloat(Double(number) * 0.5)
    case 2: return binary(number, copies: 1)
    case 3: return binary(number, copies: 5)
    case 4:
      let float = reader.cursor.makeFloat(Double(number) + 1)
      return reader.cursor.makeTuple(small, float, .small(-number))
    case 5:
      return reader.cursor.makeList(String(number).utf8.map { Term.small(Int($0)) })
    case 6:
      let words = reader.cursor.reserve(3)
      words[0] = Header.bigInteger(digits: 2, isNegative: false).bits
      words[1] = 0
      words[2] = UInt(number) << 6
      return .boxed(at: words)
    case 7:
      let tuple = reader.cursor.makeTuple(small)
      let list = reader.cursor.makeCons(small, .nil)
      let rest = reader.cursor.makeCons(tuple, reader.cursor.makeCons(list, small))
      return reader.cursor.makeCons(small, rest)
    case 8: return reader.read("#{\(number) => [],0.5 => {[\(number)]}}")
    default: return .small(-number << 40)
    }
  }

  private func binary(_ number: Int, copies: Int) -> Term {
    let bytes = [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) }
    let all = Array(repeatElement(bytes, count: copies).joined())
    return all.withUnsafeBytes { reader.cursor.makeHeapBinary($0) }
  }

  @Test(arguments: recordedShapes.indices)
  func shapesAreThoseOfErlang(index: Int) throws {
    let (kind, size, words, keysHash) = recordedShapes[index]
    let keys = (1...size).map { key(kind, $0) }
    var builder = try MapBuilder(pairs: size, order: order)
    for key in keys { try builder.add(key: key) }
    let planned = try builder.plan()
    let start = reader.cursor.top
    try builder.begin(cursor: &reader.cursor)
    for key in keys { try builder.fill(key, .small(0), cursor: &reader.cursor) }
    let map = try builder.finish(cursor: &reader.cursor)
    #expect(reader.cursor.top - start == words)
    #expect(planned == words)
    var walked = Term.nil
    var pairs = try MapPairs(of: map, scratch: reader.scratch)
    while let pair = try pairs.next() { walked = reader.cursor.makeCons(pair.key, walked) }
    let hash: UInt32 = try PortableHash(atoms: reader.atoms, scratch: reader.scratch).hash(walked)
    #expect(Int(hash) == keysHash)
  }
}
