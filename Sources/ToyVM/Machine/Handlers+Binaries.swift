import Tenure

// A handler each, named as its opcode; see Handler.swift for what all of them take.

extension HandlerTable {
  static let bitStrings: List = [
    (.bsStartMatch, bsStartMatch),
    (.bsGetInteger, bsGetInteger),
    (.bsTestTail, bsTestTail),
    (.bsTestUnit, bsTestUnit),
    (.bsEnsure, bsEnsure),
    (.bsAppendInteger, bsAppendInteger),
    (.bsAppendByte, bsAppendByte),
  ]
}

@inline(__always) private func bsStartMatch(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.startMatch($1) }
}
@inline(__always) private func bsGetInteger(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.getInteger($1) }
}
@inline(__always) private func bsTestTail(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) {
    $0.testLeft($1) { left, frame in left == Int(bitPattern: frame.code[2]) }
  }
}
@inline(__always) private func bsTestUnit(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.testLeft($1) { left, frame in left % frame.code[1].unit == 0 } }
}
@inline(__always) private func bsEnsure(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) {
    $0.testLeft($1) { left, frame in
      let rest = left &- Int(bitPattern: frame.code[2])
      return rest >= 0 && rest % frame.code[1].unit == 0
    }
  }
}
@inline(__always) private func bsAppendInteger(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.appendInteger($1) }
}
@inline(__always) private func bsAppendByte(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.appendByte($1) }
}
