// The dispatch loop is one function on purpose: the processor's registers hold the machine's
// only within one. Whatever is not short stands in functions of its own.
import Tenure

/// How a run of the interpreter ended.
enum RunEnd {
  /// The first function returned; its result is in x0.
  case returned
  /// An exception found no handler.
  case exception
  /// The steps that were allowed are used up.
  case outOfSteps
  /// Checked code broke a rule of operands.
  case fault(StaticString)
  /// A module that was to be loaded on a call is damaged.
  case loadFailed(LoadError)
}

extension Interpreter {
  /// Runs from an address until the first function returns or cannot go on.
  ///
  /// - Parameters:
  ///   - start: the code to begin with; the stack's only word is the address of ``Opcode/halt``.
  ///   - steps: calls to allow (instructions, where operands are checked).
  func run<Checks: OperandChecks>(
    _ checks: Checks.Type, from start: UnsafeMutablePointer<UInt>, steps: Int
  ) -> RunEnd {
    var f = Frame<Checks>(
      code: start, stack: heap.pointee.stackTop, top: heap.pointee.top, steps: steps,
      x: UnsafeMutableRawPointer(x).assumingMemoryBound(to: UInt.self),
      floats: registers.floats, heap: heap, pid: pid)

    while true {
      if Checks.isOn {
        if let fault = f.fault { return .fault(fault) }
        f.steps &-= 1
        if f.steps < 0 { return .outOfSteps }
      }
      let w = f.code.pointee
      raised: do {
        switch unsafeBitCast(UInt8(truncatingIfNeeded: w), to: Opcode.self) {

        // MARK: Control

        case .halt:
          f.save()
          return .returned
        case .functionInfo:
          f.save()
          raiseFunctionClause(at: f.code)
          break raised
        case .codeEnd:
          f.fail("code that runs beyond its end")
          return .fault("code that runs beyond its end")
        case .notImplemented:
          f.save()
          raiseError(.notImplemented, Term(bits: f.code[1]))
          break raised
        case .jump:
          f.code += w.jump
        case .call:
          f.pushReturn(f.code + 2)
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .callOnly:
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .callLast:
          f.popFrame(words: Int(w.fieldA))
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .return:
          f.popReturn()
        case .deallocateReturn:
          f.popFrame(words: Int(w.fieldA))
          f.popReturn()
        case .allocate:
          let words = Int(w.fieldA)
          if !ensureRoom(&f, words: words, live: w.count) { break raised }
          f.pushFrame(words: words)
          f.code += 1
        case .allocateHeap:
          let words = Int(w.fieldA) &+ w.jump
          if !ensureRoom(&f, words: words, live: w.count) { break raised }
          f.pushFrame(words: Int(w.fieldA))
          f.code += 1
        case .testHeap:
          if !ensureRoom(&f, words: w.jump, live: w.count) { break raised }
          f.code += 1
        case .deallocate:
          f.popFrame(words: Int(w.fieldA))
          f.code += 1
        case .initYRegisters:
          for index in 0..<w.count { f.store(.nil, f.code[1 + index]) }
          f.code += 1 + w.count

        // MARK: Calls of other modules, natives and funs

        case .callExport, .callExportOnly, .callExportLast, .callNative, .callNativeOnly,
          .callNativeLast, .callFun, .apply, .applyLast:
          f.save()
          let next: UnsafeMutablePointer<UInt>?
          switch unsafeBitCast(UInt8(truncatingIfNeeded: w), to: Opcode.self) {
          case .callNative, .callNativeOnly, .callNativeLast: next = callNative(w, at: f.code)
          case .callFun: next = callFun(f.value(w.fieldA), arity: w.count, at: f.code)
          case .apply, .applyLast: next = apply(w, at: f.code)
          default: next = callExport(w, at: f.code)
          }
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          if let next {
            f.load()
            f.code = next
          } else {
            if let error = loadFailure { return .loadFailed(error) }
            if let fault = callFault { return .fault(fault) }
            break raised
          }

        // MARK: Moves

        case .moveXX:
          f.xSlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.code += 1
        case .moveXY:
          f.ySlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.code += 1
        case .moveYX:
          f.xSlot(w.fieldB).pointee = f.yValue(w.fieldA).bits
          f.code += 1
        case .moveYY:
          f.ySlot(w.fieldB).pointee = f.yValue(w.fieldA).bits
          f.code += 1
        case .moveCX:
          f.xSlot(w.fieldA).pointee = f.code[1]
          f.code += 2
        case .moveCY:
          f.ySlot(w.fieldA).pointee = f.code[1]
          f.code += 2
        case .moveXXCall:
          f.xSlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.pushReturn(f.code + 2)
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .moveYXCallLast:
          f.xSlot(w.fieldB).pointee = f.yValue(w.fieldA).bits
          f.popFrame(words: Int(w.fieldC))
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .moveXXMoveXX:
          f.xSlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.xSlot(f.code[1]).pointee = f.xValue(w.fieldC).bits
          f.code += 2
        case .moveXYMoveXX:
          f.ySlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.xSlot(f.code[1]).pointee = f.xValue(w.fieldC).bits
          f.code += 2
        case .moveXYMoveXY:
          f.ySlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.ySlot(f.code[1]).pointee = f.xValue(w.fieldC).bits
          f.code += 2
        case .moveYXMoveYX:
          f.xSlot(w.fieldB).pointee = f.yValue(w.fieldA).bits
          f.xSlot(f.code[1]).pointee = f.yValue(w.fieldC).bits
          f.code += 2
        case .moveXXReturn:
          f.xSlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.popReturn()
        case .moveCXReturn:
          f.xSlot(w.fieldA).pointee = f.code[1]
          f.popReturn()
        case .moveXXCallOnly:
          f.xSlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .moveXXMoveXXCallOnly:
          f.xSlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.xSlot(UInt(w.count) &* 8).pointee = f.xValue(w.fieldC).bits
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .moveXYMoveXXCall:
          f.ySlot(w.fieldB).pointee = f.xValue(w.fieldA).bits
          f.xSlot(UInt(w.count) &* 8).pointee = f.xValue(w.fieldC).bits
          f.pushReturn(f.code + 2)
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(1)
        case .allocateMoveXYMoveXX:
          if !ensureRoom(&f, words: Int(w.fieldA), live: w.count) { break raised }
          f.pushFrame(words: Int(w.fieldA))
          f.ySlot(w.fieldC).pointee = f.xValue(w.fieldB).bits
          f.xSlot(f.code[1] >> 32).pointee = f.xValue(f.code[1] & 0xFFFF_FFFF).bits
          f.code += 2
        case .allocateMoveXYMoveXXCall:
          if !ensureRoom(&f, words: Int(w.fieldA), live: w.count) { break raised }
          f.pushFrame(words: Int(w.fieldA))
          f.ySlot(w.fieldC).pointee = f.xValue(w.fieldB).bits
          f.xSlot(f.code[1] >> 32).pointee = f.xValue(f.code[1] & 0xFFFF_FFFF).bits
          f.pushReturn(f.code + 3)
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(2)
        case .allocateInitMoveXYMoveXXCall:
          if !ensureRoom(&f, words: Int(w.fieldA), live: w.count) { break raised }
          f.pushFrame(words: Int(w.fieldA))
          f.ySlot(f.code[2]).pointee = Term.nil.bits
          f.ySlot(w.fieldC).pointee = f.xValue(w.fieldB).bits
          f.xSlot(f.code[1] >> 32).pointee = f.xValue(f.code[1] & 0xFFFF_FFFF).bits
          f.pushReturn(f.code + 4)
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(3)
        case .moveYXMoveYYTrimCall:
          f.xSlot(w.fieldB).pointee = f.yValue(w.fieldA).bits
          f.ySlot(f.code[1] & 0xFFFF_FFFF).pointee = f.yValue(w.fieldC).bits
          f.popFrame(words: Int(f.code[1] >> 32))
          f.pushReturn(f.code + 3)
          f.steps &-= 1
          if f.steps < 0 { return .outOfSteps }
          f.code = f.target(2)
        case .swap:
          let left = f.value(w.fieldA)
          f.store(f.value(w.fieldB), w.fieldA)
          f.store(left, w.fieldB)
          f.code += 1

        // MARK: Lists and tuples

        case .getList:
          let cell = f.cell(f.value(w.fieldA))
          let head = cell[0]
          let tail = cell[1]
          f.store(head, w.fieldB)
          f.store(tail, w.fieldC)
          f.code += 1
        case .getHead:
          f.store(f.cell(f.value(w.fieldA))[0], w.fieldB)
          f.code += 1
        case .getTail:
          f.store(f.cell(f.value(w.fieldA))[1], w.fieldB)
          f.code += 1
        case .putList:
          f.makeCons(w)
          f.code += w.count
        case .testHeapPutList:
          let words = f.code[1] >> 8
          if !ensureRoom(&f, words: Int(words), live: Int(f.code[1] & 0xFF)) { break raised }
          f.makeCons(w)
          f.code += w.count
        case .testHeapPutListReturn:
          let words = f.code[1] >> 8 & 0xFF_FFFF
          if !ensureRoom(&f, words: Int(words), live: Int(f.code[1] & 0xFF)) { break raised }
          f.makeCons(w)
          f.popFrame(words: Int(f.code[1] >> 32))
          f.popReturn()
        case .isNonemptyListGetList:
          let list = f.xValue(w.fieldA)
          if list.isCons {
            let head = list.cons[0]
            let tail = list.cons[1]
            f.store(head, w.fieldB)
            f.store(tail, w.fieldC)
            f.code += 2
          } else {
            f.code += f.code[1].jump
          }
        case .isNonemptyListAllocateGetList:
          if !f.xValue(w.fieldA).isCons {
            f.code += f.code[1].jump
            continue
          }
          let words = f.code[1].lowerHalf >> 8
          if !ensureRoom(&f, words: words, live: f.code[1].lowerHalf & 0xFF) { break raised }
          f.pushFrame(words: words)
          let cell = f.cell(f.xValue(w.fieldA))
          let head = cell[0]
          let tail = cell[1]
          f.store(head, w.fieldB)
          f.store(tail, w.fieldC)
          f.code += 2
        case .putTuple:
          var arity = w.count
          var sources = f.code + 1
          if arity == 0 {
            arity = Int(sources[0])
            sources += 1
          }
          if let tuple = f.reserve(words: 1 &+ arity) {
            tuple[0] = Header.tuple(arity: arity).bits
            var index = 0
            while index < arity {
              tuple[1 &+ index] = f.source(sources[index]).bits
              index &+= 1
            }
            f.store(.boxed(at: tuple), w.fieldA)
          }
          f.code = sources + arity
        case .testHeapPutTuple:
          if !ensureRoom(&f, words: Int(w.fieldC), live: Int(w.fieldB)) { break raised }
          f.makeTuple(w, sources: f.code + 1)
          f.code += 1 + w.count
        case .testHeapPutTupleReturn:
          if !ensureRoom(&f, words: Int(w.fieldC), live: Int(w.fieldB)) { break raised }
          f.makeTuple(w, sources: f.code + 2)
          f.popFrame(words: Int(f.code[1]))
          f.popReturn()
        case .getTupleElement:
          let tuple = f.tuple(f.value(w.fieldA), upTo: w.fieldC)
          f.store(tuple.load(fromByteOffset: Int(w.fieldC), as: Term.self), w.fieldB)
          f.code += 1
        case .getTupleElementPair:
          let tuple = f.tuple(f.value(w.fieldA), upTo: w.fieldC &+ 8)
          let first = tuple.load(fromByteOffset: Int(w.fieldC), as: Term.self)
          let second = tuple.load(fromByteOffset: Int(w.fieldC) &+ 8, as: Term.self)
          f.store(first, w.fieldB)
          f.store(second, f.code[1])
          f.code += 2
        case .setTupleElement:
          let element = f.operand(w.fieldA)
          let tuple = f.tuple(f.value(w.fieldB), upTo: w.fieldC)
          if !Checks.isOn || f.mayStore(element, in: tuple) {
            tuple.storeBytes(of: element.bits, toByteOffset: Int(w.fieldC), as: UInt.self)
          }
          f.code += w.count

        // MARK: Tests

        case .isNil: f.code += f.value(w.fieldA).isNil ? 1 : w.jump
        case .isNonemptyList: f.code += f.value(w.fieldA).isCons ? 1 : w.jump
        case .isList: f.code += f.value(w.fieldA).isList ? 1 : w.jump
        case .isTuple: f.code += f.value(w.fieldA).isTuple ? 1 : w.jump
        case .isAtom: f.code += f.value(w.fieldA).isAtom ? 1 : w.jump
        case .isInteger: f.code += f.value(w.fieldA).isInteger ? 1 : w.jump
        case .isFloat: f.code += f.value(w.fieldA).isFloat ? 1 : w.jump
        case .isNumber: f.code += f.value(w.fieldA).isNumber ? 1 : w.jump
        case .isMap: f.code += f.value(w.fieldA).isMap ? 1 : w.jump
        case .isBinary: f.code += f.value(w.fieldA).isHeapBinary ? 1 : w.jump
        case .isFunction: f.code += f.value(w.fieldA).isFun ? 1 : w.jump
        case .isPid: f.code += f.value(w.fieldA).isLocalPid ? 1 : w.jump
        case .isPort: f.code += f.value(w.fieldA).isLocalPort ? 1 : w.jump
        case .isReference: f.code += f.value(w.fieldA).isBoxed(.reference) ? 1 : w.jump
        case .isBoolean:
          let term = f.value(w.fieldA)
          f.code += term == .true || term == .false ? 1 : w.jump
        case .isFunctionOfArity:
          let fun = f.operand(w.fieldA)
          let arity = f.operand(w.fieldB)
          let fits = fun.isFun && arity.isSmall && Fun.arity(at: fun.boxed) == arity.smallValue
          f.code += fits ? w.count : f.code[1].jump
        case .isTaggedTuple:
          let term = f.value(w.fieldA)
          let fits =
            term.isBoxed && term.boxed[0] == f.code[1] && term.boxed[1] == f.code[2]
          f.code += fits ? 3 : w.jump
        case .testArity:
          let term = f.value(w.fieldA)
          if Checks.isOn && !term.isTuple { f.fail("the arity of no tuple") }
          f.code += (!Checks.isOn || term.isBoxed) && term.boxed[0] == f.code[1] ? 2 : w.jump
        case .isTupleOfArity:
          let term = f.value(w.fieldA)
          f.code += term.isBoxed && term.boxed[0] == f.code[1] ? 2 : w.jump
        case .isExactlyWord: f.code += f.value(w.fieldA).bits == f.code[1] ? 2 : w.jump
        case .isNotExactlyWord: f.code += f.value(w.fieldA).bits != f.code[1] ? 2 : w.jump
        case .isExactlyEqual, .isNotExactlyEqual, .isEqual, .isNotEqual:
          let left = f.operand(w.fieldA)
          let right = f.operand(w.fieldB)
          let opcode = UInt8(truncatingIfNeeded: w)
          let isExact =
            opcode == Opcode.isExactlyEqual.rawValue || opcode == Opcode.isNotExactlyEqual.rawValue
          var equal = left == right
          // Equal words are equal terms; an immediate that differs is equal to nothing else, but
          // that a small may equal a float.
          let differs =
            isExact
            ? left.isImmediate || right.isImmediate : left.isImmediate && right.isImmediate
          if !equal && !differs {
            f.save()
            guard let answer = isEqual(left, right, exactly: isExact) else { break raised }
            equal = answer
          }
          let wantsEqual =
            opcode == Opcode.isExactlyEqual.rawValue || opcode == Opcode.isEqual.rawValue
          f.code += equal == wantsEqual ? w.count : f.code[1].jump
        case .isLess, .isNotLess:
          let left = f.operand(w.fieldA)
          let right = f.operand(w.fieldB)
          let isLess: Bool
          if left.bits & right.bits & 0xF == 0xF {
            isLess = Int(bitPattern: left.bits) < Int(bitPattern: right.bits)
          } else {
            f.save()
            guard let order = compare(left, right) else { break raised }
            isLess = order < 0
          }
          f.code +=
            isLess == (UInt8(truncatingIfNeeded: w) == Opcode.isLess.rawValue)
            ? w.count : f.code[1].jump
        case .isLessThanSmall, .isNotLessThanSmall:
          let left = f.value(w.fieldA)
          let isLess: Bool
          if left.isSmall {
            isLess = Int(bitPattern: left.bits) < Int(bitPattern: f.code[1])
          } else {
            f.save()
            guard let order = compare(left, Term(bits: f.code[1])) else { break raised }
            isLess = order < 0
          }
          f.code +=
            isLess == (UInt8(truncatingIfNeeded: w) == Opcode.isLessThanSmall.rawValue)
            ? 2 : w.jump

        // MARK: Choices

        case .selectLinear:
          f.code += Self.selectLinear(f.value(w.fieldA).bits, f.code + 1)
        case .selectSorted:
          f.code += Self.selectSorted(f.value(w.fieldA).bits, f.code + 1)
        case .selectDense:
          f.code += Self.selectDense(f.value(w.fieldA), f.code + 1)
        case .selectArity:
          let term = f.value(w.fieldA)
          f.code += Self.selectLinear(term.isTuple ? term.boxed[0] : 0, f.code + 1)

        // MARK: Arithmetic

        case .add:
          let a = f.operand(w.fieldA)
          let b = f.operand(w.fieldB)
          // Two smalls: the tag of one goes, that of the other stays.
          let (sum, overflow) = Int(bitPattern: a.bits).addingReportingOverflow(
            Int(bitPattern: b.bits &- 0xF))
          if a.bits & b.bits & 0xF == 0xF && !overflow {
            f.store(Term(bits: UInt(bitPattern: sum)), w.fieldC)
            f.code += w.count
          } else if !arithmetic(&f, w, a, b) {
            break raised
          }
        case .addReturn:
          let a = f.operand(w.fieldA)
          let b = f.operand(w.fieldB)
          let (sum, overflow) = Int(bitPattern: a.bits).addingReportingOverflow(
            Int(bitPattern: b.bits &- 0xF))
          if a.bits & b.bits & 0xF == 0xF && !overflow {
            f.store(Term(bits: UInt(bitPattern: sum)), w.fieldC)
            f.popFrame(words: Int(f.code[w.count]))
            f.popReturn()
          } else {
            // The slow path goes on behind the sum: where an instruction ends the function.
            if !arithmetic(&f, w, a, b) { break raised }
            f.popFrame(words: Int(f.code[0]))
            f.popReturn()
          }
        case .subtract:
          let a = f.operand(w.fieldA)
          let b = f.operand(w.fieldB)
          let (difference, overflow) = Int(bitPattern: a.bits).subtractingReportingOverflow(
            Int(bitPattern: b.bits &- 0xF))
          if a.bits & b.bits & 0xF == 0xF && !overflow {
            f.store(Term(bits: UInt(bitPattern: difference)), w.fieldC)
            f.code += w.count
          } else if !arithmetic(&f, w, a, b) {
            break raised
          }
        case .addSmall:
          let a = f.value(w.fieldA)
          let (sum, overflow) = Int(bitPattern: a.bits).addingReportingOverflow(
            Int(bitPattern: f.code[2] &- 0xF))
          if a.isSmall && !overflow {
            f.store(Term(bits: UInt(bitPattern: sum)), w.fieldC)
            f.code += 4
          } else if !arithmetic(&f, w, a, Term(bits: f.code[3])) {
            break raised
          }
        case .multiply, .divide, .remainder, .and, .or, .xor, .shiftLeft, .shiftRight, .arithmetic:
          let a = f.operand(w.fieldA)
          let b = f.operand(w.fieldB)
          let result = Self.smallArithmetic(
            unsafeBitCast(UInt8(truncatingIfNeeded: w), to: Opcode.self), a, b)
          if !result.isNone {
            f.store(result, w.fieldC)
            f.code += w.count
          } else if !arithmetic(&f, w, a, b) {
            break raised
          }
        case .guardNative:
          f.save()
          let result = guardNative(
            f.guardNative, f.operand(w.fieldA), f.operand(w.fieldB), live: f.live,
            isGuard: f.code[1].jump != 0)
          f.load()
          if result.isNone {
            if jumpsOnFailure(&f) { continue }
            break raised
          }
          f.store(result, w.fieldC)
          f.code += w.count

        // MARK: Floats

        case .floatLoad, .floatConvert:
          let term = f.operand(w.fieldA)
          if term.isFloat {
            f.float(w.fieldB).pointee = term.floatValue
            f.code += w.count
          } else if let value = double(term) {
            f.float(w.fieldB).pointee = value
            f.code += w.count
          } else {
            f.save()
            _ = badArithmetic()
            break raised
          }
        case .floatStore:
          let value = f.float(w.fieldA).pointee
          if let float = f.reserve(words: 2) {
            float[0] = Header.float.bits
            float[1] = UInt(value.bitPattern)
            f.store(.boxed(at: float), w.fieldB)
          }
          f.code += 1
        case .floatAdd, .floatSubtract, .floatMultiply, .floatDivide, .floatNegate:
          let a = f.float(w.fieldA).pointee
          let b = f.float(w.fieldB).pointee
          let result: Double
          let target: UInt
          switch unsafeBitCast(UInt8(truncatingIfNeeded: w), to: Opcode.self) {
          case .floatAdd: (result, target) = (a + b, w.fieldC)
          case .floatSubtract: (result, target) = (a - b, w.fieldC)
          case .floatMultiply: (result, target) = (a * b, w.fieldC)
          case .floatDivide: (result, target) = (a / b, w.fieldC)
          default: (result, target) = (-a, w.fieldB)
          }
          if result.isFinite {
            f.float(target).pointee = result
            f.code += 2
          } else {
            if f.jumpOnFailure() { continue }
            f.save()
            _ = badArithmetic()
            break raised
          }

        // MARK: Funs

        case .makeFun:
          let free = w.count
          if let fun = f.reserve(words: Fun.words(free: free)) {
            f.fillFun(fun, entry: f.code[1], free: free, creator: f.pid)
            for index in 0..<free { fun[5 + index] = f.source(f.code[2 + index]).bits }
            f.store(.boxed(at: fun), w.fieldA)
          }
          f.code += 2 + free

        // MARK: Exceptions

        case .catch:
          f.slot(w.fieldA).pointee = f.code[1]
          f.code += 2
        case .tryEnd:
          f.store(.nil, w.fieldA)
          f.code += 1
        case .catchEnd:
          f.store(.nil, w.fieldA)
          if f.xSlot(0).pointee == 0 {
            f.save()
            guard let result = catchResult() else { break raised }
            f.load()
            x[0] = result
          }
          f.code += 1
        case .tryCase:
          f.store(.nil, w.fieldA)
          x[0] = x[1]
          x[1] = x[2]
          x[2] = x[3]
          f.code += 1
        case .tryCaseEnd, .badMatch, .caseEnd, .ifEnd, .badRecord, .raise, .rawRaise:
          let opcode = unsafeBitCast(UInt8(truncatingIfNeeded: w), to: Opcode.self)
          let a = f.operand(w.fieldA)
          let b = f.operand(w.fieldB)
          f.save()
          if raiseInstruction(opcode, a, b) {
            f.code += 1  // The class of a raw raise was none: x0 is `badarg`, and the code goes on.
            continue
          }
          break raised
        case .buildStacktrace:
          f.save()
          x[0] = stacktrace(of: f.xValue(0))
          f.load()
          f.code += 1

        // MARK: Maps

        case .getMapElements:
          guard let slots = getMapElements(&f, w) else { break raised }
          f.code += slots
        case .hasMapFields:
          guard let slots = hasMapFields(&f, w) else { break raised }
          f.code += slots
        case .putMap:
          f.save()
          let map = putMap(&f, w)
          f.load()
          if map.isNone {
            if jumpsOnFailure(&f) { continue }
            break raised
          }
          f.store(map, w.fieldB)
          f.code += f.mapSlots
        }
        continue
      }
      // An exception of an operand that is none is not told: its trace would hold the operand.
      if Checks.isOn, let fault = f.fault { return .fault(fault) }
      // An exception is pending; what raised it saved heap and stack.
      guard let handler = unwind(from: f.code) else { return .exception }
      f.load()
      f.code = handler
    }
  }
}
