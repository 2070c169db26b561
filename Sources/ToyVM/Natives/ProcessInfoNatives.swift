import Tenure

/// Natives of module `erlang` that tell of processes.
var processInfoNatives: [Native] {
  [
    Native("erlang", "process_info", 1) { interpreter, x in
      interpreter.aboutProcess(x[0]) { process throws(TableError) in
        try interpreter.information(of: process)
      }
    },
    Native("erlang", "process_info", 2) { interpreter, x in
      interpreter.aboutProcess(x[0]) { process throws(TableError) in
        try interpreter.items(x[1], of: process)
      }
    },
    Native("erlang", "processes", 0) { interpreter, _ in
      interpreter.makeList(of: interpreter.system.pids)
    },
    Native("erlang", "is_process_alive", 1) { interpreter, x in
      guard x[0].isLocalPid else { return interpreter.badArgument() }
      return interpreter.withProcess(x[0]) { _ in .true } ?? .false
    },
  ]
}

/// The items of `process_info/1`, in its order.
private let usualItems = [
  "registered_name", "current_function", "initial_call", "status", "message_queue_len", "links",
  "dictionary", "trap_exit", "error_handler", "priority", "group_leader", "total_heap_size",
  "heap_size", "stack_size", "reductions", "garbage_collection", "suspending",
]

extension Interpreter {
  /// What a piece of work tells of a process, `undefined` where it has ended. It builds in place:
  /// nothing moves meanwhile.
  fileprivate func aboutProcess(
    _ pid: Term, _ body: (MachineProcess) throws(TableError) -> Term?
  ) -> Term {
    guard pid.isLocalPid else { return badArgument() }
    return withProcess(pid) { process in
      onTable { () throws(TableError) in try body(process) }
    } ?? .undefined
  }

  /// The list of the usual items.
  fileprivate func information(of process: MachineProcess) throws(TableError) -> Term {
    var list = Term.nil
    for name in usualItems.reversed() {
      guard let atom = try? atoms.atom(name), let value = try value(name, of: process) else {
        continue
      }
      if name == "registered_name" && value.isNil { continue }
      let rest = list
      list = try building(words: 3 + 2) { $0.makeCons($0.makeTuple(atom, value), rest) }
    }
    return list
  }

  /// `{Item, Value}`, or a list of them; nothing where an item is none.
  fileprivate func items(_ item: Term, of process: MachineProcess) throws(TableError) -> Term? {
    if item.isAtom {
      let name = atoms.name(of: item)
      guard let value = try value(name, of: process) else { return nil }
      // Alone, a name that is not there is no pair.
      if name == "registered_name" && value.isNil { return .nil }
      return try building(words: 3) { $0.makeTuple(item, value) }
    }
    var pairs: [Term] = []
    var rest = item
    while rest.isCons {
      let item = rest.cons[0]
      guard item.isAtom, let value = try value(atoms.name(of: item), of: process) else {
        return nil
      }
      pairs.append(try building(words: 3) { $0.makeTuple(item, value) })
      rest = rest.cons[1]
    }
    return rest.isNil ? try list(pairs) : nil
  }

  private func list(_ terms: [Term]) throws(TableError) -> Term {
    try building(words: 2 * terms.count) { $0.makeList(terms) }
  }

  /// The value of an item, or nothing where there is no such item.
  private func value(_ name: String, of process: MachineProcess) throws(TableError) -> Term? {
    switch name {
    case "registered_name": return system.name(of: process.pid) ?? .nil
    case "current_function": return try function(at: hibernation(of: process) ?? place(of: process))
    case "current_location":
      guard let place = hibernation(of: process) ?? place(of: process) else { return .undefined }
      return try entry(of: place)
    case "current_stacktrace":
      return try list(
        try calls(of: process).map { place throws(TableError) in try entry(of: place) })
    case "initial_call": return try function(process.initialCall)
    case "status":
      let status = process === current ? "running" : process.isWaiting ? "waiting" : "runnable"
      return try? atoms.atom(status)
    case "message_queue_len": return .small(process.process.pointee.fetchedMessageCount)
    case "messages":
      var messages: [Term] = []
      process.process.pointee.forEachMessage { messages.append($0) }
      return try list(copies(of: messages))
    case "links": return try list(process.process.pointee.links)
    case "monitors":
      return try list(
        try process.process.pointee.monitoredProcesses.map { pid throws(TableError) in
          try building(words: 3) { $0.makeTuple(.process, pid) }
        })
    case "monitored_by": return try list(process.process.pointee.watchers)
    case "dictionary":
      var pairs: [(Term, Term)] = []
      process.process.pointee.dictionary.forEach { pairs.append(($0, $1)) }
      return try list(
        try pairs.map { key, value throws(TableError) in
          let (key, value) = (try copied(key), try copied(value))
          return try building(words: 3) { $0.makeTuple(key, value) }
        })
    case "trap_exit": return .boolean(process.process.pointee.trapsExits)
    case "error_handler": return try? atoms.atom("error_handler")
    case "priority": return try? atoms.atom("\(process.priority)")
    case "group_leader": return process.groupLeader
    case "parent": return process.parent
    // There are no magic references among terms.
    case "suspending", "magic_ref": return .nil
    // Nobody passes tokens on, and no calls are kept.
    case "sequential_trace_token": return .nil
    case "last_calls": return .false
    case "trace": return .small(process.trace?.flags ?? 0)
    case "catchlevel": return .small(catchLevel(of: process))
    case "reductions": return .small(process.reductions)
    case "message_queue_data":
      return try? atoms.atom(process.messageQueueData)
    case "memory":
      do throws(MessageError) {
        return .small(try process.process.pointee.information().memoryByteCount)
      } catch .outOfMemory(let refusal) {
        throw .outOfMemory(refusal)
      } catch {
        preconditionFailure("a fetch of messages that copies: \(error)")
      }
    case "binary": return try binaries(of: process)
    default: return try heapValue(name, of: process.process.pointee.heap.information)
    }
  }

