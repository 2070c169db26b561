import Tenure

extension Interpreter {
  /// Calls a native function and returns where to go on, or nothing with a pending exception.
  ///
  /// Heap and stack are saved; the result is in x0.
  @inline(never)
  func callNative(
    _ w: UInt, at code: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? {
    let entry = exportEntry(code[1])
    if runNative(entry, at: code) {
      let isInBetween = UInt8(truncatingIfNeeded: w) == Opcode.callNative.rawValue
      return isInBetween ? code + 2 : continuation(after: w, at: code)
    }
    if let trap = takeTrap() { return call(trap, insteadOf: entry, by: w, at: code) }
    nativeFailed(.call(entry.pointee.name))
    return nil
  }

  private func exportEntry(_ word: UInt) -> UnsafeMutablePointer<ExportEntry> {
    UnsafeMutablePointer(bitPattern: word).unsafelyUnwrapped
  }

  /// Runs a native on the arguments in X registers; the result goes to x0.
  @inline(__always)
  private func runNative(
    _ entry: UnsafeMutablePointer<ExportEntry>, at address: UnsafeMutablePointer<UInt>
  ) -> Bool {
    callSite = address
    guard hasArguments(entry.pointee.name.arity) else { return false }
    let result = natives.run(entry.pointee.native, self, x)
    if result.isNone { return false }
    x[0] = result
    return true
  }

  /// Notes how a trace begins of an exception that a native raised of itself.
  private func nativeFailed(_ beginning: TraceBeginning) {
    if pause == nil, exception.beginning == nil { exception.beginning = beginning }
  }

  private func takeTrap() -> UnsafeMutablePointer<ExportEntry>? {
    defer { trap = nil }
    return trap
  }

  /// Where a call goes on once it has returned: behind it, or where its caller goes on.
  private func continuation(
    after w: UInt, at code: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? {
    switch Opcode(rawValue: UInt8(truncatingIfNeeded: w)) {
    case .callNativeLast, .callExportLast, .applyLast:
      guard popFrame(words: Int(w.fieldA)) else { return nil }
      return popReturn()
    case .callFun where w.fieldB > 0:
      guard popFrame(words: Int(w.fieldB) - 1) else { return nil }
      return popReturn()
    case .callNativeOnly, .callExportOnly: return popReturn()
    case .callFun, .apply: return code + 1
    default: return code + 2
    }
  }

  /// Makes the stack what it is when a callee begins, and returns the callee's address.
  private func enter(
    _ address: UnsafeMutablePointer<UInt>, by w: UInt, at code: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? {
    switch Opcode(rawValue: UInt8(truncatingIfNeeded: w)) {
    case .callExportLast, .applyLast, .callNativeLast:
      return popFrame(words: Int(w.fieldA)) ? address : nil
    case .callFun where w.fieldB > 0:
      return popFrame(words: Int(w.fieldB) - 1) ? address : nil
    case .callExportOnly, .callNativeOnly: return address
    case .callFun, .apply:
      heap.pointee.stackTop -= 1
      heap.pointee.stackTop.pointee = UInt(bitPattern: code + 1)
      return address
    default:
      heap.pointee.stackTop -= 1
      heap.pointee.stackTop.pointee = UInt(bitPattern: code + 2)
      return address
    }
  }

  private func popFrame(words: Int) -> Bool {
    if clearsDeadRegisters {
      let frame = heap.pointee.stackTop
      let hasReturn = (0..<words).contains { frame[$0] & 3 == 0 }
      if words >= heap.pointee.stackWords || hasReturn {
        callFault = "a frame larger than the stack"
        return false
      }
    }
    heap.pointee.stackTop += words
    return true
  }

  private func popReturn() -> UnsafeMutablePointer<UInt>? {
    let word = heap.pointee.stackTop.pointee
    if clearsDeadRegisters && (heap.pointee.stackWords < 1 || word & 3 != 0 || word == 0) {
      callFault = "a return to no call"
      return nil
    }
    heap.pointee.stackTop += 1
    return UnsafeMutablePointer(bitPattern: word)
  }

  /// Whether the first X registers hold terms: the first has none where a handler begins, and the
  /// state of a match is none.
  @inline(__always)
  private func hasArguments(_ arity: Int) -> Bool {
    !clearsDeadRegisters || checkArguments(arity)
  }

  @inline(never)
  private func checkArguments(_ arity: Int) -> Bool {
    if arity > 0 && (x[0].isNone || (0..<arity).contains { x[$0].isBoxed(.matchContext) }) {
      callFault = "an argument that is no term"
      return false
    }
    return true
  }

  private func hasRoomForReturn() -> Bool {
    if clearsDeadRegisters && heap.pointee.freeWords < 2 {
      callFault = "calls without frames"
      return false
    }
    return true
  }

  /// Calls a function of another module, loading it if need be.
  @inline(never)
  func callExport(
    _ w: UInt, at code: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? {
    call(exportEntry(code[1]), by: w, at: code)
  }

  private func call(
    _ entry: UnsafeMutablePointer<ExportEntry>,
    insteadOf named: UnsafeMutablePointer<ExportEntry>? = nil, by w: UInt,
    at code: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? {
    guard hasRoomForReturn(), hasArguments(entry.pointee.name.arity) else { return nil }
    let called = named ?? entry
    var entry = entry
    while true {
      if entry.pointee.native >= 0 {
        if runNative(entry, at: code) { return continuation(after: w, at: code) }
        guard let trap = takeTrap() else {
          nativeFailed(Self.beginning(of: entry.pointee.name, calledBy: w))
          if entry != called { pauseBefore(entry, calledBy: w, at: code) }
          return nil
        }
        entry = trap
        continue
      }
      // Before any code: what module `erlang` has in place of `apply` only calls it.
      switch applied(by: entry.pointee.name, w) {
      case .code(let address): return enter(address, by: w, at: code)
      case .export(let next):
        entry = next
        continue
      case .raised:
        if entry != called { pauseBefore(entry, calledBy: w, at: code) }
        return nil
      case nil: break
      }
      do {
        if try self.code.resolve(entry), let address = entry.pointee.address {
          return enter(address, by: w, at: code)
        }
      } catch {
        loadFailure = error
        return nil
      }
      raiseError(.undef, beginning: Self.beginning(of: entry.pointee.name, calledBy: w))
      return nil
    }
  }

  /// Has a native that is not what the instruction names, and is to be called again, called by code
  /// of its own: the registers hold its arguments, and not what the instruction reads.
  private func pauseBefore(
    _ entry: UnsafeMutablePointer<ExportEntry>, calledBy w: UInt,
    at code: UnsafeMutablePointer<UInt>
  ) {
    guard let pause, let waits = pause.callsAgain,
      let caller = enter(self.code.caller(of: entry), by: w, at: code)
    else { return }
    self.pause = .moved(caller, live: entry.pointee.name.arity, waits: waits)
  }

  /// Calls a fun with the arguments in X registers.
  @inline(never)
  func callFun(
    _ fun: Term, arity: Int, at code: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? {
    guard hasRoomForReturn(), hasArguments(arity) else { return nil }
    switch target(of: fun, arity: arity, by: code.pointee) {
    case .code(let address): return enter(address, by: code.pointee, at: code)
    case .export(let entry): return call(entry, by: code.pointee, at: code)
    case .raised: return nil
    }
  }

  /// Whether an instruction calls in place of the function that it stands in.
  private static func isLastCall(_ w: UInt) -> Bool {
    switch Opcode(rawValue: UInt8(truncatingIfNeeded: w)) {
    case .callExportOnly, .callExportLast, .applyLast: true
    case .callFun: w.fieldB > 0
    default: false
    }
  }

  /// How a trace begins that tells of a function which cannot be called, or of a native that was
  /// called by value.
  private static func beginning(of name: FunctionName, calledBy w: UInt) -> TraceBeginning {
    isLastCall(w) ? .lastCall(name) : .call(name)
  }

  /// How the trace begins of a fun that cannot be called.
  private static func beginning(ofFunCalledBy w: UInt) -> TraceBeginning {
    isLastCall(w) ? .place : .placeTwice
  }

  /// What a call by value leads to.
  private enum CallTarget {
    case code(UnsafeMutablePointer<UInt>)
    case export(UnsafeMutablePointer<ExportEntry>)
    case raised
  }

  /// The target of a fun whose arguments are in X registers; its free variables are put there.
  private func target(of fun: Term, arity: Int, by w: UInt) -> CallTarget {
    guard fun.isFun else {
      raiseError(.badFun, fun, beginning: Self.beginning(ofFunCalledBy: w))
      return .raised
    }
    guard Fun.arity(at: fun.boxed) == arity else {
      badArity(fun, arity)
      if exception.beginning == nil { exception.beginning = Self.beginning(ofFunCalledBy: w) }
      return .raised
    }
    if Fun.isExternal(at: fun.boxed) { return .export(exportEntry(Fun.entry(at: fun.boxed))) }
    let lambda = UnsafePointer<LambdaEntry>(bitPattern: Fun.entry(at: fun.boxed)).unsafelyUnwrapped
    guard let known = code.address(of: lambda) else {
      // A purge may leave the code, or take it.
      pause = .again
      return .raised
    }
    let terms = Fun.terms(at: fun.boxed)
    for index in 0..<Fun.freeCount(at: fun.boxed) {
      x[arity + index] = Term(bits: terms[1 + index])
    }
    guard let address = known else {
      raiseError(.badFun, fun, beginning: Self.beginning(ofFunCalledBy: w))
      return .raised
    }
    return .code(address)
  }

  /// The target of `erlang:apply/2` and `erlang:apply/3`, whose list of arguments is put into X
  /// registers; nothing for any other function.
  private func applied(by name: FunctionName, _ w: UInt) -> CallTarget? {
    guard code.natives.isApply(name) else { return nil }
    let first = x[0]
    let function = x[1]
    let list = x[name.arity - 1]
    let isName = name.arity == 2 || first.isAtom && function.isAtom
    guard isName, let count = listLength(list), count < 256 else {
      raiseError(.badArgument, beginning: .call(name))
      return .raised
    }
    var rest = list
    for index in 0..<count {
      x[index] = rest.cons[0]
      rest = rest.cons[1]
    }
    if name.arity == 2 {
      let target = target(of: first, arity: count, by: w)
      // Nothing moved since, and the call will read them again.
      if pause != nil { (x[0], x[1]) = (first, list) }
      return target
    }
    return .export(
      code.export(FunctionName(module: first, function: function, arity: count)))
  }

  private func badArity(_ fun: Term, _ arity: Int) {
    kept[0] = fun
    defer { kept[0] = .nil }
    guard ensure(2 * arity + 3 + 3, live: arity) else { return }
    raise(
      .error,
      build { cursor in
        let arguments = cursor.makeList((0..<arity).map { x[$0] })
        return cursor.makeTuple(.badArity, cursor.makeTuple(kept[0], arguments))
      })
  }

  /// Calls the function that x[arity] and x[arity + 1] name as module and function.
  @inline(never)
  func apply(_ w: UInt, at code: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt>? {
    let arity = w.count
    let module = x[arity]
    let function = x[arity + 1]
    guard hasArguments(arity + 2) else { return nil }
    guard module.isAtom && function.isAtom else {
      raiseBadApplication(arity: arity)
      return nil
    }
    let name = FunctionName(module: module, function: function, arity: arity)
    return call(self.code.export(name), by: w, at: code)
  }

  /// Makes `badarg` pending for an application of what are no names, told as a call of
  /// `erlang:apply/3`.
  private func raiseBadApplication(arity: Int) {
    guard ensure(2 * arity, live: arity + 2) else { return }
    let list = build { $0.makeList((0..<arity).map { x[$0] }) }
    let (module, function) = (x[arity], x[arity + 1])
    x[0] = module
    x[1] = function
    x[2] = list
    raiseError(.badArgument, beginning: .call(code.natives.apply(arity: 3)))
  }

  // MARK: - Instructions that raise

  /// Raises `function_clause` for the function whose `functionInfo` runs.
  @inline(never)
  func raiseFunctionClause(at address: UnsafeMutablePointer<UInt>) {
    if clearsDeadRegisters && x[0].isNone { x[0] = .nil }
    guard let place = code.place(of: UInt(bitPattern: address)) else {
      raise(.error, .functionClause)
      return
    }
    raiseError(.functionClause, beginning: .call(place.name))
  }

  /// Runs an instruction that raises; true if a raw raise had no class and the code goes on.
  @inline(never)
  func raiseInstruction(_ opcode: Opcode, _ a: Term, _ b: Term) -> Bool {
    switch opcode {
    case .badMatch: raiseError(.badMatch, a)
    case .caseEnd: raiseError(.caseClause, a)
    case .tryCaseEnd: raiseError(.tryClause, a)
    case .badRecord: raiseError(.badRecord, a)
    case .ifEnd: raise(.error, .ifClause)
    case .raise:
      exception = PendingException(kind: kind(ofTrace: a), reason: b, trace: a)
    default:
      guard x[0].isExceptionClass else {
        x[0] = .badArgument
        return true
      }
      exception = PendingException(kind: x[0], reason: x[1], trace: x[2])
    }
    return false
  }
}
