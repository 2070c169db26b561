/// The instructions that the interpreter runs; the loader translates generic ones into these.
///
/// An instruction is one slot of 64 bits and the slots that follow it:
///
/// ```
///  63            48 47            32 31            16 15     8 7      0
/// +----------------+----------------+----------------+--------+--------+
/// | c              | b              | a              | n      | opcode |
/// +----------------+----------------+----------------+--------+--------+
/// | jump: slots from this instruction, signed        |   in place of b and c
/// +--------------------------------------------------+
/// ```
/// A field `a`, `b` or `c` that names a value is a byte offset with a kind in its low bits:
/// 0 an X register, 1 a Y register, 2 a constant in a slot of the instruction itself.
/// Fields marked `reg` below are never constants. A jump in a slot of its own stands in that
/// slot's upper half; 0 means that there is no place to jump to.
enum Opcode: UInt8 {
  // Control. Addresses of code stand in slot 1.
  case functionInfo  // n: arity; b, c: FunctionMark
  case codeEnd
  case halt
  case notImplemented  // slot 1: atom that names what is missing
  case jump  // jump
  case call  // slot 1: address
  case callOnly
  case callLast  // a: words of the frame
  case callExport  // slot 1: export entry
  case callExportOnly
  case callExportLast  // a: words of the frame
  case callNative  // n: arity; slot 1: export entry
  case callNativeOnly
  case callNativeLast  // a: words of the frame
  case callFun  // a: fun; n: arity; b: 1 + words of the frame, where it ends the function
  case apply  // n: arity
  case applyLast  // n: arity; a: words of the frame
  case `return`
  case deallocateReturn  // a: words of the frame
  case allocate  // a: words of the frame; n: live
  case allocateHeap  // a: words of the frame; n: live; upper half: heap words
  case testHeap  // n: live; upper half: words
  case deallocate  // a: words
  case initYRegisters  // n: count; a slot each: byte offset

  // Messages.
  case send
  case loopRec  // a: reg; jump where there is none
  case loopRecEnd  // jump
  case removeMessage
  case timeout
  case wait  // jump
  case waitTimeout  // n: slots; a: milliseconds; slot 1: jump
  case markMessages  // a: reg
  case bindMark  // n: slots; a: mark; b: reference
  case useMark  // n: slots; a: reference
  case clearMark  // n: slots; a: reference

  // Moves.
  case moveXX  // a: from; b: to
  case moveXY
  case moveYX
  case moveYY
  case moveCX  // a: to; slot 1: constant
  case moveCY
  case moveXXCall  // a, b as moveXX; slot 1: address
  case moveYXCallLast  // a, b as moveYX; c: words of the frame; slot 1: address
  case moveXXMoveXX  // a, b, c: from, to, from; slot 1: to
  case moveXYMoveXX
  case moveXYMoveXY
  case moveYXMoveYX
  case moveXXReturn
  case moveCXReturn
  case moveXXCallOnly  // a, b as moveXX; slot 1: address
  case moveXXMoveXXCallOnly  // n: index of the second register to move to; else as the next
  case moveXYMoveXXCall  // a, b, c: from, to, from; n: index of the register to; slot 1: address
  case allocateMoveXYMoveXX  // n: live; a: words; b, c: from, to; slot 1: from, to << 32
  case allocateMoveXYMoveXXCall  // as above; slot 2: address
  case allocateInitMoveXYMoveXXCall  // as above, but slot 2: Y register to clear; slot 3: address
  case moveYXMoveYYTrimCall  // a, b, c: from, to, from; slot 1: to, words << 32; slot 2: address
  case swap  // a, b: reg

  // Lists and tuples.
  case getList  // a: reg; b, c: reg
  case getHead  // a: reg; b: reg
  case getTail
  case putList  // a: head; b: tail; c: reg
  case testHeapPutList  // slot 1: words << 8 | live, else as putList
  case testHeapPutListReturn  // slot 1 as above with frame words << 32; ends the function
  case isNonemptyListGetList  // a: reg; b, c: reg; slot 1: jump
  case isNonemptyListAllocateGetList  // as above; slot 1 lower half: frame words << 8 | live
  case putTuple  // a: reg; n: arity, or 0 and slot 1; a slot each: source word
  case testHeapPutTuple  // a: reg; n: arity; b: live; c: words; a slot each: source word
  case testHeapPutTupleReturn  // slot 1: frame words; else as above; ends the function
  case getTupleElement  // a: reg; b: reg; c: byte offset of the element
  case getTupleElementPair  // as above; the next element goes to slot 1's low field
  case updateRecord  // slot 1: arity, slots << 32; slot 2: tuple; slot 3: reg; pairs: index, word
  case setTupleElement  // a: value; b: reg; c: byte offset

  // What the validator could not be certain of: the run ends where it is not so.
  case requireCons  // a: reg
  case requireTuple  // a: reg; slot 1: least elements
  case requireArity  // a: reg; slot 1: elements
  case requireMap  // a: reg
  case requireNewTuple  // as setTupleElement, before it
  case requireNoValue
  case attachMessage

