import Heaps

extension Process {
  /// What is wrong with the heap, as ``ProcessHeap/firstDamage(roots:)`` tells it, with what the
  /// process itself holds among the roots: its dictionary, its mailbox, what is kept from Swift.
  /// - Parameter roots: every other slot outside the stack that holds a term of this process.
  /// - Complexity: linear in the words of the heap, the dead ones included.
  public mutating func firstDamage(roots: inout some RootSource & ~Copyable) -> HeapDamage? {
    withUnsafeMutablePointer(to: &roots) { roots in
      var joined = OwnAndOtherRoots(dictionary: dictionary.slots, record: record, roots: roots)
      return heap.firstDamage(roots: &joined)
    }
  }
}
