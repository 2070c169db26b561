import Tenure

// Tests and choices: a jump is taken where a test fails.
extension Frame {
  /// A test of one value.
  @inline(__always) mutating func test(_ w: UInt, _ holds: (Term) -> Bool) {
    go(if: holds(value(w.fieldA)), slots: 1, else: w.jump)
  }
  @inline(__always) mutating func isTaggedTuple(_ w: UInt) {
    let term = value(w.fieldA)
    let fits = term.isBoxed && term.boxed[0] == code[1] && term.boxed[1] == code[2]
    go(if: fits, slots: 3, else: w.jump)
  }
  @inline(__always) mutating func testArity(_ w: UInt) {
    let term = value(w.fieldA)
    if Checks.isOn && !term.isTuple { fail("the arity of no tuple") }
    let fits = (!Checks.isOn || term.isBoxed) && term.boxed[0] == code[1]
    go(if: fits, slots: 2, else: w.jump)
  }
  @inline(__always) mutating func isTupleOfArity(_ w: UInt) {
    let term = value(w.fieldA)
    go(if: term.isBoxed && term.boxed[0] == code[1], slots: 2, else: w.jump)
  }
  @inline(__always) mutating func isExactlyWord(_ w: UInt) {
    go(if: value(w.fieldA).bits == code[1], slots: 2, else: w.jump)
  }
  @inline(__always) mutating func isNotExactlyWord(_ w: UInt) {
    go(if: value(w.fieldA).bits != code[1], slots: 2, else: w.jump)
  }

  /// A comparison of values whose words decide; false for others.
  ///
  /// Equal words are equal terms; an immediate that differs is equal to nothing else, but that a
  /// small may equal a float.
  @inline(__always)
  mutating func compareWords(_ w: UInt, exactly: Bool, wantsEqual: Bool) -> Bool {
    let left = operand(w.fieldA)
    let right = operand(w.fieldB)
    let equal = left == right
    let differs =
      exactly
      ? left.isImmediate || right.isImmediate : left.isImmediate && right.isImmediate
    if !equal && !differs { return false }
    go(if: equal == wantsEqual, slots: w.count, else: code[1].jump)
    return true
  }
  /// A comparison of two small integers; false for other values.
  @inline(__always)
  mutating func compareSmalls(_ w: UInt, wantsLess: Bool) -> Bool {
    let left = operand(w.fieldA)
    let right = operand(w.fieldB)
    if left.bits & right.bits & 0xF != 0xF { return false }
    let isLess = Int(bitPattern: left.bits) < Int(bitPattern: right.bits)
    go(if: isLess == wantsLess, slots: w.count, else: code[1].jump)
    return true
  }
  /// A comparison of a small integer with one in the code; false for other values.
  @inline(__always)
  mutating func compareWithSmall(_ w: UInt, wantsLess: Bool) -> Bool {
    let left = value(w.fieldA)
    if !left.isSmall { return false }
    let isLess = Int(bitPattern: left.bits) < Int(bitPattern: code[1])
    go(if: isLess == wantsLess, slots: 2, else: w.jump)
    return true
  }
}

// MARK: - Choices

extension Frame {
  /// The jump of a word among a few. The table: count and jump where nothing fits, then pairs.
  @inline(__always) mutating func selectLinear(_ word: UInt) {
    let table = code + 1
    let count = table[0].lowerHalf
    var index = 0
    while index < count {
      if table[1 &+ 2 &* index] == word {
        code += table[2 &+ 2 &* index].jump
        return
      }
      index &+= 1
    }
    code += table[0].jump
  }

  /// The jump of a word among many, sorted by their words.
  @inline(__always) mutating func selectSorted(_ w: UInt) {
    let word = value(w.fieldA).bits
    let table = code + 1
    var low = 0
    var high = table[0].lowerHalf
    while low < high {
      let middle = (low &+ high) >> 1
      let found = table[1 &+ 2 &* middle]
      if found == word {
        code += table[2 &+ 2 &* middle].jump
        return
      }
      if found < word { low = middle &+ 1 } else { high = middle }
    }
    code += table[0].jump
  }

  /// The jump of a small integer in a table without gaps.
  @inline(__always) mutating func selectDense(_ w: UInt) {
    let term = value(w.fieldA)
    let table = code + 1
    let index = term.isSmall ? term.smallValue &- Int(bitPattern: table[1]) : -1
    let fits = index >= 0 && index < table[0].lowerHalf
    code += fits ? table[2 &+ index].jump : table[0].jump
  }

  @inline(__always) mutating func selectArity(_ w: UInt) {
    let term = value(w.fieldA)
    selectLinear(term.isTuple ? term.boxed[0] : 0)
  }
}
