import Carriers
import ETS
import Heaps
import Synchronization
import Terms

extension ProcessTable {
  /// Puts a signal that is no message into the mailbox of a process, whatever its limit.
  /// - Returns: whether there is one; else the message is still the caller's.
  func deliverSignal(_ message: Message, to pid: Term) -> Bool {
    var context: UnsafeMutableRawPointer?
    let pushed = reading(pid) { record in
      context = record.pointee.context
      return record.pointee.push(message)
    }
    if pushed == .queuedAndWoken { listening.pointee.processBecameRunnable(pid, context: context) }
    return pushed == .queued || pushed == .queuedAndWoken
  }

  /// Sends a signal, or ends it where nobody is there.
  func signal(_ message: Message, to pid: Term) {
    if !deliverSignal(message, to: pid) { environment.free(message) }
  }

  /// Puts a message into the mailbox of a process, if its limit allows.
  /// - Parameter sender: who is told where it has to wait; none where it cannot.
  func deliver(
    _ message: Message, to pid: Term, from sender: Term
  ) throws(SendError) -> SendOutcome {
    var context: UnsafeMutableRawPointer?
    var limits: Limits?
    var pushed = reading(pid) { record -> LimitedMailbox.Pushed in
      context = record.pointee.context
      limits = Limits(of: record)
      return limits == nil ? .pushed(record.pointee.push(message)) : .mustWait
    }
    if let limits {
      pushed = pushWithinLimits(message, to: pid, limits, from: sender)
    }
    return try finish(pushed ?? .pushed(.refused), of: message, to: pid, context)
  }

  /// What a mailbox is held to. Kept while nobody reads: who hears of a budget may use processes.
  private struct Limits {
    let mailbox: LimitedMailbox?
    let group: ProcessGroup?

    /// Nothing where a record's mailbox has none.
    init?(of record: ProcessRecord.Pointer) {
      if !record.pointee.hasLimits { return nil }
      mailbox = record.pointee.limit
      group = record.pointee.member?.group
    }
  }

  /// Tells what became of a message, and frees it where it is in no mailbox.
  /// - Parameter message: nothing where it was not copied yet.
  func finish(
    _ pushed: LimitedMailbox.Pushed, of message: Message?, to pid: Term,
    _ context: UnsafeMutableRawPointer?
  ) throws(SendError) -> SendOutcome {
    switch pushed {
    case .pushed(.queued): return .delivered
    case .pushed(.queuedAndWoken):
      listening.pointee.processBecameRunnable(pid, context: context)
      return .delivered
    default: break
    }
    if let message { environment.free(message) }
    switch pushed {
    case .full: throw .mailboxFull(pid)
    case .outOfMemory(let error): throw .message(error)
    case .dropped: return .dropped
    case .suspended: return .suspended
    case .mustWait: preconditionFailure("a sender that must wait and does not")
    case .pushed: return .noProcess
    }
  }

  /// Puts a message into a mailbox that has a limit, or a group.
  @inline(never)
  private func pushWithinLimits(
    _ message: Message, to pid: Term, _ limits: Limits, from sender: Term
  ) -> LimitedMailbox.Pushed {
    // Before it is pushed: its receiver may free it at once.
    let byteCount = message.byteCount
    if let group = limits.group {
      do throws(MemoryError) { try group.chargeMailbox(byteCount) } catch { return .full }
    }
    var dropped: [Message] = []
    var pushed = LimitedMailbox.Pushed.mustWait
    while case .mustWait = pushed {
      let now = reading(pid) { record -> LimitedMailbox.Pushed in
        guard let mailbox = limits.mailbox else { return .pushed(record.pointee.push(message)) }
        return mailbox.push(message, to: record) { dropped.append($0) }
      }
      pushed = now ?? .pushed(.refused)
      if case .mustWait = pushed, let mailbox = limits.mailbox {
        pushed = sender.isNone ? .full : wait(sender, for: byteCount, in: mailbox) ?? .mustWait
      }
    }
    for message in dropped {
      limits.group?.creditMailbox(message.byteCount)
      environment.free(message)
    }
    switch pushed {
    case .pushed(.queued), .pushed(.queuedAndWoken): break
    default: limits.group?.creditMailbox(byteCount)
    }
    return pushed
  }

  /// Has a sender wait for room in a mailbox.
  /// - Returns: nothing where there is room by now.
  private func wait(
    _ sender: Term, for byteCount: Int, in limit: LimitedMailbox
  ) -> LimitedMailbox.Pushed? {
    let signal: Message
    do throws(MessageError) {
      signal = try environment.makeMessage(of: .nil)
    } catch {
      return .outOfMemory(error)
    }
    signal.signal = .room
    let waiting = LimitedMailbox.WaitingSender(pid: sender, signal: signal, byteCount: byteCount)
    if limit.wait(waiting, isAlive: isAlive, freeing: environment.free) { return .suspended }
    environment.free(signal)
    return nil
  }

  /// What becomes of a message whatever its size, told before it is copied.
  /// - Returns: nothing where it has to be copied to find out.
  func outcomeOfAnyMessage(
    to pid: Term, from sender: Term
  ) throws(SendError) -> SendOutcome? {
    var limits: Limits?
    let isThere = reading(pid) { record in
      limits = Limits(of: record)
      return !record.pointee.isClosed
    }
    if isThere != true { return .noProcess }
    guard let limits else { return nil }
    if let budget = limits.group?.budget, budget.usedBytes >= budget.limitBytes {
      return try finish(.full, of: nil, to: pid, nil)
    }
    guard let mailbox = limits.mailbox, var outcome = mailbox.outcomeOfAny else { return nil }
    if case .mustWait = outcome {
      guard let waits = wait(sender, for: Message.leastBytes, in: mailbox) else { return nil }
      outcome = waits
    }
    return try finish(outcome, of: nil, to: pid, nil)
  }

  /// Tells senders that there may be room for what they want to send: through their mailboxes, so
  /// that one that has not parked yet does not, and each becomes runnable once.
  func tellOfRoom(_ waiting: [LimitedMailbox.WaitingSender]) {
    for sender in waiting { signal(sender.signal, to: sender.pid) }
  }
}

extension ProcessTable: OwnershipListener {
  /// Whether the process of a pid lives.
  func isAlive(_ pid: Term) -> Bool {
    reading(pid) { !$0.pointee.isDying.load(ordering: .sequentiallyConsistent) } ?? false
  }

  /// That of its group.
  func tableBudget(of pid: Term) -> MemoryBudget? {
    reading(pid) { record in record.pointee.member?.group.tableBudget } ?? nil
  }

  /// Sends `{'ETS-TRANSFER', Table, From, Data}`.
  ///
  /// Where there is no memory to copy the data, it says so in their place.
  func tableChangedOwner(_ transfer: TableTransfer) {
    if let message = try? transferMessage(transfer, data: transfer.data) {
      signal(message, to: transfer.to)
    } else if let message = try? transferMessage(transfer, data: .outOfMemory) {
      signal(message, to: transfer.to)
    }
  }

  private func transferMessage(
    _ transfer: TableTransfer, data: Term
  ) throws -> Message {
    let words = try TermSize.flatWords(of: data, scratch: environment.scratch)
    let message = try environment.makeMessage(words: 5 + 3 + words) { cursor, list in
      let copy = TermCopy.copy(data, words: words, into: &cursor, list: &list)
      let reference = transfer.name ?? cursor.makeReference(to: transfer.table)
      return cursor.makeTuple(.tableTransfer, reference, transfer.from, copy)
    }
    message.signal = .told
    return message
  }
}
