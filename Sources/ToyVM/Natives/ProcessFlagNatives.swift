import Tenure

/// Natives of module `erlang` that say how the calling process behaves.
var processFlagNatives: [Native] {
  [
    Native("erlang", "process_flag", 2, setFlag),
    Native("erlang", "group_leader", 0) { interpreter, _ in interpreter.current.groupLeader },
    Native("erlang", "group_leader", 2) { interpreter, x in
      guard x[0].isLocalPid, interpreter.system.isAlive(x[0]) else {
        return interpreter.badArgument()
      }
      return interpreter.withProcess(x[1]) { process in
        process.groupLeader = x[0]
        return .true
      } ?? interpreter.badArgument()
    },
    Native("erlang", "yield", 0) { interpreter, _ in .true },
    Native("erlang", "bump_reductions", 1) { interpreter, x in
      guard x[0].isSmall, x[0].smallValue > 0 else { return interpreter.badArgument() }
      interpreter.useUp(steps: x[0].smallValue)
      return .true
    },
    Native("erlang", "hibernate", 3, hibernate),
    Native("erlang", "hibernate", 0) { interpreter, _ in hibernate(interpreter) },
    Native("erlang", "halt", 0) { interpreter, _ in halt(interpreter, .small(0)) },
    Native("erlang", "halt", 1) { interpreter, x in halt(interpreter, x[0]) },
    Native("erlang", "halt", 2) { interpreter, x in
      guard areHaltOptions(interpreter, x[1]) else { return interpreter.badArgument() }
      return halt(interpreter, x[0])
    },
  ]
}

extension Interpreter {
  /// Counts steps that no call took.
  func useUp(steps: Int) {
    MachineRegisters.steps(beside: x).pointee -= min(steps, Schedulers.sliceSteps)
  }

  /// Runs a piece of work with a process that has not ended: the calling one, or one that no other
  /// thread has.
  /// - Returns: what the work does; no value where the call is to be made again, as another thread
  ///   has the process; nothing where there is no such process.
  func withProcess(_ pid: Term, _ body: (MachineProcess) -> Term) -> Term? {
    if pid == self.pid { return body(current) }
    guard let process = schedulers.directory.process(pid) else { return nil }
    guard process.take() else {
      pause = .again
      return Term.none
    }
    // Where it waits, no sender is to write to it meanwhile; what is sent then wakes nobody.
    let wasParked = system.takeBack(pid)
    defer {
      let waitsOn = wasParked && parksAgain(process)
      process.giveUp()
      if wasParked && !waitsOn { schedulers.makeRunnable(process) }
    }
    // What was sent before is to be seen, an end among it.
    let goesOn = (try? process.process.pointee.handleSignals()) ?? true
    return goesOn && system.isAlive(pid) ? body(process) : nil
  }
}

extension Interpreter {
  /// Parks a process again that was taken back, unless something came for it meanwhile.
  private func parksAgain(_ process: MachineProcess) -> Bool {
    let looked = process.process
    return looked.pointee.isAtEndOfMessages && looked.pointee.exitReason == nil
      && !looked.pointee.hasRequests && schedulers.park(process)
  }
}

private func setFlag(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom else { return interpreter.badArgument() }
  let value = x[1]
  switch interpreter.atoms.name(of: x[0]) {
  case "trap_exit":
    guard value.isBoolean else { return interpreter.badArgument() }
    let before = interpreter.process.trapsExits
    // A signal that came before is not to be trapped.
    if value == .true, interpreter.obeySignals().isNone { return .none }
    interpreter.process.trapsExits = value == .true
    return .boolean(before)
  case "priority":
    guard let priority = interpreter.priority(value) else { return interpreter.badArgument() }
    let before = interpreter.current.priority
    interpreter.current.priority = priority
    return interpreter.atom("\(before)") ?? .none
  case "message_queue_data":
    guard let keeps = interpreter.keepsOnHeap(value) else { return interpreter.badArgument() }
    let before = interpreter.current.messageQueueData
    interpreter.current.setMessageQueueData(onHeap: keeps)
    return interpreter.atom(before) ?? .none
  case "error_handler":
    guard value.isAtom else { return interpreter.badArgument() }
    return interpreter.atom("error_handler") ?? .none
  case "save_calls": return .small(0)
  case "sensitive": return value.isBoolean ? .false : interpreter.badArgument()
  case let name: return setHeapOption(interpreter, name, value)
  }
}

private func setHeapOption(_ interpreter: Interpreter, _ name: String, _ value: Term) -> Term {
  var options = interpreter.process.heap.options
  guard interpreter.set(name, value, in: &options),
    let before = try? interpreter.process.heap.setOptions(options)
  else { return interpreter.badArgument() }
  return interpreter.onTable { () throws(TableError) in
    try interpreter.heapOption(name, of: before)
  }
}

/// `hibernate(Module, Function, Arguments)`: gives up the stack and all that is dead, and waits. Where
/// messages are there already, those that were skipped among them, only the stack goes, as in ERTS.
private func hibernate(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, x[1].isAtom, interpreter.listLength(x[2]) != nil else {
    return interpreter.badArgument()
  }
  if interpreter.obeySignals().isNone { return .none }
  if interpreter.process.fetchedMessageCount > 0 {
    interpreter.process.heap.dropStack()
  } else {
    var roots = interpreter.registers.roots(live: 3)
    do {
      try interpreter.process.hibernate(roots: &roots)
    } catch {
      // The process goes on with a larger heap than it could have: no limit is looked at.
      interpreter.memoryRefusal = error
    }
  }
  interpreter.process.heap.push(Term(bits: UInt(bitPattern: interpreter.code.haltCode)))
  interpreter.pause = .hibernated(interpreter.code.applyCode, live: 3)
  return .none
}

/// `hibernate()` of OTP 28: gives up all that is dead but keeps the stack, and returns `ok` when there
/// is a message, at once where one is there already.
private func hibernate(_ interpreter: Interpreter) -> Term {
  if interpreter.obeySignals().isNone { return .none }
  if interpreter.process.fetchedMessageCount > 0 { return interpreter.atom("ok") ?? .none }
  var roots = interpreter.registers.roots(live: 0)
  do { try interpreter.process.trim(roots: &roots) } catch { interpreter.memoryRefusal = error }
  // A signal wakes it as well: it looks again.
  interpreter.pause = .waiting
  return .none
}

/// `halt(Status)`: ends the run, with a number, or with 1 after a text was written. What was printed is
/// written already, for who prints waits for it.
private func halt(_ interpreter: Interpreter, _ status: Term) -> Term {
  if status.isSmall, status.smallValue >= 0 {
    interpreter.pause = .halting(status.smallValue)
    return .none
  }
  guard let slogan = interpreter.bytes(ofList: status) else { return interpreter.badArgument() }
  StandardError.write(String(decoding: slogan, as: UTF8.self) + "\n")
  interpreter.pause = .halting(1)
  return .none
}

private func areHaltOptions(_ interpreter: Interpreter, _ list: Term) -> Bool {
  interpreter.takeOptions(list) { name, value in
    interpreter.isAtom(name, "flush") && value.isBoolean
  }
}
