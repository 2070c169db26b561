import Tenure

// What the loop does beyond an instruction's frequent case.
extension Interpreter {
  /// Makes sure that words can be built or pushed; false with a pending exception if they can't.
  @inline(__always)
  func ensureRoom<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, words: Int, live: Int
  ) -> Bool {
    if f.hasRoom(words: words) { return true }
    f.save()
    let isThere = ensure(words, live: live)
    f.load()
    return isThere
  }

  /// Arithmetic beyond small integers: stores the result or takes the instruction's jump; false
  /// with a pending exception.
  @inline(__always)
  func arithmetic<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ b: Term
  ) -> Bool {
    f.save()
    let operation = unsafeBitCast(
      UInt8(truncatingIfNeeded: f.code[1] >> 16), to: BinaryArithmetic.self)
    let result = arithmetic(operation, f.operand(w.fieldA), b, live: f.live)
    f.load()
    if result.isNone { return jumpsOnFailure(&f) }
    f.store(result, w.fieldC)
    f.code += w.count
    return true
  }

  /// Takes the jump of an instruction that failed. False where it has none, and where memory was
  /// refused: that a guard could not be computed is no answer of the guard.
  @inline(never)
  func jumpsOnFailure<Checks: OperandChecks>(_ f: inout Frame<Checks>) -> Bool {
    if exception.reason == .systemLimit && memoryRefusal != nil { return false }
    return f.jumpOnFailure()
  }
}
