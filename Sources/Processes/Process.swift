import Heaps
import Terms

/// A process: an identity, a heap and a dictionary. All its memory returns with its end.
///
/// Owner thread only.
public struct Process: ~Copyable {
  /// The local pid.
  public let pid: Term
  /// Stack and heap.
  public var heap: ProcessHeap
  /// The process dictionary; its terms are roots of every collection.
  public var dictionary: ProcessDictionary

  init(pid: Term, heap: consuming ProcessHeap) {
    self.pid = pid
    dictionary = ProcessDictionary(allocator: heap.environment.allocator)
    self.heap = heap
  }

  /// Makes sure that `words` can be built or pushed, collecting if they can't.
  ///
  /// As ``ProcessHeap/ensureFree(words:roots:)``, with the dictionary among the roots.
  /// - Parameters:
  ///   - words: words of heap and stack together.
  ///   - roots: every slot outside stack and dictionary that holds a term of this process.
  /// - Throws: ``HeapError``; the process is then whole.
  @inlinable @inline(__always)
  public mutating func ensureFree(
    words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    if heap.state.pointee.hasRoom(words: words) { return }
    try makeRoom(words: words, roots: &roots)
  }

  /// The slow path of ``ensureFree(words:roots:)``.
  @inline(never)
  public mutating func makeRoom(
    words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    try withUnsafeMutablePointer(to: &roots) { roots throws(HeapError) in
      var joined = DictionaryAndRoots(dictionary: dictionary.slots, roots: roots)
      try heap.makeRoom(words: words, roots: &joined)
    }
  }

  /// Collects now, with the dictionary among the roots.
  /// - Parameters:
  ///   - fully: sweep both generations.
  ///   - roots: every slot outside stack and dictionary that holds a term of this process.
  /// - Throws: ``HeapError``; the process is then as it was.
  public mutating func collectGarbage(
    fully: Bool = true, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    try withUnsafeMutablePointer(to: &roots) { roots throws(HeapError) in
      var joined = DictionaryAndRoots(dictionary: dictionary.slots, roots: roots)
      try heap.collectGarbage(fully: fully, roots: &joined)
    }
  }
}

/// The dictionary's slots and an embedder's roots as one source.
private struct DictionaryAndRoots<Roots: RootSource & ~Copyable>: RootSource {
  var dictionary: RootSlots?
  let roots: UnsafeMutablePointer<Roots>

  mutating func visitSlots(_ visitor: inout SlotVisitor) {
    if var dictionary { dictionary.visitSlots(&visitor) }
    roots.pointee.visitSlots(&visitor)
  }
}
