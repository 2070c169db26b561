import Carriers
import Heaps
import Processes
import Synchronization
import TestKit
import Terms

/// A process of a ``MessageStress``: what it does next is random.
struct StressProcess: ~Copyable {
  typealias Pointer = UnsafeMutablePointer<StressProcess>

  let stress: MessageStress
  let place: Int
  var process: Process
  var random: SeededGenerator
  /// Terms of its own that actions use.
  var registers: [Term] = Array(repeating: .nil, count: 4)
  var kept: [TermHandle] = []
  /// A monitor of the process.
  var reference: TermHandle?
  /// The last number of each sender that was looked at.
  var lastNumbers: [Term: Int] = [:]
  /// Of each sender, those that were looked at and skipped.
  var skippedNumbers: [Term: Set<Int>] = [:]
  /// Whether the last message is to be sent again when there is room.
  var isSuspended = false
  var sentCount = 0
  private var slicesLeft: Int

  /// Makes a process that is known to others, but does not run.
  /// - Returns: nothing where memory was refused.
  static func make(in stress: MessageStress, at place: Int) -> Pointer? {
    var random = SeededGenerator(seed: stress.seed &* 0x9E37 &+ UInt64(place))
    let group = stress.groups.indices.contains(place % 8) ? stress.groups[place % 8] : nil
    let policies: [MailboxLimit.Policy] = [.reject, .dropNewest, .dropOldest, .suspendSender]
    let limit =
      place % 5 == 0
      ? MailboxLimit(messages: 1 + place % 30, policy: policies[place / 5 % policies.count]) : nil
    let made = Self.twice { () throws(HeapError) in
      try stress.system.makeProcess(options: stress.options, mailboxLimit: limit, group: group)
    }
    guard let made else { return nil }
    let slices = 1 + Int(random.next() % 12)
    let pointer = Pointer.allocate(capacity: 1)
    pointer.initialize(
      to: StressProcess(
        stress: stress, place: place, process: made, random: random, slicesLeft: slices))
    pointer.pointee.process.context = UnsafeMutableRawPointer(pointer)
    // A third keeps them on the heap, a third off it, and a third as it comes.
    if place % 3 < 2 { pointer.pointee.process.setKeepsMessagesOnHeap(place % 3 == 0) }
    stress.pids[place].store(pointer.pointee.process.pid.bits, ordering: .relaxed)
    return pointer
  }

  private init(
    stress: MessageStress, place: Int, process: consuming Process, random: SeededGenerator,
    slicesLeft: Int
  ) {
    self.stress = stress
    self.place = place
    self.process = process
    self.random = random
    self.slicesLeft = slicesLeft
  }

  /// Tries again what was refused: no two requests of a round are.
  private static func twice(_ make: () throws(HeapError) -> Process) -> Process? {
    do { return try make() } catch {}
    do { return try make() } catch { return nil }
  }

  enum Outcome { case goesOn, waits, ended }

  /// Does a few things.
  mutating func run() -> Outcome {
    slicesLeft -= 1
    do {
      if try !process.handleSignals() { return end() }
      for _ in 0..<(1 + Int(random.next() % 24)) { try act() }
      if try !process.handleSignals() { return end() }
      try receiveSome()
      try answerRequests()
    } catch {
      // Memory was refused, or a group is full: the process is whole, and goes on.
      note(error)
    }
    if random.next() % 8 == 0 { verify() }
    if slicesLeft <= 0 && random.next() % 4 != 0 { return end() }
    if process.exitReason != nil { return .goesOn }
    let waits = isSuspended || random.next() % 3 == 0
    isSuspended = false
    // Read and decided before: once it is parked another thread may run it, and end it.
    let (system, pid) = (stress.system, process.pid)
    let looksAgain = random.next() % 8 == 0
    if !waits || process.hasRequests || !process.park() { return .goesOn }
    if !looksAgain || !system.takeBack(pid) { return .waits }
    verify()
    return .goesOn
  }

  /// Complains of an error that nothing gave a reason for.
  private func note(_ error: any Error) {
    let isExpected: Bool =
      switch error {
      case is HeapError, is MessageError, is SendError, is TermBuildError, is ScratchExhausted,
        is MemoryError:
        stress.isRefusing || process.group != nil || error is SendError
      default: false
      }
    if !isExpected { stress.complain("process \(place): \(error)") }
  }

  private mutating func end() -> Outcome {
    verify()
    stress.pids[place].store(0, ordering: .relaxed)
    let reason = process.exitReason
    if reason == nil && random.next() % 4 == 0, let receiver = stress.anyPid(&random),
      let message = try? makeMessage()
    {
      _ = try? process.end(handing: message, to: receiver)
      registers = []
    }
    process.end(reason: reason ?? (random.next() % 2 == 0 ? .normal : .badArgument))
    return .ended
  }

  /// Has the heap verified; but for a look among all binaries, which would take ten thousand times a
  /// walk over what ten thousand processes hold.
  mutating func verify() {
    var roots = StressRoots(registers: registers)
    let damage = process.firstDamage(findsBinaries: false, roots: &roots)
    if let damage { stress.complain("process \(place): \(damage)") }
  }
}

/// The registers of a process, in a copy whose slots are written back.
struct StressRoots: RootSource {
  var registers: [Term]

  mutating func visitSlots(_ visitor: inout SlotVisitor) {
    registers.withUnsafeMutableBufferPointer { slots in
      guard let base = slots.baseAddress else { return }
      visitor.visit(base, count: slots.count)
    }
  }
}
