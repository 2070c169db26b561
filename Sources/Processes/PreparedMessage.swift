import Heaps
import Terms

/// A copy of a term that is sent later, as a timer does: out of reach of any heap. Freed with the
/// value's end unless it was sent.
public struct PreparedMessage: ~Copyable, @unchecked Sendable {
  // Unchecked: who has the value has the only way to the copy.
  fileprivate var message: Message?
  private let environment: HeapEnvironment

  init(_ message: Message, _ environment: HeapEnvironment) {
    self.message = message
    self.environment = environment
  }

  deinit { if let message { environment.free(message) } }

  /// Takes the message out for a process of a system.
  consuming func take(for system: MemorySystem) throws(PreparedMessageError) -> Message {
    if environment !== system.heaps { throw .otherSystem }
    let taken = message.unsafelyUnwrapped
    message = nil
    return taken
  }
}

extension ReferenceCensus {
  /// Counts the references that a prepared message holds.
  public mutating func count(_ prepared: borrowing PreparedMessage) {
    if let message = prepared.message { count(message) }
  }
}

/// Why what was prepared could not be used; it is freed.
public enum PreparedMessageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It was prepared by a process of another system.
  case otherSystem

  /// One line that says what was wrong.
  public var description: String { "a message was prepared by a process of another system" }
}

extension Process {
  /// Copies a term of this process for a later ``MemorySystem/send(_:to:)``, the literals in it too: so
  /// that however long it is kept, no release of an area has to wait for it.
  /// - Parameter copying: whether what is shared in the term is shared in the copy; by default as
  ///   ``copying`` says.
  /// - Throws: ``MessageError``; then nothing is held.
  /// - Complexity: O(words copied).
  public func prepare(
    _ term: Term, copying: MessageCopying? = nil
  ) throws(MessageError) -> PreparedMessage {
    heap.assertOwns(term)
    let message = try heap.makeMessage(
      of: term, copying: copying ?? self.copying, takingLiterals: true
    ).message
    return PreparedMessage(message, system.heaps)
  }
}

extension Process {
  /// Copies a term onto the heap of another process that the calling thread has as well: one that it is
  /// just beginning, most often. As `send(_:to:copying:)`, without a mailbox.
  /// - Returns: the copy.
  /// - Throws: ``MessageError``; then nothing has changed.
  /// - Precondition: the other one is of the same system.
  /// - Complexity: O(words copied).
  public func copy(
    _ term: Term, onto other: inout Process, copying: MessageCopying? = nil
  ) throws(MessageError) -> Term {
    precondition(other.system === system, "a term is copied to a process of another system")
    heap.assertOwns(term)
    if term.isImmediate { return term }
    let message = try heap.makeMessage(of: term, copying: copying ?? self.copying).message
    let copy = message.term
    other.heap.attach(message)
    return copy
  }

  /// Makes what was prepared a term of this heap, without moving it.
  /// - Returns: the term.
  /// - Throws: ``PreparedMessageError``; then the heap is as it was.
  /// - Complexity: O(blocks + objects that hold something outside).
  public mutating func attach(
    _ prepared: consuming PreparedMessage
  ) throws(PreparedMessageError) -> Term {
    let message = try prepared.take(for: system)
    let term = message.term
    heap.attach(message)
    return term
  }
}
