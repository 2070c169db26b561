import CAlloc
import Carriers
import Synchronization
import Terms

extension ProcessHeap {
  /// The slow path of ``ensureFree(words:roots:)``.
  @inline(never)
  public mutating func makeRoom(
    words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    precondition(words >= 0, "an ensure of \(words) words")
    if state.pointee.delays > 0 { return try makeRoomWithoutCollecting(words: words) }
    try makeRoomCollecting(words: words, roots: &roots)
    if environment.levers.movesBlocks { try moveBlock(keeping: words, roots: &roots) }
  }

  private mutating func makeRoomCollecting(
    words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    let hasRoom = state.pointee.freeWords - HeapSizes.reservedWords >= words
    let zeal = environment.levers.zeal
    if zeal > 0 {
      state.pointee.ensuresSinceZeal &+= 1
      if Int(state.pointee.ensuresSinceZeal) >= zeal {
        state.pointee.ensuresSinceZeal = 0
        return try collect(.zeal, needing: words, fully: false, roots: &roots)
      }
    }
    if let reason = state.pointee.dueCollection {
      return try collect(reason, needing: words, fully: false, roots: &roots)
    }
    state.pointee.reservedBytes = environment.usualReservedBytes
    if hasRoom { return }
    try collect(.noRoom, needing: words, fully: false, roots: &roots)
  }

  /// Collects now.
  ///
  /// - Parameters:
  ///   - fully: sweep both generations; else a minor collection runs where one can.
  ///   - roots: every slot outside the stack that holds a term of this heap.
  /// - Throws: ``HeapError``; the heap is then as it was.
  public mutating func collectGarbage(
    fully: Bool = true, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    if state.pointee.delays > 0 { return requestCollection(fully: fully) }
    try collect(.requested, needing: 0, fully: fully, roots: &roots)
  }

  /// Who hears of the collections of this heap alone, besides the listener of its system; nobody by
  /// default. It hears of all of them, whatever it wants.
  public var ownListener: (any CollectionListener)? {
    get {
      if !state.pointee.hasOwnListener { return nil }
      return environment.ownListeners.withLock { $0[UInt(bitPattern: state)] }
    }
    nonmutating set {
      state.pointee.hasOwnListener = newValue != nil
      environment.ownListeners.withLock { $0[UInt(bitPattern: state)] = newValue }
    }
  }

  /// Has the next ensure collect, if there is reason to.
  func requestCollectionIfDue() { state.pointee.requestCollectionIfDue() }

  /// What the rules of sizing need to know.
  package func collectionState(needing words: Int, fully: Bool) -> CollectionState {
    let heap = state.pointee
    return CollectionState(
      youngBlockWords: heap.blockWords, youngUsedWords: heap.usedWords,
      stackWords: heap.stackWords, matureWords: heap.mature.words,
      oldBlockWords: heap.old?.blockWords ?? 0, oldUsedWords: heap.old?.usedWords ?? 0,
      fragmentWords: heap.fragments.words, neededWords: words,
      minorCollectionsSinceFullSweep: Int(heap.minorsSinceFullSweep),
      fullSweepAfter: heap.options.fullSweepAfter, minimumHeapWords: heap.options.minimumWords,
      wantsFullSweep: fully || environment.levers.alwaysSweepsFully,
      growAtNextFullSweep: heap.growsAtNextFullSweep,
      oldVirtualHeapIsFull: heap.virtualHeap.oldWords >= heap.virtualHeap.oldLimit)
  }

