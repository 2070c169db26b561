import Carriers
import Terms

extension ProcessHeap {
  /// Makes a message of all that this heap holds, without copying it: the result of a process that
  /// is about to end. The heap goes on empty, with an empty stack.
  ///
  /// What is dead goes along, until the receiver's next collection. Where the old generation's block
  /// is full to its last words the term is copied after all, and where an area of literals is in
  /// release, to which dead and live terms may refer.
  /// - Parameters:
  ///   - term: any term but a match context.
  ///   - copying: whether sharing is kept, where it is copied.
  /// - Throws: ``MessageError``; then nothing has changed.
  /// - Complexity: O(fragments).
  package mutating func handOver(
    _ term: Term, copying: MessageCopying
  ) throws(MessageError) -> Message {
    let old = state.pointee.old
    let hasRoom = old.map { $0.end - $0.top >= FragmentList.noteWords } ?? true
    if term.isImmediate || !hasRoom || environment.literals.isAnyLeaving {
      return try makeMessage(of: term, copying: copying).message
    }
    let message = try environment.makeMessage(of: term)
    let words = state.pointee.options.minimumWords
    let block: MemoryBlock
    do {
      block = try environment.allocateHeapBlock(words: words, kind: .processHeap)
    } catch {
      environment.free(message)
      throw MessageError(error)
    }
    var fragments = state.pointee.fragments
    fragments.push(
      start: state.pointee.start, top: state.pointee.top, end: state.pointee.end,
      blockBytes: state.pointee.youngBlock.byteCount)
    if let old {
      fragments.push(
        start: old.start, top: old.top, end: old.end, blockBytes: old.block.byteCount,
        kind: .oldHeap)
    }
    var list = state.pointee.offHeap
    // To the receiver all of it is young.
    list.virtualWords += state.pointee.virtualHeap.oldWords
    message.takeOver(fragments, list)
    state.pointee.becomeEmpty(block: block, words: words)
    return message
  }
}

extension HeapState {
  /// Begins again in a block, after all that there was went elsewhere.
  fileprivate mutating func becomeEmpty(block: MemoryBlock, words: Int) {
    start = block.words
    top = start
    highWater = start
    end = start + words
    stackTop = end
    fragments = FragmentList()
    givenUpMature = .empty
    old = nil
    offHeap = OffHeapList()
    virtualHeap = VirtualHeap(minimumWords: options.minimumVirtualWords)
    isCollectionPostponed = false
    isFullSweepPostponed = false
  }
}
