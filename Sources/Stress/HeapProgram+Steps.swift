import Carriers
import Heaps
import TestKit
import Terms

extension HeapProgram {
  /// Does one thing, picked at random.
  func step() throws(HeapError) {
    let step = pickStep()
    stepCounts[step, default: 0] += 1
    switch step {
    case .unwind: unwind()
    case .buildTerm: try buildTerm()
    case .clear: setRegister(anyRegister(), (.nil, .nil))
    case .copy: setRegister(anyRegister(), register(anyRegister()))
    case .takeInnerTerm: takeInnerTerm()
    case .pushFrame: try pushFrame()
    case .popFrame: if !frames.isEmpty { setRegister(anyRegister(), popFrame()) }
    case .buildList: try buildList()
    case .buildHandle: try buildHandle()
    case .buildPart: try buildPart()
    case .extend: try extend()
    case .append: try append()
    case .buildBesideTheHeap: try buildBesideTheHeap()
    case .buildInPlace: try buildInPlace()
    case .runWithoutCollecting: try runWithoutCollecting()
    case .holdOrReleaseElsewhere: holdOrReleaseElsewhere()
    case .useDictionary: useDictionary()
    case .useLiterals: try useLiterals()
    case .collect: try collect()
    case .trim: try trim()
    case .hibernate: try hibernate()
    case .setOptions: setOptions()
    case .tryLimit: try tryLimit()
    }
  }

  private func pickStep() -> HeapStep {
    if generator.number(below: plan.dropsEvery) == 0 { return .unwind }
    let steps =
      generator.number(below: plan.resizesEvery) == 0 ? HeapStep.resizing : HeapStep.usual
    return steps[generator.number(below: steps.count)]
  }

  private func planTerm() -> TermPlan {
    let state = heap.state.pointee
    generator.decoyAddresses = UInt(bitPattern: state.start)..<UInt(bitPattern: state.end)
    return generator.plan(
      objects: 1 + generator.number(below: plan.largestTerm), roots: modelRegisters, model: model)
  }

  private func buildTerm() throws(HeapError) {
    let term = planTerm()
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

  // MARK: - Fragments

  /// Builds a term in a fragment, and now and then a handle beside it, or throws it all away.
  private func buildBesideTheHeap() throws(HeapError) {
    let term = planTerm()
    let words = term.words + BinaryHandle.words + generator.number(below: 10)
    var fragment = try makeFragment(words: words, attempts: attempts)
    if generator.number(below: 6) == 0 {
      if let binary = anyBinary() {
        fragment.build { cursor, list in
          _ = cursor.makeBinaryHandle(binary, byteCount: binary.capacity, list: &list)
        }
      }
      return
    }
    let pair = fragment.build { cursor, _ in
      term.build(cursor: &cursor, model: &model, root: register)
    }
    var handle: Term?
    if generator.number(below: 2) == 0, let binary = anyBinary() {
      handle = fragment.build { cursor, list in
        cursor.makeBinaryHandle(binary, byteCount: binary.capacity, list: &list)
      }
    }
    heap.attach(fragment)
    setRegister(anyRegister(), pair)
    if let handle { setRegister(anyRegister(), modelled(handle: handle)) }
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

  /// Builds where there is room, without roots.
  private func buildInPlace() throws(HeapError) {
    let term = planTerm()
    do {
      let pair = try heap.buildInPlace(words: term.words) { cursor, _ in
        term.build(cursor: &cursor, model: &model, root: register)
      }
      setRegister(anyRegister(), pair)
    } catch {
      noteRefusal(error)
    }
  }

  /// Builds and pushes in a section in which nothing may move.
  private func runWithoutCollecting() throws(HeapError) {
    heap.delayCollections()
    defer { heap.allowCollections() }
    let collections = collectionsSeen
    for _ in 0..<generator.number(below: 4) {
      switch generator.number(below: 10) {
      case 0...3: try buildTerm()
      case 4: try pushFrame()
      case 5: if !frames.isEmpty { _ = popFrame() }
      case 6: try buildList()
      case 7: try buildHandle()
      case 8: try buildBesideTheHeap()
      default: try collect()
      }
    }
    if collectionsSeen != collections { complain("a collection", "a section without collections") }
  }

  // MARK: - Moving terms about

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

  /// Puts a term into the dictionary, takes one out, or leaves a hole.
  private func useDictionary() {
    let place = generator.number(below: dictionaryCount)
    switch generator.number(below: 3) {
    case 0:
      (modelDictionary[place], dictionary[place]) = register(anyRegister())
    case 1:
      if !dictionary[place].isNone {
        setRegister(anyRegister(), (modelDictionary[place], dictionary[place]))
      }
    default:
      (modelDictionary[place], dictionary[place]) = (.word(.none), .none)
    }
  }
}
