import Carriers
import Heaps
import TestKit
import Terms

/// A program that runs on a heap and on a model of it, and compares the two after every
/// collection.
final class HeapProgram {
  /// How a program is run.
  struct Plan: Sendable, CustomStringConvertible {
    var description: String
    var seed: UInt64
    var steps: Int
    var levers = HeapLevers()
    var memory = MemoryConfiguration()
    var options = HeapOptions()
    /// The most objects that one step builds.
    var largestTerm = 12
    /// One step in so many drops nearly everything.
    var dropsEvery = 400
  }

  /// What went wrong, the first few.
  private(set) var complaints: [String] = []
  /// The ensures that were refused.
  private(set) var refusals: [HeapError] = []
  /// Called after a refusal and before the next attempt.
  var onRefusal: () -> Void = {}
  /// How often an ensure that is refused is tried.
  var attempts = 2
  private(set) var checkCount = 0

  private(set) var heap: ProcessHeap
  private let plan: Plan
  private let registers: UnsafeMutablePointer<Term>
  private let registerCount = 12
  private var model = ModelHeap()
  private var modelRegisters: [ModelTerm]
  private var modelStack: [ModelTerm] = []
  /// The sizes of the frames on the stack, return addresses included.
  private var frames: [Int] = []
  private var generator: TermGenerator
  private var stepsDone = 0
  private var collectionsSeen = 0
  private var fullSweepsSeen = 0

  init(_ plan: Plan, environment: HeapEnvironment) throws(HeapError) {
    self.plan = plan
    heap = try ProcessHeap(environment: environment, options: plan.options)
    registers = .allocate(capacity: registerCount)
    registers.initialize(repeating: .nil, count: registerCount)
    modelRegisters = Array(repeating: .nil, count: registerCount)
    generator = TermGenerator(seed: plan.seed)
  }

  deinit { registers.deallocate() }

  private var rootSlots: RootSlots { RootSlots(base: registers, count: registerCount) }

  /// Runs the steps that are left.
  /// - Throws: the first refusal that a second attempt did not help; its step is not done again.
  func run() throws(HeapError) {
    while stepsDone < plan.steps {
      stepsDone += 1
      do {
        try step()
      } catch {
        check("after step \(stepsDone), which was refused")
        throw error
      }
      if complaints.count > 3 { return }
      noteCollections("step \(stepsDone)")
      if model.objects.count > 2000 { forgetInModel() }
    }
    check("at the end")
  }

  /// Clears registers and stack, as a process that unwinds.
  func unwind() {
    while !modelStack.isEmpty { _ = popFrame() }
    for register in 0..<registerCount { setRegister(register, (.nil, .nil)) }
  }

  /// Compares the heap with the model, and has the heap verified.
  func check(_ place: String) {
    checkCount += 1
    var roots = rootSlots
    heap.verify(roots: &roots)
    let state = heap.state.pointee
    let stack = UnsafeMutableRawPointer(state.stackTop).assumingMemoryBound(to: Term.self)
    let terms =
      Array(UnsafeBufferPointer(start: registers, count: registerCount))
      + Array(UnsafeBufferPointer(start: stack, count: state.stackWords))
    let difference = model.firstDifference(
      of: modelRegisters + modelStack.reversed(), from: terms)
    if let difference { complain(difference, place) }
    let counters = heap.counters
    let figures = heap.figures
    if counters.allocatedWords != figures.youngUsedWords + figures.fragmentWords
      + figures.oldUsedWords + counters.freedWords
    {
      complain("\(counters) do not add up to \(figures)", place)
    }
  }

  // MARK: - Steps

  private func step() throws(HeapError) {
    if generator.number(below: plan.dropsEvery) == 0 { return unwind() }
    switch generator.number(below: 23) {
    case 0...8: try buildTerm()
    case 9...10: setRegister(anyRegister(), (.nil, .nil))
    case 11: setRegister(anyRegister(), register(anyRegister()))
    case 12...13: takeInnerTerm()
    case 14...15: try pushFrame()
    case 16...17: if !frames.isEmpty { setRegister(anyRegister(), popFrame()) }
    case 18: try buildList()
    case 19: try buildHandle()
    case 20: try buildBesideTheHeap()
    case 21: try runWithoutCollecting()
    default: if generator.number(below: 20) == 0 { try collect() }
    }
  }

