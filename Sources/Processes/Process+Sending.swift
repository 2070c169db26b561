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
  ///   - copying: whether what is shared in the term is shared in the copy.
  /// - Returns: what became of it; there may be no such process.
  /// - Throws: ``SendError``; then nothing was sent.
  /// - Complexity: O(words copied).
  public mutating func send(
    _ term: Term, to receiver: Term, copying: MessageCopying = MessageCopying()
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
    let (message, sharedReferences): (Message, Int)
    do {
      (message, sharedReferences) = try heap.makeMessage(of: term, copying: copying)
    } catch {
      throw .message(error)
    }
    if let alias {
      message.signal = .aliasedMessage
      message.argument = UInt(alias)
    }
    guard system.processes.listening.pointee.wantsMessages, let listener = system.processes.listener
    else {
      return try system.processes.deliver(message, to: receiver, from: pid)
    }
    let words = message.words
    let outcome = try system.processes.deliver(message, to: receiver, from: pid)
    if outcome == .delivered {
      let flatWords = sharedReferences == 0 ? words : heap.unfoldedWords(of: term) ?? words
      listener.pointee.messageWasSent(
        MessageEvent(
          from: pid, to: receiver, words: words, flatWords: flatWords,
          sharedReferences: sharedReferences))
    }
    return outcome
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
      listener.pointee.messageWasSent(
        MessageEvent(
          from: pid, to: pid, words: 0, flatWords: heap.unfoldedWords(of: term) ?? 0,
          sharedReferences: 0))
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
    if reason.isImmediate {
      elements[elements.count - 1] = reason
      return
    }
    let copy = try heap.makeMessage(of: reason).message
    elements[elements.count - 1] = copy.term
    message.absorb(copy)
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
