import Tenure

/// Natives of module `erlang` that send, and that give and take names.
var messageNatives: [Native] {
  [
    Native("erlang", "!", 2) { interpreter, x in send(interpreter, x) ? x[1] : .none },
    Native("erlang", "send", 2) { interpreter, x in send(interpreter, x) ? x[1] : .none },
    Native("erlang", "send", 3) { interpreter, x in
      var rest = x[2]
      while rest.isCons {
        guard
          interpreter.isAtom(rest.cons[0], "noconnect")
            || interpreter.isAtom(rest.cons[0], "nosuspend")
        else { return interpreter.badArgument() }
        rest = rest.cons[1]
      }
      guard rest.isNil else { return interpreter.badArgument() }
      return send(interpreter, x) ? .ok : .none
    },
    Native("erlang", "register", 2, register),
    Native("erlang", "unregister", 1) { interpreter, x in
      guard x[0].isAtom, interpreter.system.unregister(x[0]) else {
        return interpreter.badArgument()
      }
      return .true
    },
    Native("erlang", "whereis", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.badArgument() }
      if let pid = interpreter.system.pid(named: x[0]) { return pid }
      guard interpreter.isAtom(x[0], FileServer.name) else { return .undefined }
      return interpreter.schedulers.beginFileServer() ?? .undefined
    },
    Native("erlang", "registered", 0) { interpreter, _ in
      interpreter.makeList(of: interpreter.system.registeredNames)
    },
  ]
}

extension Interpreter {
  /// Builds a list of immediates.
  func makeList(of terms: [Term]) -> Term {
    guard ensure(2 * terms.count, live: 0) else { return .none }
    return build { $0.makeList(terms) }
  }
}

private func send(_ interpreter: Interpreter, _ x: Arguments) -> Bool {
  interpreter.sends(x[1], to: x[0])
}

private func register(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, x[0] != .undefined, x[1].isLocalPid, interpreter.system.name(of: x[1]) == nil
  else { return interpreter.badArgument() }
  do {
    return try interpreter.system.register(x[0], as: x[1]) ? .true : interpreter.badArgument()
  } catch {
    interpreter.refuse(.outOfMemory(error))
    return .none
  }
}
