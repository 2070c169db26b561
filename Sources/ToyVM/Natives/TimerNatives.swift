import Tenure

/// Natives of module `erlang` about messages that come later.
var timerNatives: [Native] {
  [
    Native("erlang", "send_after", 3) { interpreter, x in set(interpreter, x, .nil, tells: false) },
    Native("erlang", "send_after", 4) { interpreter, x in
      set(interpreter, x, x[3], tells: false)
    },
    Native("erlang", "start_timer", 3) { interpreter, x in set(interpreter, x, .nil, tells: true) },
    Native("erlang", "start_timer", 4) { interpreter, x in
      set(interpreter, x, x[3], tells: true)
    },
    Native("erlang", "cancel_timer", 1) { interpreter, x in
      answer(interpreter, x, .nil) { interpreter.schedulers.timers.cancel($0) }
    },
    Native("erlang", "cancel_timer", 2) { interpreter, x in
      answer(interpreter, x, x[1]) { interpreter.schedulers.timers.cancel($0) }
    },
    Native("erlang", "read_timer", 1) { interpreter, x in
      answer(interpreter, x, .nil) { interpreter.schedulers.timers.deadline(of: $0) }
    },
    Native("erlang", "read_timer", 2) { interpreter, x in
      answer(interpreter, x, x[1]) { interpreter.schedulers.timers.deadline(of: $0) }
    },
  ]
}

private let nanosecondsPerMillisecond: UInt64 = 1_000_000
/// In the reference of a timer, where others have other words.
private let timerMark: UInt32 = 0x71_3E

/// Sets a timer: after x0 milliseconds x1 is sent x2, or `{timeout, Timer, x2}`.
private func set(
  _ interpreter: Interpreter, _ x: Arguments, _ options: Term, tells: Bool
) -> Term {
  var isAbsolute = false
  let areOptions = interpreter.takeOptions(options) { name, value in
    isAbsolute = value == .true
    return interpreter.isAtom(name, "abs") && value.isBoolean
  }
  guard areOptions, x[0].isSmall, x[1].isAtom || x[1].isLocalPid,
    isAbsolute || 0..<1 << 43 ~= x[0].smallValue, let timeout = interpreter.atom("timeout")
  else { return interpreter.badArgument() }
  guard interpreter.ensure(3 + 4, live: 3) else { return .none }
  let milliseconds = UInt64(clamping: min(x[0].smallValue, 1 << 43))
  let begin = isAbsolute ? 0 : MonotonicTime.nanoseconds()
  let timers = interpreter.schedulers.timers
  let number = timers.makeNumber()
  let (reference, message) = interpreter.build { cursor in
    let reference = cursor.makeReference(number: UInt64(number), mark: timerMark)
    return (reference, tells ? cursor.makeTuple(timeout, reference, x[2]) : x[2])
  }
  do {
    let prepared = TimedMessage(try interpreter.process.prepare(message))
    interpreter.schedulers.setTimer(
      number, at: begin + milliseconds * nanosecondsPerMillisecond, .send(prepared, to: x[1]))
    // Where the receiver has ended before the timer could be found, nobody else takes it back.
    if x[1].isLocalPid && !interpreter.system.isAlive(x[1]) { _ = timers.cancel(number) }
    return reference
  } catch {
    interpreter.refuseMessage(error)
    return .none
  }
}

/// What is left of a timer in milliseconds, or `false` where it has run down: as the result, or as
/// a message with the option `async`; nothing of it without `info`.
private func answer(
  _ interpreter: Interpreter, _ x: Arguments, _ options: Term, _ ask: (_ number: Int) -> UInt64?
) -> Term {
  var (isAsynchronous, informs) = (false, true)
  let areOptions = interpreter.takeOptions(options) { name, value in
    if interpreter.isAtom(name, "async") {
      isAsynchronous = value == .true
    } else if interpreter.isAtom(name, "info") {
      informs = value == .true
    } else {
      return false
    }
    return value.isBoolean
  }
  guard areOptions, x[0].isReference else { return interpreter.badArgument() }
  var left = Term.false
  if let number = number(ofTimer: x[0]), let deadline = ask(number) {
    let now = MonotonicTime.nanoseconds()
    left = .small(deadline > now ? Int((deadline - now) / nanosecondsPerMillisecond) : 0)
  }
  if !isAsynchronous { return informs ? left : .ok }
  if !informs { return .ok }
  guard interpreter.ensure(4, live: 1), let name = interpreter.atom("cancel_timer") else {
    return .none
  }
  let message = interpreter.build { $0.makeTuple(name, x[0], left) }
  return interpreter.sends(message, to: interpreter.pid) ? .ok : .none
}

private func number(ofTimer reference: Term) -> Int? {
  reference.number(ofReferenceMarked: timerMark).map { Int($0) }
}
