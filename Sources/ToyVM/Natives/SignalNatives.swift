import Glibc
import Tenure

/// Natives of module `os` that ask the system by the names of its signals, and of its clock.
var signalNatives: [Native] {
  [
    Native("os", "set_signal", 2, setSignal),
    Native("os", "perf_counter", 0) { interpreter, _ in
      interpreter.makeInteger(nanoseconds(CLOCK_MONOTONIC), live: 0)
    },
  ]
}

/// Has the system ignore a signal, or do what it does by default; that also where the signal is to be
/// handled: no server is there that could be told of it.
private func setSignal(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, x[1].isAtom, let number = signals[interpreter.atoms.name(of: x[0])] else {
    return interpreter.badArgument()
  }
  switch interpreter.atoms.name(of: x[1]) {
  case "ignore": signal(number, SIG_IGN)
  case "default", "handle": signal(number, SIG_DFL)
  default: return interpreter.badArgument()
  }
  return .ok
}

/// Those that may be set.
private let signals: [String: Int32] = [
  "sighup": SIGHUP, "sigquit": SIGQUIT, "sigabrt": SIGABRT, "sigalrm": SIGALRM,
  "sigterm": SIGTERM, "sigusr1": SIGUSR1, "sigusr2": SIGUSR2, "sigchld": SIGCHLD,
  "sigstop": SIGSTOP, "sigtstp": SIGTSTP,
]
