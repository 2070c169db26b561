import Carriers
import Heaps
import TestKit
import Terms
import Testing

/// Terms copied into messages: what is shared stays shared, and nothing is left behind.
@Suite struct MessageTests {
  /// Builds what a generator plans, some of it old and some in a fragment, as root 0.
  private static func fill(_ fixture: HeapFixture, seed: UInt64, objects: Int) throws {
    var generator = TermGenerator(seed: seed)
    for round in 0..<3 {
      var model = ModelHeap()
      var roots: [ModelTerm] = []
      model = ModelHeap(reading: [fixture.roots[0]], of: fixture.heap, roots: &roots)
      let plan = generator.plan(
        objects: 1 + generator.number(below: objects), roots: roots, model: model)
      if round == 1 {
        fixture.roots[0] = try fixture.heap.buildInPlace(words: plan.words) { cursor, _ in
          plan.build(cursor: &cursor, model: &model) { _ in (roots[0], fixture.roots[0]) }.term
        }
      } else {
        try fixture.ensure(plan.words)
        fixture.roots[0] = fixture.heap.build { cursor in
          plan.build(cursor: &cursor, model: &model) { _ in (roots[0], fixture.roots[0]) }.term
        }
      }
      if round == 0 && seed % 3 != 0 { try fixture.collect(fully: seed % 3 == 1) }
    }
  }

  @Test(arguments: UInt64(0)..<300)
  func theCopyIsTheSameGraph(seed: UInt64) throws {
    let fixture = try HeapFixture(levers: HeapLevers(verifies: true))
    try Self.fill(fixture, seed: seed, objects: seed % 2 == 0 ? 20 : 400)
    var roots: [ModelTerm] = []
    let model = ModelHeap(reading: [fixture.roots[0]], of: fixture.heap, roots: &roots)
    let (message, shared) = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(model.firstDifference(of: roots, from: [message.term]) == nil)
    #expect(message.words == model.words(reachableFrom: roots))
    let flatWords = try TermSize.flatWords(
      of: message.term, scratch: fixture.environment.scratch)
    #expect((shared == 0) == (flatWords == message.words))
    // The sender's heap is what it was; the receiver's is whole.
    #expect(try fixture.differenceAfterCollecting(fully: false) == nil)
    let receiver = try HeapFixture(
      levers: HeapLevers(verifies: true), allocator: fixture.allocator)
    receiver.heap.attach(message)
    receiver.roots[0] = message.term
    #expect(try receiver.differenceAfterCollecting(fully: seed % 2 == 0) == nil)
    #expect(model.firstDifference(of: roots, from: [receiver.roots[0]]) == nil)
  }

