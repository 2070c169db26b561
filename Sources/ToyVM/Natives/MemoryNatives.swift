import Glibc
import Tenure

/// Natives of module `erlang` about memory, and what the machine counted.
var memoryNatives: [Native] {
  [
    Native("erlang", "garbage_collect", 0) { interpreter, _ in collect(interpreter, fully: true) },
    Native("erlang", "garbage_collect", 1) { interpreter, x in
      collect(interpreter, x[0], fully: true)
    },
    Native("erlang", "garbage_collect", 2, collectWithOptions),
    Native("erlang", "memory", 0) { interpreter, x in
      let names = kinds.map(\.name)
      return pairs(interpreter, names, interpreter.system.memory())
    },
    Native("erlang", "memory", 1) { interpreter, x in
      let report = interpreter.system.memory()
      if x[0].isAtom {
        guard let bytes = bytes(interpreter.atoms.name(of: x[0]), report) else {
          return interpreter.badArgument()
        }
        return .small(bytes)
      }
      var names: [String] = []
      var rest = x[0]
      while rest.isCons, rest.cons[0].isAtom {
        names.append(interpreter.atoms.name(of: rest.cons[0]))
        rest = rest.cons[1]
      }
      guard rest.isNil, names.allSatisfy({ bytes($0, report) != nil }) else {
        return interpreter.badArgument()
      }
      return pairs(interpreter, names, report)
    },
    Native("erlang", "statistics", 1, statistics),
  ]
}

// MARK: - Collections

private func collect(_ interpreter: Interpreter, fully: Bool) -> Term {
  var roots = interpreter.registers.roots(live: 0)
  do {
    try interpreter.process.collectGarbage(fully: fully, roots: &roots)
    return .true
  } catch {
    interpreter.refuse(error)
    return .none
  }
}

private func collect(_ interpreter: Interpreter, _ pid: Term, fully: Bool) -> Term {
  guard pid.isLocalPid else { return interpreter.badArgument() }
  if pid == interpreter.pid { return collect(interpreter, fully: fully) }
  return interpreter.withProcess(pid) { process in
    var roots = process.roots
    let before = process.process.pointee.heap.counters
    defer {
      interpreter.schedulers.collections.add(process.process.pointee.heap.counters, since: before)
    }
    do throws(HeapError) {
      try process.process.pointee.collectGarbage(fully: fully, roots: &roots)
    } catch .limitReached {
      return interpreter.signalling { caller throws(MessageError) in
        try caller.askToEnd(pid, reason: .kill)
        return .true
      }
    } catch {
      // Without memory to collect the process is as it was: its next ensure tells it.
    }
    return .true
  } ?? .false
}

/// `garbage_collect(Pid, Options)`: with `{async, Id}` the result is a message as well.
private func collectWithOptions(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  var fully = true
  var identifier: Term?
  let areOptions = interpreter.takeOptions(x[1]) { name, value in
    if interpreter.isAtom(name, "async") {
      identifier = value
      return true
    }
    fully = interpreter.isAtom(value, "major")
    return interpreter.isAtom(name, "type") && (fully || interpreter.isAtom(value, "minor"))
  }
  guard areOptions, x[0].isLocalPid else { return interpreter.badArgument() }
  return interpreter.answer("garbage_collect", to: identifier) {
    collect(interpreter, x[0], fully: fully)
  }
}

// MARK: - Figures

/// What `memory/0` tells, in its order.
private let kinds: [(name: String, bytes: @Sendable (MemoryReport) -> Int)] = [
  ("total", { $0.total }), ("processes", { $0.processes }),
  ("processes_used", { $0.processesUsed }), ("system", { $0.system }), ("atom", { $0.atom }),
  ("atom_used", { $0.atomUsed }), ("binary", { $0.binary }), ("code", { $0.code }),
  ("ets", { $0.ets }),
]

private func bytes(_ name: String, _ report: MemoryReport) -> Int? {
  kinds.first { $0.name == name }?.bytes(report)
}

private func pairs(
  _ interpreter: Interpreter, _ names: [String], _ report: MemoryReport
) -> Term {
  let pairs = names.compactMap { name -> (Term, Int)? in
    guard let atom = interpreter.atom(name), let bytes = bytes(name, report) else { return nil }
    return (atom, bytes)
  }
  guard pairs.count == names.count, interpreter.ensure(5 * pairs.count, live: 0) else {
    return .none
  }
  return interpreter.build { cursor in
    var list = Term.nil
    for (name, bytes) in pairs.reversed() {
      list = cursor.makeCons(cursor.makeTuple(name, .small(bytes)), list)
    }
    return list
  }
}

private func statistics(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom else { return interpreter.badArgument() }
  switch interpreter.atoms.name(of: x[0]) {
  case "runtime", "wall_clock":
    let isRuntime = interpreter.isAtom(x[0], "runtime")
    let clock = nanoseconds(isRuntime ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC) / 1_000_000
    return triple(interpreter, clock, interpreter.schedulers.sinceLast(clock, isRuntime), nil)
  case "reductions", "exact_reductions":
    let reductions = interpreter.current.reductions
    return triple(interpreter, reductions, 0, nil)
  case "garbage_collection":
    interpreter.countCollections()
    let (count, words) = interpreter.schedulers.collections.totals
    return triple(interpreter, count, words, 0)
  case "context_switches": return triple(interpreter, 0, 0, nil)
  case "run_queue", "total_run_queue_lengths", "total_run_queue_lengths_all":
    return .small(interpreter.schedulers.queues.reduce(0) { $0 + $1.count })
  case "total_active_tasks", "total_active_tasks_all":
    return .small(interpreter.schedulers.queues.reduce(1) { $0 + $1.count })
  default: return interpreter.badArgument()
  }
}

private func triple(_ interpreter: Interpreter, _ a: Int, _ b: Int, _ c: Int?) -> Term {
  interpreter.makeTuple(arity: c == nil ? 2 : 3, live: 0) { elements in
    elements[0] = .small(a)
    elements[1] = .small(b)
    if let c { elements[2] = .small(c) }
  }
}
