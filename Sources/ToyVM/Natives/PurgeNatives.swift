import Glibc
import Tenure

/// Natives of modules `code` and `erlang` that give up modules and their old code.
var purgeNatives: [Native] {
  [
    Native("erlang", "load_module", 2, loadModule),
    Native("erlang", "check_old_code", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.badArgument() }
      return .boolean(interpreter.code.oldVersion(of: x[0]) != nil)
    },
    Native("erlang", "delete_module", 1) { interpreter, x in
      guard x[0].isAtom, interpreter.code.oldVersion(of: x[0]) == nil else {
        return interpreter.badArgument()
      }
      return interpreter.code.delete(x[0]) ? .true : .undefined
    },
    Native("erlang", "purge_module", 1) { interpreter, x in
      guard x[0].isAtom, interpreter.code.oldVersion(of: x[0]) != nil else {
        return interpreter.badArgument()
      }
      return interpreter.purge(x[0], kills: true) == nil ? .none : .true
    },
    Native("erlang", "check_process_code", 2) { interpreter, x in
      guard x[0].isLocalPid, x[1].isAtom else { return interpreter.badArgument() }
      return interpreter.runsOldCode(x[0], of: x[1])
    },
    Native("erlang", "check_process_code", 3, checkWithOptions),
    Native("code", "delete", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.noClause() }
      return .boolean(
        interpreter.code.oldVersion(of: x[0]) == nil && interpreter.code.delete(x[0]))
    },
    Native("code", "purge", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.noClause() }
      return interpreter.purge(x[0], kills: true).map { .boolean($0.hasKilled) } ?? .none
    },
    Native("code", "soft_purge", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.noClause() }
      return interpreter.purge(x[0], kills: false).map { .boolean($0.isPurged) } ?? .none
    },
  ]
}

extension Interpreter {
  /// Makes `function_clause` pending, as of a function in Erlang.
  func noClause() -> Term {
    raise(.error, .functionClause)
    return .none
  }

  /// What came of a purge.
  struct Purge {
    /// Whether there is no old code any more.
    let isPurged: Bool
    /// Whether processes ended for it.
    let hasKilled: Bool
  }

  /// Gives up the old code of a module.
  ///
  /// First its closures cannot be called any more, so that nobody enters the old code; then all processes
  /// are looked at, and those that run it end. If it is not to kill and one was found, the closures can
  /// be called again; who calls one meanwhile makes way.
  /// - Returns: nothing where the call is to be made again, or an exception is pending.
  func purge(_ module: Term, kills: Bool) -> Purge? {
    let ended: Purge?? = code.purging.tryLock {
      guard let old = code.oldVersion(of: module) else {
        return Purge(isPurged: true, hasKilled: false)
      }
      let retired = code.retireFuns(of: old)
      let purge = purge(old, kills: kills)
      if !kills, purge?.isPurged != true { code.restore(retired) }
      return purge
    }
    if let ended { return ended }
    pause = .again
    return nil
  }

  /// How often a purge looks at a process that another thread runs before it makes way itself.
  private static var mostLooks: Int { 1_000 }

  private func purge(_ old: LoadedModule, kills: Bool) -> Purge? {
    let module = old.name
    for pid in system.pids {
      var runs = runsOldCode(pid, of: module)
      // A process that runs comes to a call of such a closure, or to the end of its slice.
      var looks = 0
      while runs.isNone, pause?.callsAgain == false, looks < Self.mostLooks {
        pause = nil
        sched_yield()
        runs = runsOldCode(pid, of: module)
        looks += 1
      }
      if runs.isNone { return nil }
      if runs != .true { continue }
      if !kills { return Purge(isPurged: false, hasKilled: false) }
      let sent = signalling { process throws(MessageError) in
        try process.askToEnd(pid, reason: .kill)
        return .true
      }
      if sent.isNone { return nil }
      old.hasKilled = true
      // It is not gone before it has run once more; the call is made again then.
      pause = pid == self.pid ? .exiting : .again
      return nil
    }
    code.purge(old)
    return Purge(isPurged: true, hasKilled: old.hasKilled)
  }

  /// Whether a process runs old code of a module, or will return to it: `true` or `false`, or no value
  /// where the call is to be made again.
  func runsOldCode(_ pid: Term, of module: Term) -> Term {
    guard let old = code.oldVersion(of: module) else { return .false }
    return withProcess(pid) { process in
      let isCurrent = process === self.current
      let place = UInt(bitPattern: isCurrent ? callSite : process.code)
      return .boolean(old.contains(place) || old.isReturnedTo(from: process))
    } ?? .false
  }
}

extension LoadedModule {
  /// Whether a call that a process is in returns to this code.
  fileprivate func isReturnedTo(from process: MachineProcess) -> Bool {
    let heap = process.process.pointee.heap.state
    var slot = heap.pointee.stackTop
    while slot < heap.pointee.end {
      if slot.pointee & 3 == 0, contains(slot.pointee) { return true }
      slot += 1
    }
    return false
  }
}

/// `check_process_code(Pid, Module, Options)`: with `{async, Id}` the answer is a message.
private func checkWithOptions(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  var identifier: Term?
  let areOptions = interpreter.takeOptions(x[2]) { name, value in
    if interpreter.isAtom(name, "async") {
      identifier = value
      return true
    }
    return interpreter.isAtom(name, "allow_gc") && value.isBoolean
  }
  guard areOptions, x[0].isLocalPid, x[1].isAtom else { return interpreter.badArgument() }
  return interpreter.answer("check_process_code", to: identifier) {
    interpreter.runsOldCode(x[0], of: x[1])
  }
}
