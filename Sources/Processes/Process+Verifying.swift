import Heaps

extension Process {
  /// What is wrong with the heap, as ``ProcessHeap/firstDamage(findsBinaries:roots:)`` tells it, with
  /// what the process itself holds among the roots: its dictionary, its mailbox, what is kept from
  /// Swift.
  /// - Parameters:
  ///   - findsBinaries: whether binaries are looked for among all that there are.
  ///   - roots: every other slot outside the stack that holds a term of this process.
  /// - Complexity: as there.
  public mutating func firstDamage(
    findsBinaries: Bool = true, roots: inout some RootSource & ~Copyable
  ) -> HeapDamage? {
    withUnsafeMutablePointer(to: &roots) { roots in
      var joined = OwnAndOtherRoots(dictionary: dictionary.slots, record: record, roots: roots)
      return heap.firstDamage(findsBinaries: findsBinaries, roots: &joined)
    }
  }
}
