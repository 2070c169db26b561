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
      code: start, stack: heap.pointee.stackTop, top: heap.pointee.top,
      x: UnsafeMutableRawPointer(x).assumingMemoryBound(to: UInt.self))
    f.steps = steps

    while true {
      if Checks.isOn {
        if let fault = f.fault { return .fault(fault) }
        f.steps &-= 1
        if f.steps < 0 { return .outOfSteps }
      } else {
        f.runHandlers()
      }
      let w = f.code.pointee
      let opcode = unsafeBitCast(UInt8(truncatingIfNeeded: w), to: Opcode.self)
      raised: do {
        switch opcode {

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
        case .jump: f.jump(w)
        case .call: if !f.call(w) { return .outOfSteps }
        case .callOnly: if !f.callOnly(w) { return .outOfSteps }
        case .callLast: if !f.callLast(w) { return .outOfSteps }
        case .return: f.popReturn()
        case .deallocateReturn: f.deallocateReturn(w)
        case .allocate:
          if !ensureRoom(&f, words: w.frameWords, live: w.count) { break raised }
          f.allocate(w)
        case .allocateHeap:
          if !ensureRoom(&f, words: w.frameWords &+ w.jump, live: w.count) { break raised }
          f.allocate(w)
        case .testHeap:
          if !ensureRoom(&f, words: w.jump, live: w.count) { break raised }
          f.skip(w)
        case .deallocate: f.deallocate(w)
        case .initYRegisters: f.initYRegisters(w)

        // MARK: Calls of other modules, natives and funs

        case .callExport, .callExportOnly, .callExportLast, .callNative, .callNativeOnly,
          .callNativeLast, .callFun, .apply, .applyLast:
          f.save()
          let next: UnsafeMutablePointer<UInt>?
          switch opcode {
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

        case .moveXX: f.moveXX(w)
        case .moveXY: f.moveXY(w)
        case .moveYX: f.moveYX(w)
        case .moveYY: f.moveYY(w)
        case .moveCX: f.moveCX(w)
        case .moveCY: f.moveCY(w)
        case .moveXXCall: if !f.moveXXCall(w) { return .outOfSteps }
        case .moveYXCallLast: if !f.moveYXCallLast(w) { return .outOfSteps }
        case .moveXXMoveXX: f.moveXXMoveXX(w)
        case .moveXYMoveXX: f.moveXYMoveXX(w)
        case .moveXYMoveXY: f.moveXYMoveXY(w)
        case .moveYXMoveYX: f.moveYXMoveYX(w)
        case .moveXXReturn: f.moveXXReturn(w)
        case .moveCXReturn: f.moveCXReturn(w)
        case .moveXXCallOnly: if !f.moveXXCallOnly(w) { return .outOfSteps }
        case .moveXXMoveXXCallOnly: if !f.moveXXMoveXXCallOnly(w) { return .outOfSteps }
        case .moveXYMoveXXCall: if !f.moveXYMoveXXCall(w) { return .outOfSteps }
        case .allocateMoveXYMoveXX:
          if !ensureRoom(&f, words: w.frameWords, live: w.count) { break raised }
          f.allocateMoveXYMoveXX(w)
        case .allocateMoveXYMoveXXCall:
          if !ensureRoom(&f, words: w.frameWords, live: w.count) { break raised }
          if !f.allocateMoveXYMoveXXCall(w) { return .outOfSteps }
        case .allocateInitMoveXYMoveXXCall:
          if !ensureRoom(&f, words: w.frameWords, live: w.count) { break raised }
          if !f.allocateInitMoveXYMoveXXCall(w) { return .outOfSteps }
        case .moveYXMoveYYTrimCall: if !f.moveYXMoveYYTrimCall(w) { return .outOfSteps }
        case .swap: f.swap(w)

        // MARK: Lists and tuples

        case .getList: f.getList(w)
        case .getHead: f.getHead(w)
        case .getTail: f.getTail(w)
        case .putList: f.putList(w)
        case .testHeapPutList:
          if !ensureRoom(&f, words: f.room, live: f.roomLive) { break raised }
          f.putList(w)
        case .testHeapPutListReturn:
          if !ensureRoom(&f, words: f.room, live: f.roomLive) { break raised }
          f.putListReturn(w)
        case .isNonemptyListGetList: f.isNonemptyListGetList(w)
        case .isNonemptyListAllocateGetList:
          if f.xValue(w.fieldA).isCons {
            if !ensureRoom(&f, words: f.roomBesideJump, live: f.roomLive) { break raised }
            f.allocateGetList(w)
          } else {
            f.code += f.code[1].jump
          }
        case .putTuple: f.putTuple(w)
        case .testHeapPutTuple:
          if !ensureRoom(&f, words: Int(w.fieldC), live: Int(w.fieldB)) { break raised }
          f.putShortTuple(w)
        case .testHeapPutTupleReturn:
          if !ensureRoom(&f, words: Int(w.fieldC), live: Int(w.fieldB)) { break raised }
          f.putTupleReturn(w)
        case .getTupleElement: f.getTupleElement(w)
        case .getTupleElementPair: f.getTupleElementPair(w)
        case .setTupleElement: f.setTupleElement(w)

        // MARK: Tests

        case .isNil: f.test(w) { $0.isNil }
        case .isNonemptyList: f.test(w) { $0.isCons }
        case .isList: f.test(w) { $0.isList }
        case .isTuple: f.test(w) { $0.isTuple }
        case .isAtom: f.test(w) { $0.isAtom }
        case .isInteger: f.test(w) { $0.isInteger }
        case .isFloat: f.test(w) { $0.isFloat }
        case .isNumber: f.test(w) { $0.isNumber }
        case .isMap: f.test(w) { $0.isMap }
        case .isBinary: f.test(w) { $0.isHeapBinary }
        case .isFunction: f.test(w) { $0.isFun }
        case .isPid: f.test(w) { $0.isLocalPid }
        case .isPort: f.test(w) { $0.isLocalPort }
        case .isReference: f.test(w) { $0.isBoxed(.reference) }
        case .isBoolean: f.test(w) { $0 == .true || $0 == .false }
        case .isFunctionOfArity:
          let fun = f.operand(w.fieldA)
          let arity = f.operand(w.fieldB)
          let fits = fun.isFun && arity.isSmall && Fun.arity(at: fun.boxed) == arity.smallValue
          f.code += fits ? w.count : f.code[1].jump
        case .isTaggedTuple: f.isTaggedTuple(w)
        case .testArity: f.testArity(w)
        case .isTupleOfArity: f.isTupleOfArity(w)
        case .isExactlyWord: f.isExactlyWord(w)
        case .isNotExactlyWord: f.isNotExactlyWord(w)
        case .isExactlyEqual, .isNotExactlyEqual, .isEqual, .isNotEqual:
          let exactly = opcode == .isExactlyEqual || opcode == .isNotExactlyEqual
          let wantsEqual = opcode == .isExactlyEqual || opcode == .isEqual
          if f.compareWords(w, exactly: exactly, wantsEqual: wantsEqual) { continue }
          f.save()
          guard let equal = isEqual(f.operand(w.fieldA), f.operand(w.fieldB), exactly: exactly)
          else { break raised }
          f.go(if: equal == wantsEqual, slots: w.count, else: f.code[1].jump)
        case .isLess, .isNotLess:
          if f.compareSmalls(w, wantsLess: opcode == .isLess) { continue }
          f.save()
          guard let order = compare(f.operand(w.fieldA), f.operand(w.fieldB)) else { break raised }
          f.go(if: (order < 0) == (opcode == .isLess), slots: w.count, else: f.code[1].jump)
        case .isLessThanSmall, .isNotLessThanSmall:
          let wantsLess = opcode == .isLessThanSmall
          if f.compareWithSmall(w, wantsLess: wantsLess) { continue }
          f.save()
          guard let order = compare(f.value(w.fieldA), Term(bits: f.code[1])) else { break raised }
          f.go(if: (order < 0) == wantsLess, slots: 2, else: w.jump)

        // MARK: Choices

        case .selectLinear: f.selectLinear(f.value(w.fieldA).bits)
        case .selectSorted: f.selectSorted(w)
        case .selectDense: f.selectDense(w)
        case .selectArity: f.selectArity(w)

        // MARK: Arithmetic

        case .add:
          if !f.add(w) && !arithmetic(&f, w, f.operand(w.fieldB)) { break raised }
        case .addReturn:
          if f.addReturn(w) { continue }
          // The slow path goes on behind the sum: where an instruction ends the function.
          if !arithmetic(&f, w, f.operand(w.fieldB)) { break raised }
          f.leaveFrame(words: Int(f.code[0]))
        case .addSmall:
          if !f.addSmall(w) && !arithmetic(&f, w, Term(bits: f.code[3])) { break raised }
        case .subtract:
          if !f.subtract(w) && !arithmetic(&f, w, f.operand(w.fieldB)) { break raised }
        case .multiply, .divide, .remainder, .and, .or, .xor, .shiftLeft, .shiftRight, .arithmetic:
          if !f.smallArithmetic(w, opcode) && !arithmetic(&f, w, f.operand(w.fieldB)) {
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
          if f.floatLoad(w) { continue }
          if let value = double(f.operand(w.fieldA)) {
            f.float(w.fieldB).pointee = value
            f.code += w.count
          } else {
            f.save()
            _ = badArithmetic()
            break raised
          }
        case .floatStore: f.floatStore(w)
        case .floatAdd, .floatSubtract, .floatMultiply, .floatDivide, .floatNegate:
          let isFinite =
            switch opcode {
            case .floatAdd: f.floatOperation(w, to: w.fieldC, +)
            case .floatSubtract: f.floatOperation(w, to: w.fieldC, -)
            case .floatMultiply: f.floatOperation(w, to: w.fieldC, *)
            case .floatDivide: f.floatOperation(w, to: w.fieldC, /)
            default: f.floatOperation(w, to: w.fieldB) { value, _ in -value }
            }
          if isFinite || f.jumpOnFailure() { continue }
          f.save()
          _ = badArithmetic()
          break raised

        // MARK: Funs

        case .makeFun:
          let free = w.count
          if let fun = f.reserve(words: Fun.words(free: free)) {
            f.fillFun(fun, entry: f.code[1], free: free, creator: pid)
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
