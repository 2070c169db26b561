import Carriers
import Heaps
import TestKit
import Terms

/// A program that runs on a heap and on a model of it, and compares the two.
///
/// Everything is compared after every collection, after every step that writes to what was built, and
/// every few steps, and the words in registers after each step. Between two collections nothing else
/// writes there, and what a collection broke is seen right after it; some plans compare everything
/// after each step all the same.
public final class HeapProgram {
  /// What went wrong, the first few.
  public internal(set) var complaints: [String] = []
  /// The requests for memory that were refused.
  public internal(set) var refusals: [HeapError] = []
  /// Called after a refusal and before the next attempt.
  public var onRefusal: () -> Void = {}
  /// How often what is refused is tried.
  public var attempts = 2
  /// Whether no other heap is in its environment, so that it can tell who holds which binary.
  public var isAlone = true
  /// How often everything was compared.
  public internal(set) var checkCount = 0
  /// How often each step was begun.
  public internal(set) var stepCounts: [HeapStep: Int] = [:]
  /// How often a collection would have gone beyond a limit.
  public internal(set) var limitsReached = 0
  /// The heap the program runs on.
  public internal(set) var heap: ProcessHeap

  let plan: HeapPlan
  let registers: UnsafeMutablePointer<Term>
  let registerCount = 12
  /// Slots as a process dictionary has them: shown as a second run, with holes between.
  let dictionary: UnsafeMutablePointer<Term>
  let dictionaryCount = 16
  var model = ModelHeap()
  var modelRegisters: [ModelTerm]
  var modelDictionary: [ModelTerm]
  var modelStack: [ModelTerm] = []
  /// The sizes of the frames on the stack, return addresses included.
  var frames: [Int] = []
  /// The areas of literals that were not released.
  var areas: [LiteralArea] = []
  /// References to binaries that are held outside every heap, as a message on its way does.
  var heldElsewhere: [OffHeapBinary] = []
  var generator: TermGenerator
  private var stepsDone = 0
  /// Whether the step wrote to what was built, or moved it.
  var hasWritten = false
  var collectionsSeen = 0
  var fullSweepsSeen = 0

  /// Makes a program that did nothing yet.
  /// - Throws: what the heap's memory was refused with.
  public init(_ plan: HeapPlan, environment: HeapEnvironment) throws(HeapError) {
    self.plan = plan
    heap = try ProcessHeap(environment: environment, options: plan.options)
    registers = .allocate(capacity: registerCount)
    registers.initialize(repeating: .nil, count: registerCount)
    modelRegisters = Array(repeating: .nil, count: registerCount)
    dictionary = .allocate(capacity: dictionaryCount)
    dictionary.initialize(repeating: .none, count: dictionaryCount)
    modelDictionary = Array(repeating: .word(.none), count: dictionaryCount)
    generator = TermGenerator(seed: plan.seed)
  }

  deinit {
    for binary in heldElsewhere { binary.release(to: heap.environment.binaries) }
    registers.deallocate()
    dictionary.deallocate()
  }

  var roots: ProgramRoots {
    ProgramRoots(
      registers: RootSlots(base: registers, count: registerCount),
      dictionary: RootSlots(base: dictionary, count: dictionaryCount))
  }

  /// Runs the steps that are left.
  /// - Throws: the first refusal that a second attempt did not help; its step is not done again.
  public func run() throws(HeapError) {
    while stepsDone < plan.steps {
      stepsDone += 1
      do {
        try step()
      } catch {
        check("after step \(stepsDone), which was refused")
        throw error
      }
      noteCollections("step \(stepsDone)")
      compareRegisters("after step \(stepsDone)")
      if hasWritten || stepsDone % plan.comparesEvery == 0 { check("after step \(stepsDone)") }
      hasWritten = false
      if complaints.count > 3 { return }
      if model.objects.count > 2000 { forgetInModel() }
    }
    check("at the end")
  }

  /// Clears registers, dictionary and stack, as a process that unwinds.
  public func unwind() {
    while !modelStack.isEmpty { _ = popFrame() }
    for register in 0..<registerCount { setRegister(register, (.nil, .nil)) }
    for place in 0..<dictionaryCount {
      modelDictionary[place] = .word(.none)
      dictionary[place] = .none
    }
  }

  // MARK: - Registers, dictionary, stack

  func anyRegister() -> Int { generator.number(below: registerCount) }

  func register(_ number: Int) -> TermPlan.Pair {
    (modelRegisters[number], registers[number])
  }

  func setRegister(_ number: Int, _ pair: TermPlan.Pair) {
    modelRegisters[number] = pair.model
    registers[number] = pair.term
  }

  func push(_ pair: TermPlan.Pair) {
    modelStack.append(pair.model)
    heap.push(pair.term)
  }

  /// Takes a frame from the stack and returns its deepest slot, or `[]` where it has none.
  func popFrame() -> TermPlan.Pair {
    var last: TermPlan.Pair = (.nil, .nil)
    for _ in 0..<frames.removeLast() {
      let term = heap.pop()
      let expected = modelStack.removeLast()
      let isMark = term.bits & 3 == 0
      if !isMark { last = (expected, term) }
    }
    return last
  }

  // MARK: - What may collect

  func ensure(words: Int) throws(HeapError) {
    try attempt { (heap, roots) throws(HeapError) in
      try heap.ensureFree(words: words, roots: &roots)
    }
    expectRoom(words: words, "an ensure")
    noteCollections("an ensure of \(words) words")
  }

  func collect() throws(HeapError) {
    let fully = generator.number(below: 2) == 0
    try attempt { (heap, roots) throws(HeapError) in
      try heap.collectGarbage(fully: fully, roots: &roots)
    }
  }

  /// Tries again what was refused.
  func attempt(
    _ body: (inout ProcessHeap, inout ProgramRoots) throws(HeapError) -> Void
  ) throws(HeapError) {
    var roots = roots
    for _ in 1..<attempts {
      do {
        return try body(&heap, &roots)
      } catch {
        noteRefusal(error)
      }
    }
    try body(&heap, &roots)
  }

  /// Whether it was refused or not, the reserve is there after whatever may collect.
  private func expectRoom(words: Int, _ place: String) {
    let free = heap.state.pointee.freeWords
    if free - HeapSizes.reservedWords < words { complain("\(free) free words for \(words)", place) }
  }

  func noteRefusal(_ error: HeapError) {
    refusals.append(error)
    expectRoom(words: 0, "a refusal")
    check("after a refusal")
    onRefusal()
  }

  func complain(_ complaint: String, _ place: String) {
    complaints.append("\(place): \(complaint); \(plan)")
  }
}

/// The slots of a program outside its stack, in two runs.
struct ProgramRoots: RootSource {
  var registers: RootSlots
  var dictionary: RootSlots

  mutating func visitSlots(_ visitor: inout SlotVisitor) {
    registers.visitSlots(&visitor)
    dictionary.visitSlots(&visitor)
  }
}
