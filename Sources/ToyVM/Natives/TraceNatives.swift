import Tenure

/// Natives of module `erlang` by which processes are traced: of what ERTS can tell, collections.
var traceNatives: [Native] {
  [
    Native("erlang", "trace", 3, trace),
    Native("erlang", "trace_info", 2, traceInformation),
  ]
}

/// What a list of flags of `trace/3` says.
private struct TraceFlags {
  var tracer: Term?
  var timestamp: CollectionTracing.Timestamp?
  var isInherited = false
  var tellsCollections = false

  /// The flags by which another tracing goes on.
  func added(to before: CollectionTracing?, by caller: Term) -> CollectionTracing {
    var tracing = before ?? CollectionTracing(tracer: tracer ?? caller)
    if let timestamp { tracing.timestamp = timestamp }
    tracing.isInherited = tracing.isInherited || isInherited
    tracing.tellsCollections = tracing.tellsCollections || tellsCollections
    return tracing
  }

  /// What is left of a tracing without these flags; nothing where no flag is.
  func removed(from before: CollectionTracing) -> CollectionTracing? {
    var tracing = before
    if let timestamp, tracing.timestamp == timestamp { tracing.timestamp = .none }
    if isInherited { tracing.isInherited = false }
    if tellsCollections { tracing.tellsCollections = false }
    let isLeft = tracing.isInherited || tracing.tellsCollections || tracing.timestamp != .none
    return isLeft ? tracing : nil
  }
}

/// Which processes are to be traced.
private struct TraceTargets {
  var pids: [Term] = []
  var includesNew = false
}

/// `trace(Processes, How, Flags)`: how many processes it was for.
private func trace(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[1].isBoolean, let targets = traceTargets(interpreter, x[0]),
    let flags = traceFlags(interpreter, x[2], isTurnedOn: x[1] == .true)
  else { return interpreter.badArgument() }
  let isTurnedOn = x[1] == .true
  let tracer = flags.tracer ?? interpreter.pid
  var count = 0
  for pid in targets.pids {
    let result = interpreter.withProcess(pid) { process in
      // Who watches is not watched, and nobody is watched by two.
      if isTurnedOn {
        if let before = process.trace, before.tracer != tracer,
          interpreter.system.isAlive(before.tracer)
        {
          return .false
        }
        if pid == tracer { return .true }
        let before = process.trace.flatMap { $0.tracer == tracer ? $0 : nil }
        process.trace = flags.added(to: before, by: interpreter.pid)
      } else if let before = process.trace {
        process.trace = flags.removed(from: before)
      }
      return .true
    }
    guard let result else { continue }
    // Another thread has the process: the call is made again.
    if result.isNone { return .none }
    if result == .true { count += 1 }
  }
  if x[0].isPid && count == 0 { return interpreter.badArgument() }
  if targets.includesNew {
    let before = interpreter.schedulers.tracingOfNew
    interpreter.schedulers.tracingOfNew =
      isTurnedOn
      ? flags.added(to: before, by: interpreter.pid)
      : before.flatMap { flags.removed(from: $0) }
  }
  return .small(count)
}

private func traceTargets(_ interpreter: Interpreter, _ term: Term) -> TraceTargets? {
  if term.isLocalPid {
    return interpreter.system.isAlive(term) ? TraceTargets(pids: [term]) : nil
  }
  guard term.isAtom else { return nil }
  let existing = TraceTargets(pids: interpreter.system.pids)
  switch interpreter.atoms.name(of: term) {
  case "existing", "existing_processes": return existing
  case "new", "new_processes": return TraceTargets(includesNew: true)
  case "all", "processes": return TraceTargets(pids: existing.pids, includesNew: true)
  case "ports", "existing_ports", "new_ports": return TraceTargets()
  default: return nil
  }
}

/// Reads a list of flags; nothing where it has one that the machine does not know.
private func traceFlags(
  _ interpreter: Interpreter, _ list: Term, isTurnedOn: Bool
) -> TraceFlags? {
  var flags = TraceFlags()
  var rest = list
  while rest.isCons {
    let flag = rest.cons[0]
    if flag.isTuple(arity: 2), interpreter.isAtom(flag.tupleElements[0], "tracer"),
      flag.tupleElements[1].isLocalPid
    {
      flags.tracer = flag.tupleElements[1]
    } else {
      guard flag.isAtom else { return nil }
      switch interpreter.atoms.name(of: flag) {
      case "garbage_collection": flags.tellsCollections = true
      case "timestamp": flags.timestamp = .wallClock
      case "monotonic_timestamp": flags.timestamp = .monotonic
      case "set_on_spawn": flags.isInherited = true
      // What else it stands for is not there, so there is nothing of it to end.
      case "all" where !isTurnedOn: (flags.tellsCollections, flags.isInherited) = (true, true)
      default: return nil
      }
    }
    rest = rest.cons[1]
  }
  return rest.isNil ? flags : nil
}

/// `trace_info(Pid, flags)` and `trace_info(Pid, tracer)`.
private func traceInformation(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  // An atom, which stays what it is when the registers are cleared by a collection.
  let item = x[1]
  guard item.isAtom else { return interpreter.badArgument() }
  var tracing: CollectionTracing?
  if interpreter.isAtom(x[0], "new") || interpreter.isAtom(x[0], "new_processes") {
    tracing = interpreter.schedulers.tracingOfNew
  } else {
    guard x[0].isLocalPid else { return interpreter.badArgument() }
    let found = interpreter.withProcess(x[0]) { process in
      tracing = process.trace
      return .true
    }
    guard let found else { return .undefined }
    if found.isNone { return .none }
  }
  let value: Term
  switch interpreter.atoms.name(of: item) {
  case "tracer": value = tracing?.tracer ?? .nil
  case "flags":
    value = interpreter.makeList(of: tracing.map { flagNames($0, interpreter) } ?? [])
    if value.isNone { return .none }
  default: return interpreter.badArgument()
  }
  interpreter.kept[0] = value
  defer { interpreter.kept[0] = .nil }
  return interpreter.makeTuple(arity: 2, live: 0) { elements in
    elements[0] = item
    elements[1] = interpreter.kept[0]
  }
}

private func flagNames(_ tracing: CollectionTracing, _ interpreter: Interpreter) -> [Term] {
  var names: [String] = []
  if tracing.isInherited { names.append("set_on_spawn") }
  if tracing.tellsCollections { names.append("garbage_collection") }
  switch tracing.timestamp {
  case .none: break
  case .wallClock: names.append("timestamp")
  case .monotonic: names.append("monotonic_timestamp")
  }
  return names.compactMap { interpreter.atom($0) }
}
