/// The most that waits in a mailbox, and what becomes of a message beyond it.
public struct MailboxLimit: Equatable, Sendable {
  /// What becomes of a message that there is no room for.
  public enum Policy: Equatable, Sendable {
    /// The sender is told that the mailbox is full: ``SendError/mailboxFull(_:)``.
    case reject
    /// The message is thrown away.
    case dropNewest
    /// The message that has waited longest is thrown away, but none that is just looked at, and nothing
    /// that the system says, as that a process ended; one that is larger than all the room is rejected.
    /// Until the owner fetches, twice as much may wait.
    case dropOldest
    /// The message is not sent, and the sender is told to wait until there is room; one that is larger
    /// than all the room is rejected.
    case suspendSender
  }

  /// The most messages.
  public var messages: Int
  /// The most bytes of their blocks.
  public var byteCount: Int
  /// What happens at either limit.
  public var policy: Policy

  /// Makes a limit.
  public init(messages: Int = .max, byteCount: Int = .max, policy: Policy) {
    precondition(messages > 0, "a mailbox for \(messages) messages")
    precondition(byteCount > 0, "a mailbox of \(byteCount) bytes")
    self.messages = messages
    self.byteCount = byteCount
    self.policy = policy
  }
}
