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

  /// Takes the message out for a process of a system.
  consuming func take(for system: MemorySystem) throws(PreparedMessageError) -> Message {
    if environment !== system.heaps { throw .otherSystem }
    let taken = message.unsafelyUnwrapped
    message = nil
    return taken
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
  /// Copies a term of this process for a later ``MemorySystem/send(_:to:)``.
  /// - Parameter copying: whether what is shared in the term is shared in the copy; by default as
  ///   ``copying`` says.
  /// - Throws: ``MessageError``; then nothing is held.
  /// - Complexity: O(words copied).
  public func prepare(
    _ term: Term, copying: MessageCopying? = nil
  ) throws(MessageError) -> PreparedMessage {
    let message = try heap.makeMessage(of: term, copying: copying ?? self.copying).message
    return PreparedMessage(message, system.heaps)
  }
}

extension Process {
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