  @Test(arguments: UInt64(0)..<100)
  func aFlattenedCopyHasTheFlatWords(seed: UInt64) throws {
    let fixture = try HeapFixture()
    try Self.fill(fixture, seed: seed, objects: 12)
    let scratch = fixture.environment.scratch
    let words = try TermSize.flatWords(of: fixture.roots[0], scratch: scratch)
    let (message, _) = try fixture.heap.makeMessage(
      of: fixture.roots[0], copying: .flattening(limitWords: words))
    defer { fixture.environment.free(message) }
    #expect(message.words == words)
    #expect(try TermSize.sharedWords(of: message.term, scratch: scratch) == words)
    #expect(
      try TermEquality.isExactlyEqual(message.term, fixture.roots[0], scratch: scratch))
    if words > 0 {
      #expect(throws: MessageError.flatteningBeyondLimit(limitWords: words - 1)) {
        try fixture.heap.makeMessage(
          of: fixture.roots[0], copying: .flattening(limitWords: words - 1))
      }
    }
  }

  /// Binaries outside, parts of them, and identifiers of other nodes, brought to a heap by a flat
  /// copy and then shared at random.
  @Test(arguments: UInt64(0)..<100)
  func everyKindOfTermIsCopied(seed: UInt64) throws {
    // So large that it never collects: the binaries are not of its environment.
    let fixture = try HeapFixture(
      options: HeapOptions(minimumWords: 1_000_000, minimumVirtualWords: 10_000_000))
    let environment = fixture.environment
    var random = SeededGenerator(seed: seed)
    do {
      let bench = TermBench(words: 200_000)
      var terms = RandomTerms(seed: seed, bench: bench)
      for root in 0..<4 {
        let term = terms.term(depth: 5)
        let words = try TermSize.flatWords(of: term, scratch: environment.scratch)
        try fixture.ensure(words)
        fixture.roots[root] = fixture.heap.buildLinked { cursor, list in
          TermCopy.copy(term, words: words, into: &cursor, list: &list)
        }
      }
      try fixture.ensure(200)
      fixture.roots[4] = fixture.heap.build { cursor in
        (0..<100).reduce(Term.nil) { list, _ in
          cursor.makeCons(fixture.roots[Int(random.next() % 4)], list)
        }
      }
      let term = fixture.roots[4]
      let scratch = environment.scratch
      for copying in [MessageCopying(), .flattening()] {
        let (message, _) = try fixture.heap.makeMessage(of: term, copying: copying)
        #expect(try TermEquality.isExactlyEqual(message.term, term, scratch: scratch))
        if copying.keepsSharing {
          #expect(
            try TermSize.sharedWords(of: message.term, scratch: scratch)
              == TermSize.sharedWords(of: term, scratch: scratch))
        }
        environment.free(message)
      }
      #expect(fixture.collections == 0)
      fixture.heap.state.pointee.offHeap.releaseAll(to: bench.binaries)
    }
  }

  @Test func binariesOutsideAreCountedOnce() throws {
    let fixture = try HeapFixture()
    let binary = try fixture.environment.binaries.makeBinary(byteCount: 1000)
    try fixture.ensure(40)
    fixture.roots[0] = fixture.heap.buildLinked { cursor, list in
      let handle = cursor.makeBinaryHandle(binary, byteCount: 1000, list: &list)
      return cursor.makeTuple(handle, handle, handle)
    }
    let (message, shared) = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(shared == 2)
    #expect(binary.references == 2)
    #expect(message.offHeap.virtualWords == 125)
    let (flat, _) = try fixture.heap.makeMessage(of: fixture.roots[0], copying: .flattening())
    #expect(binary.references == 5)
    fixture.environment.free(flat)
    #expect(binary.references == 2)
    let receiver = try HeapFixture(allocator: fixture.allocator)
    receiver.heap.attach(message)
    try receiver.collect(fully: true)
    #expect(binary.references == 1)
  }

  @Test func literalsAreNotCopied() throws {
    let fixture = try HeapFixture()
    var literal = Term.nil
    try fixture.environment.literals.build(words: 4) { cursor, _ in
      literal = cursor.makeTuple(.small(1), .small(2), .small(3))
    }
    try fixture.ensure(8)
    fixture.roots[0] = fixture.heap.build {
      $0.makeCons(literal, $0.makeCons(.emptyTuple, $0.makeCons(literal, literal)))
    }
    let terms = [fixture.roots[0], literal, .emptyTuple, .small(7)]
    for (term, words) in zip(terms, [6, 0, 0, 0]) {
      for copying in [MessageCopying(), .flattening()] {
        let (message, shared) = try fixture.heap.makeMessage(of: term, copying: copying)
        #expect(message.words == words)
        #expect(shared == 0)
        if words > 0 {
          #expect(message.term.cons[0] == literal)
        } else {
          #expect(message.term == term)
        }
        fixture.environment.free(message)
      }
    }
    #expect(fixture.allocator.allocatedBlockCount == 3)
  }

  /// 300 words that ERTS makes 10,200: a hundred references to one list of fifty cells.
  @Test func sharingIsLostOnlyWhereThatIsAskedFor() throws {
    let fixture = try HeapFixture(options: HeapOptions(minimumWords: 1000))
    fixture.roots[0] = fixture.heap.build { cursor in
      let shared = cursor.makeList((0..<50).map { Term.small($0) })
      return cursor.makeList([Term](repeating: shared, count: 100))
    }
    let kept = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(kept.message.words == 300)
    #expect(kept.sharedReferences == 99)
    let flat = try fixture.heap.makeMessage(of: fixture.roots[0], copying: .flattening())
    #expect(flat.message.words == 10_200)
    fixture.environment.free(kept.message)
    fixture.environment.free(flat.message)
  }

  @Test func aTermOfManyPathsIsRefusedWhereItIsFlattened() throws {
    let fixture = try HeapFixture()
    fixture.roots[0] = fixture.heap.build { cursor in
      (0..<60).reduce(Term.small(1)) { inner, _ in cursor.makeTuple(inner, inner) }
    }
    let (message, shared) = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(message.words == 180)
    #expect(shared == 59)
    fixture.environment.free(message)
    #expect(throws: MessageError.flatteningBeyondLimit(limitWords: 1_000_000)) {
      try fixture.heap.makeMessage(
        of: fixture.roots[0], copying: .flattening(limitWords: 1_000_000))
    }
    #expect(fixture.allocator.allocatedBlockCount == 2)
  }

  @Test(arguments: ["heads", "tails", "tuples", "lists of lists"])
  func deepTermsNeedNoRecursion(shape: String) throws {
    let depth = 300_000
    let fixture = try HeapFixture(options: HeapOptions(minimumWords: 4 * depth + 1000))
    fixture.roots[0] = fixture.heap.build { cursor in
      (0..<depth).reduce(Term.nil) { inner, number in
        switch shape {
        case "heads": cursor.makeCons(inner, .small(number))
        case "tails": cursor.makeCons(.small(number), inner)
        case "tuples": cursor.makeTuple(.small(number), inner)
        default: cursor.makeCons(inner, cursor.makeCons(.small(number), .nil))
        }
      }
    }
    var roots: [ModelTerm] = []
    let model = ModelHeap(reading: [fixture.roots[0]], of: fixture.heap, roots: &roots)
    let (message, shared) = try fixture.heap.makeMessage(of: fixture.roots[0])
    #expect(shared == 0)
    #expect(model.firstDifference(of: roots, from: [message.term]) == nil)
    fixture.environment.free(message)
    #expect(fixture.allocator.allocatedBlockCount == 2)
  }

  @Test(arguments: ["lists of lists", "strings", "pairs", "map", "triples", "wide"])
  func aRefusalAtAnyRequestLeavesNothing(shape: String) throws {
    var request = 0
    var refusals = 0
    while true {
      request += 1
      let memory = MemoryConfiguration(
        failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0)
      let allocator = BlockAllocator(configuration: memory)
      guard
        let fixture = try? HeapFixture(
          options: HeapOptions(minimumWords: 60_000), allocator: allocator),
        let binary = try? fixture.environment.binaries.makeBinary(byteCount: 100)
      else { continue }
      fixture.roots[0] = fixture.heap.buildLinked { cursor, list in
        let handle = cursor.makeBinaryHandle(binary, byteCount: 100, list: &list)
        switch shape {
        case "strings":
          return (0..<500).reduce(handle) { rest, count in
            cursor.makeCons(
              cursor.makeList((0..<count % 80).map { Term.small($0) }), rest)
          }
        case "pairs":
          var level = [Term](repeating: handle, count: 4096)
          while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map {
              cursor.makeTuple(level[$0], level[$0 + 1])
            }
          }
          return level[0]
        case "triples":
          return (0..<4096).reduce(handle) { rest, count in
            let small = Term.small(count)
            return cursor.makeCons(cursor.makeTuple(small, small, small), rest)
          }
        case "wide":
          return cursor.makeTuple(
            of: (0..<2000).map { count in
              cursor.makeList((0..<8).map { Term.small(count + $0) })
            } + [handle])
        case "map":
          return MessageShapeTests.map(of: 0..<4096, over: nil, &cursor)
        default:
          return (0..<9_000).reduce(handle) { inner, _ in
            cursor.makeCons(inner, cursor.makeCons(handle, .nil))
          }
        }
      }
      let blocks = allocator.allocatedBlockCount
      do throws(MessageError) {
        fixture.environment.free(try fixture.heap.makeMessage(of: fixture.roots[0]).message)
      } catch {
        #expect(error == .outOfMemory(.injectedFailure(request: request)))
        // What is refused is not asked for again.
        #expect(allocator.statistics.pages.requestCount == request)
        refusals += 1
      }
      #expect(allocator.allocatedBlockCount == blocks)
      #expect(binary.references == 1)
      if allocator.statistics.pages.failedRequestCount == 0 { break }
    }
    #expect(refusals > 10, "\(refusals)")
  }
}
