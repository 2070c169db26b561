import Glibc
import Tenure

/// Natives that tell of the machine, of what it runs on, and of what it has loaded.
var systemNatives: [Native] {
  environmentNatives + serverlessNatives + signalNatives + [
    Native("erlang", "system_info", 1, systemInfo),
    Native("erlang", "system_flag", 2, setSystemFlag),
    Native("erlang", "module_loaded", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.badArgument() }
      return .boolean(interpreter.code.isLoaded(x[0]))
    },
    Native("erlang", "is_builtin", 3) { interpreter, x in
      guard x[0].isAtom, x[1].isAtom, x[2].isSmall, 0...255 ~= x[2].smallValue else {
        return interpreter.badArgument()
      }
      let name = FunctionName(module: x[0], function: x[1], arity: x[2].smallValue)
      return .boolean(interpreter.code.natives.place(of: name) != nil)
    },
    Native("erlang", "time_offset", 0) { interpreter, _ in
      interpreter.makeInteger(
        nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_MONOTONIC), live: 0)
    },
    Native("os", "system_time", 0) { interpreter, _ in
      interpreter.makeInteger(nanoseconds(CLOCK_REALTIME), live: 0)
    },
    Native("os", "getpid", 0) { interpreter, _ in
      interpreter.makeList(Array(String(getpid()).utf8), live: 0)
    },
    Native("io", "printable_range", 0) { interpreter, _ in interpreter.atom("latin1") ?? .none },
    Native("file", "native_name_encoding", 0) { interpreter, _ in
      interpreter.atom("utf8") ?? .none
    },
    Native("erlang", "nodes", 0) { _, _ in .nil },
    Native("erlang", "nodes", 1, nodes),
    Native("erlang", "monitor_node", 2, monitorNode),
    Native("erlang", "monitor_node", 3) { interpreter, x in
      guard interpreter.listLength(x[2]) != nil else { return interpreter.badArgument() }
      return monitorNode(interpreter, x)
    },
    Native("erlang", "ports", 0) { _, _ in .nil },
    Native("erlang", "is_alive", 0) { _, _ in .false },
    // No tracer of the system watches the machine, so there are no tags for it.
    Native("erlang", "dt_spread_tag", 1) { _, _ in .true },
    Native("erlang", "dt_restore_tag", 1) { _, _ in .true },
  ]
}

/// The nodes of some kinds: there is this one alone.
private func nodes(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  var hasThis = false
  var rest = x[0].isAtom ? Term.nil : x[0]
  var kinds = x[0].isAtom ? [x[0]] : []
  while rest.isCons {
    kinds.append(rest.cons[0])
    rest = rest.cons[1]
  }
  guard rest.isNil else { return interpreter.badArgument() }
  for kind in kinds {
    guard kind.isAtom,
      ["this", "visible", "hidden", "connected", "known"].contains(
        interpreter.atoms.name(of: kind))
    else { return interpreter.badArgument() }
    if ["this", "known"].contains(interpreter.atoms.name(of: kind)) { hasThis = true }
  }
  return interpreter.makeList(of: hasThis ? [interpreter.code.natives.nodeName] : [])
}

/// Watches a node: every other one is gone, and the message says so at once.
private func monitorNode(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, x[1].isBoolean else { return interpreter.badArgument() }
  if x[1] == .false || x[0] == interpreter.code.natives.nodeName { return .true }
  guard let name = interpreter.atom("nodedown"), interpreter.ensure(3, live: 2) else {
    return .none
  }
  let message = interpreter.build { $0.makeTuple(name, x[0]) }
  return interpreter.sends(message, to: interpreter.pid) ? .true : .none
}

// MARK: - The machine

private enum SystemItem {
  case number(Int)
  case atom(String)
  case string(String)
}

/// What programs ask to find out what they run on.
private let systemItems: [String: SystemItem] = [
  "otp_release": .string("25"), "version": .string("13.1.5"), "compat_rel": .number(25),
  "system_version": .string("Tenure toy machine [64-bit] [smp:1:1]\n"),
  "machine": .string("BEAM"), "system_architecture": .string("x86_64-unknown-linux-gnu"),
  "wordsize": .number(8), "endian": .atom("little"), "dirty_cpu_schedulers": .number(0),
  "logical_processors": .number(1), "logical_processors_available": .number(1),
  "logical_processors_online": .number(1), "smp_support": .atom("true"),
  "threads": .atom("true"), "debug_compiled": .atom("false"), "build_type": .atom("opt"),
  "emu_type": .atom("opt"), "emu_flavor": .atom("emu"), "multi_scheduling": .atom("disabled"),
  "process_limit": .number(262_144), "port_limit": .number(65_536),
  "port_count": .number(0), "ets_limit": .number(8192), "tolerant_timeofday": .atom("disabled"),
  "time_warp_mode": .atom("no_time_warp"), "time_correction": .atom("false"),
  "os_monotonic_time_source": .atom("undefined"), "creation": .number(0),
  "dist_buf_busy_limit": .number(1_048_576), "kernel_poll": .atom("false"),
  "backtrace_depth": .number(8), "heap_type": .atom("private"),
]

private func systemInfo(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  if x[0].isTuple(arity: 2), interpreter.isAtom(x[0].tupleElements[0], "wordsize") {
    return .small(8)
  }
  guard x[0].isAtom else { return interpreter.badArgument() }
  switch interpreter.atoms.name(of: x[0]) {
  case "os_type":
    guard let unix = interpreter.atom("unix"), let linux = interpreter.atom("linux") else {
      return .none
    }
    return interpreter.makeTuple(arity: 2, live: 0) { elements in
      elements[0] = unix
      elements[1] = linux
    }
  case "os_version": return operatingSystemVersion(interpreter)
  case "atom_count": return .small(interpreter.atoms.count)
  case "process_count": return .small(interpreter.system.processCount)
  case "schedulers", "schedulers_online": return .small(interpreter.schedulers.threadCount)
  case let name:
    if let value = interpreter.heapDefault(name) { return value }
    switch systemItems[name] {
    case .number(let number): return .small(number)
    case .atom(let name): return interpreter.atom(name) ?? .none
    case .string(let text): return interpreter.makeList(Array(text.utf8), live: 0)
    case nil: return interpreter.badArgument()
    }
  }
}

/// `{Major, Minor, Patch}` of the kernel.
private func operatingSystemVersion(_ interpreter: Interpreter) -> Term {
  var name = utsname()
  guard uname(&name) == 0 else { return interpreter.badArgument() }
  let release = withUnsafeBytes(of: name.release) { Array($0.prefix { $0 != 0 }) }
  let parts = release.split { !(48...57 ~= $0) }
  let numbers = (0..<3).map { index in
    index < parts.count ? Int(String(decoding: parts[index], as: UTF8.self)) ?? 0 : 0
  }
  return interpreter.makeTuple(arity: 3, live: 0) { elements in
    for index in 0..<3 { elements[index] = .small(numbers[index]) }
  }
}
