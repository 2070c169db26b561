import Carriers
import Heaps
import Terms

extension Process {
  /// Copies a term of this process into another one's mailbox. Into its own nothing is copied, unless
  /// that has a limit or an alias leads there: the message is the term itself.
  ///
  /// - Parameters:
  ///   - term: any term of this process but a match context. A boxed one of another process or system
  ///     is found in debug builds, where it traps; an immediate of another system cannot be told.
  ///   - receiver: a local pid, a registered name, or an alias.
  ///   - copying: whether what is shared in the term is shared in the copy; by default as
  ///     ``copying`` says.
  /// - Returns: what became of it; there may be no such process.
  /// - Throws: ``SendError``; then nothing was sent.
  /// - Complexity: O(words copied); of a large term nothing is copied where that has no use.
  public mutating func send(
    _ term: Term, to receiver: Term, copying: MessageCopying? = nil
  ) throws(SendError) -> SendOutcome {
    var receiver = receiver
    var alias: Int?
    if receiver.isAtom {
      guard let pid = system.pid(named: receiver) else { throw .badReceiver(receiver) }
      receiver = pid
    } else if receiver.isBoxed(.reference) {
      guard let pid = receiver.pidOfAlias else { throw .badReceiver(receiver) }
      alias = receiver.referenceNumber
      receiver = pid
    } else if !receiver.isLocalPid {
      throw .badReceiver(receiver)
    }
    heap.assertOwns(term)
    if receiver == pid && alias == nil && !record.pointee.isLimited && !record.pointee.hasEnded {
      return try sendToSelf(term)
    }
    if !system.processes.listening.pointee.wantsMessages {
      if copying?.keepsSharing ?? record.pointee.keepsSharing,
        let outcome = try sendSmall(term, to: receiver, alias)
      {
        return outcome
      }
      return try sendLarge(term, to: receiver, alias, copying ?? self.copying).outcome
    }
    return try sendTelling(term, to: receiver, alias, copying ?? self.copying)
  }

  /// Sends a small term in which nothing is shared.
  /// - Parameter enters: whether it may be written onto the heap of a receiver that is parked.
  /// - Returns: nothing where the term is another one.
  private func sendSmall(
    _ term: Term, to receiver: Term, _ alias: Int?, enters: Bool = true
  ) throws(SendError) -> SendOutcome? {
    let processes = system.processes
    let reader = processes.allocator.reader
    reader.enter()
    guard let record = processes.record(of: receiver), !record.pointee.isClosed else {
      reader.leave()
      return .noProcess
    }
    if enters && alias == nil && record.pointee.enter() {
      // From here on the process cannot end.
      reader.leave()
      let isPlaced = place(term, at: record)
      let context = record.pointee.context
      if isPlaced {
        record.pointee.leave()
      } else if record.pointee.leaveParked() {
        return try sendSmall(term, to: receiver, alias, enters: false)
      }
      processes.listening.pointee.processBecameRunnable(receiver, context: context)
      return isPlaced ? .delivered : try sendSmall(term, to: receiver, alias, enters: false)
    }
    let message: Message
    do throws(MessageError) {
      guard let small = try heap.makeSmallMessage(of: term) else {
        reader.leave()
        return nil
      }
      message = small
    } catch {
      reader.leave()
      throw .message(error)
    }
    message.lead(byAlias: alias)
    if record.pointee.hasLimits {
      reader.leave()
      return try processes.deliver(message, to: receiver, from: pid)
    }
    let context = record.pointee.context
    let pushed = record.pointee.push(message)
    reader.leave()
    return try processes.finish(.pushed(pushed), of: message, to: receiver, context)
  }

  /// Puts a term into the mailbox of a process that this one has entered, as a term of its heap.
  /// - Returns: whether it is small, with nothing shared, and there is room.
  private func place(_ term: Term, at record: ProcessRecord.Pointer) -> Bool {
    guard let receiver = record.pointee.heap, let copy = heap.copySmall(term, onto: receiver)
    else { return false }
    record.pointee.queue.append(copy)
    record.pointee.hasSentToSelf = true
    return true
  }

  /// Sends any term, after a look whether copying it has any use.
  private func sendLarge(
    _ term: Term, to receiver: Term, _ alias: Int?, _ copying: MessageCopying
  ) throws(SendError) -> (outcome: SendOutcome, words: Int, sharedReferences: Int) {
    let processes = system.processes
    if let known = try processes.outcomeOfAnyMessage(to: receiver, from: pid) {
      return (known, 0, 0)
    }
    let (message, sharedReferences): (Message, Int)
    do {
      (message, sharedReferences) = try heap.makeLargeMessage(of: term, copying: copying)
    } catch {
      throw .message(error)
    }
    message.lead(byAlias: alias)
    let words = message.words
    return (try processes.deliver(message, to: receiver, from: pid), words, sharedReferences)
  }

