import Tenure

// A handler each, named as its opcode; see Handler.swift for what all of them take.

// MARK: - Lists

extension HandlerTable {
  static let lists: List = [
    (.getList, getList),
    (.getHead, getHead),
    (.getTail, getTail),
    (.putList, putList),
    (.isNonemptyListGetList, isNonemptyListGetList),
    (.testHeapPutList, testHeapPutList),
    (.testHeapPutListReturn, testHeapPutListReturn),
    (.isNonemptyListAllocateGetList, isNonemptyListAllocateGetList),
  ]
}

@inline(__always) private func getList(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.getList($1) }
}
@inline(__always) private func getHead(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.getHead($1) }
}
@inline(__always) private func getTail(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.getTail($1) }
}
@inline(__always) private func putList(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.putList($1) }
}
@inline(__always) private func isNonemptyListGetList(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.isNonemptyListGetList($1) }
}
@inline(__always) private func testHeapPutList(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { frame, _ in frame.room }) { $0.putList($1) }
}
@inline(__always) private func testHeapPutListReturn(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { frame, _ in frame.room }) { $0.putListReturn($1) }
}
@inline(__always) private func isNonemptyListAllocateGetList(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.isNonemptyListAllocateGetList($1) }
}

// MARK: - Tuples

extension HandlerTable {
  static let tuples: List = [
    (.putTuple, putTuple),
    (.testHeapPutTuple, testHeapPutTuple),
    (.testHeapPutTupleReturn, testHeapPutTupleReturn),
    (.getTupleElement, getTupleElement),
    (.getTupleElementPair, getTupleElementPair),
    (.requireCons, requireCons),
    (.requireTuple, requireTuple),
  ]
}

@inline(__always) private func putTuple(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.putTuple($1) }
}
@inline(__always) private func testHeapPutTuple(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { Int($1.fieldC) }) { $0.putShortTuple($1) }
}
@inline(__always) private func testHeapPutTupleReturn(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { Int($1.fieldC) }) { $0.putTupleReturn($1) }
}
@inline(__always) private func getTupleElement(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.getTupleElement($1) }
}
@inline(__always) private func getTupleElementPair(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.getTupleElementPair($1) }
}

@inline(__always) private func requireCons(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.requireCons($1) }
}
@inline(__always) private func requireTuple(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.requireTuple($1) }
}

// MARK: - Arithmetic

extension HandlerTable {
  static let arithmetic: List = [
    (.add, add),
    (.addReturn, addReturn),
    (.addSmall, addSmall),
    (.subtract, subtract),
    (.multiply, multiply),
    (.divide, divide),
    (.remainder, remainder),
    (.and, and),
    (.or, or),
    (.xor, xor),
    (.shiftLeft, shiftLeft),
    (.shiftRight, shiftRight),
  ]
}

@inline(__always) private func add(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.add($1) }
}
@inline(__always) private func addReturn(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.addReturn($1) }
}
@inline(__always) private func addSmall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.addSmall($1) }
}
@inline(__always) private func subtract(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.subtract($1) }
}
@inline(__always) private func multiply(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .multiply) }
}
@inline(__always) private func divide(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .divide) }
}
@inline(__always) private func remainder(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .remainder) }
}
@inline(__always) private func and(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .and) }
}
@inline(__always) private func or(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .or) }
}
@inline(__always) private func xor(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .xor) }
}
@inline(__always) private func shiftLeft(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .shiftLeft) }
}
@inline(__always) private func shiftRight(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.smallArithmetic($1, .shiftRight) }
}

// MARK: - Floats

extension HandlerTable {
  static let floats: List = [
    (.floatLoad, floatLoad),
    (.floatConvert, floatConvert),
    (.floatStore, floatStore),
    (.floatAdd, floatAdd),
    (.floatSubtract, floatSubtract),
    (.floatMultiply, floatMultiply),
    (.floatDivide, floatDivide),
    (.floatNegate, floatNegate),
  ]
}

@inline(__always) private func floatLoad(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.floatLoad($1) }
}
@inline(__always) private func floatConvert(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.floatLoad($1) }
}
@inline(__always) private func floatStore(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.floatStore($1) }
}
@inline(__always) private func floatAdd(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.floatOperation($1, to: $1.fieldC, +) }
}
@inline(__always) private func floatSubtract(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.floatOperation($1, to: $1.fieldC, -) }
}
@inline(__always) private func floatMultiply(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.floatOperation($1, to: $1.fieldC, *) }
}
@inline(__always) private func floatDivide(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.floatOperation($1, to: $1.fieldC, /) }
}
@inline(__always) private func floatNegate(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.floatOperation($1, to: $1.fieldB) { value, _ in -value } }
}
