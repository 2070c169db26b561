import ETS
import Heaps
import Synchronization
import Terms

extension Process {
  /// Ends the process: its tables go to their heirs or end, nothing can be sent to it any more, its names
  /// are free, and then who is linked with it or watches it is told. Its heap, its dictionary
  /// and what was kept from Swift stay until the value ends, and so does what was sent to it; but what
  /// of that is a literal of an area that is released may not be there any more. It links with nobody
  /// and monitors nobody any more (that traps), owns no table, and never parks.
  ///
  /// Without a call of this, the end of the value is the process's end, with the reason `normal`.
  /// - Parameter reason: a term of this heap. Who is told gets a copy; where there is no memory for
  ///   one, the reason that is told is `out_of_memory`.
  /// - Complexity: O(links, monitors and tables), and a copy of the reason for each who is told.
  public mutating func end(reason: Term) {
    _ = record.pointee.takeBack()
    if !record.pointee.hasEnded { tellOfEnd(reason: reason) }
  }

  /// Ends the process and sends a term of it to another one without copying: the heap goes as it
  /// is, what is dead in it too, until the receiver's next collection.
  ///
  /// - Parameters:
  ///   - result: a term of this heap.
  ///   - receiver: a local pid.
  ///   - reason: an immediate; it is told after the result was sent.
  /// - Returns: what became of the result.
  /// - Throws: ``SendError``: where memory was refused the process has not ended; where the receiver
  ///   has no room the result is lost and it has, also where others would be told to wait.
  /// - Complexity: O(fragments of the heap + what ``end(reason:)`` says).
  public mutating func end(
    handing result: Term, to receiver: Term, reason: Term = .normal
  ) throws(SendError) -> SendOutcome {
    let record = record
    precondition(reason.isImmediate, "a reason that would be copied from a heap that went away")
    precondition(!record.pointee.hasEnded, "a process that has ended has no result")
    if !receiver.isLocalPid { throw .badReceiver(receiver) }
    _ = record.pointee.takeBack()
    let message: Message
    do { message = try heap.handOver(result, copying: copying) } catch { throw .message(error) }
    // What the heap held is charged as a message from here on; all of it goes on being held where the
    // term was copied after all.
    if record.pointee.isGrouped { _ = try? settled() }
    // Nothing here may lead to what is not of this heap any more.
    dictionary.removeAll()
    record.pointee.endHandles(system.heaps)
    record.pointee.exitReason = .none
    record.pointee.queue.updateEach { entry, _ in entry.queuedMessage == nil ? .nil : entry }
    let outcome = Result { () throws(SendError) in
      try system.processes.deliver(message, to: receiver, from: .none)
    }
    tellOfEnd(reason: reason)
    return try outcome.get()
  }

  func tellOfEnd(reason: Term) {
    let readsLiterals = !reason.isImmediate
    if readsLiterals { record.pointee.ending.store(1, ordering: .sequentiallyConsistent) }
    record.pointee.hasEnded = true
    // Before anybody is told: who learns of the end finds neither its tables nor its names.
    let hasTables = system.tables.hasTables
    if hasTables {
      record.pointee.isDying.store(true, ordering: .sequentiallyConsistent)
      system.tables.end(owner: pid)
    }
    let (oldest, waiting) = system.processes.close(record)
    // Who was still taken for living may have got the first table of all meanwhile.
    if !hasTables { system.tables.end(owner: pid) }
    answerCollectionRequests(didCollect: false)
    answerRequests(UnsafeMutablePointer<UInt>(bitPattern: record.pointee.taken), reason)
    record.pointee.taken = 0
    answerRequests(oldest?.record, reason)
    system.processes.tellOfRoom(waiting)
    if let relations = record.pointee.relations {
      for (other, message) in relations.links { tellLinked(message, other, reason) }
      for (_, watcher) in relations.watchers { tellWatcher(watcher.message, reason) }
      for (number, other) in relations.monitors {
        // Without memory the other one keeps a message for nobody until its own end.
        if let request = try? demonitorRequest(number) {
          system.processes.signal(request, to: other)
        }
      }
    }
    let literalRequests = record.pointee.relations?.literalRequests ?? []
    record.pointee.relations = nil
    for request in literalRequests { request.answer() }
    if readsLiterals,
      record.pointee.ending.exchange(0, ordering: .sequentiallyConsistent) == 2
    {
      system.releaser.endWasTold()
    }
    system.processes.listening.pointee.processEnded(pid)
  }

  /// Answers what others asked for and will not get any more, and frees what else was sent.
  func answerRequests(_ oldest: UnsafeMutablePointer<UInt>?, _ reason: Term) {
    var next = oldest.map { Message(record: $0) }
    while let message = next {
      next = message.following
      switch message.signal {
      case .link:
        let other = Term(bits: message.argument)
        if record.pointee.relations?.knowsLink(with: other) == true {
          system.heaps.free(message)
        } else {
          message.signal = .linkedExit
          tellLinked(message, other, .noProcess)
        }
      case .monitor: tellWatcher(message, reason)
      case .unlink:
        removeLink(asked: message)
      case .demonitor:
        removeWatcher(asked: message)
      case .request: refuse(message)
      case .message, .aliasedMessage: drop(message)
      case .told, .exit, .linkedExit, .down, .room, .unlinkSeen: system.heaps.free(message)
      }
    }
  }

  private func tellLinked(_ message: Message, _ other: Term, _ reason: Term) {
    write(reason, into: message)
    system.processes.signal(message, to: other)
  }

  /// Tells a watcher, with the message that it gave when it began to watch.
  func tellWatcher(_ message: Message, _ reason: Term) {
    let elements = message.term.tupleElements
    let watcher = elements[0]
    elements[0] = elements[4]
    write(reason, into: message)
    message.signal = .down
    system.processes.signal(message, to: watcher)
  }

  private func write(_ reason: Term, into message: Message) {
    do {
      try fill(message, with: reason)
    } catch {
      let elements = message.term.tupleElements
      elements[elements.count - 1] = .outOfMemory
    }
  }
}