  private func copies(of terms: [Term]) throws(TableError) -> [Term] {
    try terms.map { term throws(TableError) in try copied(term) }
  }

  /// The value of an item about the heap.
  private func heapValue(
    _ name: String, of heap: HeapInformation
  ) throws(TableError) -> Term? {
    switch name {
    case "heap_size": return .small(heap.heapWords)
    case "total_heap_size": return .small(heap.totalHeapWords)
    case "stack_size": return .small(heap.stackWords)
    case "garbage_collection":
      var pairs: [(String, Term)] = []
      for name in Self.heapOptionNames {
        if let value = try heapOption(name, of: heap.options) { pairs.append((name, value)) }
      }
      return try list(ofPairs: pairs + [("minor_gcs", .small(heap.minorCollections))])
    case "garbage_collection_info":
      return try list(ofPairs: heap.figures.named.map { ($0.name, .small($0.words)) })
    default: return try heapOption(name, of: heap.options)
    }
  }

  /// The options of a heap, in the order in which `garbage_collection` tells them.
  static let heapOptionNames = [
    "max_heap_size", "min_bin_vheap_size", "min_heap_size", "fullsweep_after",
  ]

  /// A list of pairs of a name and a value.
  func list(ofPairs pairs: [(name: String, value: Term)]) throws(TableError) -> Term {
    var tuples: [Term] = []
    for (name, value) in pairs {
      guard let atom = try? atoms.atom(name) else { continue }
      tuples.append(try building(words: 3) { $0.makeTuple(atom, value) })
    }
    return try list(tuples)
  }

  /// `{Identifier, Bytes, References}` of each distinct binary outside the heap.
  private func binaries(of process: MachineProcess) throws(TableError) -> Term {
    let found: [BinaryInformation]
    do { found = try process.process.pointee.heap.binaries() } catch { throw .heap(error) }
    return try list(
      try found.map { binary throws(TableError) in
        try building(words: 4) {
          $0.makeTuple(
            .small(Int(binary.identifier)), .small(binary.byteCount), .small(binary.references))
        }
      })
  }

  // MARK: - Places

  /// Where the code of a process is.
  private func place(of process: MachineProcess) -> CodePlace? {
    let address = process === current ? callSite : process.code
    return code.place(of: UInt(bitPattern: address))
  }

  /// Where a process is that hibernates: it waits, and its code begins with a call that gave up the
  /// stack.
  private func hibernation(of process: MachineProcess) -> CodePlace? {
    guard process !== current, process.isWaiting, process.code == code.applyCode,
      let hibernate = try? atoms.atom("hibernate")
    else { return nil }
    return CodePlace(
      name: FunctionName(module: .erlang, function: hibernate, arity: 3), line: nil)
  }

  /// The calls that a process is in, the innermost first.
  private func calls(of process: MachineProcess) -> [CodePlace] {
    var places = place(of: process).map { [$0] } ?? []
    let state = process.process.pointee.heap.state.pointee
    var slot = state.stackTop
    while slot < state.end && places.count < Self.traceDepth {
      // One slot back: the call's own line, not that of what follows it.
      if slot.pointee & 3 == 0, slot.pointee > 8, let place = code.place(of: slot.pointee - 8) {
        places.append(place)
      }
      slot += 1
    }
    return places
  }

  /// The catches that a process is in.
  private func catchLevel(of process: MachineProcess) -> Int {
    let state = process.process.pointee.heap.state.pointee
    return (0..<state.stackWords).count { Term(bits: state.stackTop[$0]).isCatch }
  }

  /// `{Module, Function, Arity, Location}`.
  private func entry(of place: CodePlace) throws(TableError) -> Term {
    let file = Array((place.line?.file ?? "").unicodeScalars)
    let name = place.name
    return try building(words: 5 + Self.locationWords(file)) { cursor in
      let location = Self.location(of: place, file, &cursor)
      return cursor.makeTuple(name.module, name.function, .small(name.arity), location)
    }
  }

  private func function(at place: CodePlace?) throws(TableError) -> Term {
    guard let place else { return .undefined }
    return try function(place.name)
  }

  private func function(_ name: FunctionName) throws(TableError) -> Term {
    try building(words: 4) { $0.makeTuple(name.module, name.function, .small(name.arity)) }
  }
}
