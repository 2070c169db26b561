import Tenure

/// An exception between the place that raised it and the handler that takes it.
struct PendingException {
  /// `error`, `exit` or `throw`.
  var kind = Term.error
  /// The reason, or its tag where it has a value.
  var reason = Term.nil
  /// The value of a reason `{tag, value}` that is yet to be built, or no value.
  var value = Term.none
  /// The trace of an exception that is raised again; no value if one is to be taken.
  var trace = Term.none
  /// How a trace that is taken begins; nothing as long as nobody said.
  var beginning: TraceBeginning?
}

/// How a trace begins, as OTP 25 with its JIT tells it.
enum TraceBeginning {
  /// With the place that the exception was raised at.
  case place
  /// With that place twice: the call that failed there stands on the stack as well.
  case placeTwice
  /// With a call whose arguments are in X registers, and then the place it was called at.
  case call(FunctionName)
  /// With such a call in place of the function that ended with it.
  case lastCall(FunctionName)
  /// With a native on one or two terms, and then the place.
  case operation(FunctionName, Term, Term)
  /// With the place, with a list of arguments instead of the arity.
  case arguments(Term)

  /// The function whose call is told, its arguments in X registers.
  var function: FunctionName? {
    switch self {
    case .call(let name), .lastCall(let name), .operation(let name, _, _): name
    case .place, .placeTwice, .arguments: nil
    }
  }
}

extension Interpreter {
  /// How many calls a stack trace tells, as in ERTS's default.
  static let traceDepth = 8

  /// Places in the kept registers.
  private enum Kept {
    static let reason = 8
    static let trace = 9
    static let arguments = 10
    static let work = 11
  }

  /// Makes an exception pending.
  func raise(_ kind: Term, _ reason: Term) {
    exception = PendingException(kind: kind, reason: reason)
  }

  /// Makes `{tag, value}` the reason of a pending error. Builds nothing yet, so that the terms
  /// that failed stay where they are.
  func raiseError(_ tag: Term, _ value: Term, beginning: TraceBeginning? = nil) {
    exception = PendingException(kind: .error, reason: tag, value: value, beginning: beginning)
  }

  /// Makes an error pending whose trace begins in a way.
  func raiseError(_ reason: Term, beginning: TraceBeginning) {
    exception = PendingException(kind: .error, reason: reason, beginning: beginning)
  }

  /// How the trace begins of an exception that nobody said it of: with the operator or the native
  /// of a guard that an instruction failed in outside of guards. Nothing moved since, so its
  /// operands stand where they stood.
  private func beginning(at code: UnsafeMutablePointer<UInt>) -> TraceBeginning {
    let w = code.pointee
    let place = UInt8(truncatingIfNeeded: code[1] >> 16)
    let name: String
    var arity = 2
    switch Opcode(rawValue: UInt8(truncatingIfNeeded: w)) {
    case .add, .addReturn, .subtract, .multiply, .divide, .remainder, .and, .or, .xor, .shiftLeft,
      .shiftRight, .arithmetic:
      guard let operation = BinaryArithmetic(rawValue: place) else { return .place }
      name = operation.name
    case .guardNative:
      // As in ERTS with its JIT, a unary plus is a sum with a constant, and such a sum, our
      // `addSmall`, is told by its place alone.
      guard let native = GuardNative(rawValue: place), native != .plus else { return .place }
      (name, arity) = native.name
    default: return .place
    }
    guard let function = try? atoms.atom(name) else { return .place }
    return .operation(
      FunctionName(module: .erlang, function: function, arity: arity),
      operand(w.fieldA, of: code), operand(w.fieldB, of: code))
  }

  /// The term in a register or in a slot of an instruction.
  private func operand(_ field: UInt, of code: UnsafeMutablePointer<UInt>) -> Term {
    var base = field & 1 == 0 ? UnsafeMutableRawPointer(x) : .init(heap.pointee.stackTop)
    if field & 2 != 0 { base = UnsafeMutableRawPointer(code) }
    return base.load(fromByteOffset: field.fieldOffset, as: Term.self)
  }

