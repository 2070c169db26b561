import Tenure

// Instructions that send and receive. What they look at belongs to the library's half of the
// process; a message is no term of the heap before it is removed from the queue, but stays valid.
extension Interpreter {
  /// Why a process stops at a call.
  enum Pause {
    /// It makes way and makes the call again.
    case again
    /// It goes on elsewhere, with so many X registers, when there is a message.
    case hibernated(UnsafeMutablePointer<UInt>, live: Int)
    /// It waits for a message and makes the call again.
    case waiting
    /// It makes the call that code elsewhere makes, with so many X registers; at once or when there
    /// is a message.
    case moved(UnsafeMutablePointer<UInt>, live: Int, waits: Bool)
    /// It is to end.
    case exiting
    /// It ends the run, with a status for whoever began it.
    case halting(Int)

    /// Whether it waits before it makes the call again; nothing where it does not make it again.
    var callsAgain: Bool? {
      switch self {
      case .again: false
      case .waiting: true
      default: nil
      }
    }
  }

  /// How an instruction that waits ended.
  enum Wait { case goesOn, waits, raised, outOfSteps }

  /// Keeps what the process needs to go on at an address.
  @inline(never)
  func stop(at code: UnsafeMutablePointer<UInt>, live: Int) {
    current.code = code
    current.save(x, count: live)
  }

  /// How a slice ends whose process stops at the call at an address, if it does.
  @inline(never)
  func takePause(at address: UnsafeMutablePointer<UInt>) -> RunEnd? {
    guard let pause else { return nil }
    self.pause = nil
    switch pause {
    case .again:
      stop(atCall: address)
      return .yielded
    case .hibernated(let code, let live):
      stop(at: code, live: live)
      return process.fetchedMessageCount > 0 ? .yielded : .waiting
    case .waiting:
      stop(atCall: address)
      return .waiting
    case .moved(let code, let live, let waits):
      stop(at: code, live: live)
      return waits ? .waiting : .yielded
    case .exiting: return .exiting
    case .halting(let status): return .halted(status)
    }
  }

  /// Keeps what the process needs to make a call again: its arguments, and the fun that is called.
  private func stop(atCall address: UnsafeMutablePointer<UInt>) {
    let w = address.pointee
    var live = argumentCount(at: address)
    if UInt8(truncatingIfNeeded: w) == Opcode.callFun.rawValue, w.fieldA & 3 == 0 {
      let fun = Int(w.fieldA / 8)
      // What is between them is of an earlier time, and no root of a collection.
      if fun > live { (x + live).update(repeating: .nil, count: fun - live) }
      live = max(live, fun + 1)
    }
    stop(at: address, live: live)
  }

  /// The arguments of the call at an address.
  private func argumentCount(at address: UnsafeMutablePointer<UInt>) -> Int {
    let w = address.pointee
    switch Opcode(rawValue: UInt8(truncatingIfNeeded: w)) {
    case .callFun: return w.count
    case .apply, .applyLast: return w.count + 2
    default:
      return UnsafePointer<ExportEntry>(bitPattern: address[1])?.pointee.name.arity ?? 0
    }
  }

  /// Whether a signal has asked the process to end.
  var isExiting: Bool { @inline(never) get { process.exitReason != nil } }

  // MARK: - Receiving

