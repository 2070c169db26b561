import Heaps
import Testing

/// The rules of sizing against what the Erlang runtime did, collection for collection.
@Suite struct RecordedSizingTests {
  @Test(arguments: RecordedProgram.all)
  func agreesWithEveryCollection(program: RecordedProgram) {
    var replay = Replay(program: program)
    #expect(!program.collections.isEmpty)
    for (number, collection) in program.collections.enumerated() {
      replay.check(collection, number: number)
    }
  }

  @Test func theRecordingsFireEveryRule() {
    var seen: Set<SizingRule> = []
    for program in RecordedProgram.all {
      var replay = Replay(program: program)
      for collection in program.collections {
        seen.insert(replay.decide(collection).resize.rule)
      }
    }
    // Rules that ERTS does not have, or not in a collection that is due.
    let others: Set<SizingRule> = [.grownToBound, .shrunkToBound, .trimmed]
    #expect(seen == Set(SizingRule.allCases).subtracting(others))
  }
}

/// What a heap's limit is compared with, against the limits that programs need under Erlang.
@Suite struct RecordedLimitTests {
  @Test(arguments: RecordedProgram.all)
  func theLeastLimitIsThatOfErlang(program: RecordedProgram) {
    guard let limit = RecordedLimits.words[program.name] else {
      #expect(program.name == "deep_without_heap", "no limit is recorded")
      return
    }
    var replay = Replay(program: program)
    var words = 0
    for collection in program.collections {
      words = max(words, replay.spaceWords(collection))
      _ = replay.decide(collection)
    }
    let isDirty = program.collections.contains {
      $0.start.youngBlockWords + $0.start.oldBlockWords >= Self.dirtyWords
    }
    // Until another scheduler collects such a heap, the process builds beside it, which counts.
    if isDirty { #expect(words...(words + words / 10) ~= limit) } else { #expect(words == limit) }
  }

  /// The words of both blocks from which on ERTS leaves a collection to another scheduler
  /// (`ERTS_POTENTIALLY_LONG_GC_HSIZE`).
  private static var dirtyWords: Int { 131_072 }
}

/// Follows one program through its collections.
private struct Replay {
  let program: RecordedProgram
  let policy = GrowthPolicy.erts
  var minorCollections = 0
  var growAtNextFullSweep = false

  init(program: RecordedProgram) { self.program = program }

  struct Decision {
    var plan: CollectionPlan
    var youngBlockWords: Int
    var oldBlockWords: Int
    var resize: ResizeDecision
  }

  /// What the rules make of a collection's start, given what lived at its end.
  mutating func decide(_ collection: RecordedCollection) -> Decision {
    let state = state(before: collection)
    let plan = policy.plan(state)
    switch plan {
    case .minor(let toSpaceWords, let newOldBlockWords):
      let oldBlockWords = newOldBlockWords ?? state.oldBlockWords
      let resize = policy.resizeAfterMinor(
        state, toSpaceWords: toSpaceWords, oldBlockWords: oldBlockWords,
        liveYoungWords: collection.end.youngUsedWords)
      minorCollections += 1
      growAtNextFullSweep = resize.growAtNextFullSweep
      return Decision(
        plan: plan, youngBlockWords: resize.newBlockWords ?? toSpaceWords,
        oldBlockWords: oldBlockWords, resize: resize)
    case .fullSweep(let toSpaceWords, _):
      let resize = policy.resizeAfterFullSweep(
        state, toSpaceWords: toSpaceWords, liveWords: collection.end.youngUsedWords)
      minorCollections = 0
      growAtNextFullSweep = resize.growAtNextFullSweep
      return Decision(
        plan: plan, youngBlockWords: resize.newBlockWords ?? toSpaceWords, oldBlockWords: 0,
        resize: resize)
    }
  }

  /// What a limit is compared with before a collection.
  func spaceWords(_ collection: RecordedCollection) -> Int {
    policy.spaceWords(state(before: collection))
  }

  mutating func check(_ collection: RecordedCollection, number: Int) {
    let state = state(before: collection)
    let decision = decide(collection)
    let place: Comment = "collection \(number) of \(program.name): \(state) \(decision)"
    switch decision.plan {
    case .minor: #expect(collection.kind == .minor, place)
    case .fullSweep(_, let failedMinor):
      #expect(collection.kind == .fullSweep(failedMinor: failedMinor), place)
    }
    #expect(decision.youngBlockWords == collection.end.youngBlockWords, place)
    #expect(decision.oldBlockWords == collection.end.oldBlockWords, place)
    if let failed = collection.failedMinorEnd {
      #expect(failed.oldBlockWords == collection.start.oldBlockWords, place)
    }
  }

  private func state(before collection: RecordedCollection) -> CollectionState {
    let start = collection.start
    return CollectionState(
      youngBlockWords: start.youngBlockWords, youngUsedWords: start.youngUsedWords,
      stackWords: start.stackWords, matureWords: start.recentWords,
      oldBlockWords: start.oldBlockWords, oldUsedWords: start.oldUsedWords,
      fragmentWords: start.fragmentWords, neededWords: start.needOrReclaimed,
      minorCollectionsSinceFullSweep: minorCollections, fullSweepAfter: program.fullSweepAfter,
      minimumHeapWords: max(
        CollectionState.defaultMinimumHeapWords, HeapSizes.atLeast(program.minimumHeapWords)),
      wantsFullSweep: program.name.hasPrefix("asks")
        && collection.kind == .fullSweep(failedMinor: false),
      growAtNextFullSweep: growAtNextFullSweep)
  }
}
