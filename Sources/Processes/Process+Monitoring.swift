import Heaps
import Terms

/// When an alias ends that was made with a monitor.
public enum AliasEnd: Sendable {
  /// Where it is taken back (`explicit_unalias`).
  case explicit
  /// With the monitor (`demonitor`).
  case monitor
  /// With the monitor, or with the first message by it, which ends both (`reply_demonitor`).
  case reply
}

/// Monitors, with what those of Erlang mean.
extension Process {
  /// Watches another process: with its end comes `{'DOWN', Reference, process, Pid, Reason}`, where
  /// there is no such process at once, with the reason `noproc`.
  ///
  /// Until then the message stands with the other one, its tag in the place of the reason:
  /// ```
  ///   { Watcher, Reference, process, Pid, Tag }  ->  { Tag, Reference, process, Pid, Reason }
  /// ```
  /// - Parameters:
  ///   - other: a pid; anything else is no process.
  ///   - named: a name and a node: the message has `{Name, Node}` in place of the pid.
  ///   - alias: makes the reference an alias of this process, which ends so.
  ///   - tag: any term of this heap, told in place of the atom `DOWN`.
  /// - Returns: the reference, a term of this heap.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func monitor(
    _ other: Term, named: (name: Term, node: Term)? = nil, alias: AliasEnd? = nil,
    tag: Term = .down
  ) throws(MessageError) -> Term {
    precondition(!record.pointee.hasEnded, "a process that has ended monitors another one")
    let number = system.processes.makeReferenceNumber()
    let message = try system.heaps.makeMessage(words: 6 + 4 + 3) { cursor, _ in
      let reference = cursor.makeReference(number: number, leadingTo: alias.map { _ in pid })
      let object = named.map { cursor.makeTuple($0.name, $0.node) } ?? other
      return cursor.makeTuple(pid, reference, .process, object, .undefined)
    }
    let reference: Term
    do {
      try fill(message, with: tag)
      reference = try makeReference(number, leadingTo: alias.map { _ in pid })
    } catch {
      system.heaps.free(message)
      throw error
    }
    message.signal = .monitor
    message.argument = UInt(number)
    let relations = relations
    relations.monitors[number] = other
    if let alias {
      relations.aliases.insert(number)
      relations.aliasEnds[number] = alias
    }
    if !system.processes.deliverSignal(message, to: other) {
      tellWatcher(message, .noProcess)
    }
    return reference
  }

  /// Ends a monitor; a message of it that was fetched already stays.
  /// - Returns: whether it was there.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func demonitor(_ reference: Term) throws(MessageError) -> Bool {
    guard reference.isBoxed(.reference),
      let other = record.pointee.relations?.monitors[reference.referenceNumber]
    else { return false }
    let number = reference.referenceNumber
    let request = try demonitorRequest(number)
    let relations = relations
    relations.endMonitor(number)
    system.processes.signal(request, to: other)
    return true
  }

  func demonitorRequest(_ number: Int) throws(MessageError) -> Message {
    let request = try system.heaps.makeMessage(of: .nil)
    request.signal = .demonitor
    request.argument = UInt(number)
    return request
  }

  /// Puts a message by an alias into the queue, if the alias has not ended.
  mutating func handleAliased(_ message: Message) {
    let record = record
    let number = Int(message.argument)
    guard let relations = record.pointee.relations, relations.aliases.contains(number) else {
      return drop(message)
    }
    if relations.aliasEnds[number] == .reply {
      if let other = relations.monitors[number], let request = try? demonitorRequest(number) {
        system.processes.signal(request, to: other)
      }
      relations.endMonitor(number)
    }
    enqueue(message)
  }
}
