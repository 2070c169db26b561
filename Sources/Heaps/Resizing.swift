import Carriers
import Terms

extension ProcessHeap {
  /// Gives the young block the size that was decided, where it stands if it can.
  ///
  /// - Returns: what was done. Where memory was refused, the block keeps its size.
  package func resize(
    by decision: ResizeDecision, _ environment: HeapEnvironment,
    roots: inout some RootSource & ~Copyable
  ) -> CollectionEvent.Resizing {
    guard let words = decision.newBlockWords, words != state.pointee.blockWords else {
      return .none
    }
    precondition(
      words >= state.pointee.usedWords + state.pointee.stackWords,
      "a block of \(words) words cannot hold what lives")
    do {
      // What is trimmed is to be no more than it says.
      let keepsSlack = decision.rule != .trimmed
      if try resizeInPlace(words: words, keepsSlack: keepsSlack, environment) { return .inPlace }
      let moved = state.pointee.usedWords + state.pointee.stackWords
      try move(toBlockOf: words, environment, roots: &roots)
      return .moved(words: moved)
    } catch {
      return .refused(error)
    }
  }

  /// Gives the block another size of the table, which moves it or its stack: what a lever asks for at
  /// every ensure. What stands in fragments does so for good until a collection.
  mutating func moveBlock(
    keeping words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    let heap = state.pointee
    if !heap.fragments.isEmpty { return }
    let needed = heap.usedWords + heap.stackWords + words + HeapSizes.reservedWords
    let least = max(needed, heap.options.minimumWords)
    let smallest = HeapSizes.atLeast(least)
    let size = heap.blockWords == smallest ? HeapSizes.oneAbove(least) : smallest
    let decision = ResizeDecision(newBlockWords: size, rule: .kept, growAtNextFullSweep: false)
    if case .refused(let refusal) = resize(by: decision, environment, roots: &roots) {
      throw refusal
    }
  }

  private func resizeInPlace(
    words: Int, keepsSlack: Bool, _ environment: HeapEnvironment
  ) throws(HeapError) -> Bool {
    let heap = state.pointee
    let shrinks = words < heap.blockWords
    // A stack at the end of what is given up moves first.
    if shrinks { moveStack(toEnd: heap.start + words) }
    do {
      let byteCount = words * MemoryLayout<UInt>.stride
      if try environment.allocator.resizeInPlace(
        heap.youngBlock, toByteCount: byteCount, kind: .processHeap, keepsSlack: keepsSlack)
        != nil
      {
        if !shrinks { moveStack(toEnd: heap.start + words) }
        return true
      }
    } catch {
      if shrinks { moveStack(toEnd: heap.end) }
      throw .outOfMemory(error)
    }
    if shrinks { moveStack(toEnd: heap.end) }
    return false
  }

  private func moveStack(toEnd end: UnsafeMutablePointer<UInt>) {
    let heap = state.pointee
    let stackTop = end - heap.stackWords
    stackTop.update(from: heap.stackTop, count: heap.stackWords)
    state.pointee.end = end
    state.pointee.stackTop = stackTop
  }

  /// Copies the block as a whole and corrects every term that pointed into it.
  private func move(
    toBlockOf words: Int, _ environment: HeapEnvironment,
    roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    let block = try environment.allocateHeapBlock(words: words, kind: .processHeap)
    let before = state.pointee
    var rebase = Rebase(from: before.start, words: before.usedWords, to: block.words)
    let top = block.words + before.usedWords
    let end = block.words + words
    let stackTop = end - before.stackWords
    block.words.update(from: before.start, count: before.usedWords)
    stackTop.update(from: before.stackTop, count: before.stackWords)
    rebase.objects(from: block.words, to: top)
    rebase.visitRoots(stackTop, count: before.stackWords)
    SlotVisitor.handing(to: &rebase) { roots.visitSlots(&$0) }
    rebase.list(&state.pointee.offHeap)

    state.pointee.start = block.words
    state.pointee.top = top
    state.pointee.highWater = block.words + (before.highWater - before.start)
    state.pointee.end = end
    state.pointee.stackTop = stackTop
    environment.freeHeapBlock(before.youngBlock, words: before.blockWords, kind: .processHeap)
  }
}
