import Tenure

// What the validator could not be certain of. Each is false where it is not so.
extension Frame {
  @inline(__always) mutating func requireCons(_ w: UInt) -> Bool {
    guard value(w.fieldA).isCons else { return false }
    code += 1
    return true
  }
  @inline(__always) mutating func requireTuple(_ w: UInt) -> Bool {
    let term = value(w.fieldA)
    guard term.isTuple, term.tupleElements.count >= code[1] else { return false }
    code += 2
    return true
  }
  @inline(__always) mutating func requireMap(_ w: UInt) -> Bool {
    guard value(w.fieldA).isMap else { return false }
    code += 1
    return true
  }
  mutating func requireArity(_ w: UInt) -> Bool {
    guard value(w.fieldA).isTuple(arity: Int(code[1])) else { return false }
    code += 2
    return true
  }
  mutating func requireNewTuple(_ w: UInt) -> Bool {
    let element = operand(w.fieldA)
    guard mayStore(element, in: UnsafeMutableRawPointer(value(w.fieldB).boxed)) else {
      return false
    }
    code += w.count
    return true
  }
  mutating func requireNoValue() -> Bool {
    guard Term(bits: x[0]).isNone else { return false }
    code += 1
    return true
  }
}
