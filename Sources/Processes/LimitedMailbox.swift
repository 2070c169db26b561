import Carriers
import Heaps
import Terms

/// The mailbox of a process that has a limit: who sends and who fetches take turns.
final class LimitedMailbox: Sendable {
  let limit: MailboxLimit
  private let state = Guarded(State())

  private struct State {
    var messages = 0
    var byteCount = 0
    /// The messages among them that the owner has not fetched, and their bytes.
    var unfetched = 0
    var unfetchedBytes = 0
    /// The senders that wait for room, by their pids.
    var waiting: [Term: WaitingSender] = [:]
    /// As many may wait before it is looked which of them have ended.
    var mostWaiting = LimitedMailbox.fewWaiting
    /// Whether the process is no more: then nobody waits.
    var isClosed = false
    /// How many entries of the owner's queue stand before each that the system said and that is a term
    /// of the heap by now: nothing else tells that no limit drops it.
    var kept: [Int] = []
  }

  private static var fewWaiting: Int { 16 }

  /// A sender that waits for room.
  struct WaitingSender {
    let pid: Term
    /// The signal that will tell it: so that this needs no memory.
    let signal: Message
    /// The bytes that it wants room for.
    let byteCount: Int
  }

  enum Pushed {
    case pushed(ProcessRecord.Pushed)
    case full, dropped, mustWait, suspended
    /// There was no memory to have the sender wait.
    case outOfMemory(MessageError)
  }

  init(limit: MailboxLimit) { self.limit = limit }

  /// What becomes of any message, whatever its size; nothing where it depends on that.
  var outcomeOfAny: Pushed? { state.withLock { refusal(of: Message.leastBytes, $0) } }

  /// Puts a message into the outer queue, if the limit allows.
  /// - Parameter dropped: called with each message that had to go for it.
  func push(
    _ message: Message, to record: ProcessRecord.Pointer, dropped: (Message) -> Void
  ) -> Pushed {
    let byteCount = message.byteCount
    return state.withLock { state in
      if let refusal = refusal(of: byteCount, state) { return refusal }
      let pushed = record.pointee.push(message)
      if pushed != .refused {
        state.messages += 1
        state.unfetched += 1
        state.byteCount += byteCount
        state.unfetchedBytes += byteCount
      }
      // The owner drops the oldest when it looks. Until then what it has not fetched is held to
      // the limit here, as soon as there is twice as much.
      if limit.policy == .dropOldest
        && (state.unfetched > 2 * min(limit.messages, .max / 2)
          || state.byteCount / 2 > limit.byteCount)
      {
        trim(record, &state, dropped)
      }
      return .pushed(pushed)
    }
  }

  /// Why a message of some bytes is not let in, if it is not.
  private func refusal(of byteCount: Int, _ state: State) -> Pushed? {
    if state.isClosed { return .pushed(.refused) }
    let fitsNever = byteCount > limit.byteCount
    let isFull =
      state.messages >= limit.messages || byteCount > limit.byteCount - state.byteCount
    if !isFull { return nil }
    switch limit.policy {
    case .reject: return .full
    case .dropNewest: return .dropped
    case .dropOldest: return fitsNever ? .full : nil
    case .suspendSender: return fitsNever ? .full : .mustWait
    }
  }

  /// Has a sender wait for room. Those that ended meanwhile are forgotten before they are as many as
  /// those that wait.
  /// - Returns: whether it waits; else there is room by now, and the signal is still the caller's.
  func wait(
    _ sender: WaitingSender, isAlive: (Term) -> Bool, freeing free: (Message) -> Void
  ) -> Bool {
    state.withLock { state in
      guard case .mustWait = refusal(of: sender.byteCount, state) else { return false }
      if let before = state.waiting.updateValue(sender, forKey: sender.pid) { free(before.signal) }
      if state.waiting.count > state.mostWaiting {
        for ended in state.waiting.values where !isAlive(ended.pid) {
          free(ended.signal)
          state.waiting[ended.pid] = nil
        }
        state.mostWaiting = max(Self.fewWaiting, 2 * state.waiting.count)
      }
      return true
    }
  }