  /// Runs the collection that the rules ask for, and resizes the block.
  ///
  /// Not mutating, as all below it: what changes stands behind ``state``, and of a value that does not
  /// change the environment is read without counting a reference, which other heaps' threads count as
  /// well.
  func collect(
    _ reason: CollectionEvent.Reason, needing words: Int, fully: Bool,
    trims: Bool = false, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    guard words <= Self.largestRequestWords else { throw .tooLarge(words: words) }
    let environment = environment
    let listener = environment.collectionListener
    let own = ownListener
    let before = listener == nil && own == nil ? nil : figures
    var stopwatch = Stopwatch(runs: before != nil)
    let sizing = collectionState(
      needing: words, fully: fully || state.pointee.isFullSweepPostponed)
    // As in ERTS, who only gives back what it does not need is not asked.
    if !trims && state.pointee.options.limit.words != 0 {
      try checkLimit(sizing, environment, owner: roots.owner)
    }
    let plan = state.pointee.options.growth.plan(sizing)
    var outcome =
      switch plan {
      case .minor(let toSpaceWords, let newOldBlockWords):
        try collectMinor(
          sizing, toSpaceWords: toSpaceWords, newOldBlockWords: newOldBlockWords, environment,
          roots: &roots, stopwatch: &stopwatch)
      case .fullSweep(let toSpaceWords, _):
        try sweepFully(
          sizing, toSpaceWords: toSpaceWords, environment, roots: &roots, stopwatch: &stopwatch)
      }
    state.pointee.reservedBytes = environment.usualReservedBytes
    state.pointee.isCollectionPostponed = false
    state.pointee.isFullSweepPostponed = false
    if trims {
      outcome.resize = trimmedSize
      state.pointee.growsAtNextFullSweep = false
    }
    let resizing = resize(by: outcome.resize, environment, roots: &roots)
    let resizeNanoseconds = stopwatch.lap()

    if environment.levers.verifies {
      fillFreeWords()
      verifyAfterCollection(roots: &roots)
    }
    if let before {
      var event = CollectionEvent(
        plan, owner: roots.owner, reason: reason, neededWords: words, before: before,
        after: figures, outcome, resizing, resizeNanoseconds: resizeNanoseconds)
      if listener?.wantsCensus == true || own?.wantsCensus == true {
        takeCensuses(for: &event)
      }
      listener?.collected(event)
      own?.collected(event)
    }
    if case .refused(let refusal) = resizing,
      state.pointee.freeWords - HeapSizes.reservedWords < words
    {
      throw refusal
    }
    assert(
      state.pointee.freeWords - HeapSizes.reservedWords >= words,
      "a collection left \(state.pointee.freeWords) words free where \(words) were asked")
  }

  /// Counts what was moved by kind of term: it stands where nothing was built since.
  private func takeCensuses(for event: inout CollectionEvent) {
    let heap = state.pointee
    event.movedCensus = TermCensus(from: heap.start, to: heap.top)
    event.promotedCensus = heap.old.map {
      TermCensus(from: $0.top - event.promotedWords, to: $0.top)
    }
  }

  /// The most words one ensure may ask for: far beyond any machine, far below an overflow.
  static var largestRequestWords: Int { 1 << 48 }

  private func fillFreeWords() {
    let heap = state.pointee
    heap.top.update(repeating: HeapLevers.freedWord, count: heap.freeWords)
    if let old = heap.old {
      old.top.update(repeating: HeapLevers.freedWord, count: old.end - old.top)
    }
  }
}

/// What a plan did, before the block is resized.
struct CollectionOutcome {
  var copiedWords: Int
  var promotedWords: Int
  var freedWords: Int
  var releasedBinaries: Int
  var views: ViewShrinking.Outcome
  var windows: WindowShrinking.Outcome
  var resize: ResizeDecision
  var allocationNanoseconds: UInt64
  var evacuationNanoseconds: UInt64
  var offHeapNanoseconds: UInt64
}

/// Measures phases, or nothing where nobody listens.
struct Stopwatch {
  private var last: UInt64
  private let runs: Bool

  init(runs: Bool) {
    self.runs = runs
    last = runs ? ca_monotonic_nanoseconds() : 0
  }

  /// The nanoseconds since the last lap.
  mutating func lap() -> UInt64 {
    guard runs else { return 0 }
    let now = ca_monotonic_nanoseconds()
    defer { last = now }
    return now - last
  }
}
