import Terms
import TestKit
import Testing

/// Flat sizes of many terms are in ``RecordedTermTests``; here sharing counts.
@Suite struct TermSizingTests {
  private let reader = TermReader(words: 2_000_000)

  private func sizes(_ term: Term) throws -> [Int] {
    let sizes = try [
      TermSize.flatWords(of: term, scratch: reader.scratch),
      TermSize.sharedWords(of: term, scratch: reader.scratch),
    ]
    #expect(reader.scratch.outstandingBytes == 0)
    return sizes
  }

  private func four(_ term: Term) -> Term { reader.cursor.makeTuple(term, term, term, term) }

  /// The figures are those of `erts_debug:flat_size/1` and `size/1`.
  @Test func whatIsSharedCountsOnce() throws {
    #expect(try sizes(four(reader.read("{1,2,3,4,5,6}"))) == [33, 12])
    #expect(try sizes(four(reader.read("[1,2,3,4]"))) == [37, 13])
    #expect(try sizes(four(reader.read("<<1>>"))) == [17, 8])
    #expect(try sizes(four(.emptyTuple)) == [5, 5])
    #expect(try sizes(.emptyTuple) == [0, 0])
    #expect(try sizes(.small(1)) == [0, 0])
    var nested = reader.read("[1|2]")
    for _ in 0..<17 { nested = reader.cursor.makeCons(nested, nested) }
    #expect(try sizes(nested) == [524_286, 36])
  }

  @Test func whatIsSeenAtSightIsTheFlatSize() throws {
    for text in [
      "{}", "1", "[]", "{1,a}", "{{k,1},2}", "{{},1.5,{2}}",
      "{<<1,2,3>>,123456789012345678901234567890}",
      "1.5", "<<7>>", "{a,b,c,d,e,{f,g,h},i}",
    ] {
      let term = reader.read(text)
      #expect(try TermSize.flatWordsAtSight(of: term) == sizes(term)[0], "\(text)")
    }
    for text in ["[1]", "{[1]}", "{{{1}}}", "{{1,[2]},3}"] {
      #expect(TermSize.flatWordsAtSight(of: reader.read(text)) == nil, "\(text)")
    }
  }

  /// The figures are those of OTP 25 for a heap binary of 60 bytes and one outside of 200.
  @Test func partsCountWhatACopyOfThemTakes() throws {
    let bench = TermBench(words: 10_000)
    let onHeap = bench.makeBinary([UInt8](repeating: 7, count: 60))
    let outside = bench.makeHandle([UInt8](repeating: 7, count: 200))
    func part(_ whole: Term, _ offset: Int, _ count: Int) -> Term {
      bench.cursor.makeSubBinary(of: whole, bitOffset: offset, bitCount: count)
    }
    func words(_ term: Term) throws -> [Int] {
      try [
        TermSize.flatWords(of: term, scratch: bench.scratch),
        TermSize.sharedWords(of: term, scratch: bench.scratch),
      ]
    }
    #expect(try words(outside) == [6, 6])
    #expect(try words(part(onHeap, 24, 160)) == [5, 5])
    #expect(try words(part(outside, 24, 800)) == [6, 6])
    #expect(try words(part(onHeap, 3, 165)) == [10, 10])
    #expect(try words(part(onHeap, 3, 166)) == [10, 10])
    #expect(try words(part(outside, 3, 166)) == [11, 11])
    #expect(try words(part(outside, 8, 3)) == [11, 11])
    #expect(try words(part(onHeap, 0, 1)) == [8, 8])
    let aligned = part(onHeap, 24, 160)
    #expect(try words(bench.cursor.makeTuple(aligned, aligned, onHeap)) == [24, 19])
    let unaligned = part(outside, 3, 166)
    #expect(try words(bench.cursor.makeTuple(unaligned, unaligned, outside)) == [32, 21])
  }

  /// The figures are those of OTP 25.
  @Test func identifiersAndFuns() throws {
    let bench = TermBench(words: 1_000)
    let node = Node(name: try bench.atoms.atom("a@b"), creation: 1)
    func flatWords(_ term: Term) throws -> Int {
      try TermSize.flatWords(of: term, scratch: bench.scratch)
    }
    #expect(try flatWords(bench.cursor.makeLocalReference(1, 2, 3)) == 3)
    #expect(try flatWords(bench.cursor.makeLocalReference(1, 2, 3, process: (4, 5))) == 4)
    let references = (1...5).map { count in
      bench.cursor.makeExternalReference(node: node, numbers: 1...UInt32(count))
    }
    #expect(try references.map(flatWords) == [4, 5, 5, 6, 6])
    let pid = bench.cursor.makeExternalIdentifier(.externalPid, node: node, data: 1)
    #expect(try flatWords(pid) == 4)
    let fun = bench.cursor.makeFun(entry: 1, arity: 0, free: 0, creator: pid)
    #expect(try flatWords(fun) == 9)
    #expect(try TermSize.sharedWords(of: fun, scratch: bench.scratch) == 5)
    let external = bench.cursor.makeFun(
      entry: 1, arity: 0, free: 0, creator: .nil, isExternal: true)
    #expect(try flatWords(external) == 5)
  }

  @Test func aListMayShareTheTailOfAnother() throws {
    let list = reader.read("[1,2,3,4]")
    let tail = list.cons[1]
    #expect(try sizes(reader.cursor.makeCons(list, tail)) == [16, 10])
    #expect(try sizes(reader.cursor.makeCons(tail, list)) == [16, 10])
  }

  @Test func mapsShareTheirKeys() throws {
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch)
    let first = reader.read("#{1 => 1,2 => 2,3 => 3,4 => 4,5 => 5}")
    let others = try [2, 3].map {
      try FlatMap.put(.small(1), .small($0), in: first, order: order, cursor: &reader.cursor)
    }
    #expect(try sizes(reader.cursor.makeList([first] + others)) == [48, 36])
    #expect(try sizes(reader.cursor.makeTuple(first, first)) == [31, 17])
  }

  @Test func manyObjectsAreEachMetOnce() throws {
    var generator = SeededGenerator(seed: 3)
    var made: [Term] = [.small(0)]
    var words = 0
    for _ in 0..<50_000 {
      let head = made.randomElement(using: &generator) ?? .nil
      made.append(reader.cursor.makeCons(head, .small(1)))
      words += 2
    }
    let all = reader.cursor.makeList(made)
    #expect(try TermSize.sharedWords(of: all, scratch: reader.scratch) == words + 2 * made.count)
  }

  @Test func anExhaustedProviderIsAnError() {
    let term = four(reader.read("[[1]]"))
    for request in 1...2 {
      let scratch = MallocScratch(failingRequest: request)
      #expect(throws: ScratchExhausted.self) {
        try TermSize.sharedWords(of: term, scratch: scratch)
      }
      #expect(scratch.outstandingBytes == 0)
    }
  }
}
