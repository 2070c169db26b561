import Carriers
import Heaps
import Terms
import Testing

/// Collections that are due to what a heap holds outside itself, against those of the Erlang
/// runtime: by the rules alone, and by the same programs on our heap.
@Suite struct RecordedVirtualHeapTests {
  static let programs = RecordedProgram.parse(RecordedBinaries.events, parameters: 6)

  /// From what each collection found and what it left alive, the rules give all limits and kinds.
  @Test(arguments: programs)
  func theRulesGiveEveryLimit(program: RecordedProgram) {
    #expect(!program.collections.isEmpty)
    var minors = 0
    for (number, collection) in program.collections.enumerated() {
      let (start, end) = (collection.start.virtualHeap, collection.end.virtualHeap)
      let place: Comment = "collection \(number): \(start) \(end)"
      // It was due, and was not before the last binary came.
      #expect(start.young > start.youngLimit, place)
      #expect(start.young - program.binaryWords <= start.youngLimit, place)

      var rules = VirtualHeap(minimumWords: program.leastVirtualWords)
      rules.youngLimit = start.youngLimit
      rules.oldWords = start.old
      rules.oldLimit = start.oldLimit
      if collection.kind == .minor {
        rules.collectedMinor(
          youngWords: end.young, promotedWords: end.old - start.old,
          minimumWords: program.leastVirtualWords)
        #expect(start.old < start.oldLimit, place)
        #expect(minors < program.fullSweepAfter, place)
        minors += 1
      } else {
        rules.sweptFully(
          before: start.young, after: end.young, minimumWords: program.leastVirtualWords)
        let isDue = minors == program.fullSweepAfter
        #expect(collection.kind == .fullSweep(failedMinor: !isDue), place)
        minors = 0
      }
      #expect(rules.youngLimit == end.youngLimit, place)
      #expect(rules.oldWords == end.old, place)
      #expect(rules.oldLimit == end.oldLimit, place)
    }
  }

  /// The same binaries on our heap: the same collections, with the same blocks and limits.
  @Test(arguments: programs)
  func ourHeapCollectsAsTheRuntimeDoes(program: RecordedProgram) throws {
    let ours = try BinaryProgram(program).run()
    #expect(ours.count == program.collections.count)
    for (number, (our, theirs)) in zip(ours, program.collections).enumerated() {
      let place: Comment = "collection \(number): \(our)"
      #expect(our.kind == theirs.kind, place)
      #expect(our.before == theirs.start.virtualHeap, place)
      #expect(our.after == theirs.end.virtualHeap, place)
      #expect(our.figures.youngBlockWords == theirs.end.youngBlockWords, place)
      #expect(our.figures.oldBlockWords == theirs.end.oldBlockWords, place)
      #expect(our.figures.youngUsedWords == theirs.end.youngUsedWords, place)
      #expect(our.figures.oldUsedWords == theirs.end.oldUsedWords, place)
    }
  }

  @Test func theRecordingsHaveAllKinds() {
    let kinds = Self.programs.flatMap { $0.collections.map(\.kind) }
    for kind in [
      RecordedCollection.Kind.minor, .fullSweep(failedMinor: true), .fullSweep(failedMinor: false),
    ] {
      #expect(kinds.contains(kind), "\(kind)")
    }
    // Full sweeps because the old generation held too much outside, limits that grew and shrank.
    let collections = Self.programs.flatMap(\.collections)
    func any(_ isSo: (VirtualFigures, VirtualFigures) -> Bool) -> Bool {
      collections.contains { isSo($0.start.virtualHeap, $0.end.virtualHeap) }
    }
    #expect(any { before, _ in before.old >= before.oldLimit })
    #expect(any { before, after in after.youngLimit > before.youngLimit })
    #expect(any { before, after in after.youngLimit < before.youngLimit })
    #expect(any { before, after in after.oldLimit < before.oldLimit })
  }
}

extension RecordedProgram {
  /// The words that each of its binaries counts for.
  fileprivate var binaryWords: Int { parameters[2] / 8 }
  /// The runtime takes no less than its default for the least limit.
  fileprivate var leastVirtualWords: Int { HeapSizes.atLeast(max(parameters[1], 32_768)) }
}

/// What `Recording/record.escript` has the Erlang runtime do, on our heap.
private struct BinaryProgram {
  /// One collection, as it began and as it ended.
  struct Collection {
    var kind: RecordedCollection.Kind
    var before: VirtualFigures
    var after: VirtualFigures
    var figures: HeapFigures
  }

  private let program: RecordedProgram
  private let recorder = EventRecorder()
  private let fixture: HeapFixture

  init(_ program: RecordedProgram) throws {
    self.program = program
    fixture = try HeapFixture(
      levers: HeapLevers(verifies: true),
      options: HeapOptions(
        minimumWords: 200_000, fullSweepAfter: program.fullSweepAfter,
        minimumVirtualWords: program.leastVirtualWords),
      listener: recorder)
  }

  /// Makes the binaries, with what was kept in root 0 and the new one in root 1.
  func run() throws -> [Collection] {
    var collections: [Collection] = []
    let (size, keep, drop) = (program.parameters[2], program.parameters[4], program.parameters[5])
    for number in 1...program.parameters[3] {
      try fixture.ensure(BinaryHandle.words)
      let binary = try fixture.environment.binaries.makeBinary(byteCount: size)
      fixture.roots[1] = fixture.heap.buildLinked { (cursor, list) throws(Never) in
        cursor.makeBinaryHandle(binary, byteCount: size, list: &list)
      }
      let before = figures
      try fixture.ensure(0)
      if let event = recorder.events.last, recorder.events.count > collections.count {
        collections.append(
          Collection(kind: kind(of: event), before: before, after: figures, figures: event.after))
      }
      if number % keep == 0 {
        try fixture.ensure(2)
        fixture.roots[0] = fixture.heap.build { $0.makeCons(fixture.roots[1], fixture.roots[0]) }
      }
      if number % drop == 0 { fixture.roots[0] = .nil }
      fixture.roots[1] = .nil
    }
    #expect(recorder.events.count == collections.count)
    return collections
  }

  private var figures: VirtualFigures {
    let state = fixture.heap.state.pointee
    return VirtualFigures(
      young: state.offHeap.virtualWords, youngLimit: state.virtualHeap.youngLimit,
      old: state.virtualHeap.oldWords, oldLimit: state.virtualHeap.oldLimit)
  }

  private func kind(of event: CollectionEvent) -> RecordedCollection.Kind {
    event.kind == .minor ? .minor : .fullSweep(failedMinor: event.followsFailedMinor)
  }
}
