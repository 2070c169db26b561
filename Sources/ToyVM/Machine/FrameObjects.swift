import Tenure

extension Frame {
  /// The code address in a slot of the instruction.
  @inline(__always)
  func target(_ index: Int) -> UnsafeMutablePointer<UInt> {
    UnsafeMutablePointer(bitPattern: code[index]).unsafelyUnwrapped
  }

  /// The X registers that hold terms at an instruction with slot 1 `jump, operation, live`.
  @inline(__always) var live: Int { Int(code[1] & 0xFFFF) }
  /// The guard's native that slot 1 names.
  @inline(__always) var guardNative: GuardNative {
    unsafeBitCast(UInt8(truncatingIfNeeded: code[1] >> 16), to: GuardNative.self)
  }
  /// The slots of an instruction that updates a map.
  @inline(__always) var mapSlots: Int { 2 + 2 * Int(code[1] >> 16 & 0xFFFF) }

  /// Takes the jump of slot 1, if there is one.
  @inline(__always)
  mutating func jumpOnFailure() -> Bool {
    let jump = code[1].jump
    code += jump
    return jump != 0
  }

  /// The cell of a list that is known not to be empty.
  @inline(__always)
  mutating func cell(_ term: Term) -> UnsafeMutablePointer<Term> {
    if Checks.isOn && !term.isCons {
      fail("the cell of no list")
      return UnsafeMutableRawPointer(x).assumingMemoryBound(to: Term.self)
    }
    return term.cons
  }

  /// The words of what is known to be a tuple with an element at a byte offset.
  @inline(__always)
  mutating func tuple(_ term: Term, upTo byteOffset: UInt) -> UnsafeMutableRawPointer {
    if Checks.isOn
      && (!term.isTuple || byteOffset < 8 || Int(byteOffset) > 8 * term.tupleElements.count)
    {
      fail("an element of no tuple")
      // What is read at the offset or right before it are X registers.
      return UnsafeMutableRawPointer(x) + 8 - Int(byteOffset)
    }
    return UnsafeMutableRawPointer(term.boxed)
  }

  /// Whether an element may be stored in an object: only before the next collection may an object
  /// be changed, and only to refer to older ones, as all objects do.
  mutating func mayStore(_ element: Term, in object: UnsafeMutableRawPointer) -> Bool {
    let top = UnsafeMutableRawPointer(top)
    let isNew = object >= UnsafeMutableRawPointer(heap.pointee.highWater) && object < top
    let referent = UnsafeMutableRawPointer(bitPattern: element.bits)
    let isOlder = element.isImmediate || (referent.map { $0 < object || $0 >= top } ?? false)
    if !isNew || !isOlder { fail("a store into an old object") }
    return isNew && isOlder
  }

  /// Builds the cons of a `putList` instruction.
  @inline(__always)
  mutating func makeCons(_ w: UInt) {
    let head = operand(w.fieldA)
    let tail = operand(w.fieldB)
    guard let cell = reserve(words: 2) else { return }
    cell[0] = head.bits
    cell[1] = tail.bits
    store(.cons(at: cell), w.fieldC)
  }

  /// Builds the tuple of an instruction with its arity behind the opcode.
  @inline(__always)
  mutating func makeTuple(_ w: UInt, sources: UnsafeMutablePointer<UInt>) {
    let arity = w.count
    guard let tuple = reserve(words: 1 &+ arity) else { return }
    tuple[0] = Header.tuple(arity: arity).bits
    var index = 0
    while index < arity {
      tuple[1 &+ index] = source(sources[index]).bits
      index &+= 1
    }
    store(.boxed(at: tuple), w.fieldA)
  }

  /// Fills the words of a fun in front of its free variables.
  @inline(__always)
  func fillFun(_ fun: UnsafeMutablePointer<UInt>, entry: UInt, free: Int, creator: Term) {
    let lambda = UnsafePointer<LambdaEntry>(bitPattern: entry).unsafelyUnwrapped
    var cursor = WordCursor(top: fun, limit: fun + Fun.words(free: free))
    _ = cursor.makeFun(entry: entry, arity: lambda.pointee.arity, free: free, creator: creator)
  }
}

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
    _ f: inout Frame<Checks>, _ w: UInt, _ a: Term, _ b: Term
  ) -> Bool {
    f.save()
    let operation = unsafeBitCast(
      UInt8(truncatingIfNeeded: f.code[1] >> 16), to: BinaryArithmetic.self)
    let result = arithmetic(operation, a, b, live: f.live)
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

  /// Arithmetic of two small integers, or no value where it takes more.
  @inline(__always)
  static func smallArithmetic(_ opcode: Opcode, _ a: Term, _ b: Term) -> Term {
    guard a.bits & b.bits & 0xF == 0xF else { return .none }
    let left = a.smallValue
    let right = b.smallValue
    switch opcode {
    case .multiply:
      let (product, overflow) = left.multipliedReportingOverflow(by: right)
      return !overflow && Term.fitsSmall(product) ? .small(product) : .none
    case .divide:
      if right == 0 { return .none }
      let quotient = left / right
      return Term.fitsSmall(quotient) ? .small(quotient) : .none
    case .remainder: return right == 0 ? .none : .small(left % right)
    case .and: return Term(bits: a.bits & b.bits)
    case .or: return Term(bits: a.bits | b.bits)
    case .xor: return Term(bits: (a.bits ^ b.bits) | 0xF)
    case .shiftRight: return right >= 0 ? .small(left >> min(right, 63)) : .none
    case .shiftLeft:
      guard right >= 0 && right < 60 else { return .none }
      let shifted = left << right
      return shifted >> right == left && Term.fitsSmall(shifted) ? .small(shifted) : .none
    default: return .none
    }
  }

  // MARK: - Choices

  /// The jump of a word among a few. `table`: count and jump where nothing fits, then pairs.
  @inline(__always)
  static func selectLinear(_ word: UInt, _ table: UnsafeMutablePointer<UInt>) -> Int {
    let count = table[0].lowerHalf
    var index = 0
    while index < count {
      if table[1 &+ 2 &* index] == word { return table[2 &+ 2 &* index].jump }
      index &+= 1
    }
    return table[0].jump
  }

  /// The jump of a word among many, sorted by their words.
  @inline(__always)
  static func selectSorted(_ word: UInt, _ table: UnsafeMutablePointer<UInt>) -> Int {
    var low = 0
    var high = table[0].lowerHalf
    while low < high {
      let middle = (low &+ high) >> 1
      let found = table[1 &+ 2 &* middle]
      if found == word { return table[2 &+ 2 &* middle].jump }
      if found < word { low = middle &+ 1 } else { high = middle }
    }
    return table[0].jump
  }

  /// The jump of a small integer in a table without gaps.
  @inline(__always)
  static func selectDense(_ term: Term, _ table: UnsafeMutablePointer<UInt>) -> Int {
    guard term.isSmall else { return table[0].jump }
    let index = term.smallValue &- Int(bitPattern: table[1])
    guard index >= 0 && index < table[0].lowerHalf else { return table[0].jump }
    return table[2 &+ index].jump
  }
}
