import Carriers
import Heaps
import Terms

/// The most that waits in a mailbox, and what becomes of a message beyond it.
public struct MailboxLimit: Equatable, Sendable {
  /// What becomes of a message that there is no room for.
  public enum Policy: Equatable, Sendable {
    /// The sender is told that the mailbox is full: ``SendError/mailboxFull(_:)``.
    case reject
    /// The message is thrown away.
    case dropNewest
    /// The message that has waited longest is thrown away.
    case dropOldest
    /// The message is not sent, and the sender is told to wait until there is room.
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

/// The mailbox of a process that has a limit: who sends and who fetches take turns.
final class LimitedMailbox: Sendable {
  let limit: MailboxLimit
  private let state = Guarded(State())

  private struct State {
    var messages = 0
    var byteCount = 0
    /// The messages among them that the owner has not fetched.
    var unfetched = 0
    /// The pids of senders that wait for room.
    var waiting: [Term] = []
  }

  enum Pushed {
    case pushed(ProcessRecord.Pushed)
    case full, dropped, suspended
  }

  init(limit: MailboxLimit) { self.limit = limit }

  /// Puts a message into the outer queue, if the limit allows.
  /// - Parameter dropped: called with each message that had to go for it.
  func push(
    _ message: Message, to record: ProcessRecord.Pointer, from sender: Term,
    dropped: (Message) -> Void
  ) -> Pushed {
    let byteCount = message.byteCount
    return state.withLock { state in
      var hasWoken = false
      let isFull =
        state.messages >= limit.messages || byteCount > limit.byteCount - state.byteCount
      if isFull {
        switch limit.policy {
        case .reject: return .full
        case .dropNewest: return .dropped
        case .suspendSender:
          state.waiting.append(sender)
          return .suspended
        case .dropOldest:
          // The owner drops the oldest when it looks. Until then what it has not fetched is held to
          // the limit here, as soon as there is twice as much.
          if state.unfetched >= 2 * limit.messages || state.byteCount / 2 >= limit.byteCount {
            hasWoken = trim(record, &state, dropped)
          }
        }
      }
      let pushed = record.pointee.push(message)
      if pushed != .refused {
        state.messages += 1
        state.unfetched += 1
        state.byteCount += byteCount
      }
      return .pushed(pushed == .queued && hasWoken ? .queuedAndWoken : pushed)
    }
  }

  /// Drops the oldest of what was not fetched; signals stay.
  /// The process cannot close meanwhile, which it does under the same lock.
  /// - Returns: whether the process parked meanwhile.
  private func trim(
    _ record: ProcessRecord.Pointer, _ state: inout State, _ dropped: (Message) -> Void
  ) -> Bool {
    var next = record.pointee.takeSent()
    var hasWoken = false
    while let message = next {
      next = message.following
      let isBeyond =
        state.unfetched > limit.messages
        || state.unfetched > 0 && state.byteCount > limit.byteCount
      if isBeyond && message.signal == .message {
        state.messages -= 1
        state.unfetched -= 1
        state.byteCount -= message.byteCount
        dropped(message)
      } else {
        // The order is that of the queue: the oldest first.
        if record.pointee.push(message) == .queuedAndWoken { hasWoken = true }
      }
    }
    return hasWoken
  }

  /// Closes the outer queue.
  /// - Returns: the oldest of what was sent and not fetched.
  func close(_ record: ProcessRecord.Pointer) -> Message? {
    state.withLock { _ in record.pointee.take(leaving: ProcessRecord.closed) }
  }

  /// Takes all that was sent, as ``ProcessRecord/take(leaving:)``.
  func take(from record: ProcessRecord.Pointer) -> Message? {
    state.withLock { state in
      state.unfetched = 0
      return record.pointee.take()
    }
  }

  /// Whether what was fetched has to give way.
  var isBeyondLimit: Bool {
    state.withLock { $0.messages > limit.messages || $0.byteCount > limit.byteCount }
  }

  /// Counts a message that came in whatever the limit.
  func cameIn(byteCount: Int) {
    state.withLock { state in
      state.messages += 1
      state.byteCount += byteCount
    }
  }

  /// Counts a message that left the mailbox.
  /// - Returns: the pids of senders that are to try again.
  func left(byteCount: Int) -> [Term] {
    state.withLock { state in
      state.messages -= 1
      state.byteCount -= byteCount
      if state.waiting.isEmpty || state.messages >= limit.messages { return [] }
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Counts the bytes of a message out that stays as a term of the heap.
  func becomesHeap(byteCount: Int) { state.withLock { $0.byteCount -= byteCount } }

  /// The senders that still wait, as the process ends.
  func takeWaiting() -> [Term] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }
}