  /// The senders that wait for room, those that ended and were not forgotten yet among them.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Drops the oldest of what was not fetched, where it stands: what others push meanwhile stays
  /// behind all that was sent before. The newest stays, and so do signals.
  ///
  /// Nobody else changes what is in the queue: who fetches and who closes it has the same lock.
  private func trim(
    _ record: ProcessRecord.Pointer, _ state: inout State, _ dropped: (Message) -> Void
  ) {
    guard var newer = record.pointee.newest else { return }
    var (kept, keptBytes) = (0, state.byteCount - state.unfetchedBytes)
    if newer.isLimited { (kept, keptBytes) = (1, keptBytes + newer.byteCount) }
    var isFull = false
    while let message = newer.following {
      if !message.isLimited {
        newer = message
        continue
      }
      let byteCount = message.byteCount
      isFull = isFull || kept == limit.messages || byteCount > limit.byteCount - keptBytes
      if isFull {
        newer.next = message.next
        state.messages -= 1
        state.unfetched -= 1
        state.byteCount -= byteCount
        state.unfetchedBytes -= byteCount
        dropped(message)
      } else {
        kept += 1
        keptBytes += byteCount
        newer = message
      }
    }
  }

  /// Closes the outer queue: nothing comes in any more, and nobody waits for room.
  /// - Returns: the oldest of what was sent and not fetched, and who waited.
  func close(
    _ record: ProcessRecord.Pointer
  ) -> (oldest: Message?, waiting: [WaitingSender]) {
    state.withLock { state in
      defer { state.waiting = [:] }
      state.isClosed = true
      return (record.pointee.take(leaving: ProcessRecord.closed), Array(state.waiting.values))
    }
  }

  /// Takes all that was sent, as ``ProcessRecord/take(leaving:)``.
  func take(from record: ProcessRecord.Pointer) -> Message? {
    state.withLock { state in
      (state.unfetched, state.unfetchedBytes) = (0, 0)
      return record.pointee.take()
    }
  }

  /// Whether what was fetched has to give way.
  var isBeyondLimit: Bool {
    state.withLock { $0.messages > limit.messages || $0.byteCount > limit.byteCount }
  }

  /// Notes that an entry of the owner's queue stays though it is no message any more.
  /// - Parameter place: how many entries stand before it.
  func keepsTerm(at place: Int) { state.withLock { $0.kept.append(place) } }

  /// Whether that was noted of an entry.
  func isKept(at place: Int) -> Bool { state.withLock { $0.kept.contains(place) } }

  /// Notes that an entry left the owner's queue.
  func tookOut(at place: Int) {
    state.withLock { state in
      if state.kept.isEmpty { return }
      state.kept = state.kept.compactMap { $0 == place ? nil : $0 > place ? $0 - 1 : $0 }
    }
  }

  /// Counts a message that came in whatever the limit.
  func cameIn(byteCount: Int) {
    state.withLock { state in
      state.messages += 1
      state.byteCount += byteCount
    }
  }

  /// Counts a message that left the mailbox.
  /// - Returns: the senders that are to try again.
  func left(byteCount: Int) -> [WaitingSender] {
    state.withLock { state in
      state.messages -= 1
      state.byteCount -= byteCount
      return takeThoseWithRoom(&state)
    }
  }

  /// Counts the bytes of a message out that stays as a term of the heap.
  /// - Returns: the senders that are to try again.
  func becomesHeap(byteCount: Int) -> [WaitingSender] {
    state.withLock { state in
      state.byteCount -= byteCount
      return takeThoseWithRoom(&state)
    }
  }

  private func takeThoseWithRoom(_ state: inout State) -> [WaitingSender] {
    if state.waiting.isEmpty || state.messages >= limit.messages { return [] }
    let room = limit.byteCount - state.byteCount
    let ready = state.waiting.values.filter { $0.byteCount <= room }
    for sender in ready { state.waiting[sender.pid] = nil }
    return ready
  }
}

extension Message {
  /// Whether a limit counts it: signals and what the system says are let in whatever it is.
  fileprivate var isLimited: Bool { signal == .message || signal == .aliasedMessage }
}
