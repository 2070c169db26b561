import Terms
import TestKit
import Testing

/// Terms that a traversal by recursion would not survive.
@Suite struct DeepTermTests {
  private static let depth = 100_000
  private let reader = TermReader(words: 24 * depth)

  private func nested(_ wrap: (Term, inout WordCursor) -> Term) -> Term {
    var term = Term.small(1)
    for _ in 0..<Self.depth { term = wrap(term, &reader.cursor) }
    return term
  }

  private func check(_ left: Term, _ right: Term, words: Int, textCount: Int) throws {
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch)
    let printer = TermPrinter(atoms: reader.atoms, scratch: reader.scratch)
    #expect(try TermEquality.isExactlyEqual(left, right, scratch: reader.scratch))
    #expect(try TermEquality.isEqual(left, right, scratch: reader.scratch))
    #expect(try order.compare(left, right) == 0)
    #expect(try TermSize.flatWords(of: left, scratch: reader.scratch) == words)
    #expect(try printer.text(of: left).utf8.count == textCount)
    try checkCopy(of: left, words: words)
    #expect(reader.scratch.outstandingBytes == 0)
  }

  /// A list of ten million cells, and a tuple nested a million deep.
  @Test(arguments: [true, false])
  func aMillionLevels(isList: Bool) throws {
    let depth = isList ? 10_000_000 : 1_000_000
    let bench = TermBench(words: 7 * depth)
    func nested(_ innermost: Int) -> Term {
      var term = Term.small(innermost)
      for _ in 0..<depth {
        term =
          isList ? bench.cursor.makeCons(.small(2), term) : bench.cursor.makeTuple(term)
      }
      return term
    }
    let (left, right) = (nested(1), nested(3))
    #expect(try bench.order.compare(left, right) == -1)
    #expect(try !TermEquality.isEqual(left, right, scratch: bench.scratch))
    #expect(try TermSize.flatWords(of: left, scratch: bench.scratch) == 2 * depth)
    #expect(try TermSize.sharedWords(of: left, scratch: bench.scratch) == 2 * depth)
    let copy = TermCopy.copy(left, words: 2 * depth, into: &bench.cursor, list: &bench.list)
    #expect(try TermEquality.isExactlyEqual(left, copy, scratch: bench.scratch))
    #expect(try TermEquality.isEqual(left, copy, scratch: bench.scratch))
    #expect(try bench.order.compare(left, copy) == 0)
    let portable = PortableHash(atoms: bench.atoms, scratch: bench.scratch)
    let hashes: [UInt32] = try [portable.hash(left), portable.hash(right)]
    #expect(hashes[0] != hashes[1])
    #expect(try portable.hash(copy) == hashes[0])
    #expect(
      try InternalHash.hash(left, scratch: bench.scratch)
        == InternalHash.hash(copy, scratch: bench.scratch))
    try checkText(of: left, depth: depth, isList: isList, bench)
    try checkEncoding(of: left, depth: depth, isList: isList, bench)
    #expect(bench.scratch.outstandingBytes == 0)
  }

  private func checkText(of term: Term, depth: Int, isList: Bool, _ bench: TermBench) throws {
    let printer = TermPrinter(atoms: bench.atoms, scratch: bench.scratch)
    let text = try printer.text(of: term).utf8
    // `[2,2,...,2|1]` and `{{...{1}...}}`.
    #expect(text.count == (isList ? 2 * depth + 3 : 2 * depth + 1))
    #expect(text.first == UInt8(ascii: isList ? "[" : "{"))
    let short = try printer.text(of: term, as: .write(depth: 5))
    #expect(short == (isList ? "[2,2,2,2|...]" : "{{{{{...}}}}}"))
    #expect(try printer.text(of: term, as: .pretty(depth: 5)) == short)
    #expect(try printer.text(of: term, as: .pretty()).utf8.count >= text.count)
  }

  private func checkEncoding(
    of term: Term, depth: Int, isList: Bool, _ bench: TermBench
  ) throws {
    let encoder = ExternalEncoder(atoms: bench.atoms, scratch: bench.scratch)
    let bytes = try encoder.encode(term)
    #expect(bytes.count == (isList ? 1 + 5 + 2 * depth + 2 : 1 + 2 * depth + 2))
    let decoder = ExternalDecoder(
      atoms: bench.atoms, scratch: bench.scratch, binaries: bench.binaries)
    let decoded = try bytes.withUnsafeBytes { try DecodedExternalTerm($0, by: decoder) }
    #expect(try TermEquality.isExactlyEqual(term, decoded.term, scratch: bench.scratch))
    withExtendedLifetime(decoded) {}
  }

  private func checkCopy(of term: Term, words: Int) throws {
    let start = reader.cursor.top
    let requests = reader.scratch.requestCount
    var list = OffHeapList()
    let copy = TermCopy.copy(term, words: words, into: &reader.cursor, list: &list)
    #expect(reader.cursor.top - start == words)
    #expect(reader.scratch.requestCount == requests)
    #expect(try TermEquality.isExactlyEqual(term, copy, scratch: reader.scratch))
    reader.cursor.top = start
  }

  @Test func nestedTuples() throws {
    let wrap = { (term: Term, cursor: inout WordCursor) in cursor.makeTuple(term, .small(2)) }
    try check(
      nested(wrap), nested(wrap), words: 3 * Self.depth, textCount: 1 + 4 * Self.depth)
  }

  @Test func nestedHeads() throws {
    let wrap = { (term: Term, cursor: inout WordCursor) in cursor.makeCons(term, .nil) }
    try check(
      nested(wrap), nested(wrap), words: 2 * Self.depth, textCount: 1 + 2 * Self.depth)
  }

  @Test func nestedMaps() throws {
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch)
    func make() throws -> Term {
      var term = Term.small(1)
      for _ in 0..<Self.depth {
        var builder = FlatMapBuilder(pairs: 1, order: order, cursor: reader.cursor)
        try builder.insert(.small(2), term)
        term = builder.finish(cursor: &reader.cursor)
      }
      return term
    }
    try check(make(), make(), words: 6 * Self.depth, textCount: 1 + 8 * Self.depth)
  }

  @Test func longListsTakeNoWorkingMemory() throws {
    let wrap = { (term: Term, cursor: inout WordCursor) in cursor.makeCons(.small(2), term) }
    let (left, right) = (nested(wrap), nested(wrap))
    try check(left, right, words: 2 * Self.depth, textCount: 3 + 2 * Self.depth)
    let without = MallocScratch(failingRequest: 1)
    let order = TermOrder(atoms: reader.atoms, scratch: without)
    #expect(try order.compare(left, right) == 0)
    #expect(try TermEquality.isExactlyEqual(left, right, scratch: without))
    #expect(try TermSize.flatWords(of: left, scratch: without) == 2 * Self.depth)
    #expect(without.requestCount == 0)
  }

  @Test func listsOfTuplesTakeLittle() throws {
    let wrap = { (term: Term, cursor: inout WordCursor) in
      let pair = cursor.makeTuple(.small(2), .small(3))
      return cursor.makeCons(pair, term)
    }
    let (left, right) = (nested(wrap), nested(wrap))
    try check(left, right, words: 5 * Self.depth, textCount: 3 + 6 * Self.depth)
    #expect(reader.scratch.peakBytes <= 1024)
  }

  @Test func anExhaustedProviderIsAnError() throws {
    // Whether from the first or from the last element on, something has to wait.
    let wrap = { (term: Term, cursor: inout WordCursor) in
      let float = cursor.makeFloat(1.5)
      let (first, last) = (cursor.makeTuple(float), cursor.makeTuple(float))
      return cursor.makeTuple(first, term, last)
    }
    let (left, right) = (nested(wrap), nested(wrap))
    for request in 1...3 {
      let failing = { MallocScratch(failingRequest: request) }
      let scratch = failing()
      #expect(throws: ScratchExhausted.self) {
        try TermEquality.isExactlyEqual(left, right, scratch: scratch)
      }
      #expect(scratch.outstandingBytes == 0)
      #expect(throws: ScratchExhausted.self) {
        try TermOrder(atoms: reader.atoms, scratch: failing()).compare(left, right)
      }
      #expect(throws: ScratchExhausted.self) {
        try TermPrinter(atoms: reader.atoms, scratch: failing()).text(of: left)
      }
      #expect(throws: ScratchExhausted.self) {
        try TermSize.flatWords(of: left, scratch: failing())
      }
    }
  }
}
