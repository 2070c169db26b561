import Heaps
import Terms

/// A copy of a term that is sent later, as a timer does: out of reach of any heap. Freed with the
/// value's end unless it was sent.
public struct PreparedMessage: ~Copyable, @unchecked Sendable {
  // Unchecked: who has the value has the only way to the copy.
  private var message: Message?
  private let environment: HeapEnvironment

  init(_ message: Message, _ environment: HeapEnvironment) {
    self.message = message
    self.environment = environment
  }

  deinit { if let message { environment.free(message) } }

  /// Takes the message out.
  consuming func take() -> Message {
    let taken = message.unsafelyUnwrapped
    message = nil
    return taken
  }
}

extension Process {
  /// Copies a term of this process for a later ``MemorySystem/send(_:to:)``.
  /// - Throws: ``MessageError``; then nothing is held.
  /// - Complexity: O(words copied).
  public func prepare(_ term: Term) throws(MessageError) -> PreparedMessage {
    PreparedMessage(try heap.makeMessage(of: term).message, system.heaps)
  }
}

extension Process {
  /// Makes what was prepared a term of this heap, without moving it.
  /// - Returns: the term.
  /// - Complexity: O(blocks + objects that hold something outside).
  public mutating func attach(_ prepared: consuming PreparedMessage) -> Term {
    let message = prepared.take()
    let term = message.term
    heap.attach(message)
    return term
  }
}
