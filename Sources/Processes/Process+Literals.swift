import Heaps
import Terms

extension Process {
  /// Copies onto the heap what the process still uses of an area of literals, so that the area can be
  /// released: as ``ProcessHeap/copyLiterals(of:roots:)``, with the roots of
  /// ``ensureFree(words:roots:)``. Messages that were sent and refer to the area become part of the
  /// heap first, as those do that Erlang's collector of literals finds.
  ///
  /// What another process sends later may refer to the area again, until that one has copied it too.
  /// - Parameters:
  ///   - area: the area, of the system of this process.
  ///   - roots: every other slot outside the stack that holds a term of this process.
  /// - Returns: whether anything was copied.
  /// - Throws: ``HeapError``; the process then refers to the area as before.
  /// - Complexity: linear in the words of the heap and of the mailbox.
  @discardableResult
  public mutating func copyLiterals(
    of area: LiteralArea, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) -> Bool {
    do throws(MessageError) {
      _ = try handleSignals()
    } catch .outOfMemory(let error) {
      throw .outOfMemory(error)
    } catch {
      preconditionFailure("a fetch of messages that copies: \(error)")
    }
    attachMessages { $0.refers(to: area) }
    var isCopied = false
    try withOwnRoots(and: &roots) { heap, roots throws(HeapError) in
      isCopied = try heap.copyLiterals(of: area, roots: &roots)
    }
    return isCopied
  }
}