  /// Puts the message that is looked at into a register, or jumps where there is none. False where
  /// the process is to end, or for want of memory.
  func lookAtMessage<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    f.save()
    let message = nextMessage()
    f.load()
    guard let message else { return false }
    if message.isNone {
      f.code += w.jump
    } else {
      f.store(message, w.fieldA)
      f.code += 1
    }
    return true
  }

  /// The next message, or no value; nothing where the process cannot go on.
  @inline(never)
  private func nextMessage() -> Term? {
    do {
      if let message = try process.nextMessage() {
        looksAtMessage = true
        return message
      }
      return process.exitReason == nil ? Term.none : nil
    } catch {
      refuseMessage(error)
      return nil
    }
  }

  @inline(never)
  func skipMessage<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) {
    if !isLookingAtMessage { return f.fail("a message that is not looked at") }
    process.skipMessage()
    looksAtMessage = false
    f.steps &-= 1
    f.code += w.jump
  }

  @inline(never)
  func removeMessage<Checks: OperandChecks>(_ f: inout Frame<Checks>) {
    if !isLookingAtMessage { return f.fail("a message that is not looked at") }
    f.save()
    process.removeMessage()
    looksAtMessage = false
    f.load()
    endWait()
    f.code += 1
  }

  private var isLookingAtMessage: Bool { !process.isAtEndOfMessages }

  /// Makes the message that is looked at part of the heap.
  @inline(never)
  func attachMessage<Checks: OperandChecks>(_ f: inout Frame<Checks>) {
    f.save()
    attachMessage()
    f.load()
    f.code += 1
  }

  private func attachMessage() {
    if looksAtMessage && isLookingAtMessage { process.attachMessage() }
  }

  /// Leaves the receive that an exception comes from: what it tells may be part of the message that
  /// is looked at, and the next receive has a time of its own.
  func leaveReceive() {
    attachMessage()
    endWait()
  }

  /// Waits for a message or a time; goes on behind the instruction when the time is over.
  @inline(never)
  func waitTimeout<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Wait {
    f.save()
    if current.waitsForever {
      // How long is not asked again.
    } else if current.receiveTimer == nil {
      let time = f.operand(w.fieldA)
      if time.isSmall, time.smallValue == 0 {
        f.code += w.count
        return .goesOn
      }
      if time == .infinity {
        current.waitsForever = true
      } else {
        guard time.isSmall, 0...0xFFFF_FFFF ~= time.smallValue else {
          raiseError(.timeoutValue, beginning: .place)
          return .raised
        }
        guard schedulers.takeSteps(forWaiting: time.smallValue) else { return .outOfSteps }
        let process = current.unsafelyUnwrapped
        let deadline = MonotonicTime.nanoseconds() + UInt64(time.smallValue) * 1_000_000
        let number = schedulers.timers.makeNumber()
        process.receiveTimer = number
        schedulers.setTimer(number, at: deadline, .wake(process))
      }
    } else if schedulers.timers.deadline(of: current.receiveTimer ?? 0) == nil {
      f.code += w.count
      return .goesOn
    }
    stop(at: f.code + f.code[1].jump, live: 0)
    return .waits
  }

  /// Begins with the first message again after a time that is over.
  @inline(never)
  func endWait<Checks: OperandChecks>(_ f: inout Frame<Checks>) {
    process.restartReceive()
    endWait()
    f.code += 1
  }

  private func endWait() {
    current.waitsForever = false
    guard let timer = current.receiveTimer else { return }
    _ = schedulers.timers.cancel(timer)
    current.receiveTimer = nil
  }

  // MARK: - Marks

  /// Marks the messages that are there, before a reference is made that none of them can hold.
  @inline(never)
  func markMessages<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) {
    process.markMessages()
    current.markNumber &+= 1
    current.markedReference = nil
    f.store(.small(current.markNumber & 0xFFFF_FFFF), w.fieldA)
    f.code += 1
  }

  /// Says which reference a mark was made for, begins behind the mark of a reference, or forgets it.
  @inline(never)
  func mark<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode) {
    let first = f.operand(w.fieldA)
    if opcode == .bindMark {
      if first == .small(current.markNumber & 0xFFFF_FFFF) {
        current.markedReference = numbers(of: f.operand(w.fieldB))
      }
    } else if let marked = current.markedReference, let numbers = numbers(of: first),
      numbers == marked
    {
      if opcode == .useMark {
        process.skipToMark()
      } else {
        process.clearMark()
        current.markedReference = nil
      }
    }
    f.code += w.count
  }

  /// The numbers of a local reference, nothing for another term.
  private func numbers(of reference: Term) -> (UInt, UInt)? {
    reference.isBoxed(.reference) ? (reference.boxed[1], reference.boxed[2]) : nil
  }

  // MARK: - Sending

  /// Sends x1 to x0 and leaves it in x0.
  func send<Checks: OperandChecks>(_ f: inout Frame<Checks>) -> Bool {
    let receiver = f.xValue(0)
    let message = f.xValue(8)
    if Checks.isOn && f.fault != nil { return false }
    f.save()
    guard sends(message, to: receiver) else {
      if exception.beginning == nil { exception.beginning = sending }
      return false
    }
    f.load()
    f.store(message, 0)
    f.steps &-= 4
    f.code += 1
    return true
  }

  /// How the trace begins of a message that cannot be sent.
  private var sending: TraceBeginning {
    guard let name = try? atoms.atom("!") else { return .place }
    return .call(FunctionName(module: .erlang, function: name, arity: 2))
  }

  /// Sends a term to a pid, a name, an alias, or `{Name, Node}`. False with a pending exception.
  @inline(never)
  func sends(_ message: Term, to receiver: Term) -> Bool {
    var receiver = receiver
    if receiver.isTuple(arity: 2) {
      let elements = receiver.tupleElements
      guard elements[0].isAtom, elements[1].isAtom else {
        raise(.error, .badArgument)
        return false
      }
      // There is no other node, and a name that nobody has is no error here.
      guard elements[1] == code.natives.nodeName, system.pid(named: elements[0]) != nil else {
        return true
      }
      receiver = elements[0]
    }
    // A reference that is no alias is one that was.
    if receiver.isBoxed(.reference) && !receiver.isAlias { return true }
    do {
      _ = try process.send(message, to: receiver)
      return true
    } catch .message(let error) {
      refuseMessage(error)
    } catch .mailboxFull {
      raise(.error, .systemLimit)
    } catch {
      if receiver.isPid { return true }  // Of another node: gone.
      raise(.error, .badArgument)
    }
    return false
  }

  /// Makes `system_limit` pending for a message that there was no memory for.
  func refuseMessage(_ error: MessageError) {
    switch error {
    case .outOfMemory(let refusal): memoryRefusal = .outOfMemory(refusal)
    case .tooLarge(let words): memoryRefusal = .tooLarge(words: words)
    case .flatteningBeyondLimit: memoryRefusal = nil
    }
    raise(.error, .systemLimit)
  }
}

extension Term {
  /// Whether a reference leads to a process.
  fileprivate var isAlias: Bool { LocalReference.numberCount(at: boxed) == 5 }
}
