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
  private mutating func makeCons(_ w: UInt) {
    let head = operand(w.fieldA)
    let tail = operand(w.fieldB)
    guard let cell = reserve(words: 2) else { return }
    cell[0] = head.bits
    cell[1] = tail.bits
    store(.cons(at: cell), w.fieldC)
  }

  /// Builds the tuple of a `putTuple` instruction.
  @inline(__always)
  private mutating func makeTuple(_ w: UInt, arity: Int, sources: UnsafeMutablePointer<UInt>) {
    guard let tuple = reserve(words: 1 &+ arity) else { return }
    tuple[0] = Header.tuple(arity: arity).bits
    var index = 0
    while index < arity {
      tuple[1 &+ index] = source(sources[index]).bits
      index &+= 1
    }
    store(.boxed(at: tuple), w.fieldA)
  }
}

// MARK: - Lists

extension Frame {
  @inline(__always) mutating func getList(_ w: UInt) {
    takeApart(value(w.fieldA), w)
    code += 1
  }
  @inline(__always) mutating func getHead(_ w: UInt) {
    store(cell(value(w.fieldA))[0], w.fieldB)
    code += 1
  }
  @inline(__always) mutating func getTail(_ w: UInt) {
    store(cell(value(w.fieldA))[1], w.fieldB)
    code += 1
  }
  @inline(__always) mutating func putList(_ w: UInt) {
    makeCons(w)
    code += w.count
  }
  @inline(__always) mutating func putListReturn(_ w: UInt) {
    makeCons(w)
    leaveFrame(words: code[1].upperHalf)
  }
  @inline(__always) mutating func isNonemptyListGetList(_ w: UInt) {
    let list = xValue(w.fieldA)
    if _fastPath(list.isCons) {
      takeApart(list, w)
      code += 2
    } else {
      code += code[1].jump
    }
  }
  /// False where there is no room for the frame of a list that is not empty.
  @inline(__always) mutating func isNonemptyListAllocateGetList(_ w: UInt) -> Bool {
    if _fastPath(xValue(w.fieldA).isCons) {
      guard hasRoom(words: roomBesideJump) else { return false }
      allocateGetList(w)
    } else {
      code += code[1].jump
    }
    return true
  }
  @inline(__always) mutating func allocateGetList(_ w: UInt) {
    pushFrame(words: roomBesideJump)
    takeApart(xValue(w.fieldA), w)
    code += 2
  }

  @inline(__always) private mutating func takeApart(_ list: Term, _ w: UInt) {
    let cell = cell(list)
    let head = cell[0]
    let tail = cell[1]
    store(head, w.fieldB)
    store(tail, w.fieldC)
  }

  /// The words and the live registers of the room that slot 1 asks for beside something else.
  @inline(__always) var room: Int { Int(code[1] >> 8 & 0xFF_FFFF) }
  @inline(__always) var roomBesideJump: Int { code[1].lowerHalf >> 8 }
  @inline(__always) var roomLive: Int { Int(code[1] & 0xFF) }
}

// MARK: - Tuples

extension Frame {
  @inline(__always) mutating func putTuple(_ w: UInt) {
    let isShort = w.count > 0
    let arity = isShort ? w.count : code[1].lowerHalf
    let sources = code + (isShort ? 1 : 2)
    makeTuple(w, arity: arity, sources: sources)
    code = sources + arity
  }
  @inline(__always) mutating func putShortTuple(_ w: UInt) {
    makeTuple(w, arity: w.count, sources: code + 1)
    code += 1 + w.count
  }
  @inline(__always) mutating func putTupleReturn(_ w: UInt) {
    makeTuple(w, arity: w.count, sources: code + 2)
    leaveFrame(words: code[1].lowerHalf)
  }
  @inline(__always) mutating func getTupleElement(_ w: UInt) {
    let tuple = tuple(value(w.fieldA), upTo: w.fieldC)
    store(tuple.load(fromByteOffset: Int(w.fieldC), as: Term.self), w.fieldB)
    code += 1
  }
  @inline(__always) mutating func getTupleElementPair(_ w: UInt) {
    let tuple = tuple(value(w.fieldA), upTo: w.fieldC &+ 8)
    let first = tuple.load(fromByteOffset: Int(w.fieldC), as: Term.self)
    let second = tuple.load(fromByteOffset: Int(w.fieldC) &+ 8, as: Term.self)
    store(first, w.fieldB)
    store(second, code[1] & 0xFFFF)
    code += 2
  }
  @inline(__always) mutating func setTupleElement(_ w: UInt) {
    let element = operand(w.fieldA)
    let tuple = tuple(value(w.fieldB), upTo: w.fieldC)
    if !Checks.isOn || mayStore(element, in: tuple) {
      tuple.storeBytes(of: element.bits, toByteOffset: Int(w.fieldC), as: UInt.self)
    }
    code += w.count
  }
}

extension Frame {
  /// Builds a copy of a tuple with other elements at some places.
  mutating func updateRecord() {
    let arity = code[1].lowerHalf
    let next = code + code[1].upperHalf
    let source = source(code[2])
    defer { code = next }
    if Checks.isOn && !source.isTuple(arity: arity) { return fail("an update of another tuple") }
    guard let tuple = reserve(words: 1 + arity) else { return }
    tuple.update(from: source.boxed, count: 1 + arity)
    var pair = code + 4
    while pair < next {
      tuple[Int(pair[0])] = self.source(pair[1]).bits
      pair += 2
    }
    store(.boxed(at: tuple), code[3])
  }
}

// MARK: - Funs

extension Frame {
  mutating func makeFun(_ w: UInt, creator: Term) {
    let free = w.count
    if let fun = reserve(words: Fun.words(free: free)) {
      let entry = UnsafePointer<LambdaEntry>(bitPattern: code[1]).unsafelyUnwrapped
      var cursor = WordCursor(top: fun, limit: fun + Fun.words(free: free))
      _ = cursor.makeFun(
        entry: code[1], arity: entry.pointee.arity, free: free, creator: creator)
      for index in 0..<free { fun[5 + index] = source(code[2 + index]).bits }
      store(.boxed(at: fun), w.fieldA)
    }
    code += 2 + free
  }
}
