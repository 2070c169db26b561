import Tenure

// Instructions beyond their frequent case. Each returns whether the code goes on; if not, an
// exception is pending.
extension Interpreter {
  /// Makes sure that words can be built or pushed.
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

  /// Arithmetic beyond small integers: stores the result or takes the instruction's jump.
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

  /// A call of another module, of a native or of a fun. A module that cannot be loaded and a rule
  /// that is broken are noted in the interpreter.
  @inline(__always)
  func callOut<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode
  ) -> Bool {
    f.save()
    let next =
      switch opcode {
      case .callNative, .callNativeOnly, .callNativeLast: callNative(w, at: f.code)
      case .callFun: callFun(f.value(w.fieldA), arity: w.count, at: f.code)
      case .apply, .applyLast: apply(w, at: f.code)
      default: callExport(w, at: f.code)
      }
    guard let next else { return false }
    f.load()
    f.code = next
    return true
  }

  func guardNative<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    f.save()
    let result = guardNative(
      f.guardNative, f.operand(w.fieldA), f.operand(w.fieldB), live: f.live,
      isGuard: f.code[1].jump != 0)
    f.load()
    if result.isNone { return jumpsOnFailure(&f) }
    f.store(result, w.fieldC)
    f.code += w.count
    return true
  }

  func putMap<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    f.save()
    let map: Term = putMap(&f, w)
    f.load()
    if map.isNone { return jumpsOnFailure(&f) }
    f.store(map, w.fieldB)
    f.code += f.mapSlots
    return true
  }
}

// MARK: - Comparisons

extension Interpreter {
  func testEquality<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode
  ) -> Bool {
    let exactly = opcode == .isExactlyEqual || opcode == .isNotExactlyEqual
    let wantsEqual = opcode == .isExactlyEqual || opcode == .isEqual
    if f.compareWords(w, exactly: exactly, wantsEqual: wantsEqual) { return true }
    f.save()
    guard let equal = isEqual(f.operand(w.fieldA), f.operand(w.fieldB), exactly: exactly) else {
      return false
    }
    f.go(if: equal == wantsEqual, slots: w.count, else: f.code[1].jump)
    return true
  }

  func testOrder<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, wantsLess: Bool
  ) -> Bool {
    if f.compareSmalls(w, wantsLess: wantsLess) { return true }
    f.save()
    guard let order = compare(f.operand(w.fieldA), f.operand(w.fieldB)) else { return false }
    f.go(if: (order < 0) == wantsLess, slots: w.count, else: f.code[1].jump)
    return true
  }

  func testOrderWithSmall<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, wantsLess: Bool
  ) -> Bool {
    if f.compareWithSmall(w, wantsLess: wantsLess) { return true }
    f.save()
    guard let order = compare(f.value(w.fieldA), Term(bits: f.code[1])) else { return false }
    f.go(if: (order < 0) == wantsLess, slots: 2, else: w.jump)
    return true
  }
}

// MARK: - Floats

extension Interpreter {
  func floatLoad<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    if f.floatLoad(w) { return true }
    guard let value = double(f.operand(w.fieldA)) else {
      f.save()
      _ = badArithmetic()
      return false
    }
    f.float(w.fieldB).pointee = value
    f.code += w.count
    return true
  }

  func floatOperation<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode
  ) -> Bool {
    let isFinite =
      switch opcode {
      case .floatAdd: f.floatOperation(w, to: w.fieldC, +)
      case .floatSubtract: f.floatOperation(w, to: w.fieldC, -)
      case .floatMultiply: f.floatOperation(w, to: w.fieldC, *)
      case .floatDivide: f.floatOperation(w, to: w.fieldC, /)
      default: f.floatOperation(w, to: w.fieldB) { value, _ in -value }
      }
    if isFinite || f.jumpOnFailure() { return true }
    f.save()
    _ = badArithmetic()
    return false
  }
}

// MARK: - Exceptions

extension Interpreter {
  func catchEnd<Checks: OperandChecks>(_ f: inout Frame<Checks>, _ w: UInt) -> Bool {
    f.store(.nil, w.fieldA)
    if f.xSlot(0).pointee == 0 {
      f.save()
      guard let result = catchResult() else { return false }
      f.load()
      x[0] = result
    }
    f.code += 1
    return true
  }

  func raiseInstruction<Checks: OperandChecks>(
    _ f: inout Frame<Checks>, _ w: UInt, _ opcode: Opcode
  ) -> Bool {
    let a = f.operand(w.fieldA)
    let b = f.operand(w.fieldB)
    f.save()
    guard raiseInstruction(opcode, a, b) else { return false }
    f.code += 1  // The class of a raw raise was none: x0 is `badarg`, and the code goes on.
    return true
  }
}