  // Tests: the jump is taken when the test fails.
  case isNil
  case isNonemptyList
  case isList
  case isTuple
  case isAtom
  case isInteger
  case isFloat
  case isNumber
  case isMap
  case isBinary
  case isBitString
  case isFunction
  case isPid
  case isPort
  case isReference
  case isBoolean
  case isFunctionOfArity  // a: reg; b: arity; slot 1: jump
  case isTaggedTuple  // a: reg; jump; slot 1: header; slot 2: atom
  case testArity  // a: reg; jump; slot 1: header
  case isTupleOfArity  // a: reg; jump; slot 1: header
  case isExactlyWord  // a: reg; jump; slot 1: immediate
  case isNotExactlyWord
  case isExactlyEqual  // a, b; slot 1: jump
  case isNotExactlyEqual
  case isEqual
  case isNotEqual
  case isLess
  case isNotLess
  case isLessThanSmall  // a: reg; jump; slot 1: small
  case isNotLessThanSmall

  // Choices. slot 1: count, jump where nothing fits; then the pairs.
  case selectLinear  // a: reg; pairs: word, jump
  case selectSorted  // a: reg; pairs sorted by word
  case selectDense  // a: reg; slot 2: first value; a slot each: jump
  case selectArity  // a: reg; pairs: header, jump

  // Arithmetic. n: slots; a, b; c: reg; slot 1: jump, operation or native << 16, live.
  case add
  case addReturn  // as add; slot n: frame words; ends the function
  case addSmall  // a: reg; slot 2: small to add; slot 3: the operand as it was
  case subtract
  case multiply
  case divide
  case remainder
  case and
  case or
  case xor
  case shiftLeft
  case shiftRight
  case arithmetic  // the operation of slot 1
  case guardNative
  case binaryPart  // as above, slot 2: source word of the length

  // Floats. Fields are byte offsets of float registers but for a term.
  case floatLoad  // a: value; b: float
  case floatConvert  // a: value; b: float
  case floatStore  // a: float; b: reg
  case floatAdd  // a, b, c: float
  case floatSubtract
  case floatMultiply
  case floatDivide
  case floatNegate  // a, b: float

  // Funs.
  case makeFun  // a: reg; n: free variables; slot 1: lambda entry; a slot each: source word

  // Exceptions.
  case `catch`  // a: reg; slot 1: catch mark
  case catchEnd  // a: reg
  case tryEnd
  case tryCase
  case tryCaseEnd  // a: value
  case badMatch
  case caseEnd
  case ifEnd
  case badRecord
  case raise  // a: trace; b: reason
  case rawRaise
  case buildStacktrace

  // Maps.
  case getMapElements  // a: reg; n: count; slot 1: jump; two slots each: source word, reg
  case hasMapFields  // a: reg; n: count; slot 1: jump; a slot each: source word
  case putMap  // a: map; b: reg; n: 1 where keys must exist; slot 1: jump, live, count; pairs

  // Binary patterns. n: slots; slot 1: jump, unit << 16, flags << 8, live.
  case bsStartMatch  // a: value; c: reg; in place of the unit the places of saved positions
  case bsSave  // a: context; b: place
  case bsRestore
  case bsContextToBinary  // a: reg
  case bsGetPosition  // a: context; b: reg
  case bsSetPosition  // a: context; b: value
  case bsGetTail  // a: context; c: reg
  case bsGetInteger  // a: context; b: size; c: reg
  case bsGetFloat
  case bsGetBinary  // as above, or b: all that is left
  case bsSkip
  case bsGetUnicode  // a: context; c: reg; in place of the unit the form
  case bsSkipUnicode
  case bsTestTail  // a: context; slot 2: bits
  case bsTestUnit  // a: context
  case bsEnsure  // a: context; slot 2: least bits
  case bsMatchString  // a: context; slot 2: bits; slots of bytes

  // Bit strings that are built.
  case bsCreate  // a: reg; slot 1: jump, live; slot 2: segments << 32 | words; slot 3: slots; ...
  case bsAppendInteger  // n: bits; b: start; c: value; else as bsCreate with these two segments
  case bsAppendByte  // the same of one byte: a, b, c: x; no words
  case bsInitWritable
  case bsInit  // a: size; c: reg; slot 1: jump, unit, live; slot 2: words
  case bsAppend  // as above; b: bit string
  case bsPrivateAppend
  case bsPut  // a: value; b: size; slot 1: jump, kind, flags, unit
  case bsPutString  // slot 2: bytes; slots of bytes
  case bsAdd  // a, b: sizes; c: reg; slot 1: jump, unit
  case bsUnicodeSize  // a: value; c: reg; slot 1: jump, kind
}

/// What tells the slot of a ``Opcode/functionInfo`` from one that ends another instruction: no
/// constant, address or jump has these halves together.
enum FunctionMark {
  static var b: UInt { 0x5EED }
  static var c: UInt { 0xFAC7 }
  /// The slot of a function without arguments.
  @inline(__always) static var slot: UInt {
    UInt(Opcode.functionInfo.rawValue) | b << 32 | c << 48
  }
}

extension Opcode {
  /// Whether the instruction at an address never fails in ERTS, so that the compiler may leave slots
  /// of the frame without a term before it: a comparison, or a look into a map.
  static func neverFails(at code: UnsafePointer<UInt>) -> Bool {
    switch Opcode(rawValue: UInt8(truncatingIfNeeded: code.pointee)) {
    case .isExactlyEqual, .isNotExactlyEqual, .isEqual, .isNotEqual, .isLess, .isNotLess,
      .guardNative, .getMapElements, .hasMapFields:
      true
    default: false
    }
  }
}
