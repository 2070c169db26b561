import Tenure

/// An exception between the place that raised it and the handler that takes it.
struct PendingException {
  /// `error`, `exit` or `throw`.
  var kind = Term.error
  var reason = Term.nil
  /// The trace of an exception that is raised again; no value if one is to be taken.
  var trace = Term.none
  /// The function and arguments to begin the trace with, or `[]`.
  var first = Term.nil
}

extension Interpreter {
  /// How many calls a stack trace tells, as in ERTS's default.
  static let traceDepth = 8

  /// Places in the kept registers.
  private enum Kept {
    static let reason = 8
    static let trace = 9
    static let first = 10
    static let work = 11
  }

  /// Makes an exception pending.
  func raise(_ kind: Term, _ reason: Term) {
    exception = PendingException(kind: kind, reason: reason)
  }

  /// Makes `{tag, value}` the reason of a pending error.
  func raiseError(_ tag: Term, _ value: Term) {
    kept[Kept.work] = value
    defer { kept[Kept.work] = .nil }
    guard ensure(3, live: 0) else { return }
    raise(.error, build { $0.makeTuple(tag, kept[Kept.work]) })
  }

  /// Makes an error pending whose trace begins with a function and the arguments in X registers.
  func raiseError(_ reason: Term, in name: FunctionName, argumentsInX arity: Int) {
    kept[Kept.reason] = reason
    defer { kept[Kept.reason] = .nil }
    guard ensure(2 * arity + 4, live: arity) else { return }
    let first = build { cursor in
      var list = Term.nil
      for index in stride(from: arity - 1, through: 0, by: -1) {
        list = cursor.makeCons(x[index], list)
      }
      return cursor.makeTuple(name.module, name.function, list)
    }
    raise(.error, kept[Kept.reason])
    exception.first = first
  }

  /// Finds the handler of the pending exception and cuts the stack back to its frame.
  ///
  /// The handler finds no value in x0, and class, reason and trace in x1 to x3.
  /// - Returns: the handler's code, or nothing if there is none on the stack.
  func unwind(from address: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt>? {
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

  /// Takes the addresses of the calls on the stack: `{First, Addresses, Class}` with the addresses
  /// as the digits of a big integer, which the collector does not look into. Where memory is
  /// refused, the class alone.
  private func captureTrace(from address: UnsafeMutablePointer<UInt>) -> Term {
    kept[Kept.reason] = exception.reason
    kept[Kept.first] = exception.first
    defer {
      exception.reason = kept[Kept.reason]
      kept[Kept.reason] = .nil
      kept[Kept.first] = .nil
    }
    let pending = exception
    guard ensure(4 + 1 + Self.traceDepth, live: 0) else {
      exception = pending
      return pending.kind
    }
    return build { cursor in
      let digits = cursor.top
      var count = 0
      func append(_ address: UInt) {
        count += 1
        digits[count] = address
      }
      append(UInt(bitPattern: address))
      var slot = heap.pointee.stackTop
      while slot < heap.pointee.end && count < Self.traceDepth {
        // One slot back: the call's own line, not that of what follows it.
        if slot.pointee & 3 == 0 { append(slot.pointee &- 8) }
        slot += 1
      }
      _ = cursor.reserve(1 + count)
      digits[0] = Header.bigInteger(digits: count, isNegative: false).bits
      return cursor.makeTuple(kept[Kept.first], .boxed(at: digits), pending.kind)
    }
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
    var depth = trace.tupleElements[1].header.arity
    let clause = functionOfClause(trace)
    while depth > (clause == nil ? 0 : 1) {
      // The trace may move with every entry that is built.
      let address = kept[Kept.trace].tupleElements[1].boxed[depth]
      if !prependEntry(code.place(of: address)) { return .nil }
      depth -= 1
    }
    let first = kept[Kept.trace].tupleElements[0]
    if first.isTuple(arity: 3), !prependFirst(clause) { return .nil }
    return kept[Kept.work]
  }

  /// The place of the function that has no clause for its arguments, if that is what a trace
  /// begins with: the place and the arguments are one entry then.
  private func functionOfClause(_ trace: Term) -> CodePlace? {
    guard trace.tupleElements[0].isTuple(arity: 3) else { return nil }
    let address = trace.tupleElements[1].boxed[1]
    guard let place = code.place(of: address),
      let instruction = UnsafePointer<UInt>(bitPattern: address),
      UInt8(truncatingIfNeeded: instruction.pointee) == Opcode.functionInfo.rawValue
    else { return nil }
    return place
  }

  /// Puts `{Module, Function, Arguments, Location}` before the kept list.
  private func prependFirst(_ place: CodePlace?) -> Bool {
    let file = Array((place?.line?.file ?? "").unicodeScalars)
    guard ensure(2 + 5 + Self.locationWords(file), live: 0) else { return false }
    let elements = kept[Kept.trace].tupleElements[0].tupleElements
    kept[Kept.work] = build { cursor in
      let location = Self.location(of: place, file, &cursor)
      let entry = cursor.makeTuple(elements[0], elements[1], elements[2], location)
      return cursor.makeCons(entry, kept[Kept.work])
    }
    return true
  }

  /// Puts `{Module, Function, Arity, Location}` before the kept list.
  private func prependEntry(_ place: CodePlace?) -> Bool {
    guard let place else { return true }
    let file = Array((place.line?.file ?? "").unicodeScalars)
    guard ensure(2 + 5 + Self.locationWords(file), live: 0) else { return false }
    kept[Kept.work] = build { cursor in
      let location = Self.location(of: place, file, &cursor)
      let entry = cursor.makeTuple(
        place.name.module, place.name.function, .small(place.name.arity), location)
      return cursor.makeCons(entry, kept[Kept.work])
    }
    return true
  }

  private static func locationWords(_ file: [Unicode.Scalar]) -> Int { 4 + 6 + 2 * file.count }

  /// `[{file, File}, {line, Line}]`, or `[]` where the module does not tell.
  private static func location(
    of place: CodePlace?, _ file: [Unicode.Scalar], _ cursor: inout WordCursor
  ) -> Term {
    guard let line = place?.line else { return .nil }
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
