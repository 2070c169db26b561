import Heaps
import Terms

/// Receiving, as the instructions of the virtual machine of Erlang do it: look at one message after
/// the other, take out the one that matches, begin again.
///
/// ```swift
/// while let message = try process.nextMessage() {
///   if matches(message) { process.removeMessage(); return message }
///   process.skipMessage()
/// }
/// if process.park() { /* run others until the listener says that it is runnable */ }
/// ```
extension Process {
  /// The message that is looked at: the first that was not skipped. Fetches what was sent, where
  /// all that is there was skipped, and does what signals among it ask for.
  ///
  /// - Returns: its term, which is no term of the heap before ``removeMessage()``: valid until then
  ///   or until ``skipMessage()``. What refers to it must be no root of a collection before
  ///   ``attachMessage()``. Nothing where there is no more, or where
  ///   the process is to end (``exitReason``).
  /// - Throws: ``MessageError`` where memory was refused; nothing is lost, and what was fetched by
  ///   then is there.
  /// - Complexity: O(messages and signals sent since the last fetch).
  public mutating func nextMessage() throws(MessageError) -> Term? {
    let dropsOldest =
      record.pointee.isLimited && record.pointee.limit?.limit.policy == .dropOldest
    if (record.pointee.queue.isAtEnd || dropsOldest) && record.pointee.isAnythingUnfetched {
      try fetch()
    }
    if record.pointee.queue.isAtEnd || !record.pointee.exitReason.isNone { return nil }
    let record = record
    record.pointee.looksAtMessage = true
    let entry = record.pointee.queue.current
    return entry.queuedMessage?.term ?? entry
  }

  /// Whether all messages that were fetched were skipped: none is looked at.
  public var isAtEndOfMessages: Bool { record.pointee.queue.isAtEnd }

  /// Looks at the next message.
  /// - Precondition: ``nextMessage()`` gave one.
  public mutating func skipMessage() {
    let record = record
    precondition(!record.pointee.queue.isAtEnd, "no message is looked at that could be skipped")
    record.pointee.looksAtMessage = false
    record.pointee.queue.skip()
  }

  /// Makes the message that is looked at a term of the heap, in its place in the queue: before a
  /// collection whose roots may refer to it.
  /// - Precondition: ``nextMessage()`` gave one.
  public mutating func attachMessage() {
    let record = record
    precondition(!record.pointee.queue.isAtEnd, "no message is looked at that could be attached")
    guard let message = record.pointee.queue.current.queuedMessage else { return }
    if message.signal == .told {
      record.pointee.limit?.keepsTerm(at: record.pointee.queue.currentPlace)
    }
    record.pointee.queue.replaceCurrent(by: message.term)
    becomesHeap(message)
  }

  /// Takes the message out that is looked at; the next receive begins with the first one that is
  /// left. Its term is a term of the heap from here on.
  /// - Precondition: ``nextMessage()`` gave one.
  /// - Complexity: O(messages skipped).
  public mutating func removeMessage() {
    let record = record
    precondition(!record.pointee.queue.isAtEnd, "no message is looked at that could be removed")
    record.pointee.looksAtMessage = false
    if record.pointee.isLimited {
      record.pointee.limit?.tookOut(at: record.pointee.queue.currentPlace)
    }
    let entry = record.pointee.queue.remove()
    guard let message = entry.queuedMessage else {
      if record.pointee.isLimited { countOut(byteCount: 0) }
      return
    }
    if record.pointee.isLimited { countOut(byteCount: message.byteCount) }
    record.pointee.member?.becomesHeap(message.byteCount)
    heap.attach(message)
  }

  /// Begins with the first message again, as after a timeout.
  public mutating func restartReceive() {
    let record = record
    record.pointee.looksAtMessage = false
    record.pointee.queue.restart()
  }

  /// Marks the end of what was fetched, as before a reference is made: no message that is there
  /// holds it. There is one mark at a time.
  public mutating func markMessages() {
    let record = record
    record.pointee.queue.mark()
  }

