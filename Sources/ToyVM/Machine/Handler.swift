import Tenure

// The interpreter is threaded: each opcode has a handler, a function of its own that does the
// frequent case of the instruction and jumps to the handler of the next. What the machine needs at
// every instruction is a parameter of all handlers, so it stays in the processor's registers. No
// handler calls anything. Where an instruction needs more than its frequent case, the handler ends
// the chain: the loop of `Interpreter.run` does the instruction, all of it, and begins the next
// chain.
//
// Swift promises no tail calls, but in a release build LLVM makes one of a call that ends a
// function of the same parameters; CI looks for calls in the handlers' code. In a debug build each
// handler ends its chain, so half of the instructions are the loop's.
//
// What was tried, with the times of fib/0 and binary_trees/0 on one machine (BEAM with its JIT: 62
// and 130 ms):
//   one function with a switch, the dispatch copied to each case: 396, 843. The code's address and
//     the stack's were spilled and loaded again at every dispatch; each call in the function cost
//     10 to 15 % more.
//   the same, with no limit on LLVM's coalescing of registers: 385, 787.
//   handlers behind C thunks, with frame pointers: 155, 373. A function that is always inlined
//     gives up the thunk, a compiler flag the frame pointer (Package.swift): 143, 329.
//   the steps that are left in memory rather than in a parameter: the same, one register more.

/// Runs an instruction: its address, the stack, the top of the heap, the X registers, and the
/// instruction's first slot. Handlers name these c, s, t, x and w.
typealias Handler =
  @convention(c) (
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
func attemptWithRoom(
  _ code: Words, _ stack: Words, _ top: Words, _ x: Words, _ w: UInt,
  _ words: (Frame<Unchecked>, UInt) -> Int, _ body: (inout Frame<Unchecked>, UInt) -> Void
) {
  attempt(code, stack, top, x, w) { frame, w in
    guard frame.hasRoom(words: words(frame, w)) else { return false }
    body(&frame, w)
    return true
  }
}
