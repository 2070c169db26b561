import Heaps
import Terms

extension Process {
  /// Does what a signal asks for, or puts a message at the end of the queue, which has room for it.
  mutating func handle(_ message: Message) {
    let record = record
    if !record.pointee.exitReason.isNone, message.signal == .link || message.signal == .monitor {
      // It is to end for what came before: to who comes now there is no such process.
      message.next = 0
      return answerRequests(message.record, .noProcess)
    }
    switch message.signal {
    case .message: enqueue(message)
    case .told: enqueueTold(message)
    case .aliasedMessage: handleAliased(message)
    case .exit: handleExit(message)
    case .linkedExit:
      let from = message.term.tupleElements[1]
      record.pointee.relations?.unlinking[from] = nil
      guard let own = record.pointee.relations?.links.removeValue(forKey: from) else {
        return system.heaps.free(message)
      }
      system.heaps.free(own)
      handleExit(message)
    case .link: addLink(message)
    case .unlink:
      removeLink(asked: message)
    case .unlinkSeen:
      if let relations = record.pointee.relations,
        relations.unlinking[message.term] == message.argument
      {
        relations.unlinking[message.term] = nil
      }
      system.heaps.free(message)
    case .monitor:
      let relations = relations
      relations.watchers[Int(message.argument)] = (message.term.tupleElements[0], message)
    case .demonitor:
      removeWatcher(asked: message)
    case .down:
      let number = Int(message.argument)
      if record.pointee.relations?.endMonitor(number) == true {
        enqueueTold(message)
      } else {
        system.heaps.free(message)
      }
    case .request: answer(message)
    case .room: system.heaps.free(message)
    }
  }

  /// Puts a message at the end of the queue that no sender was charged for.
  private mutating func enqueueTold(_ message: Message) {
    if record.pointee.isLimited || record.pointee.isGrouped {
      let byteCount = message.byteCount
      record.pointee.limit?.cameIn(byteCount: byteCount)
      record.pointee.member?.group.chargeMailboxBeyondLimit(byteCount)
    }
    enqueue(message, isTold: true)
  }

  /// Ends the link that a request of the other process names, and answers it.
  func removeLink(asked request: Message) {
    let other = request.term
    if let own = record.pointee.relations?.links.removeValue(forKey: other) {
      system.heaps.free(own)
    }
    request.signal = .unlinkSeen
    request.term = pid
    system.processes.signal(request, to: other)
  }

  /// Forgets the watcher that its request names.
  func removeWatcher(asked request: Message) {
    let number = Int(request.argument)
    if let watcher = record.pointee.relations?.watchers.removeValue(forKey: number) {
      system.heaps.free(watcher.message)
    }
    system.heaps.free(request)
  }

  private func addLink(_ message: Message) {
    let from = Term(bits: message.argument)
    if relations.knowsLink(with: from) { return system.heaps.free(message) }
    message.signal = .linkedExit
    relations.links[from] = message
  }

  /// What an exit signal does, as in Erlang: `kill` ends any process if it was asked for, else who
  /// traps exits gets a message, and `normal` of another process ends nobody.
  private mutating func handleExit(_ message: Message) {
    let record = record
    let from = message.term.tupleElements[1]
    let reason = message.term.tupleElements[2]
    let isKill = message.signal == .exit && reason == .kill
    if trapsExits && !isKill { return enqueueTold(message) }
    if reason == .normal && (message.signal == .linkedExit || from != pid) || exitReason != nil {
      return system.heaps.free(message)
    }
    record.pointee.exitReason = isKill ? .killed : reason
    heap.attach(message)
  }
}
