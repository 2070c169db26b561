import Heaps
import TestKit
import Terms

extension HeapProgram {
  /// Compares the heap with the model, has the heap verified, and counts who holds which binary.
  public func check(_ place: String) {
    checkCount += 1
    var roots = roots
    if let damage = heap.firstDamage(roots: &roots) { return complain("\(damage)", place) }
    if isAlone {
      var census = ReferenceCensus()
      census.count(heap.environment.literals)
      countReferences(in: &census)
      if let damage = census.firstDamage(in: heap.environment) { complain("\(damage)", place) }
    }
    let state = heap.state.pointee
    let stack = UnsafeMutableRawPointer(state.stackTop).assumingMemoryBound(to: Term.self)
    let terms =
      Array(UnsafeBufferPointer(start: registers, count: registerCount))
      + Array(UnsafeBufferPointer(start: dictionary, count: dictionaryCount))
      + Array(UnsafeBufferPointer(start: stack, count: state.stackWords))
    let expected = modelRegisters + modelDictionary + modelStack.reversed()
    model.followShrinking(of: expected, to: terms)
    let difference = model.firstDifference(of: expected, from: terms)
    if let difference { complain(difference, place) }
  }

  /// Counts the references to binaries that its heap and it itself hold.
  public func countReferences(in census: inout ReferenceCensus) {
    census.count(heap)
    for binary in heldElsewhere { census.count(binary) }
  }

  /// Compares what stands in each register, not what that refers to.
  func compareRegisters(_ place: String) {
    for number in 0..<registerCount {
      let (expected, term) = register(number)
      let isSame: Bool
      switch expected {
      case .word(let word): isSame = word == term
      case .object(let number):
        let header = model.objects[number].header
        isSame = header.map { term.isBoxed && term.boxed[0] == $0 } ?? term.isCons
      }
      if !isSame { complain("register \(number) holds \(term), not \(expected)", place) }
    }
  }

  /// Checks everything if there was a collection since the last call; what a full sweep kept must
  /// be what the model reaches, to the word.
  func noteCollections(_ place: String) {
    let counters = heap.counters
    let collections = counters.minorCollections + counters.fullSweeps
    if collections == collectionsSeen { return }
    let wasFull = counters.fullSweeps > fullSweepsSeen
    let wasOne = collections == collectionsSeen + 1
    collectionsSeen = collections
    fullSweepsSeen = counters.fullSweeps
    check("after the collection in \(place)")
    if !complaints.isEmpty { return }
    forgetInModel()
    if !wasFull || !wasOne { return }
    let live = model.objects.reduce(0) { $0 + $1.words }
    let used = heap.state.pointee.usedWords
    let binaries = Set(model.objects.compactMap(\.heldBinary)).count
    if heldBinaries.count != binaries {
      complain("\(heldBinaries.count) binaries held, of which \(binaries) live", place)
    }
    if used != live {
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

  func forgetInModel() {
    var all = modelRegisters + modelDictionary + modelStack
    model.forgetUnreachable(roots: &all)
    take(all)
  }

  /// Takes the model's roots apart again.
  func take(_ all: [ModelTerm]) {
    modelRegisters = Array(all[..<registerCount])
    modelDictionary = Array(all[registerCount..<registerCount + dictionaryCount])
    modelStack = Array(all[(registerCount + dictionaryCount)...])
  }
}

extension ModelObject {
  /// The binary outside the heap that a handle holds.
  fileprivate var heldBinary: UInt? {
    header.map { Header(bits: $0).subtag == .binaryHandle } ?? false ? rawWords[2] : nil
  }
}