  /// Finds the handler of the pending exception and cuts the stack back to its frame.
  ///
  /// The handler finds no value in x0, and class, reason and trace in x1 to x3.
  ///
  /// Where a test ran out of working memory, which no test of ERTS can, the frame may have slots
  /// that nothing was stored in yet: it is neither searched nor collected, and the run ends.
  /// - Returns: the handler's code, or nothing if there is none on the stack.
  func unwind(from address: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt>? {
    if isBeyondLimit { return nil }
    if exception.reason == .systemLimit, Opcode.neverFails(at: address) {
      exception.trace = .nil
      heap.pointee.stackTop = heap.pointee.end
      return nil
    }
    leaveReceive()
    if exception.trace.isNone { exception.trace = captureTrace(from: address) }
    let end = heap.pointee.end
    var slot = heap.pointee.stackTop
    var frame = slot
    while slot < end {
      let word = slot.pointee
      slot += 1
      if word & 3 == 0 {
        frame = slot
      } else if Term(bits: word).isCatch {
        heap.pointee.stackTop = frame
        x[0] = .none
        x[1] = exception.kind
        x[2] = exception.reason
        x[3] = exception.trace
        return code.handler(Term(bits: word).catchIndex)
      }
    }
    return nil
  }

  /// Ends the pending exception: builds its reason, and takes the addresses of the calls on the
  /// stack: `{First, Addresses, Class}` with the addresses as the digits of a big integer, which
  /// the collector does not look into. `First` is `{Module, Function, Arguments}` of a call,
  /// `{Arguments}` in place of the first arity, or `[]`. Where memory is refused, the class alone.
  private func captureTrace(from address: UnsafeMutablePointer<UInt>) -> Term {
    if exception.beginning == nil { exception.beginning = beginning(at: address) }
    let pending = exception
    let function = pending.beginning?.function
    let arity = function?.arity ?? 0
    if case .operation(_, let a, let b) = pending.beginning {
      x[0] = a
      x[1] = b
    }
    kept[Kept.reason] = pending.reason
    kept[Kept.work] = pending.value
    if case .arguments(let list) = pending.beginning { kept[Kept.arguments] = list }
    defer {
      for place in [Kept.reason, Kept.arguments, Kept.work] { kept[place] = .nil }
    }
    let words = 3 + (4 + 2 * arity) + (1 + Self.traceDepth) + 4
    guard ensure(words, live: arity) else {
      // Without room for the reason, the refusal is the reason.
      if pending.value.isNone { exception.reason = kept[Kept.reason] }
      exception.kind = pending.kind
      return pending.kind
    }
    return build { cursor in
      exception.reason = kept[Kept.reason]
      if !pending.value.isNone {
        exception.reason = cursor.makeTuple(kept[Kept.reason], kept[Kept.work])
      }
      let first = firstOfTrace(pending.beginning, &cursor)
      let digits = captureCalls(from: address, pending.beginning, &cursor)
      return cursor.makeTuple(first, digits, pending.kind)
    }
  }

  /// The function and arguments that a trace begins with, or `[]`.
  private func firstOfTrace(_ beginning: TraceBeginning?, _ cursor: inout WordCursor) -> Term {
    if let name = beginning?.function {
      var list = Term.nil
      for index in stride(from: name.arity - 1, through: 0, by: -1) {
        // Only broken code has the state of a match where a function begins.
        let argument = x[index].isBoxed(.matchContext) ? .nil : x[index]
        list = cursor.makeCons(argument, list)
      }
      return cursor.makeTuple(name.module, name.function, list)
    }
    guard case .arguments = beginning else { return .nil }
    let tuple = cursor.makeTuple(arity: 1)
    tuple[1] = kept[Kept.arguments].bits
    return .boxed(at: tuple)
  }

  /// The addresses of a trace: where it was raised, and the calls on the stack. A call that stands
  /// there many times in a row is told once.
  private func captureCalls(
    from address: UnsafeMutablePointer<UInt>, _ beginning: TraceBeginning?,
    _ cursor: inout WordCursor
  ) -> Term {
    let digits = cursor.top
    var count = 0
    func append(_ address: UInt) {
      count += 1
      digits[count] = address
    }
    let place = UInt(bitPattern: address)
    switch beginning {
    case .lastCall: break
    case .placeTwice:
      append(place)
      append(place)
    default: append(place)
    }
    var slot = heap.pointee.stackTop
    var last: UInt = 0
    while slot < heap.pointee.end && count < Self.traceDepth {
      if slot.pointee & 3 == 0 && slot.pointee != last {
        last = slot.pointee
        // One slot back: the call's own line, not that of what follows it.
        append(last &- 8)
      }
      slot += 1
    }
    _ = cursor.reserve(1 + count)
    digits[0] = Header.bigInteger(digits: count, isNegative: false).bits
    return .boxed(at: digits)
  }

  /// Turns a captured trace into the list that programs see.
  ///
  /// - Returns: the list, or `[]` if the term is no trace or memory was refused.
  func stacktrace(of trace: Term) -> Term {
    guard trace.isTuple(arity: 3) else { return .nil }
    if trace.tupleElements[1].isList { return trace.tupleElements[1] }
    guard trace.tupleElements[1].isBigInteger else { return .nil }
    kept[Kept.trace] = trace
    kept[Kept.work] = .nil
    defer {
      kept[Kept.trace] = .nil
      kept[Kept.work] = .nil
    }
    let first = trace.tupleElements[0]
    let clause = functionOfClause(trace)
    // The arguments of a failed call stand before the first place, or in it.
    let hasOwnEntry = first.isTuple(arity: 3) && clause == nil
    let mergesPlace = first.isTuple(arity: 1) || clause != nil
    var depth = trace.tupleElements[1].header.arity
    if hasOwnEntry { depth = min(depth, Self.traceDepth - 1) }
    while depth > 0 {
      // The trace may move with every entry that is built.
      let address = kept[Kept.trace].tupleElements[1].boxed[depth]
      if !prepend(code.place(of: address), hasArguments: depth == 1 && mergesPlace) { return .nil }
      depth -= 1
    }
    if hasOwnEntry, !prependCall() { return .nil }
    return kept[Kept.work]
  }

  /// The place of the function that has no clause for its arguments, if that is what a trace
  /// begins with: the place and the arguments are one entry then.
  private func functionOfClause(_ trace: Term) -> CodePlace? {
    guard trace.tupleElements[0].isTuple(arity: 3), trace.tupleElements[1].header.arity > 0 else {
      return nil
    }
    let address = trace.tupleElements[1].boxed[1]
    guard let place = code.place(of: address),
      let instruction = UnsafePointer<UInt>(bitPattern: address),
      UInt8(truncatingIfNeeded: instruction.pointee) == Opcode.functionInfo.rawValue
    else { return nil }
    return place
  }

  /// Puts `{Module, Function, Arguments, []}` of the failed call before the kept list.
  private func prependCall() -> Bool {
    guard ensure(2 + 5, live: 0) else { return false }
    let elements = kept[Kept.trace].tupleElements[0].tupleElements
    kept[Kept.work] = build { cursor in
      let entry = cursor.makeTuple(elements[0], elements[1], elements[2], .nil)
      return cursor.makeCons(entry, kept[Kept.work])
    }
    return true
  }

  /// Puts `{Module, Function, Arity, Location}` before the kept list, with the arguments of the
  /// trace's first term for the arity where that is asked for.
  private func prepend(_ place: CodePlace?, hasArguments: Bool) -> Bool {
    guard let place else { return true }
    let file = Array((place.line?.file ?? "").unicodeScalars)
    guard ensure(2 + 5 + Self.locationWords(file), live: 0) else { return false }
    let first = kept[Kept.trace].tupleElements[0]
    kept[Kept.work] = build { cursor in
      let location = Self.location(of: place, file, &cursor)
      let arity = hasArguments ? first.tupleElements.last : nil
      let entry = cursor.makeTuple(
        place.name.module, place.name.function, arity ?? .small(place.name.arity), location)
      return cursor.makeCons(entry, kept[Kept.work])
    }
    return true
  }

  static func locationWords(_ file: [Unicode.Scalar]) -> Int { 4 + 6 + 2 * file.count }

  /// `[{file, File}, {line, Line}]`, or `[]` where the module does not tell.
  static func location(
    of place: CodePlace, _ file: [Unicode.Scalar], _ cursor: inout WordCursor
  ) -> Term {
    guard let line = place.line else { return .nil }
    let name = cursor.makeList(file.map { .small(Int($0.value)) })
    let list = cursor.makeCons(cursor.makeTuple(.line, .small(line.line)), .nil)
    return cursor.makeCons(cursor.makeTuple(.file, name), list)
  }

  /// What `catch` returns for the exception in x1 to x3.
  func catchResult() -> Term? {
    let kind = x[1]
    if kind == .throw { return x[2] }
    kept[Kept.reason] = x[2]
    defer { kept[Kept.reason] = .nil }
    if kind == .error {
      let trace = stacktrace(of: x[3])
      kept[Kept.trace] = trace
      defer { kept[Kept.trace] = .nil }
      guard ensure(3, live: 0) else { return nil }
      kept[Kept.reason] = build { $0.makeTuple(kept[Kept.reason], kept[Kept.trace]) }
    }
    guard ensure(3, live: 0) else { return nil }
    return build { $0.makeTuple(.exitSignal, kept[Kept.reason]) }
  }

  /// The class that a captured trace belongs to.
  func kind(ofTrace trace: Term) -> Term {
    let kind = trace.isTuple(arity: 3) ? trace.tupleElements[2] : trace
    return kind.isExceptionClass ? kind : .error
  }
}

extension Term {
  /// Whether this is `error`, `exit` or `throw`.
  var isExceptionClass: Bool { self == .error || self == .exit || self == .throw }
}
