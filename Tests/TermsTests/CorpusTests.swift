import Terms
import TestKit
import Testing

/// Thousands of random terms of all kinds against what Erlang says of each of them.
@Suite struct CorpusTests {
  /// Every kind, so that none is left out because of how the random terms are made.
  @Test func termsOfEveryKindAreThere() throws {
    let bench = try CorpusBench()
    var counts: [CorpusKind: Int] = [:]
    for decoded in bench.terms {
      let parts = TermParts(of: decoded.term, atoms: bench.external.atoms)
      counts.merge(parts.counts, uniquingKeysWith: +)
    }
    #expect(bench.terms.count >= 20_000)
    for kind in CorpusKind.allCases {
      #expect(counts[kind, default: 0] >= 300, "\(kind.rawValue), seed \(bench.corpus.seed)")
    }
  }

  @Test func everyTermIsWhatErlangSaysOfIt() throws {
    let bench = try CorpusBench()
    var volatileWords = (found: 0, recorded: 0)
    for place in bench.terms.indices {
      try checkSizes(bench, place, &volatileWords)
      try checkHash(bench, place)
      try checkEncoding(bench, place)
      try checkText(bench, place)
    }
    #expect(volatileWords.recorded > 0)
    #expect(
      abs(volatileWords.found - volatileWords.recorded) <= volatileWords.recorded / 100,
      "\(volatileWords) words of hash maps that differ from run to run")
    #expect(bench.external.scratch.outstandingBytes == 0)
  }

  /// How far the words of a term may be from those of one run of Erlang.
  ///
  /// A map of 40 keys `{N, atom}` had 264 to 278 words in twelve runs of Erlang itself: the number
  /// of inner nodes varies as its root does. So small terms get more than a twentieth; what all of
  /// them have together must agree far better.
  private static func allowance(for words: Int, _ parts: TermParts) -> Int {
    parts.hasVolatileHashMap ? max(words / 20, Int(2 * Double(words).squareRoot())) : 0
  }

  private func checkSizes(
    _ bench: CorpusBench, _ place: Int, _ volatileWords: inout (found: Int, recorded: Int)
  ) throws {
    let (row, decoded) = (bench.corpus.rows[place], bench.terms[place])
    let scratch = bench.external.scratch
    // Where keys of a hash map hash otherwise in each run of Erlang, so do their trees differ.
    let parts = TermParts(of: decoded.term, atoms: bench.external.atoms)
    let flat = try TermSize.flatWords(of: decoded.term, scratch: scratch)
    bench.expect(
      abs(flat - row.flatWords) <= Self.allowance(for: row.flatWords, parts), "flat size", place,
      "\(flat), not \(row.flatWords)")
    let shared = try TermSize.sharedWords(of: decoded.term, scratch: scratch)
    bench.expect(
      abs(shared - row.sharedWords) <= Self.allowance(for: row.sharedWords, parts), "size", place,
      "\(shared), not \(row.sharedWords)")
    if parts.hasVolatileHashMap {
      volatileWords.found += flat
      volatileWords.recorded += row.flatWords
    }
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: max(1, flat))
    defer { memory.deallocate() }
    var cursor = WordCursor(top: memory, limit: memory + flat)
    var list = OffHeapList()
    let copy = TermCopy.copy(decoded.term, words: flat, into: &cursor, list: &list)
    let isEqual = try TermEquality.isExactlyEqual(decoded.term, copy, scratch: scratch)
    bench.expect(isEqual, "copy", place, "a copy is another term")
    list.releaseAll(to: bench.external.binaries)
  }

  private func checkHash(_ bench: CorpusBench, _ place: Int) throws {
    let (row, decoded) = (bench.corpus.rows[place], bench.terms[place])
    let hasher = PortableHash(
      atoms: bench.external.atoms, scratch: bench.external.scratch, funs: bench.external.funs)
    let hash: Int = try hasher.hash(decoded.term)
    let whole = try hasher.hash(decoded.term, range: 1 << 32)
    bench.expect(
      hash == row.hash && whole == row.wholeHash, "phash2", place,
      "\(hash) and \(whole), not \(row.hash) and \(row.wholeHash)")
  }

  private func checkEncoding(_ bench: CorpusBench, _ place: Int) throws {
    let (row, decoded) = (bench.corpus.rows[place], bench.terms[place])
    let plain = try bench.external.encode(decoded)
    // What stands in such a hash map stands in another order there; its deterministic encoding
    // does not.
    let parts = TermParts(of: decoded.term, atoms: bench.external.atoms)
    bench.expect(
      parts.hasVolatileHashMap
        ? Self.count(plain) == Self.count(row.plain) : plain == row.plain,
      "encoding", place, "\(plain), not \(row.plain)")
    let deterministic = try bench.external.encode(decoded) { $0.isDeterministic = true }
    bench.expect(
      deterministic == row.deterministic, "deterministic encoding", place,
      "\(deterministic), not \(row.deterministic)")
  }

  /// How often each byte is there.
  private static func count(_ bytes: some Sequence<UInt8>) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    return counts
  }

  private func checkText(_ bench: CorpusBench, _ place: Int) throws {
    let (row, decoded) = (bench.corpus.rows[place], bench.terms[place])
    let printer = TermPrinter(
      atoms: bench.external.atoms, scratch: bench.external.scratch, funs: bench.external.funs)
    let written = try printer.text(of: decoded.term)
    if written == row.text { return }
    let text = Self.withoutNodes(written)
    let expected = Self.withoutNodes(row.text)
    let parts = TermParts(of: decoded.term, atoms: bench.external.atoms)
    bench.expect(
      parts.hasVolatileHashMap
        ? MapText.sorted(text) == MapText.sorted(expected) : text == expected,
      "text", place, text)
  }

  /// The text with one number for all nodes: each system numbers them as they come, and Erlang
  /// gives a former node of its own name the number of its own.
  private static func withoutNodes(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      result.append(bytes[place])
      place += 1
      if bytes[place - 1] != UInt8(ascii: "<") { continue }
      var end = place
      while end < bytes.count && UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[end] { end += 1 }
      if end == place || end == bytes.count || bytes[end] != UInt8(ascii: ".") { continue }
      result.append(UInt8(ascii: "N"))
      place = end
    }
    return String(decoding: result, as: UTF8.self)
  }

  @Test func theTermsSortAsErlangSortsThem() throws {
    let bench = try CorpusBench()
    let order = bench.order
    var generator = SeededGenerator(seed: UInt64(bench.corpus.seed))
    let sorted = try bench.terms.indices.shuffled(using: &generator).sorted {
      try order.compare(bench.terms[$0].term, bench.terms[$1].term) < 0
    }
    for (left, right) in zip(sorted, sorted.dropFirst()) {
      let (leftRank, rightRank) = (bench.corpus.rows[left].rank, bench.corpus.rows[right].rank)
      let found = try order.compare(bench.terms[left].term, bench.terms[right].term)
      bench.expect(
        found == (leftRank - rightRank).signum(), "rank", left,
        "\(leftRank) before \(rightRank) of \(bench.corpus.rows[right].text.prefix(300))")
    }
  }

  @Test func twoTermsCompareAsInErlang() throws {
    let bench = try CorpusBench()
    let (order, scratch) = (bench.order, bench.external.scratch)
    for pair in bench.corpus.pairs {
      let (left, right) = (bench.terms[pair.left].term, bench.terms[pair.right].term)
      let found = try [
        order.compare(left, right), -order.compare(right, left),
        TermEquality.isEqual(left, right, scratch: scratch) ? 0 : pair.comparison,
      ]
      bench.expect(
        found[0] == pair.comparison && found[1] == pair.comparison
          && (found[2] == 0) == (pair.comparison == 0), "comparison", pair.left,
        "\(found), not \(pair.comparison) to \(bench.corpus.rows[pair.right].text.prefix(300))")
      let exactly = try TermEquality.isExactlyEqual(left, right, scratch: scratch)
      bench.expect(
        exactly == pair.isExactlyEqual, "exact equality", pair.left,
        "to \(bench.corpus.rows[pair.right].text.prefix(300))")
    }
  }

  /// Decoded again, each term is equal to itself at another address, under every comparison.
  @Test func everyTermEqualsItsDouble() throws {
    let bench = try CorpusBench()
    let (order, scratch) = (bench.order, bench.external.scratch)
    for (place, row) in bench.corpus.rows.enumerated() {
      let double = try bench.external.decode(row.plain)
      let (left, right) = (bench.terms[place].term, double.term)
      let exactly = try TermEquality.isExactlyEqual(left, right, scratch: scratch)
      let equal = try TermEquality.isEqual(left, right, scratch: scratch)
      let orders = try [order.compare(left, right), order.compareKeys(left, right)]
      bench.expect(
        exactly && equal && orders == [0, 0], "double", place, "\(exactly) \(equal) \(orders)")
    }
  }
}
