import Tenure

/// Whether the interpreter checks each operand as it runs.
///
/// What the validator let through needs no checks. With them a bad operand, which it overlooked, ends
/// the run with an error and touches no memory.
protocol OperandChecks {
  static var isOn: Bool { get }
}

/// For code that is trusted.
enum Unchecked: OperandChecks {
  static var isOn: Bool { false }
}

/// For tests of the validator.
enum Checked: OperandChecks {
  static var isOn: Bool { true }
}

/// The machine's registers while the interpreter runs: Swift locals, so that they stay in
/// registers of the processor. What calls out of the loop saves them to the heap's state first.
struct Frame<Checks: OperandChecks> {
  /// The instruction that runs.
  var code: UnsafeMutablePointer<UInt>
  /// The last word of the stack; Y registers count from here.
  var stack: UnsafeMutablePointer<UInt>
  /// The first free word of the heap.
  var top: UnsafeMutablePointer<UInt>
  /// The first rule of operands that the code broke.
  var fault: StaticString?
  /// The X registers.
  let x: UnsafeMutablePointer<UInt>

  // What is seldom needed stands beside the X registers and takes no register of the processor.

  /// Calls left before the interpreter looks up.
  @inline(__always) var steps: Int {
    get { MachineRegisters.steps(beside: x).pointee }
    nonmutating set { MachineRegisters.steps(beside: x).pointee = newValue }
  }
  @inline(__always) var heap: UnsafeMutablePointer<HeapState> { MachineRegisters.heap(beside: x) }

  /// Shows the collector where heap and stack end.
  @inline(__always)
  func save() {
    heap.pointee.top = top
    heap.pointee.stackTop = stack
  }

  /// Takes over what a collection may have moved.
  @inline(__always)
  mutating func load() {
    top = heap.pointee.top
    stack = heap.pointee.stackTop
  }

  /// The X registers that are live here, where this is the beginning of a function: its arity,
  /// which stands before it.
  @inline(__always) var liveAtFunction: Int? {
    let before = code[-1]
    return before & ~0xFF00 == FunctionMark.slot ? before.count : nil
  }

  @inline(never)
  mutating func fail(_ rule: StaticString) {
    if fault == nil { fault = rule }
  }
}

// MARK: - Fields

extension UInt {
  /// The fields of an instruction's first slot, each with its kind bits.
  @inline(__always) var fieldA: UInt { self >> 16 & 0xFFFF }
  @inline(__always) var fieldB: UInt { self >> 32 & 0xFFFF }
  @inline(__always) var fieldC: UInt { self >> 48 }
  /// The count behind the opcode.
  @inline(__always) var count: Int { Int(self >> 8 & 0xFF) }
  /// The field of the X register whose index is the count.
  @inline(__always) var countedX: UInt { UInt(count) &* 8 }
  /// The words of a frame in the first field.
  @inline(__always) var frameWords: Int { Int(fieldA) }
  /// The signed upper half: a jump in slots.
  @inline(__always) var jump: Int { Int(bitPattern: self) >> 32 }
  /// The lower half, and the upper.
  @inline(__always) var lowerHalf: Int { Int(self & 0xFFFF_FFFF) }
  @inline(__always) var upperHalf: Int { Int(self >> 32) }
  /// What is not a byte offset in a field.
  @inline(__always) private static var kindBits: UInt { 7 }
  @inline(__always) var fieldOffset: Int { Int(self & ~Self.kindBits) }
}

extension Frame {
  /// The address of an X register.
  @inline(__always)
  func xSlot(_ field: UInt) -> UnsafeMutablePointer<UInt> {
    (UnsafeMutableRawPointer(x) + Int(field)).assumingMemoryBound(to: UInt.self)
  }

  /// The address of a Y register whose field still has its kind bit.
  @inline(__always)
  mutating func ySlot(_ field: UInt) -> UnsafeMutablePointer<UInt> {
    let slot = (UnsafeMutableRawPointer(stack) + field.fieldOffset)
      .assumingMemoryBound(to: UInt.self)
    if Checks.isOn && slot >= heap.pointee.end {
      fail("a Y register beyond the stack")
      return x
    }
    return slot
  }

  /// The address of a register.
  @inline(__always)
  mutating func slot(_ field: UInt) -> UnsafeMutablePointer<UInt> {
    if Checks.isOn { return field & 1 == 0 ? xSlot(field) : ySlot(field) }
    let base = field & 1 == 0 ? x : stack
    return (UnsafeMutableRawPointer(base) + field.fieldOffset).assumingMemoryBound(to: UInt.self)
  }

  @inline(__always)
  private mutating func checked(_ bits: UInt) -> Term {
    if Checks.isOn && (!Self.isMovable(bits) || Term(bits: bits).isBoxed(.matchContext)) {
      fail("an operand that is no term")
      return .nil
    }
    return Term(bits: bits)
  }

