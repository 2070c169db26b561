import Heaps
import Terms

extension Process {
  /// Copies onto the heap what the process still uses of an area of literals, so that the area can be
  /// released: as `ProcessHeap.copyLiterals(of:roots:)`, with the roots of
  /// ``ensureFree(words:roots:)``. Messages that were sent and refer to the area become part of the
  /// heap first, as those do that Erlang's collector of literals finds.
  ///
  /// What another process sends later may refer to the area again, until that one has copied it too:
  /// ``MemorySystem/release(_:answer:)`` sees to that.
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
    attachMessages { $0.refers(to: [area]) }
    var isCopied = false
    try withOwnRoots(and: &roots) { heap, roots throws(HeapError) in
      isCopied = try heap.copyLiterals(of: area, roots: &roots)
    }
    return isCopied
  }

  /// Whether somebody asked for what needs the roots of the process: a collection, or that it copies
  /// what it uses of areas of literals.
  public var hasRequests: Bool {
    guard let relations = record.pointee.relations else { return false }
    return !relations.collectionRequests.isEmpty || !relations.literalRequests.isEmpty
  }

  /// Does now what ``hasRequests`` tells of, as the next ensure would: for a process that is about to
  /// wait, and may do so for long.
  /// - Parameter roots: every other slot outside the stack that holds a term of this process.
  /// - Throws: ``HeapError``; the process is then whole, and the next ensure tries again.
  public mutating func answerRequests(
    roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    if !hasRequests { return }
    let requests = record.pointee.relations?.collectionRequests ?? []
    try withOwnRoots(and: &roots) { heap, roots throws(HeapError) in
      if requests.isEmpty { return }
      try heap.collectGarbage(
        fully: requests.contains { $0.kind == .fullSweep }, roots: &roots)
    }
  }

  /// The areas that the process was asked to copy what it uses of. Messages that refer to them become
  /// part of the heap: all that was sent before it was asked is in the mailbox by now.
  mutating func takeUpLiteralRequests() -> [LiteralArea] {
    guard let requests = record.pointee.relations?.literalRequests, !requests.isEmpty,
      heap.state.pointee.delays == 0
    else { return [] }
    let areas = requests.flatMap(\.areas)
    attachMessages { $0.refers(to: areas) }
    return areas
  }

  /// Copies what the process uses of areas that are in release, and says so.
  /// - Throws: ``HeapError/limitReached(_:)``. Without memory the process goes on and refers to the
  ///   areas, until there is some.
  static func answerLiteralRequests(
    _ areas: [LiteralArea], _ heap: inout ProcessHeap, _ record: ProcessRecord.Pointer,
    roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    do {
      try heap.copyLiterals(of: areas, roots: &roots)
    } catch .limitReached(let excess) {
      throw .limitReached(excess)
    } catch {
      return
    }
    guard let relations = record.pointee.relations else { return }
    let requests = relations.literalRequests
    relations.literalRequests = []
    for request in requests { request.answer() }
  }
}
