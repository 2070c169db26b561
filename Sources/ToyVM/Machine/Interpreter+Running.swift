import Tenure

extension Interpreter {
  /// The steps of the slice that are left.
  var stepsLeft: Int { MachineRegisters.steps(beside: x).pointee }

  /// What the end of the first process, or of a run, means outside.
  func outcome(of end: RunEnd) -> RunOutcome {
    switch end {
    case .returned where x[0].isNone || x[0].isBoxed(.matchContext):
      return .malformedCode("a result that is no term")
    case .returned:
      return schedulers.options.rendersResult ? rendered(x[0]) : .returned("")
    case .exception: return .exception(report())
    case .exiting: return .exception(exitReport())
    case .outOfSteps: return .outOfSteps
    case .preempted, .yielded, .waiting: preconditionFailure("a process that can go on: \(end)")
    case .halted(let status): return .halted(status)
    case .fault(let rule): return .malformedCode("\(rule)")
    case .loadFailed(let error): return .loadFailed(error)
    }
  }

  /// Why the process that has ended in a way did so, a term of its heap.
  func exitReason(of end: RunEnd) -> Term {
    switch end {
    case .exiting: return isBeyondLimit ? .killed : process.exitReason ?? .killed
    case .exception: return exitReasonOfException()
    default: return .normal
    }
  }

  /// `Reason` of an exit, `{Reason, Trace}` of an error, `{{nocatch, Value}, Trace}` of a throw.
  /// Errors are told as Erlang's logger does.
  private func exitReasonOfException() -> Term {
    if exception.kind == .exit { return exception.reason }
    kept[0] = exception.reason
    kept[1] = stacktrace(of: exception.trace)
    defer { (kept[0], kept[1]) = (.nil, .nil) }
    guard ensure(6, live: 0) else { return .systemLimit }
    let isThrow = exception.kind == .throw
    let reason = build { cursor in
      let first = isThrow ? cursor.makeTuple(.noCatch, kept[0]) : kept[0]
      return cursor.makeTuple(first, kept[1])
    }
    if schedulers.options.reportsErrors {
      let lines = "Error in process \(text(of: pid)) with exit value:\n\(text(of: reason))\n"
      StandardError.write("=ERROR REPORT====\n" + lines)
    }
    return reason
  }

  /// The end of the first process by a signal.
  private func exitReport() -> ExceptionReport {
    ExceptionReport(
      kind: "exit", reason: text(of: exitReason(of: .exiting)), undefinedFunction: nil, trace: [],
      memoryRefusal: isBeyondLimit ? memoryRefusal : nil)
  }

  /// The result as text, or `system_limit` where there is no memory to write it: half a result
  /// must not look like one.
  private func rendered(_ result: Term) -> RunOutcome {
    do {
      return .returned(try printer.text(of: result))
    } catch {
      raiseScratchExhausted(error)
      return .exception(report())
    }
  }

  private var printer: TermPrinter {
    TermPrinter(atoms: atoms, scratch: scratch, funs: code, byteLimit: textByteLimit)
  }

  private func text(of term: Term) -> String {
    (try? printer.text(of: term)) ?? "(no memory to print the term)"
  }

  private func report() -> ExceptionReport {
    let pending = exception
    var kind = atoms.name(of: pending.kind)
    var reason = text(of: pending.reason)
    if pending.kind == .throw {
      kind = "error"
      reason = "{nocatch,\(reason)}"
    }
    var undefined: String?
    var places: [String] = []
    var rest = stacktrace(of: pending.trace)
    if pending.kind == .error, pending.reason == .undef, rest.isCons,
      let function = undefinedFunction(rest.cons[0])
    {
      undefined = function
      rest = rest.cons[1]
    }
    while rest.isCons {
      let entry = rest.cons[0]
      if entry.isTuple(arity: 4) { places.append(describe(entry.tupleElements)) }
      rest = rest.cons[1]
    }
    return ExceptionReport(
      kind: kind, reason: reason, undefinedFunction: undefined, trace: places,
      memoryRefusal: pending.reason == .systemLimit ? memoryRefusal : nil)
  }

  /// `module:function/arity` of the call that a trace of `undef` begins with.
  private func undefinedFunction(_ entry: Term) -> String? {
    guard entry.isTuple(arity: 4) else { return nil }
    let elements = entry.tupleElements
    guard let arity = listLength(elements[2]) else { return nil }
    return "\(text(of: elements[0])):\(text(of: elements[1]))/\(arity)"
  }

  /// `module:function/arity (file, line n)`.
  private func describe(_ entry: UnsafeMutableBufferPointer<Term>) -> String {
    let arity = entry[2].isSmall ? entry[2].smallValue : listLength(entry[2]) ?? 0
    var place = "\(text(of: entry[0])):\(text(of: entry[1]))/\(arity)"
    if !entry[2].isSmall {
      var arguments = text(of: entry[2])
      arguments = String(arguments.dropFirst().dropLast())
      place += "\n        called as \(text(of: entry[1]))(\(arguments))"
    }
    if let (file, line) = location(entry[3]) { place += " (\(file), line \(line))" }
    return place
  }

  private func location(_ list: Term) -> (String, Int)? {
    guard let count = listLength(list), count == 2, list.cons[0].isTuple(arity: 2),
      list.cons[1].cons[0].isTuple(arity: 2)
    else { return nil }
    let file = list.cons[0].tupleElements[1]
    let line = list.cons[1].cons[0].tupleElements[1]
    var name = String.UnicodeScalarView()
    var rest = file
    while rest.isCons, rest.cons[0].isSmall {
      if let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: rest.cons[0].smallValue)) {
        name.append(scalar)
      }
      rest = rest.cons[1]
    }
    return line.isSmall ? (String(name), line.smallValue) : nil
  }
}

extension Argument {
  /// The words that the argument's term takes.
  var words: Int {
    switch self {
    case .integer: 0
    case .strings(let strings):
      strings.reduce(0) { $0 + 2 + 2 * $1.unicodeScalars.count }
    }
  }

  func term(_ cursor: inout WordCursor) -> Term {
    switch self {
    case .integer(let value): return .small(value)
    case .strings(let strings):
      var list = Term.nil
      for string in strings.reversed() {
        let characters = string.unicodeScalars.map { Term.small(Int($0.value)) }
        list = cursor.makeCons(cursor.makeList(characters), list)
      }
      return list
    }
  }
}
