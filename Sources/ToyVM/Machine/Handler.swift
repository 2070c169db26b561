import Tenure

// The interpreter is threaded: each opcode has a handler, a function of its own that does the
// frequent case of the instruction and then jumps to the handler of the next. The registers of the
// machine are the parameters of all handlers, so they stay in the processor's; no handler has a
// frame or calls anything. What is not frequent is left to the loop of `Interpreter.run`: the
// handler ends the chain, the loop does the instruction and begins the next chain.
//
// Swift promises no tail calls, but in a release build LLVM makes one of each call that a
// function ends with if both have the same parameters. CI looks at the handlers' code. In a debug build
// each handler ends its chain: half of the instructions are then the loop's.

/// Runs an instruction: its address, the stack, the top of the heap, the X registers, and the instruction's first slot.
typealias Handler = @convention(c) (
  _ code: Words, _ stack: Words, _ top: Words, _ x: Words, _ w: UInt
) -> Void
typealias Words = UnsafeMutablePointer<UInt>

extension Frame {
  /// Runs instructions by their handlers, up to one that takes more than its frequent case.
  @inline(__always)
  mutating func runHandlers() {
    let w = code.pointee
    handler(of: w)(code, stack, top, x, w)
    code = MachineRegisters.code(beside: x).pointee
    load()
  }

  @inline(__always)
  private func handler(of w: UInt) -> Handler {
    MachineRegisters.handlers(beside: x)
      .load(fromByteOffset: Int(w & 0xFF) &* 8, as: Handler.self)
  }

  /// Goes on with the next instruction's handler.
  @inline(__always)
  fileprivate func next() {
    #if DEBUG
      endChain()
    #else
      let w = code.pointee
      handler(of: w)(code, stack, top, x, w)
    #endif
  }

  /// Leaves the machine's registers to the loop.
  @inline(__always)
  fileprivate func endChain() {
    MachineRegisters.code(beside: x).pointee = code
    save()
  }
}

/// Hands an instruction to the loop.
let leaveToLoop: Handler = { code, stack, top, x, _ in
  Frame<Unchecked>(code: code, stack: stack, top: top, x: x).endChain()
}

/// An instruction that only has a frequent case.
@inline(__always)
func handle(
  _ code: Words, _ stack: Words, _ top: Words, _ x: Words, _ w: UInt,
  _ body: (inout Frame<Unchecked>, UInt) -> Void
) {
  var frame = Frame<Unchecked>(code: code, stack: stack, top: top, x: x)
  body(&frame, w)
  frame.next()
}

/// An instruction that is the loop's where its body says false. The body may have written only
/// what the loop writes again.
@inline(__always)
func attempt(
  _ code: Words, _ stack: Words, _ top: Words, _ x: Words, _ w: UInt,
  _ body: (inout Frame<Unchecked>, UInt) -> Bool
) {
  var frame = Frame<Unchecked>(code: code, stack: stack, top: top, x: x)
  if _fastPath(body(&frame, w)) {
    frame.next()
  } else {
    Frame<Unchecked>(code: code, stack: stack, top: top, x: x).endChain()
  }
}

/// An instruction that begins with a test for room and is the loop's where there is none.
@inline(__always)
func build(
  _ code: Words, _ stack: Words, _ top: Words, _ x: Words, _ w: UInt,
  _ words: (Frame<Unchecked>, UInt) -> Int, _ body: (inout Frame<Unchecked>, UInt) -> Void
) {
  attempt(code, stack, top, x, w) { frame, w in
    guard frame.hasRoom(words: words(frame, w)) else { return false }
    body(&frame, w)
    return true
  }
}