  private func anyRegister() -> Int { generator.number(below: registerCount) }

  private func register(_ number: Int) -> TermPlan.Pair {
    (modelRegisters[number], registers[number])
  }

  private func setRegister(_ number: Int, _ pair: TermPlan.Pair) {
    modelRegisters[number] = pair.model
    registers[number] = pair.term
  }

  private func buildTerm() throws(HeapError) {
    let state = heap.state.pointee
    generator.decoyAddresses = UInt(bitPattern: state.start)..<UInt(bitPattern: state.end)
    let term = generator.plan(
      objects: 1 + generator.number(below: plan.largestTerm), roots: modelRegisters, model: model)
    let target = anyRegister()
    try ensure(words: term.words)
    setRegister(
      target, heap.build { term.build(cursor: &$0, model: &model, root: register) })
  }

  /// Builds a list cell by cell onto what a register holds, so that it crosses collections.
  private func buildList() throws(HeapError) {
    let target = anyRegister()
    let head = anyRegister()
    for _ in 0..<generator.number(below: 40) {
      try ensure(words: 2)
      let (modelHead, termHead) = register(head)
      let (modelTail, termTail) = register(target)
      let cell = model.add(ModelObject(header: nil, slots: [modelHead, modelTail]))
      setRegister(target, (cell, heap.build { $0.makeCons(termHead, termTail) }))
    }
  }

  /// Builds a handle of a binary outside the heap, of a new one or of one that a register holds.
  private func buildHandle() throws(HeapError) {
    try ensure(words: BinaryHandle.words)
    let (source, target) = (anyRegister(), anyRegister())
    let shared =
      registers[source].isBoxed(.binaryHandle)
      ? BinaryHandle.binary(at: registers[source].boxed) : nil
    let byteCount = shared?.capacity ?? 65 + generator.number(below: 4000)
    let binary: OffHeapBinary
    if let shared {
      shared.retain()
      binary = shared
    } else {
      do {
        binary = try heap.environment.binaries.makeBinary(byteCount: byteCount)
      } catch {
        return  // Refused: nothing was built.
      }
    }
    let skipped = generator.number(below: byteCount)
    let term = heap.buildLinked { (cursor, list) throws(Never) in
      cursor.makeBinaryHandle(
        binary, offset: skipped, byteCount: byteCount - skipped, list: &list)
    }
    let words = UnsafeBufferPointer(start: term.boxed, count: BinaryHandle.words)
    let object = ModelObject(header: words[0], rawWords: Array(words[1...]))
    setRegister(target, (model.add(object), term))
  }

  /// Builds a term in a fragment.
  private func buildBesideTheHeap() throws(HeapError) {
    let term = generator.plan(
      objects: 1 + generator.number(below: plan.largestTerm), roots: modelRegisters, model: model)
    let words = term.words + generator.number(below: 10)
    var fragment = try makeFragment(words: words, attempts: attempts)
    let pair = fragment.build { cursor, _ in
      term.build(cursor: &cursor, model: &model, root: register)
    }
    heap.attach(fragment)
    setRegister(anyRegister(), pair)
  }

  private func makeFragment(words: Int, attempts: Int) throws(HeapError) -> HeapFragment {
    do {
      return try HeapFragment(environment: heap.environment, words: words)
    } catch {
      if attempts == 1 { throw error }
      noteRefusal(error)
      return try makeFragment(words: words, attempts: attempts - 1)
    }
  }

  /// Builds and pushes in a section in which nothing may move.
  private func runWithoutCollecting() throws(HeapError) {
    heap.delayCollections()
    defer { heap.allowCollections() }
    let collections = collectionsSeen
    for _ in 0..<generator.number(below: 4) {
      switch generator.number(below: 8) {
      case 0...3: try buildTerm()
      case 4: try pushFrame()
      case 5: if !frames.isEmpty { _ = popFrame() }
      case 6: try buildList()
      default: try collect()
      }
    }
    if collectionsSeen != collections { complain("a collection", "a section without collections") }
  }

