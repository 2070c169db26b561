import Tenure

/// Natives of module `erlang` that begin processes.
var spawnNatives: [Native] {
  let variants: [(String, SpawnOptions)] = [
    ("spawn", SpawnOptions()), ("spawn_link", SpawnOptions(links: true)),
    ("spawn_monitor", SpawnOptions(monitors: true)),
  ]
  return variants.flatMap { name, options in
    [
      Native("erlang", name, 1) { interpreter, x in
        // As in OTP, only the monitoring one looks at the arity; else the process fails.
        if options.monitors, x[0].isFun, Fun.arity(at: x[0].boxed) != 0 {
          return interpreter.badArgument()
        }
        return spawnFun(interpreter, x, options)
      },
      Native("erlang", name, 3) { interpreter, x in spawnFunction(interpreter, x, options) },
    ]
  } + [
    Native("erlang", "spawn_opt", 2) { interpreter, x in
      guard let options = interpreter.spawnOptions(x[1]) else { return interpreter.badArgument() }
      // The trace of a refusal tells the options.
      interpreter.kept[1] = x[1]
      defer {
        x[1] = interpreter.kept[1]
        interpreter.kept[1] = .nil
      }
      return spawnFun(interpreter, x, options)
    },
    Native("erlang", "spawn_opt", 4) { interpreter, x in
      guard let options = interpreter.spawnOptions(x[3]) else { return interpreter.badArgument() }
      return spawnFunction(interpreter, x, options)
    },
  ]
}

/// Begins a process that calls the fun in x0.
private func spawnFun(
  _ interpreter: Interpreter, _ x: Arguments, _ options: SpawnOptions
) -> Term {
  guard x[0].isFun else { return interpreter.badArgument() }
  x[1] = .nil
  let name = interpreter.code.natives.apply(arity: 2)
  return interpreter.spawn(name, arguments: 2, options)
}

/// Begins a process that calls the function that x0, x1 and x2 say.
private func spawnFunction(
  _ interpreter: Interpreter, _ x: Arguments, _ options: SpawnOptions
) -> Term {
  guard x[0].isAtom, x[1].isAtom, let arity = interpreter.listLength(x[2]), arity < 256 else {
    return interpreter.badArgument()
  }
  let name = FunctionName(module: x[0], function: x[1], arity: arity)
  return interpreter.spawn(name, arguments: 3, options)
}

extension Interpreter {
  /// Begins a process with what is in the first X registers; its pid, or `{Pid, Monitor}`.
  fileprivate func spawn(
    _ name: FunctionName, arguments count: Int, _ options: SpawnOptions
  ) -> Term {
    kept[0] = options.monitoring.tag ?? .down
    defer { kept[0] = .nil }
    // For the pair, and a reference that is built within it.
    guard ensure(3 + 5, live: count) else { return .none }
    let child: MachineProcess
    var result: Term
    do {
      child = try schedulers.spawn(from: self, name, arguments: count, options)
    } catch {
      refuseMessage(error)
      return .none
    }
    result = child.pid
    if options.monitors {
      do {
        let reference = try process.monitor(
          child.pid, alias: options.monitoring.alias, tag: kept[0])
        result = build { $0.makeTuple(child.pid, reference) }
      } catch {
        refuseMessage(error)
        result = .none
      }
    }
    schedulers.makeRunnable(child)
    return result
  }

  /// The options of `spawn_opt`, or nothing where one is none.
  fileprivate func spawnOptions(_ list: Term) -> SpawnOptions? {
    var options = SpawnOptions()
    var heap = schedulers.heapDefaults
    var rest = list
    while rest.isCons {
      guard add(rest.cons[0], to: &options, &heap) else { return nil }
      rest = rest.cons[1]
    }
    options.heap = heap
    return rest.isNil ? options : nil
  }

  private func add(
    _ option: Term, to options: inout SpawnOptions, _ heap: inout HeapOptions
  ) -> Bool {
    if option.isAtom {
      switch atoms.name(of: option) {
      case "link": options.links = true
      case "monitor": options.monitors = true
      default: return false
      }
      return true
    }
    guard option.isTuple(arity: 2), option.tupleElements[0].isAtom else { return false }
    let value = option.tupleElements[1]
    switch atoms.name(of: option.tupleElements[0]) {
    case "monitor":
      guard let monitoring = monitorOptions(value) else { return false }
      options.monitors = true
      options.monitoring = monitoring
    case "priority":
      guard let priority = priority(value) else { return false }
      options.priority = priority
    case "message_queue_data":
      guard let keeps = keepsOnHeap(value) else { return false }
      options.keepsMessagesOnHeap = keeps
    case "async_dist": return value == .true || value == .false
    case "scheduler": return value.isSmall
    case let name: return set(name, value, in: &heap)
    }
    return true
  }
}
