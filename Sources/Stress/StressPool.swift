import Carriers
import Glibc
import Heaps
import Processes
import Synchronization
import TestKit
import Terms

/// Runs processes on several threads: who is runnable stands in a queue.
///
/// When no process is runnable and no thread runs one, all that still wait are asked to end.
final class StressPool: ProcessListener, @unchecked Sendable {
  // Unchecked: all is under the lock.

  private struct State {
    var queue: [UnsafeMutablePointer<StressProcess>] = []
    var taken = 0
    var running = 0
    /// Processes that have not ended.
    var living = 0
  }
  private let state = Guarded(State())

  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    // Nothing yet where the process is still being made: it is queued when it is.
    guard let context else { return }
    push(context.assumingMemoryBound(to: StressProcess.self))
  }

  /// Adds a process that is new.
  func add(_ process: UnsafeMutablePointer<StressProcess>) {
    state.withLock { state in
      state.living += 1
      state.queue.append(process)
    }
  }

  private func push(_ process: UnsafeMutablePointer<StressProcess>) {
    state.withLock { $0.queue.append(process) }
  }

  private enum Next {
    case process(UnsafeMutablePointer<StressProcess>)
    case nothing, allWait, over
  }

  private func next() -> Next {
    state.withLock { state in
      if state.taken < state.queue.count {
        let process = state.queue[state.taken]
        state.taken += 1
        if state.taken > 1024 && 2 * state.taken > state.queue.count {
          state.queue.removeFirst(state.taken)
          state.taken = 0
        }
        state.running += 1
        return .process(process)
      }
      if state.running > 0 { return .nothing }
      if state.living == 0 { return .over }
      // One thread sees to it.
      state.running += 1
      return .allWait
    }
  }

  /// What a thread does until all processes have ended.
  func work(for stress: MessageStress, threads: Int) {
    while true {
      switch next() {
      case .over: return
      case .nothing: usleep(50)
      case .allWait:
        endAll(of: stress)
        state.withLock { $0.running -= 1 }
      case .process(let process):
        run(process)
      }
    }
  }

  private func run(_ process: UnsafeMutablePointer<StressProcess>) {
    switch process.pointee.run() {
    case .goesOn:
      state.withLock { state in
        state.queue.append(process)
        state.running -= 1
      }
    case .waits: state.withLock { $0.running -= 1 }
    case .ended:
      let stress = process.pointee.stress
      let place = process.pointee.place
      process.deinitialize(count: 1)
      process.deallocate()
      stress.succeed(at: place)
      state.withLock { state in
        state.running -= 1
        state.living -= 1
      }
    }
  }

  private func endAll(of stress: MessageStress) {
    // Nobody runs a process just now.
    let damage = stress.system.firstDamage { stress.timers.count(in: &$0) }
    if let damage { stress.complain(damage.description) }
    // A refusal leaves some waiting, until the next time.
    guard let reaper = try? stress.system.makeProcess() else { return }
    for pid in stress.system.pids where pid != reaper.pid {
      try? reaper.askToEnd(pid, reason: .kill)
    }
  }
}