  private func takeInnerTerm() {
    let source = anyRegister()
    let path = generator.path(from: modelRegisters[source], model: model)
    setRegister(anyRegister(), TermPlan.follow(path, from: register(source), in: model))
  }

  /// Pushes a return address, which is no term, above copies of registers.
  private func pushFrame() throws(HeapError) {
    let slots = generator.number(below: 8)
    if modelStack.count > 100 { return }
    try ensure(words: slots + 1)
    for _ in 0..<slots { push(register(anyRegister())) }
    let returnAddress = Term(bits: UInt(0x5000 + 4 * generator.number(below: 64)))
    push((.word(returnAddress), returnAddress))
    frames.append(slots + 1)
  }

  private func push(_ pair: TermPlan.Pair) {
    modelStack.append(pair.model)
    heap.push(pair.term)
  }

  /// Takes a frame from the stack and returns its deepest slot, or `[]` where it has none.
  private func popFrame() -> TermPlan.Pair {
    var last: TermPlan.Pair = (.nil, .nil)
    for _ in 0..<frames.removeLast() {
      let term = heap.pop()
      let expected = modelStack.removeLast()
      let isMark = term.bits & 3 == 0
      if !isMark { last = (expected, term) }
    }
    return last
  }

  // MARK: - Collections

  private func ensure(words: Int) throws(HeapError) {
    try attempt { (heap, roots) throws(HeapError) in
      try heap.ensureFree(words: words, roots: &roots)
    }
    if heap.state.pointee.freeWords < words { complain("no room after an ensure", "\(words)") }
    noteCollections("an ensure of \(words) words")
  }

  private func collect() throws(HeapError) {
    let fully = generator.number(below: 2) == 0
    try attempt { (heap, roots) throws(HeapError) in
      try heap.collectGarbage(fully: fully, roots: &roots)
    }
  }

  /// Tries again what was refused.
  private func attempt(
    _ body: (inout ProcessHeap, inout RootSlots) throws(HeapError) -> Void
  ) throws(HeapError) {
    var roots = rootSlots
    for _ in 1..<attempts {
      do {
        return try body(&heap, &roots)
      } catch {
        noteRefusal(error)
      }
    }
    try body(&heap, &roots)
  }

  private func noteRefusal(_ error: HeapError) {
    refusals.append(error)
    check("after a refusal")
    onRefusal()
  }

  private func noteCollections(_ place: String) {
    let counters = heap.counters
    let collections = counters.minorCollections + counters.fullSweeps
    if collections == collectionsSeen { return }
    let wasFull = counters.fullSweeps > fullSweepsSeen
    let wasOne = collections == collectionsSeen + 1
    collectionsSeen = collections
    fullSweepsSeen = counters.fullSweeps
    check("after the collection in \(place)")
    forgetInModel()
    let live = model.objects.reduce(0) { $0 + $1.words }
    let used = heap.state.pointee.usedWords
    let binaries = Set(model.objects.compactMap(\.heldBinary)).count
    if wasFull, wasOne, heldBinaries.count != binaries {
      complain("\(heldBinaries.count) binaries held, of which \(binaries) live", place)
    }
    if wasFull, wasOne, used != live {
      complain("\(used) words after a full sweep, of which \(live) live", place)
    }
  }

  /// The binaries outside the heap that objects on its list hold, dead or alive.
  private var heldBinaries: Set<UInt> {
    var held: Set<UInt> = []
    var next = heap.state.pointee.offHeap.first
    while let object = UnsafePointer<UInt>(bitPattern: next) {
      held.insert(UInt(bitPattern: OffHeapObject.target(of: object).memory))
      next = OffHeapObject.next(of: object)
    }
    return held
  }

  private func forgetInModel() {
    var roots = modelRegisters + modelStack
    model.forgetUnreachable(roots: &roots)
    modelRegisters = Array(roots[..<registerCount])
    modelStack = Array(roots[registerCount...])
  }

  private func complain(_ complaint: String, _ place: String) {
    complaints.append("seed \(plan.seed), \(plan.description), \(place): \(complaint)")
  }
}

extension ModelObject {
  /// The binary outside the heap that a handle holds.
  fileprivate var heldBinary: UInt? {
    header.map { Header(bits: $0).subtag == .binaryHandle } ?? false ? rawWords[2] : nil
  }
}
