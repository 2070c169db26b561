import Tenure

// Arithmetic of small integers and finite floats; false where it takes more.
extension Frame {
  /// The sum of two smalls: the tag of one goes, that of the other stays.
  @inline(__always) private static func sum(_ a: UInt, _ b: UInt) -> UInt? {
    let (sum, overflow) = Int(bitPattern: a).addingReportingOverflow(Int(bitPattern: b &- 0xF))
    return a & b & 0xF == 0xF && !overflow ? UInt(bitPattern: sum) : nil
  }

  @inline(__always) mutating func add(_ w: UInt) -> Bool {
    guard let sum = Self.sum(operand(w.fieldA).bits, operand(w.fieldB).bits) else { return false }
    store(Term(bits: sum), w.fieldC)
    code += w.count
    return true
  }
  @inline(__always) mutating func addReturn(_ w: UInt) -> Bool {
    guard let sum = Self.sum(value(w.fieldA).bits, value(w.fieldB).bits) else { return false }
    xSlot(w.fieldC).pointee = sum
    leaveFrame(words: code[2].lowerHalf)
    return true
  }
  @inline(__always) mutating func addSmall(_ w: UInt) -> Bool {
    guard let sum = Self.sum(value(w.fieldA).bits, code[2]) else { return false }
    store(Term(bits: sum), w.fieldC)
    code += 4
    return true
  }
  @inline(__always) mutating func subtract(_ w: UInt) -> Bool {
    let a = operand(w.fieldA).bits
    let b = operand(w.fieldB).bits
    let (difference, overflow) = Int(bitPattern: a).subtractingReportingOverflow(
      Int(bitPattern: b &- 0xF))
    if a & b & 0xF != 0xF || overflow { return false }
    store(Term(bits: UInt(bitPattern: difference)), w.fieldC)
    code += w.count
    return true
  }
  /// Another operation.
  @inline(__always) mutating func smallArithmetic(_ w: UInt, _ opcode: Opcode) -> Bool {
    let a = operand(w.fieldA)
    let b = operand(w.fieldB)
    guard a.bits & b.bits & 0xF == 0xF else { return false }
    let result = Self.smallArithmetic(opcode, a, b)
    if result.isNone { return false }
    store(result, w.fieldC)
    code += w.count
    return true
  }

  /// An operation on two smalls, or no value where it takes more.
  @inline(__always)
  private static func smallArithmetic(_ opcode: Opcode, _ a: Term, _ b: Term) -> Term {
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
}

// MARK: - Floats

extension Frame {
  /// A float's number to a float register.
  @inline(__always) mutating func floatLoad(_ w: UInt) -> Bool {
    let term = operand(w.fieldA)
    guard term.isFloat else { return false }
    float(w.fieldB).pointee = term.floatValue
    code += w.count
    return true
  }
  @inline(__always) mutating func floatStore(_ w: UInt) {
    let value = float(w.fieldA).pointee
    if let object = reserve(words: 2) {
      object[0] = Header.float.bits
      object[1] = UInt(value.bitPattern)
      store(.boxed(at: object), w.fieldB)
    }
    code += 1
  }
  /// An operation whose result is finite.
  @inline(__always)
  mutating func floatOperation(
    _ w: UInt, to target: UInt, _ operation: (Double, Double) -> Double
  ) -> Bool {
    let result = operation(float(w.fieldA).pointee, float(w.fieldB).pointee)
    guard result.isFinite else { return false }
    float(target).pointee = result
    code += 2
    return true
  }
}
