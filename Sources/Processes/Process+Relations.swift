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

  /// Links this process with another one: when either ends, the other gets an exit signal.
  ///
  /// Where there is no such process, this one gets a signal with the reason `noproc`.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func link(to other: Term) throws(MessageError) {
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
    if system.processes.deliverSignal(request, to: other) { return }
    request.term.tupleElements[2] = .noProcess
    request.signal = .linkedExit
    system.processes.signal(request, to: pid)
  }

  /// Ends a link; nothing where there is none.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func unlink(from other: Term) throws(MessageError) {
    guard record.pointee.relations?.links[other] != nil else { return }
    let request = try system.heaps.makeMessage(words: 0) { _, _ in .nil }
    request.signal = .unlink
    request.argument = pid.bits
    let relations = relations
    if let own = relations.links.removeValue(forKey: other) { system.heaps.free(own) }
    system.processes.signal(request, to: other)
  }

  /// Watches another process: with its end comes `{'DOWN', Reference, process, Pid, Reason}`, where
  /// there is no such process at once, with the reason `noproc`.
  /// - Returns: the reference, a term of this heap.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func monitor(_ other: Term) throws(MessageError) -> Term {
    let number = system.processes.makeReferenceNumber()
    let message = try system.heaps.makeMessage(words: 6 + 3) { cursor, _ in
      let reference = cursor.makeReference(number: number)
      return cursor.makeTuple(pid, reference, .process, other, .undefined)
    }
    let reference: Term
    do { reference = try makeReference(number, leadingTo: nil) } catch {
      system.heaps.free(message)
      throw error
    }
    message.signal = .monitor
    message.argument = UInt(number)
    let relations = relations
    relations.monitors[number] = other
    if !system.processes.deliverSignal(message, to: other) {
      message.term.tupleElements[4] = .noProcess
      Self.tellDown(message, to: pid, system.processes)
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
    relations.monitors[number] = nil
    system.processes.signal(request, to: other)
    return true
  }

  func demonitorRequest(_ number: Int) throws(MessageError) -> Message {
    let request = try system.heaps.makeMessage(words: 0) { _, _ in .nil }
    request.signal = .demonitor
    request.argument = UInt(number)
    return request
  }

  /// Makes a reference by which this process can be sent to until it is taken back (`alias/0`).
  /// - Returns: the reference, a term of this heap.
  /// - Throws: ``MessageError``; then nothing has changed.
  public mutating func makeAlias() throws(MessageError) -> Term {
    let number = system.processes.makeReferenceNumber()
    let reference = try makeReference(number, leadingTo: pid)
    let relations = relations
    relations.aliases.insert(number)
    return reference
  }

  /// Takes an alias back: what is sent to it from now on goes nowhere (`unalias/1`).
  /// - Returns: whether it was one.
  public mutating func removeAlias(_ reference: Term) -> Bool {
    guard reference.isBoxed(.reference) else { return false }
    return record.pointee.relations?.aliases.remove(reference.referenceNumber) != nil
  }

  private mutating func makeReference(
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

  /// Tells a watcher, with the message that it gave when it began to watch and that has the reason.
  static func tellDown(_ message: Message, to watcher: Term, _ processes: ProcessTable) {
    message.term.tupleElements[0] = .down
    message.signal = .down
    processes.signal(message, to: watcher)
  }
}