  /// Whether a word may go from register to register: a term, or a match context, which is only
  /// for the instructions of binary patterns.
  @inline(__always)
  private static func isMovable(_ bits: UInt) -> Bool { bits & 3 != 0 && bits & 0x3F != 0x1B }

  /// The term or match context in a slot.
  @inline(__always)
  mutating func moved(_ slot: UnsafeMutablePointer<UInt>) -> UInt {
    let bits = slot.pointee
    if Checks.isOn && !Self.isMovable(bits) {
      fail("an operand that is no term")
      return Term.nil.bits
    }
    return bits
  }

  /// The term in an X register.
  @inline(__always)
  mutating func xValue(_ field: UInt) -> Term { checked(xSlot(field).pointee) }
  /// The term in a Y register.
  @inline(__always)
  mutating func yValue(_ field: UInt) -> Term { checked(ySlot(field).pointee) }
  /// The term in a register.
  @inline(__always)
  mutating func value(_ field: UInt) -> Term { checked(slot(field).pointee) }
  /// The term in a register or a constant of the instruction.
  @inline(__always)
  mutating func operand(_ field: UInt) -> Term {
    if Checks.isOn && field & 2 == 0 { return value(field) }
    var base = field & 1 == 0 ? x : stack
    base = field & 2 == 0 ? base : code
    return Term(
      bits: (UnsafeMutableRawPointer(base) + field.fieldOffset).load(as: UInt.self))
  }
  /// The term in a register or a constant of the instruction, or a match context.
  @inline(__always)
  mutating func matched(_ field: UInt) -> Term {
    if Checks.isOn, field & 2 == 0 {
      let term = Term(bits: slot(field).pointee)
      if term.isBoxed(.matchContext) { return term }
    }
    return operand(field)
  }
  /// The term of a source word: a term, or a register as `byte offset << 3 | isY << 2`.
  @inline(__always)
  mutating func source(_ word: UInt) -> Term {
    if word & 3 != 0 { return Term(bits: word) }
    return value(word >> 3 | (word >> 2 & 1))
  }

  /// Stores a term in a register.
  @inline(__always)
  mutating func store(_ term: Term, _ field: UInt) { slot(field).pointee = term.bits }

  /// A float register.
  @inline(__always)
  func float(_ field: UInt) -> UnsafeMutablePointer<Double> {
    (MachineRegisters.floats(beside: x) + Int(field)).assumingMemoryBound(to: Double.self)
  }
}

// MARK: - Room

extension Frame {
  /// Whether words can be built or pushed without a collection.
  @inline(__always)
  func hasRoom(words: Int) -> Bool {
    UnsafeMutableRawPointer(stack) - UnsafeMutableRawPointer(top) &- heap.pointee.reservedBytes
      >= words &* MemoryLayout<UInt>.stride
  }

  /// The words of the reserve that building must leave: for the return address of a call and for
  /// that of a collection in the callee.
  private static var returnWords: Int { 2 }

  /// Takes words of the heap that were ensured.
  @inline(__always)
  mutating func reserve(words: Int) -> UnsafeMutablePointer<UInt>? {
    if Checks.isOn && words > stack - top - Self.returnWords {
      fail("more words built than ensured")
      return nil
    }
    let start = top
    top = start + words
    return start
  }

  /// Makes room for Y registers.
  @inline(__always)
  mutating func pushFrame(words: Int) {
    if Checks.isOn {
      if words > stack - top - Self.returnWords { return fail("a frame beyond what was ensured") }
      for index in 1...max(words, 1) where words > 0 { stack[-index] = Term.nil.bits }
    }
    stack -= words
  }

  /// Gives the Y registers back.
  @inline(__always)
  mutating func popFrame(words: Int) {
    if Checks.isOn {
      if words >= heap.pointee.end - stack { return fail("a frame larger than the stack") }
      for index in 0..<words where stack[index] & 3 == 0 {
        return fail("a frame that holds a return address")
      }
    }
    stack += words
  }

  /// Pushes where a call returns to, into the words that every ensure keeps free.
  @inline(__always)
  mutating func pushReturn(_ address: UnsafeMutablePointer<UInt>) {
    if Checks.isOn && stack - top < Self.returnWords { return fail("calls without frames") }
    stack -= 1
    stack.pointee = UInt(bitPattern: address)
  }

  /// Goes back to where the call came from.
  @inline(__always)
  mutating func popReturn() {
    let word = stack.pointee
    if Checks.isOn && (stack >= heap.pointee.end || word & 3 != 0 || word == 0) {
      return fail("a return to no call")
    }
    code = UnsafeMutablePointer(bitPattern: word).unsafelyUnwrapped
    stack += 1
  }
}
