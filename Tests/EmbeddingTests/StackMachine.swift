import Tenure

/// One instruction. The operands are on the machine's stack, which is the process's.
enum Instruction {
  case push(Int)
  case atom(String)
  /// The n-th value from the top, once more.
  case pick(Int)
  case swap, drop
  case add, equals
  /// `[Second | Top]`, and a list taken apart: the tail, on top the head.
  case cons, uncons
  /// A tuple of the n values on top.
  case tuple(Int)
  case jump(Int)
  /// Jumps where the top is not the atom `true`.
  case unless(Int)
  /// Sends the second value to the process whose pid is on top.
  case send
  /// The next message; where there is none, the machine waits.
  case receive
  /// The pid of the process.
  case me
  case halt
}

/// Why a program is ended.
enum MachineFault: Error, Equatable {
  case stackUnderflow(at: Int), badOperand(at: Int), badJump(Int), noSuchReceiver
}

/// What a machine does when its steps are over.
enum MachineState: Equatable { case ready, waiting, halted }

/// A process that runs a program, so many steps at a time.
struct StackMachine: ~Copyable {
  var process: Process
  private let program: [Instruction]
  private var counter = 0

  init(_ program: [Instruction], in system: MemorySystem) throws {
    self.program = program
    process = try system.makeProcess()
  }

  private var depth: Int { unsafe process.heap.state.pointee.stackWords }

  /// Makes room for words of heap and stack. The only calls that collect: all terms of a machine
  /// are on its stack, so there are no roots to show, and no term is held in a variable here.
  private mutating func ensure(_ words: Int) throws {
    var roots = NoRoots()
    try process.ensureFree(words: words, roots: &roots)
  }

  private func need(_ operands: Int) throws {
    if depth < operands { throw MachineFault.stackUnderflow(at: counter) }
  }

  private mutating func popInteger() throws -> Int {
    let term = process.heap.pop()
    if !term.isSmall { throw MachineFault.badOperand(at: counter) }
    return term.smallValue
  }

  /// Runs up to so many instructions.
  mutating func run(steps: Int) throws -> MachineState {
    for _ in 0..<steps {
      guard program.indices.contains(counter) else { throw MachineFault.badJump(counter) }
      let state = try step(program[counter])
      if state != .ready { return state }
      counter += 1
    }
    return .ready
  }

  private mutating func step(_ instruction: Instruction) throws -> MachineState {
    switch instruction {
    case .push(let number):
      try ensure(1)
      process.heap.push(.small(number))
    case .atom(let name):
      try ensure(1)
      process.heap.push(try process.system.atoms.atom(name))
    case .me:
      try ensure(1)
      process.heap.push(process.pid)
    case .pick(let place):
      try need(place + 1)
      try ensure(1)
      process.heap.push(Term(bits: unsafe process.heap.state.pointee.stackTop[place]))
    case .swap:
      try need(2)
      let (top, second) = (process.heap.pop(), process.heap.pop())
      process.heap.push(top)
      process.heap.push(second)
    case .drop:
      try need(1)
      _ = process.heap.pop()
    case .add:
      try need(2)
      let sum = try popInteger() + popInteger()
      if !Term.fitsSmall(sum) { throw MachineFault.badOperand(at: counter) }
      process.heap.push(.small(sum))
    case .equals:
      try need(2)
      let isEqual = try TermEquality.isExactlyEqual(
        process.heap.pop(), process.heap.pop(), scratch: process.system.heaps.scratch)
      process.heap.push(isEqual ? .true : .false)
    case .cons:
      try need(2)
      try ensure(2)
      let (tail, head) = (process.heap.pop(), process.heap.pop())
      process.heap.push(process.heap.build { $0.makeCons(head, tail) })
    case .uncons:
      try need(1)
      try ensure(1)
      let list = process.heap.pop()
      if !list.isCons { throw MachineFault.badOperand(at: counter) }
      unsafe process.heap.push(list.cons[1])
      unsafe process.heap.push(list.cons[0])
    case .tuple(let arity):
      try need(arity)
      try ensure(1 + arity)
      let elements = (0..<arity).map { _ in process.heap.pop() }
      process.heap.push(process.heap.build { $0.makeTuple(of: elements.reversed()) })
    case .jump(let target): counter = target - 1
    case .unless(let target):
      try need(1)
      if process.heap.pop() != .true { counter = target - 1 }
    case .send:
      try need(2)
      let (receiver, message) = (process.heap.pop(), process.heap.pop())
      do { _ = try process.send(message, to: receiver) } catch .badReceiver {
        throw MachineFault.noSuchReceiver
      }
    case .receive:
      // Room first: the message's term must not be moved before it is on the stack.
      try ensure(1)
      guard let message = try process.nextMessage() else {
        return process.exitReason == nil ? .waiting : .halted
      }
      process.removeMessage()
      process.heap.push(message)
    case .halt: return .halted
    }
    return .ready
  }
}