  /// Begins a receive behind the mark, where messages that came before need not be looked at.
  public mutating func skipToMark() {
    let record = record
    record.pointee.looksAtMessage = false
    record.pointee.queue.skipToMark()
  }

  /// Forgets the mark.
  public mutating func clearMark() {
    let record = record
    record.pointee.queue.clearMark()
  }

  /// Says that the process waits: the next message or signal makes the listener hear of it.
  /// - Returns: `false` where there is something already, what there was no memory to fetch included:
  ///   look again.
  ///
  /// - Important: Once it is parked nobody uses the process before the listener calls it runnable, or
  ///   ``MemorySystem/unpark(_:)`` or ``MemorySystem/takeBack(_:)`` answers `true`: a sender may write a small
  ///   message onto its heap, or wake it, so that another thread runs it, and ends it. So room that was
  ///   ensured before is not ensured any more, and its pid is read before.
  public func park() -> Bool {
    let record = record
    record.pointee.heap = heap.state
    return record.pointee.park(isOpen: isOpenToSenders)
  }

  /// Whether a sender may write onto the heap while the process is parked.
  private var isOpenToSenders: Bool {
    let record = record
    return record.pointee.admitsSenders && record.pointee.queue.hasRoom
      && (record.pointee.keepsMessagesOnHeap || record.pointee.queue.count == 0)
      && !record.pointee.isLimited && !record.pointee.isGrouped
      && record.pointee.exitReason.isNone && !record.pointee.hasEnded
      && heap.state.pointee.delays == 0
  }

  /// Does what signals ask for that were sent, as a process that does not receive must now and then.
  /// - Returns: whether the process goes on; else ``exitReason`` says why not.
  public mutating func handleSignals() throws(MessageError) -> Bool {
    let record = record
    if record.pointee.isAnythingUnfetched {
      try fetch()
    } else if record.pointee.hasSentToSelf {
      tellOfLongQueue()
    }
    return record.pointee.exitReason.isNone
  }

  /// Why the process is to end: nothing while it is not. The embedder calls ``end(reason:)``.
  public var exitReason: Term? {
    record.pointee.exitReason.isNone ? nil : record.pointee.exitReason
  }

  /// The messages fetched and not received.
  public var fetchedMessageCount: Int { record.pointee.queue.count }

  /// Calls with the term of each message that was fetched and not received, in their order; the
  /// terms are valid as that of ``nextMessage()`` is.
  public func forEachMessage(_ body: (Term) -> Void) {
    record.pointee.queue.forEach { body($0.queuedMessage?.term ?? $0) }
  }

  /// Whether the terms of messages become part of the heap when they are fetched (`on_heap`) rather
  /// than when they are received (`off_heap`). Where they are part of it, every collection moves
  /// them; so it is not so unless it is set, but for a small message to a process that is parked and has
  /// no other one waiting, until it is said that it is never so.
  public var keepsMessagesOnHeap: Bool { record.pointee.keepsMessagesOnHeap }

  /// Says whether messages are part of the heap; those that are fetched become so at once.
  public mutating func setKeepsMessagesOnHeap(_ keeps: Bool) {
    let record = record
    record.pointee.keepsMessagesOnHeap = keeps
    record.pointee.admitsSenders = keeps
    if keeps { attachMessages { _ in true } }
  }

  /// Makes the messages that were fetched and that a test holds for parts of the heap, in their places
  /// in the queue.
  mutating func attachMessages(where isAttached: (Message) -> Bool) {
    let record = record
    var messages: [Message] = []
    record.pointee.queue.updateEach { entry, place in
      guard let message = entry.queuedMessage, isAttached(message) else { return entry }
      if message.signal == .told { record.pointee.limit?.keepsTerm(at: place) }
      messages.append(message)
      return message.term
    }
    for message in messages { becomesHeap(message) }
  }
}

