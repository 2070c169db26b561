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
      if record.pointee.isLimited || record.pointee.isGrouped {
        return pushWithinLimits(message, to: record, from: sender)
      }
      return .pushed(record.pointee.push(message))
    }
    switch pushed {
    case .pushed(.queued): return .delivered
    case .pushed(.queuedAndWoken):
      listener?.pointee.processBecameRunnable(pid, context: context)
      return .delivered
    case .full:
      environment.free(message)
      throw .mailboxFull(pid)
    case .dropped:
      environment.free(message)
      return .dropped
    case .suspended:
      environment.free(message)
      return .suspended
    case nil, .pushed(.refused):
      environment.free(message)
      return .noProcess
    }
  }

  /// Puts a message into a mailbox that has a limit, or a group.
  @inline(never)
  private func pushWithinLimits(
    _ message: Message, to record: ProcessRecord.Pointer, from sender: Term
  ) -> LimitedMailbox.Pushed {
    let group = record.pointee.isGrouped ? record.pointee.member?.group : nil
    // Before it is pushed: its receiver may free it at once.
    let byteCount = group == nil ? 0 : message.byteCount
    if let group {
      do throws(MemoryError) { try group.chargeMailbox(byteCount) } catch { return .full }
    }
    let pushed: LimitedMailbox.Pushed
    if record.pointee.isLimited, let limit = record.pointee.limit {
      pushed = limit.push(message, to: record, from: sender) { dropped in
        group?.creditMailbox(dropped.byteCount)
        environment.free(dropped)
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

  /// Tells that a process can go on that was not waiting for a message.
  func tellRunnable(_ pid: Term) {
    var context: UnsafeMutableRawPointer?
    let isThere: Void? = reading(pid) { context = $0.pointee.context }
    if isThere != nil { listener?.pointee.processBecameRunnable(pid, context: context) }
  }
}

extension ProcessTable: OwnershipListener {
  /// Whether the process of a pid lives.
  func isAlive(_ pid: Term) -> Bool { reading(pid) { _ in true } ?? false }

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
      let table = transfer.table
      let reference = table.isNamed ? table.name : cursor.makeReference(to: table)
      return cursor.makeTuple(.tableTransfer, reference, transfer.from, copy)
    }
    message.signal = .told
    return message
  }
}
