import Carriers
import ETS
import Heaps
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
    if pushed == .queuedAndWoken { listener?.pointee.processBecameRunnable(pid, context: context) }
    return pushed == .queued || pushed == .queuedAndWoken
  }

  /// Sends a signal, or ends it where nobody is there.
  func signal(_ message: Message, to pid: Term) {
    if !deliverSignal(message, to: pid) { environment.free(message) }
  }

  /// Puts a message into the mailbox of a process, if its limit allows.
  /// - Parameter sender: who is told where it has to wait.
  func deliver(
    _ message: Message, to pid: Term, from sender: Term
  ) throws(SendError) -> SendOutcome {
    var context: UnsafeMutableRawPointer?
    let pushed = reading(pid) { record -> LimitedMailbox.Pushed in
      context = record.pointee.context
      return push(message, to: record, from: sender)
    }
    return try finish(pushed ?? .pushed(.refused), of: message, to: pid, context)
  }

  /// Puts a message into the mailbox of a record that the thread reads, if its limit allows.
  @inline(__always)
  func push(
    _ message: Message, to record: ProcessRecord.Pointer, from sender: Term
  ) -> LimitedMailbox.Pushed {
    if record.pointee.isLimited || record.pointee.isGrouped {
      return pushWithinLimits(message, to: record, from: sender)
    }
    return .pushed(record.pointee.push(message))
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
      listener?.pointee.processBecameRunnable(pid, context: context)
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
    _ message: Message, to record: ProcessRecord.Pointer, from sender: Term
  ) -> LimitedMailbox.Pushed {
    let group = record.pointee.isGrouped ? record.pointee.member?.group : nil
    // Before it is pushed: its receiver may free it at once.
    let byteCount = message.byteCount
    if let group {
      do throws(MemoryError) { try group.chargeMailbox(byteCount) } catch { return .full }
    }
    var pushed: LimitedMailbox.Pushed
    if record.pointee.isLimited, let limit = record.pointee.limit {
      while true {
        pushed = limit.push(message, to: record) { dropped in
          group?.creditMailbox(dropped.byteCount)
          environment.free(dropped)
        }
        guard case .mustWait = pushed else { break }
        guard let outcome = wait(sender, for: byteCount, in: limit) else { continue }
        pushed = outcome
        break
      }
    } else {
      pushed = .pushed(record.pointee.push(message))
    }
    switch pushed {
    case .pushed(.queued), .pushed(.queuedAndWoken): break
    default: group?.creditMailbox(byteCount)
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
    if limit.wait(waiting, freeing: environment.free) { return .suspended }
    environment.free(signal)
    return nil
  }

  /// What becomes of a message whatever its size, told before it is copied.
  /// - Returns: nothing where it has to be copied to find out.
  func outcomeOfAnyMessage(
    to pid: Term, from sender: Term
  ) throws(SendError) -> SendOutcome? {
    let known = reading(pid) { record -> LimitedMailbox.Pushed? in
      if record.pointee.isClosed { return .pushed(.refused) }
      if record.pointee.isGrouped, let budget = record.pointee.member?.group.budget,
        budget.usedBytes >= budget.limitBytes
      {
        return .full
      }
      guard record.pointee.isLimited, let limit = record.pointee.limit else { return nil }
      let outcome = limit.outcomeOfAny
      guard case .mustWait = outcome else { return outcome }
      return wait(sender, for: Message.leastBytes, in: limit)
    }
    guard let pushed = known ?? .pushed(.refused) else { return nil }
    return try finish(pushed, of: nil, to: pid, nil)
  }

  /// Tells senders that there may be room for what they want to send: through their mailboxes, so
  /// that one that has not parked yet does not, and each becomes runnable once.
  func tellOfRoom(_ waiting: [LimitedMailbox.WaitingSender]) {
    for sender in waiting { signal(sender.signal, to: sender.pid) }
  }
}

extension ProcessTable: OwnershipListener {
  /// Whether the process of a pid lives.
  func isAlive(_ pid: Term) -> Bool { reading(pid) { _ in true } ?? false }

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
