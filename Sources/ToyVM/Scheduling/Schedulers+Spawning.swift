import Tenure

/// What a process is begun with.
struct SpawnOptions {
  var links = false
  /// Whether it is monitored, and how.
  var monitors = false
  var monitoring = MonitorOptions()
  var priority = MachineProcess.Priority.normal
  var heap: HeapOptions?
  var keepsMessagesOnHeap: Bool?
}

extension Schedulers {
  /// Makes the first process of a run.
  func makeProcess(
    calling name: FunctionName, at start: UnsafeMutablePointer<UInt>, _ arguments: [Argument],
    heap: HeapOptions?
  ) throws(HeapError) -> MachineProcess {
    let process = try begin(name, at: start, parent: .undefined, heap: heap)
    var none = SavedRegisters()
    let words = arguments.reduce(1) { $0 + $1.words }
    try process.process.pointee.ensureFree(words: words, roots: &none)
    process.process.pointee.heap.push(Term(bits: UInt(bitPattern: code.haltCode)))
    var terms: [Term] = []
    for argument in arguments {
      terms.append(process.process.pointee.heap.build { argument.term(&$0) })
    }
    terms.withUnsafeMutableBufferPointer { terms in
      if let base = terms.baseAddress { process.save(base, count: terms.count) }
    }
    return process
  }

  /// Makes a process that will call a function, which nobody knows yet.
  func begin(
    _ name: FunctionName, at start: UnsafeMutablePointer<UInt>, parent: Term, heap: HeapOptions?
  ) throws(HeapError) -> MachineProcess {
    let process = MachineProcess(
      process: try system.makeProcess(options: heap ?? heapDefaults), code: start,
      initialCall: name, parent: parent, schedulers: self)
    // What checked code does with a message must not depend on when it is part of the heap.
    if options.checksOperands { process.process.pointee.setKeepsMessagesOnHeap(true) }
    return process
  }

  /// Begins a process that answers requests for input and output.
  /// - Returns: its pid.
  func beginServer(
    named name: String, _ device: StandardDevice
  ) throws(HeapError) -> Term {
    guard let name = try? system.atoms.atom(name) else { return .undefined }
    let function = FunctionName(module: name, function: name, arity: 0)
    let server = try begin(function, at: code.serverCode.entry, parent: .undefined, heap: nil)
    server.process.pointee.heap.push(Term(bits: UInt(bitPattern: code.haltCode)))
    server.groupLeader = server.pid
    server.device = device
    directory.add(server)
    // Known to nobody yet: without the name it ends here.
    do {
      _ = try system.register(name, as: server.pid)
    } catch {
      directory.remove(server)
      throw .outOfMemory(error)
    }
    makeRunnable(server)
    return server.pid
  }

  /// Makes a process that applies what the first X registers of another one say: a fun and its
  /// list of arguments, or module, function and list.
  ///
  /// - Returns: the process, which does not run yet.
  /// - Throws: ``MessageError``; then there is none.
  func spawn(
    from interpreter: Interpreter, _ name: FunctionName, arguments count: Int,
    _ options: SpawnOptions
  ) throws(MessageError) -> MachineProcess {
    let child: MachineProcess
    do {
      child = try begin(
        name, at: count == 2 ? code.applyFunCode : code.applyCode, parent: interpreter.pid,
        heap: options.heap)
    } catch .outOfMemory(let error) {
      throw .outOfMemory(error)
    } catch .tooLarge(let words) {
      throw .tooLarge(words: words)
    } catch {
      throw .tooLarge(words: options.heap?.minimumWords ?? 0)
    }
    child.groupLeader = interpreter.current.groupLeader
    child.priority = options.priority
    if let keeps = options.keepsMessagesOnHeap { child.setMessageQueueData(onHeap: keeps) }
    child.process.pointee.heap.push(Term(bits: UInt(bitPattern: code.haltCode)))
    var terms: (Term, Term, Term) = (.nil, .nil, .nil)
    try withUnsafeMutablePointer(to: &terms) { terms throws(MessageError) in
      let terms = UnsafeMutableRawPointer(terms).assumingMemoryBound(to: Term.self)
      for index in 0..<count {
        terms[index] = try interpreter.process.copy(
          interpreter.x[index], onto: &child.process.pointee)
      }
      child.save(terms, count: count)
    }
    if options.links { try interpreter.process.link(to: child.pid) }
    if let trace = interpreter.current.trace, trace.isInherited { child.trace = trace }
    traceNew(child)
    directory.add(child)
    return child
  }
}
