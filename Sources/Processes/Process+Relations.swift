import Heaps
import Terms

/// Links, monitors and aliases, with what those of Erlang mean.
extension Process {
  var relations: Relations {
    if let relations = record.pointee.relations { return relations }
    let relations = Relations()
    record.pointee.relations = relations
    return relations
  }

  /// Whether exit signals become messages `{'EXIT', From, Reason}` (`trap_exit`).
  public var trapsExits: Bool {
    get { record.pointee.trapsExits }
    set {
      let record = record
      record.pointee.trapsExits = newValue
    }
  }

  /// The pids of the processes that this one is linked with.
  public var links: [Term] { record.pointee.relations.map { Array($0.links.keys) } ?? [] }

  /// The pids of the processes that this one monitors, once for each monitor.
  public var monitoredProcesses: [Term] {
    record.pointee.relations.map { Array($0.monitors.values) } ?? []
  }

  /// The pids of the processes that monitor this one, once for each monitor, as far as it has
  /// handled their signals.
  public var watchers: [Term] {
    record.pointee.relations.map { $0.watchers.values.map(\.pid) } ?? []
  }

  /// Links this process with another one: when either ends, the other gets an exit signal.
  ///
  /// Where there is no such process, this one gets a signal with the reason `noproc`.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func link(to other: Term) throws(MessageError) {
    precondition(!record.pointee.hasEnded, "a process that has ended links with another one")
    let relations = relations
    if other == pid || relations.links[other] != nil { return }
    // What either will tell the other is written now, so that its end needs no memory for it.
    let own = try exitMessage(from: pid)
    let request: Message
    do { request = try exitMessage(from: other) } catch {
      system.heaps.free(own)
      throw error
    }
    own.signal = .linkedExit
    request.signal = .link
    request.argument = pid.bits
    relations.links[other] = own
    // An answer to what was asked before is not waited for any more.
    relations.unlinking[other] = nil
    if system.processes.deliverSignal(request, to: other) { return }
    request.term.tupleElements[2] = .noProcess
    request.signal = .linkedExit
    system.processes.signal(request, to: pid)
  }

  /// Ends a link; nothing where there is none.
  ///
  /// Both may end it and make another one at the same time. So the request has a number, and until the
  /// other one has answered it, what that one sent as one that is linked is not listened to (as in
  /// ERTS since OTP 23): whatever the order, in the end both are linked or neither.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func unlink(from other: Term) throws(MessageError) {
    guard record.pointee.relations?.links[other] != nil else { return }
    let pid = pid
    let request = try system.heaps.makeMessage(of: pid)
    let relations = relations
    let number = relations.makeUnlinkNumber()
    request.signal = .unlink
    request.argument = number
    if let own = relations.links.removeValue(forKey: other) { system.heaps.free(own) }
    if system.processes.deliverSignal(request, to: other) {
      relations.unlinking[other] = number
    } else {
      system.heaps.free(request)
    }
  }

  /// Makes a reference by which this process can be sent to until it is taken back (`alias/0`).
  /// - Parameter endsWithReply: whether the first message by it ends it.
  /// - Returns: the reference, a term of this heap.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func makeAlias(endsWithReply: Bool = false) throws(MessageError) -> Term {
    precondition(!record.pointee.hasEnded, "a process that has ended makes an alias")
    let number = system.processes.makeReferenceNumber()
    let reference = try makeReference(number, leadingTo: pid)
    let relations = relations
    relations.aliases.insert(number)
    if endsWithReply { relations.aliasEnds[number] = .reply }
    return reference
  }

  /// Takes an alias back: what is sent to it from now on goes nowhere (`unalias/1`).
  /// - Returns: whether it was one.
  public mutating func removeAlias(_ reference: Term) -> Bool {
    guard reference.isBoxed(.reference) else { return false }
    let number = reference.referenceNumber
    record.pointee.relations?.aliasEnds[number] = nil
    return record.pointee.relations?.aliases.remove(number) != nil
  }

  mutating func makeReference(
    _ number: Int, leadingTo pid: Term?
  ) throws(MessageError) -> Term {
    do {
      return try heap.buildInPlace(words: 4) { cursor, _ in
        cursor.makeReference(number: number, leadingTo: pid)
      }
    } catch {
      throw MessageError(error)
    }
  }

  /// `{'EXIT', From, _}`.
  func exitMessage(from pid: Term) throws(MessageError) -> Message {
    try system.heaps.makeMessage(words: 4) { cursor, _ in
      cursor.makeTuple(.exitSignal, pid, .undefined)
    }
  }
}
