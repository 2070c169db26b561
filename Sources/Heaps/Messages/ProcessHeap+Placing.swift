import Terms

extension ProcessHeap {
  /// Copies a small term in which nothing is shared behind the terms of another heap, that of a process
  /// that nobody runs.
  ///
  /// - Parameter receiver: the state of a heap of the same system that the calling thread alone has.
  /// - Returns: the copy; nothing where the term is another one or the heap has no room for it or is to
  ///   collect, and then nothing has changed.
  /// - Complexity: O(1)
  package func copySmall(
    _ term: Term, onto receiver: UnsafeMutablePointer<HeapState>
  ) -> Term? {
    if !receiver.pointee.hasRoom(words: 0) { return nil }
    if term.isImmediate { return term }
    return withSenderSpaces { spaces in
      if !spaces.copies(term.bits) { return term }
      var small = SmallGraph(spaces: spaces)
      guard let words = small.words(of: term), !small.isShared,
        receiver.pointee.hasRoom(words: words)
      else { return nil }
      var cursor = WordCursor(top: receiver.pointee.top, limit: receiver.pointee.stackTop)
      let copy = TermCopy.copy(
        term, words: words, within: spaces, into: &cursor, list: &receiver.pointee.offHeap)
      receiver.pointee.top = cursor.top
      receiver.pointee.requestCollectionIfDue()
      return copy
    }
  }
}