  /// Sends a term, and tells who listens what it has and would have without its sharing.
  @inline(never)
  private func sendTelling(
    _ term: Term, to receiver: Term, _ alias: Int?, _ copying: MessageCopying
  ) throws(SendError) -> SendOutcome {
    let sent = try sendLarge(term, to: receiver, alias, copying)
    if sent.outcome == .delivered {
      var (graphWords, flatWords, shared) = (sent.words, sent.words, sent.sharedReferences)
      if !copying.keepsSharing, let graph = heap.sharedWords(of: term) {
        (graphWords, shared) = graph
      } else if shared > 0 {
        flatWords = heap.unfoldedWords(of: term) ?? flatWords
      }
      system.processes.listener?.pointee.messageWasSent(
        MessageEvent(
          from: pid, to: receiver, words: sent.words, graphWords: graphWords,
          flatWords: flatWords, sharedReferences: shared))
    }
    return sent.outcome
  }

  /// How terms are copied that leave the process where nothing else is said: messages, reasons of
  /// ends, and what is prepared.
  public var copying: MessageCopying {
    MessageCopying(
      keepsSharing: record.pointee.keepsSharing,
      flatteningLimitWords: system.configuration.messageCopying.flatteningLimitWords)
  }

  /// Whether what is shared in terms that leave the process is shared in their copies; as the
  /// system's configuration says until it is set.
  public var keepsSharing: Bool {
    get { record.pointee.keepsSharing }
    set {
      let record = record
      record.pointee.keepsSharing = newValue
    }
  }

  /// Puts a term of the heap into the process's own mailbox as it is: nothing is copied, and every
  /// collection moves it until it is received. In its order with what was sent to it before.
  @inline(never)
  private mutating func sendToSelf(_ term: Term) throws(SendError) -> SendOutcome {
    let record = record
    do throws(MessageError) {
      if record.pointee.isAnythingUnfetched { try fetch() }
      do { try record.pointee.queue.makeRoom() } catch { throw .outOfMemory(error) }
    } catch {
      throw .message(error)
    }
    record.pointee.queue.append(term)
    record.pointee.hasSentToSelf = true
    if system.processes.listening.pointee.wantsMessages, let listener = system.processes.listener {
      let graph = heap.sharedWords(of: term) ?? (0, 0)
      listener.pointee.messageWasSent(
        MessageEvent(
          from: pid, to: pid, words: 0, graphWords: graph.words,
          flatWords: heap.unfoldedWords(of: term) ?? 0,
          sharedReferences: graph.sharedReferences))
    }
    return .delivered
  }

  /// Asks another process to end, as `exit/2`: it does, unless it traps exits and the reason is
  /// another one than `kill`; a reason of `normal` asks nobody but oneself.
  /// - Throws: ``MessageError``; then nothing was sent.
  public func askToEnd(_ receiver: Term, reason: Term) throws(MessageError) {
    let message = try exitMessage(from: pid)
    message.signal = .exit
    do {
      try fill(message, with: reason)
    } catch {
      system.heaps.free(message)
      throw error
    }
    system.processes.signal(message, to: receiver)
  }

  /// Writes a reason into the last place of a message's tuple, with a copy of what it refers to.
  func fill(_ message: Message, with reason: Term) throws(MessageError) {
    let elements = message.term.tupleElements
    heap.assertOwns(reason)
    if reason.isImmediate {
      elements[elements.count - 1] = reason
      return
    }
    // Literals too: who is just ending is not asked what it refers to.
    let copy = try heap.makeMessage(of: reason, copying: copying, takingLiterals: true).message
    elements[elements.count - 1] = copy.term
    message.absorb(copy)
  }
}

extension Message {
  /// Makes it one by an alias, if there is one.
  fileprivate func lead(byAlias number: Int?) {
    guard let number else { return }
    signal = .aliasedMessage
    argument = UInt(number)
  }
}

extension Term {
  /// The pid that an alias leads to.
  var pidOfAlias: Term? {
    let words = boxed
    guard LocalReference.numberCount(at: words) == 5 else { return nil }
    return .pid(words[3])
  }
}
