import Terms

extension ProcessHeap {
  /// Sweeps fully and keeps a block that holds what lives, the stack among it, and no more: for a
  /// process that is idle. ERTS can do that only where the stack is dropped.
  ///
  /// The next collection takes a block by the usual rules again. Where the allocator refuses only to make
  /// the block smaller, what lives is swept and the block stays; its event tells.
  /// - Parameter roots: every slot outside the stack that holds a term of this heap.
  /// - Throws: ``HeapError``; the heap is then as it was.
  /// - Precondition: not within ``withoutCollecting(_:)``.
  public mutating func trim(roots: inout some RootSource & ~Copyable) throws(HeapError) {
    precondition(state.pointee.delays == 0, "a heap trimmed where no collection may run")
    try collect(.trim, needing: 0, fully: true, trims: true, roots: &roots)
  }

  /// Drops the stack, and then trims: what `erlang:hibernate/3` does to a process.
  ///
  /// - Parameter roots: every slot that holds a term of this heap and is to live.
  /// - Throws: ``HeapError``; the stack is gone all the same.
  /// - Precondition: not within ``withoutCollecting(_:)``.
  public mutating func hibernate(roots: inout some RootSource & ~Copyable) throws(HeapError) {
    dropStack()
    try trim(roots: &roots)
  }

  /// Takes all from the stack.
  public func dropStack() { state.pointee.stackTop = state.pointee.end }

  /// The size that holds what lives and the reserved words.
  var trimmedSize: ResizeDecision {
    let heap = state.pointee
    return ResizeDecision(
      newBlockWords: heap.usedWords + heap.stackWords + HeapSizes.reservedWords, rule: .trimmed,
      growAtNextFullSweep: false)
  }
}
