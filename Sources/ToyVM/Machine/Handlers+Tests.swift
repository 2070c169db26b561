import Tenure

// A handler each, named as its opcode; see Handler.swift for what all of them take.

// MARK: - Tests and choices

extension HandlerTable {
  static let tests: List = [
    (.isNil, isNil),
    (.isNonemptyList, isNonemptyList),
    (.isList, isList),
    (.isTuple, isTuple),
    (.isAtom, isAtom),
    (.isInteger, isInteger),
    (.isFloat, isFloat),
    (.isNumber, isNumber),
    (.isMap, isMap),
    (.isFunction, isFunction),
    (.isBoolean, isBoolean),
    (.isTaggedTuple, isTaggedTuple),
    (.testArity, testArity),
    (.isTupleOfArity, isTupleOfArity),
    (.isExactlyWord, isExactlyWord),
    (.isNotExactlyWord, isNotExactlyWord),
    (.selectLinear, selectLinear),
    (.selectSorted, selectSorted),
    (.selectDense, selectDense),
    (.selectArity, selectArity),
  ]
}

@inline(__always) private func isNil(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isNil } }
}
@inline(__always) private func isNonemptyList(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isCons } }
}
@inline(__always) private func isList(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isList } }
}
@inline(__always) private func isTuple(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isTuple } }
}
@inline(__always) private func isAtom(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isAtom } }
}
@inline(__always) private func isInteger(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isInteger } }
}
@inline(__always) private func isFloat(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isFloat } }
}
@inline(__always) private func isNumber(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isNumber } }
}
@inline(__always) private func isMap(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isMap } }
}
@inline(__always) private func isFunction(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0.isFun } }
}
@inline(__always) private func isBoolean(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.test($1) { $0 == .true || $0 == .false } }
}
@inline(__always) private func isTaggedTuple(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.isTaggedTuple($1) }
}
@inline(__always) private func testArity(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.testArity($1) }
}
@inline(__always) private func isTupleOfArity(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.isTupleOfArity($1) }
}
@inline(__always) private func isExactlyWord(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.isExactlyWord($1) }
}
@inline(__always) private func isNotExactlyWord(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.isNotExactlyWord($1) }
}
@inline(__always) private func selectLinear(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.selectLinear($0.value($1.fieldA).bits) }
}
@inline(__always) private func selectSorted(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.selectSorted($1) }
}
@inline(__always) private func selectDense(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.selectDense($1) }
}
@inline(__always) private func selectArity(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.selectArity($1) }
}

// MARK: - Comparisons

extension HandlerTable {
  static let comparisons: List = [
    (.isExactlyEqual, isExactlyEqual),
    (.isNotExactlyEqual, isNotExactlyEqual),
    (.isEqual, isEqual),
    (.isNotEqual, isNotEqual),
    (.isLess, isLess),
    (.isNotLess, isNotLess),
    (.isLessThanSmall, isLessThanSmall),
    (.isNotLessThanSmall, isNotLessThanSmall),
  ]
}

@inline(__always) private func isExactlyEqual(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareWords($1, exactly: true, wantsEqual: true) }
}
@inline(__always) private func isNotExactlyEqual(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareWords($1, exactly: true, wantsEqual: false) }
}
@inline(__always) private func isEqual(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareWords($1, exactly: false, wantsEqual: true) }
}
@inline(__always) private func isNotEqual(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareWords($1, exactly: false, wantsEqual: false) }
}
@inline(__always) private func isLess(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareSmalls($1, wantsLess: true) }
}
@inline(__always) private func isNotLess(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareSmalls($1, wantsLess: false) }
}
@inline(__always) private func isLessThanSmall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareWithSmall($1, wantsLess: true) }
}
@inline(__always) private func isNotLessThanSmall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.compareWithSmall($1, wantsLess: false) }
}
