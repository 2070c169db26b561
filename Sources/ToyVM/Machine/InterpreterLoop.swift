import Tenure

/// How a run of the interpreter ended.
enum RunEnd {
  /// The first function returned; its result is in x0.
  case returned
  /// An exception found no handler.
  case exception
  /// The steps that the run was allowed are used up.
  case outOfSteps
  /// The steps of the slice are used up; the process can go on.
  case preempted
  /// The process made way for others; it can go on.
  case yielded
  /// The process waits for a message.
  case waiting
  /// The process is to end: for a signal, or for the size of its heap.
  case exiting
  /// The process ended the run, with a status.
  case halted(Int)
  /// Checked code broke a rule of operands.
  case fault(StaticString)
  /// A module that was to be loaded on a call is damaged.
  case loadFailed(LoadError)
}

// Instructions that meet their frequent case are run by handlers (Handler.swift). The loop runs
// those that need more: room that must be made, terms that no word decides, exceptions, calls out.
// It also runs code whose operands are checked, one instruction after the other.
extension Interpreter {
  /// Runs from an address until the first function returns or cannot go on.
  ///
  /// - Parameters:
  ///   - start: the code to begin with; the stack begins with the address of ``Opcode/halt``.
  ///   - steps: calls to allow (instructions, where operands are checked); a process that has used
  ///     them up stops where the next function begins.
  func run<Checks: OperandChecks>(
    _ checks: Checks.Type, from start: UnsafeMutablePointer<UInt>, steps: Int
  ) -> RunEnd {
    var f = Frame<Checks>(
      code: start, stack: heap.pointee.stackTop, top: heap.pointee.top,
      x: UnsafeMutableRawPointer(x).assumingMemoryBound(to: UInt.self))
    f.steps = steps
    var isDue = false
    var overdueSteps = 0

    while true {
      if Checks.isOn {
        if let fault = f.fault { return .fault(fault) }
        f.steps &-= 1
      } else if !isDue {
        f.runHandlers()
      }
      if f.steps <= 0 {
        if endsWithSteps { return .outOfSteps }
        if let live = f.liveAtFunction {
          f.save()
          stop(at: f.code, live: live)
          return .preempted
        }
        // From here to the next function one instruction after the other, calls among them. Damaged
        // code may jump round and round and come to none.
        overdueSteps &+= 1
        if overdueSteps == Schedulers.sliceSteps {
          if schedulers.takeSteps().areLast { return .outOfSteps }
          overdueSteps = 0
        }
        isDue = true
        f.steps = 1
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
        case .call: _ = f.call(w)
        case .callOnly: _ = f.callOnly(w)
        case .callLast: _ = f.callLast(w)
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
          let goesOn = callOut(&f, w, opcode)
          f.steps &-= 1
          if !goesOn {
            if let error = loadFailure { return .loadFailed(error) }
            if let fault = callFault { return .fault(fault) }
            if let end = takePause(at: f.code) { return end }
            break raised
          }

        // MARK: Messages

        case .send: if !send(&f) { break raised }
        case .loopRec:
          if !lookAtMessage(&f, w) {
            if isExiting { return .exiting }
            break raised
          }
        case .loopRecEnd:
          skipMessage(&f, w)
          if let fault = f.fault { return .fault(fault) }
        case .removeMessage:
          removeMessage(&f)
          if let fault = f.fault { return .fault(fault) }
        case .timeout: endWait(&f)
        case .markMessages: markMessages(&f, w)
        case .bindMark, .useMark, .clearMark: mark(&f, w, opcode)
        case .wait:
          f.save()
          stop(at: f.code + w.jump, live: 0)
          return .waiting
        case .waitTimeout:
          switch waitTimeout(&f, w) {
          case .goesOn: break
          case .waits: return .waiting
          case .outOfSteps: return .outOfSteps
          case .raised: break raised
          }

        // MARK: Moves

        case .moveXX: f.moveXX(w)
        case .moveXY: f.moveXY(w)
        case .moveYX: f.moveYX(w)
        case .moveYY: f.moveYY(w)
        case .moveCX: f.moveCX(w)
        case .moveCY: f.moveCY(w)
        case .moveXXCall: _ = f.moveXXCall(w)
        case .moveYXCallLast: _ = f.moveYXCallLast(w)
        case .moveXXMoveXX: f.moveXXMoveXX(w)
        case .moveXYMoveXX: f.moveXYMoveXX(w)
        case .moveXYMoveXY: f.moveXYMoveXY(w)
        case .moveYXMoveYX: f.moveYXMoveYX(w)
        case .moveXXReturn: f.moveXXReturn(w)
        case .moveCXReturn: f.moveCXReturn(w)
        case .moveXXCallOnly: _ = f.moveXXCallOnly(w)
        case .moveXXMoveXXCallOnly: _ = f.moveXXMoveXXCallOnly(w)
        case .moveXYMoveXXCall: _ = f.moveXYMoveXXCall(w)
        case .allocateMoveXYMoveXX:
          if !ensureRoom(&f, words: w.frameWords, live: w.count) { break raised }
          f.allocateMoveXYMoveXX(w)
        case .allocateMoveXYMoveXXCall:
          if !ensureRoom(&f, words: w.frameWords, live: w.count) { break raised }
          _ = f.allocateMoveXYMoveXXCall(w)
        case .allocateInitMoveXYMoveXXCall:
          if !ensureRoom(&f, words: w.frameWords, live: w.count) { break raised }
          _ = f.allocateInitMoveXYMoveXXCall(w)
        case .moveYXMoveYYTrimCall: _ = f.moveYXMoveYYTrimCall(w)
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
        case .updateRecord: f.updateRecord()

        // MARK: What was not certain

        case .requireCons: if !f.requireCons(w) { return .fault("the cell of no list") }
        case .requireTuple: if !f.requireTuple(w) { return .fault("an element of no tuple") }
        case .requireArity: if !f.requireArity(w) { return .fault("an update of another tuple") }
        case .requireMap: if !f.requireMap(w) { return .fault("the elements of no map") }
        case .requireNewTuple:
          if !f.requireNewTuple(w) { return .fault("a store into an old object") }
        case .requireNoValue:
          if !f.requireNoValue() { return .fault("a handler without exception") }
        case .attachMessage: attachMessage(&f)

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
        case .isBinary: f.test(w) { $0.isBinary }
        case .isBitString: f.test(w) { $0.isBitString }
        case .isFunction: f.test(w) { $0.isFun }
        case .isPid: f.test(w) { $0.isPid }
        case .isPort: f.test(w) { $0.isPort }
        case .isReference: f.test(w) { $0.isReference }
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
          if !testEquality(&f, w, opcode) { break raised }
        case .isLess, .isNotLess:
          if !testOrder(&f, w, wantsLess: opcode == .isLess) { break raised }
        case .isLessThanSmall, .isNotLessThanSmall:
          if !testOrderWithSmall(&f, w, wantsLess: opcode == .isLessThanSmall) { break raised }

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
        case .binaryPart: if !binaryPart(&f, w) { break raised }
        case .guardNative: if !guardNative(&f, w) { break raised }

        // MARK: Floats

        case .floatLoad, .floatConvert: if !floatLoad(&f, w) { break raised }
        case .floatStore: f.floatStore(w)
        case .floatAdd, .floatSubtract, .floatMultiply, .floatDivide, .floatNegate:
          if !floatOperation(&f, w, opcode) { break raised }

        // MARK: Funs

        case .makeFun: f.makeFun(w, creator: pid)

        // MARK: Exceptions

        case .catch: f.catch(w)
        case .tryEnd: f.tryEnd(w)
        case .catchEnd: if !catchEnd(&f, w) { break raised }
        case .tryCase: f.tryCase(w)
        case .tryCaseEnd, .badMatch, .caseEnd, .ifEnd, .badRecord, .raise, .rawRaise:
          if !raiseInstruction(&f, w, opcode) { break raised }
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
        case .putMap: if !putMap(&f, w) { break raised }

        // MARK: Bit strings

        case .bsStartMatch, .bsGetPosition, .bsSetPosition, .bsGetTail, .bsGetInteger, .bsGetFloat,
          .bsGetBinary, .bsSkip, .bsGetUnicode, .bsSkipUnicode, .bsTestTail, .bsTestUnit,
          .bsEnsure, .bsMatchString, .bsSave, .bsRestore, .bsContextToBinary:
          if !match(&f, w, opcode) { break raised }
          if let fault = f.fault { return .fault(fault) }
        case .bsCreate, .bsAppendInteger: if !createBinary(&f, w) { break raised }
        case .bsAppendByte: if !f.appendInteger(w) && !createBinary(&f, w) { break raised }
        case .bsInitWritable, .bsInit, .bsAppend, .bsPrivateAppend, .bsPut, .bsPutString, .bsAdd,
          .bsUnicodeSize:
          if !output(&f, w, opcode) { break raised }
          if let fault = f.fault { return .fault(fault) }
        }
        continue
      }
      // An exception of an operand that is none is not told: its trace would hold the operand.
      if Checks.isOn, let fault = f.fault { return .fault(fault) }
      // An exception is pending; what raised it saved heap and stack. It takes a step: a handler may
      // raise another without a call.
      f.steps &-= 1
      guard let handler = unwind(from: f.code) else {
        return isBeyondLimit ? .exiting : .exception
      }
      f.load()
      f.code = handler
    }
  }
}
