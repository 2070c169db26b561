import Glibc
import Tenure

/// A thread that runs processes: takes one, runs it for a slice, puts it back.
final class SchedulerThread {
  private let schedulers: Schedulers
  private let index: Int
  private let interpreter: Interpreter
  private let queue: RunQueue
  /// How often the thread still lets memory go back that nobody uses before it waits without an end.
  private var decaysLeft = 0

  /// A round notes what is free, and the next one gives it back; the first may have begun before.
  private static let decaysWhenIdle = 3

  init(_ schedulers: Schedulers, _ index: Int) {
    self.schedulers = schedulers
    self.index = index
    interpreter = Interpreter(schedulers: schedulers)
    queue = schedulers.queues[index]
  }

  /// Runs processes until the run ends.
  func run() {
    schedulers.enter(thread: index)
    while !schedulers.hasEnded {
      schedulers.runTimers()
      guard let process = schedulers.next(for: index) else {
        waitForWork()
        continue
      }
      guard process.take() else {
        // Another thread looks at it.
        schedulers.makeRunnable(process)
        sched_yield()
        continue
      }
      process.isWaiting = false
      decaysLeft = Self.decaysWhenIdle
      run(process)
    }
    interpreter.leave()
  }

  /// Waits for work; memory that nobody uses goes back meanwhile, for its owners may wait too.
  private func waitForWork() {
    if decaysLeft > 0, schedulers.system.allocator.decay() { decaysLeft -= 1 }
    let decay = schedulers.system.configuration.memory.carrierDecayMilliseconds
    // At least the next hour's end is looked at, however long the time is.
    let time = UInt64(min(max(1, decay), 3_600_000)) * 1_000_000
    schedulers.waitForWork(atMost: decaysLeft > 0 ? time : nil)
  }

  /// Runs a process until it waits, ends or gives way.
  private func run(_ process: MachineProcess) {
    interpreter.switch(to: process)
    while true {
      if !handleSignals(process) || !answersRequests(process) {
        return finish(process, .exiting)
      }
      switch runSlice(process) {
      case .preempted:
        schedulers.runTimers()
        if schedulers.hasEnded { return process.giveUp() }
        if queue.count > 0 { return giveWay(process) }
      case .yielded: return giveWay(process)
      case .waiting:
        // It may wait for long, and has no ensure to make.
        if !answersRequests(process) { return finish(process, .exiting) }
        if park(process) { return }
      case let end: return finish(process, end)
      }
    }
  }

  private func runSlice(_ process: MachineProcess) -> RunEnd {
    let (steps, areLast) = schedulers.takeSteps()
    interpreter.endsWithSteps = areLast
    let end =
      schedulers.options.checksOperands
      ? interpreter.run(Checked.self, from: process.code, steps: steps)
      : interpreter.run(Unchecked.self, from: process.code, steps: steps)
    interpreter.countCollections()
    let left = max(0, interpreter.stepsLeft)
    schedulers.giveBack(steps: left)
    process.reductions += steps - left
    return end
  }

  /// Does what signals ask for.
  /// - Returns: whether the process goes on. Where there is no memory for a signal, it does, and
  ///   the signal waits.
  private func handleSignals(_ process: MachineProcess) -> Bool {
    do { return try process.process.pointee.handleSignals() } catch { return true }
  }

  /// Does what was asked of a process that needs its roots.
  /// - Returns: whether it goes on: not beyond the limit of its heap.
  private func answersRequests(_ process: MachineProcess) -> Bool {
    if !process.process.pointee.hasRequests { return true }
    var roots = process.roots
    do {
      try process.process.pointee.answerRequests(roots: &roots)
    } catch {
      // Without memory it is as it was: its next ensure tries again.
      interpreter.note(error)
    }
    interpreter.countCollections()
    process.restore(to: interpreter.x)
    return !interpreter.isBeyondLimit
  }

  /// Leaves a process that waits.
  /// - Returns: false where there is a message for it already, or its time is over.
  private func park(_ process: MachineProcess) -> Bool {
    process.isWaiting = true
    guard schedulers.park(process) else {
      process.isWaiting = false
      return false
    }
    process.giveUp()
    return true
  }

  /// Puts a process back that can go on.
  private func giveWay(_ process: MachineProcess) {
    process.giveUp()
    schedulers.makeRunnable(process)
  }

  /// Ends a process, and the run with the first one.
  private func finish(_ process: MachineProcess, _ end: RunEnd) {
    switch end {
    case .outOfSteps, .fault, .loadFailed, .halted:
      schedulers.stop(RunSummary(outcome: interpreter.outcome(of: end)))
      process.giveUp()
      return
    default: break
    }
    if process.pid == schedulers.main {
      let outcome = interpreter.outcome(of: end)
      schedulers.stop(
        RunSummary(outcome: outcome, counters: process.process.pointee.heap.counters))
      process.giveUp()
      return
    }
    let reason = interpreter.exitReason(of: end)
    if let timer = process.receiveTimer { _ = schedulers.timers.cancel(timer) }
    // Before its end: then another process may get its place.
    schedulers.directory.remove(process)
    process.process.pointee.end(reason: reason)
    // After it: who sets one later sees that there is no process.
    schedulers.cancelTimers(to: process.pid)
    interpreter.leave()
    process.keep()
  }
}
