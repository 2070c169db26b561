import Tenure

/// Natives of module `erlang` about what processes are to each other: links, monitors, aliases,
/// ends.
var relationNatives: [Native] {
  [
    Native("erlang", "link", 1, link),
    Native("erlang", "unlink", 1) { interpreter, x in
      guard x[0].isPid || x[0].isPort else { return interpreter.badArgument() }
      return interpreter.signalling { process throws(MessageError) in
        try process.unlink(from: x[0])
        return .true
      }
    },
    Native("erlang", "monitor", 2) { interpreter, x in
      monitor(interpreter, x, MonitorOptions())
    },
    Native("erlang", "monitor", 3) { interpreter, x in
      guard let options = interpreter.monitorOptions(x[2]) else {
        return interpreter.badArgument()
      }
      return monitor(interpreter, x, options)
    },
    Native("erlang", "demonitor", 1) { interpreter, x in
      demonitor(interpreter, x[0], flushes: false, informs: false)
    },
    Native("erlang", "demonitor", 2, demonitorWithOptions),
    Native("erlang", "alias", 0) { interpreter, _ in
      interpreter.signalling { process throws(MessageError) in try process.makeAlias() }
    },
    Native("erlang", "alias", 1) { interpreter, x in
      var endsWithReply = false
      var rest = x[0]
      while rest.isCons {
        endsWithReply = interpreter.isAtom(rest.cons[0], "reply")
        guard endsWithReply || interpreter.isAtom(rest.cons[0], "explicit_unalias") else {
          return interpreter.badArgument()
        }
        rest = rest.cons[1]
      }
      guard rest.isNil else { return interpreter.badArgument() }
      return interpreter.signalling { process throws(MessageError) in
        try process.makeAlias(endsWithReply: endsWithReply)
      }
    },
    Native("erlang", "unalias", 1) { interpreter, x in
      guard x[0].isReference else { return interpreter.badArgument() }
      return .boolean(interpreter.process.removeAlias(x[0]))
    },
    Native("erlang", "exit", 2, exit),
  ]
}

extension Interpreter {
  /// Runs a piece of work that sends; where there is no memory for it, `system_limit` is pending.
  func signalling(_ body: (inout Process) throws(MessageError) -> Term) -> Term {
    do {
      return try body(&current.process.pointee)
    } catch {
      refuseMessage(error)
      return .none
    }
  }

  /// Does what signals to the process ask for; where it is to end, it stops at this call.
  func obeySignals() -> Term {
    do {
      if try process.handleSignals() { return .true }
      pause = .exiting
    } catch {
      refuseMessage(error)
    }
    return .none
  }
}

private func link(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isLocalPid else { return interpreter.badArgument() }
  // As ERTS does for processes of its own node: who traps exits gets a message.
  if x[0] != interpreter.pid && !interpreter.process.trapsExits
    && !interpreter.system.isAlive(x[0])
  {
    interpreter.raise(.error, .noProcess)
    return .none
  }
  return interpreter.signalling { process throws(MessageError) in
    try process.link(to: x[0])
    return .true
  }
}

private func monitor(
  _ interpreter: Interpreter, _ x: Arguments, _ options: MonitorOptions
) -> Term {
  guard x[0] == .process else { return interpreter.badArgument() }
  var pid = x[1]
  var named: (name: Term, node: Term)?
  if pid.isTuple(arity: 2) {
    let elements = pid.tupleElements
    guard elements[0].isAtom, elements[1].isAtom else { return interpreter.badArgument() }
    named = (elements[0], elements[1])
  } else if pid.isAtom {
    named = (pid, interpreter.code.natives.nodeName)
  }
  if let named {
    // There is no process on another node.
    pid = .undefined
    if named.node == interpreter.code.natives.nodeName {
      pid = interpreter.system.pid(named: named.name) ?? .undefined
    }
  } else if !pid.isLocalPid {
    return interpreter.badArgument()
  }
  return interpreter.signalling { process throws(MessageError) in
    try process.monitor(pid, named: named, alias: options.alias, tag: options.tag ?? .down)
  }
}

private func demonitorWithOptions(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  var (flushes, informs) = (false, false)
  var rest = x[1]
  while rest.isCons {
    if interpreter.isAtom(rest.cons[0], "flush") {
      flushes = true
    } else if interpreter.isAtom(rest.cons[0], "info") {
      informs = true
    } else {
      return interpreter.badArgument()
    }
    rest = rest.cons[1]
  }
  guard rest.isNil else { return interpreter.badArgument() }
  return demonitor(interpreter, x[0], flushes: flushes, informs: informs)
}

private func demonitor(
  _ interpreter: Interpreter, _ reference: Term, flushes: Bool, informs: Bool
) -> Term {
  guard reference.isReference else { return interpreter.badArgument() }
  return interpreter.signalling { process throws(MessageError) in
    let wasThere = try process.demonitor(reference, flushing: flushes)
    return .boolean(!informs || wasThere)
  }
}

private func exit(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isPid || x[0].isPort else { return interpreter.badArgument() }
  if !x[0].isLocalPid { return .true }
  let sent = interpreter.signalling { process throws(MessageError) in
    try process.askToEnd(x[0], reason: x[1])
    return .true
  }
  // What a process asks of itself happens before it goes on.
  return sent.isNone || x[0] != interpreter.pid ? sent : interpreter.obeySignals()
}