extension Process {
  /// Fetches what was sent, in the order in which it came.
  @inline(never)
  mutating func fetch() throws(MessageError) {
    let record = record
    while true {
      if record.pointee.taken == 0 {
        let oldest =
          record.pointee.isLimited
          ? record.pointee.limit?.take(from: record) : record.pointee.take()
        guard let oldest else { break }
        record.pointee.taken = UInt(bitPattern: oldest.record)
      }
      while let message = UnsafeMutablePointer<UInt>(bitPattern: record.pointee.taken)
        .map({ Message(record: $0) })
      {
        do { try record.pointee.queue.makeRoom() } catch { throw .outOfMemory(error) }
        record.pointee.taken = message.next
        handle(message)
      }
    }
    if record.pointee.isLimited { dropBeyondLimit() }
    tellOfLongQueue()
  }

  private func tellOfLongQueue() {
    let record = record
    record.pointee.hasSentToSelf = false
    let listening = system.processes.listening
    if listening.pointee.longQueueMessages == 0 { return }
    let count = record.pointee.queue.count
    if record.pointee.isQueueLong {
      record.pointee.isQueueLong = count > listening.pointee.shortQueueMessages
    } else if count >= listening.pointee.longQueueMessages {
      record.pointee.isQueueLong = true
      system.processes.listener?.pointee.queueIsLong(pid, messages: count)
    }
  }

  /// Puts a message at the end of the queue.
  /// - Parameter isTold: whether no sender was charged for it: then no limit drops it, so where there
  ///   is one it stays a message, of which that is known.
  mutating func enqueue(_ message: Message, isTold: Bool = false) {
    let record = record
    message.signal = isTold ? .told : .message
    let becomesTerm = message.words == 0 || record.pointee.keepsMessagesOnHeap
    if becomesTerm && !(isTold && record.pointee.isLimited) {
      let term = message.term
      becomesHeap(message)
      record.pointee.queue.append(term)
    } else {
      record.pointee.queue.append(
        Term(bits: UInt(bitPattern: message.record)))
    }
  }

  /// Makes a message a part of the heap that stays in the mailbox.
  private mutating func becomesHeap(_ message: Message) {
    if record.pointee.isLimited || record.pointee.isGrouped {
      let byteCount = message.byteCount
      system.processes.tellOfRoom(record.pointee.limit?.becomesHeap(byteCount: byteCount) ?? [])
      record.pointee.member?.becomesHeap(byteCount)
    }
    heap.attach(message)
  }

  private mutating func dropBeyondLimit() {
    let record = record
    guard let limit = record.pointee.limit, limit.limit.policy == .dropOldest else { return }
    let isLooking = record.pointee.looksAtMessage && !record.pointee.queue.isAtEnd
    while limit.isBeyondLimit {
      let lookedAt = isLooking ? record.pointee.queue.currentPlace : -1
      let removed = record.pointee.queue.remove { entry, place in
        place != lookedAt && entry.queuedMessage?.signal != .told && !limit.isKept(at: place)
      }
      guard let (entry, place) = removed else { break }
      limit.tookOut(at: place)
      if let message = entry.queuedMessage { drop(message) } else { countOut(byteCount: 0) }
    }
  }

  /// Counts a message that left the mailbox, and tells those who waited for it.
  func countOut(byteCount: Int) {
    guard let limit = record.pointee.limit else { return }
    system.processes.tellOfRoom(limit.left(byteCount: byteCount))
  }

  /// Frees a message that was in the mailbox.
  func drop(_ message: Message) {
    if record.pointee.isLimited { countOut(byteCount: message.byteCount) }
    record.pointee.member?.group.creditMailbox(message.byteCount)
    system.heaps.free(message)
  }

  /// Frees all that was sent and not received.
  func dropMailbox() {
    while let entry = record.pointee.queue.removeFirst() {
      if let message = entry.queuedMessage { drop(message) }
    }
    record.pointee.queue.shrink()
  }
}
