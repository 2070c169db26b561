import Tenure

// A handler each, named as its opcode; see Handler.swift for what all of them take.

// MARK: - Control and frames

extension HandlerTable {
  static let control: List = [
    (.jump, jump),
    (.call, call),
    (.callOnly, callOnly),
    (.callLast, callLast),
    (.return, `return`),
    (.deallocateReturn, deallocateReturn),
    (.allocate, allocate),
    (.allocateHeap, allocateHeap),
    (.testHeap, testHeap),
    (.deallocate, deallocate),
    (.initYRegisters, initYRegisters),
  ]
}

@inline(__always) private func jump(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.jump($1) }
}
@inline(__always) private func call(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.call($1) }
}
@inline(__always) private func callOnly(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.callOnly($1) }
}
@inline(__always) private func callLast(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.callLast($1) }
}
@inline(__always) private func `return`(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { frame, _ in frame.popReturn() }
}
@inline(__always) private func deallocateReturn(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.deallocateReturn($1) }
}
@inline(__always) private func allocate(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { $1.frameWords }) { $0.allocate($1) }
}
@inline(__always) private func allocateHeap(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { $1.frameWords &+ $1.jump }) { $0.allocate($1) }
}
@inline(__always) private func testHeap(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { $1.jump }) { $0.skip($1) }
}
@inline(__always) private func deallocate(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.deallocate($1) }
}
@inline(__always) private func initYRegisters(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.initYRegisters($1) }
}

// MARK: - Exceptions

extension HandlerTable {
  static let exceptions: List = [(.catch, `catch`), (.tryEnd, tryEnd), (.tryCase, tryCase)]
}

@inline(__always) private func `catch`(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.catch($1) }
}
@inline(__always) private func tryEnd(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.tryEnd($1) }
}
@inline(__always) private func tryCase(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.tryCase($1) }
}

// MARK: - Moves

extension HandlerTable {
  static let moves: List = [
    (.moveXX, moveXX),
    (.moveXY, moveXY),
    (.moveYX, moveYX),
    (.moveYY, moveYY),
    (.moveCX, moveCX),
    (.moveCY, moveCY),
    (.moveXXMoveXX, moveXXMoveXX),
    (.moveXYMoveXX, moveXYMoveXX),
    (.moveXYMoveXY, moveXYMoveXY),
    (.moveYXMoveYX, moveYXMoveYX),
    (.swap, swap),
    (.moveXXReturn, moveXXReturn),
    (.moveCXReturn, moveCXReturn),
    (.moveXXCall, moveXXCall),
    (.moveXXCallOnly, moveXXCallOnly),
    (.moveYXCallLast, moveYXCallLast),
    (.moveXXMoveXXCallOnly, moveXXMoveXXCallOnly),
    (.moveXYMoveXXCall, moveXYMoveXXCall),
    (.moveYXMoveYYTrimCall, moveYXMoveYYTrimCall),
    (.allocateMoveXYMoveXX, allocateMoveXYMoveXX),
    (.allocateMoveXYMoveXXCall, allocateMoveXYMoveXXCall),
    (.allocateInitMoveXYMoveXXCall, allocateInitMoveXYMoveXXCall),
  ]
}

@inline(__always) private func moveXX(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveXX($1) }
}
@inline(__always) private func moveXY(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveXY($1) }
}
@inline(__always) private func moveYX(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveYX($1) }
}
@inline(__always) private func moveYY(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveYY($1) }
}
@inline(__always) private func moveCX(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveCX($1) }
}
@inline(__always) private func moveCY(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveCY($1) }
}
@inline(__always) private func moveXXMoveXX(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveXXMoveXX($1) }
}
@inline(__always) private func moveXYMoveXX(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveXYMoveXX($1) }
}
@inline(__always) private func moveXYMoveXY(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveXYMoveXY($1) }
}
@inline(__always) private func moveYXMoveYX(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveYXMoveYX($1) }
}
@inline(__always) private func swap(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.swap($1) }
}
@inline(__always) private func moveXXReturn(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveXXReturn($1) }
}
@inline(__always) private func moveCXReturn(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  handle(c, s, t, x, w) { $0.moveCXReturn($1) }
}
@inline(__always) private func moveXXCall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.moveXXCall($1) }
}
@inline(__always) private func moveXXCallOnly(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.moveXXCallOnly($1) }
}
@inline(__always) private func moveYXCallLast(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.moveYXCallLast($1) }
}
@inline(__always) private func moveXXMoveXXCallOnly(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.moveXXMoveXXCallOnly($1) }
}
@inline(__always) private func moveXYMoveXXCall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.moveXYMoveXXCall($1) }
}
@inline(__always) private func moveYXMoveYYTrimCall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.moveYXMoveYYTrimCall($1) }
}
@inline(__always) private func allocateMoveXYMoveXX(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attemptWithRoom(c, s, t, x, w, { $1.frameWords }) { $0.allocateMoveXYMoveXX($1) }
}
@inline(__always) private func allocateMoveXYMoveXXCall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) { $0.hasRoom(words: $1.frameWords) && $0.allocateMoveXYMoveXXCall($1) }
}
@inline(__always) private func allocateInitMoveXYMoveXXCall(
  _ c: Words, _ s: Words, _ t: Words, _ x: Words, _ w: UInt
) {
  attempt(c, s, t, x, w) {
    $0.hasRoom(words: $1.frameWords) && $0.allocateInitMoveXYMoveXXCall($1)
  }
}
