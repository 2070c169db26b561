import Carriers
import Heaps
import Terms

/// Terms kept from Swift: the safe way to a process's terms, beside slots of one's own.
extension Process {
  /// The table of handles, made with the first.
  var handles: HandleTable {
    if let handles = record.pointee.handles { return handles }
    let handles = HandleTable(pid: pid, life: system.life)
    record.pointee.handles = handles
    return handles
  }

  /// Keeps a term for as long as the handle is referred to: it is a root of every collection.
  /// - Parameter term: any term of this process, or a literal. One of another process is found in
  ///   debug builds, by its address; an immediate of another system cannot be told from one's own.
  /// - Throws: ``MemoryError``; then nothing has changed.
  /// - Complexity: O(1), amortised.
  public mutating func keep(_ term: Term) throws(MemoryError) -> TermHandle {
    heap.assertOwns(term)
    let handles = handles
    return try handles.keep(term, system.allocator)
  }

  /// The term that a handle keeps: valid until the next call that takes roots.
  /// - Throws: ``HandleError`` where it is no handle of this process.
  /// - Complexity: O(1).
  public func term(of handle: TermHandle) throws(HandleError) -> Term {
    let table = handle.table
    if table === record.pointee.handles { return table[handle.place] }
    if table.life !== system.life { throw table.life.hasEnded ? .systemEnded : .otherSystem }
    throw table.hasEnded ? .processEnded(table.pid) : .otherProcess(table.pid)
  }

  /// Has a handle keep another term.
  /// - Throws: ``HandleError`` where it is no handle of this process; then nothing has changed.
  public mutating func set(_ handle: TermHandle, to term: Term) throws(HandleError) {
    _ = try self.term(of: handle)
    heap.assertOwns(term)
    handle.table[handle.place] = term
  }

  /// How many terms are kept from Swift.
  public var keptTermCount: Int { record.pointee.handles?.count ?? 0 }

  /// Copies a kept term into another process's mailbox, as ``send(_:to:copying:)``.
  /// - Throws: ``HandleError`` or ``SendError``; then nothing was sent.
  @discardableResult
  public mutating func send(
    _ handle: TermHandle, to receiver: Term, copying: MessageCopying? = nil
  ) throws -> SendOutcome {
    try send(try term(of: handle), to: receiver, copying: copying)
  }

  /// Takes the message out that has waited longest, and keeps its term; those skipped before are
  /// looked at again.
  /// - Returns: nothing where no message waits, or where the process is to end (``exitReason``).
  /// - Throws: ``MessageError``; no message is lost.
  public mutating func receive() throws(MessageError) -> TermHandle? {
    restartReceive()
    guard try nextMessage() != nil else { return nil }
    let handles = handles
    let handle: TermHandle
    // A place first: what is refused must not cost the message.
    do { handle = try handles.keep(.nil, system.allocator) } catch { throw .outOfMemory(error) }
    guard let message = try nextMessage() else { return nil }
    removeMessage()
    handles[handle.place] = message
    return handle
  }
}
