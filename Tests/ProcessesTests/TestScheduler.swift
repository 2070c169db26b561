import Foundation
import Carriers
import Processes
import Terms

/// Runs processes that became runnable, on several threads.
final class TestScheduler: ProcessListener {
  private let state = Guarded(State())
  private struct State {
    var queue: [UInt] = []
    var isOver = false
  }

  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    state.withLock { $0.queue.append(UInt(bitPattern: context)) }
  }
  func add(_ process: UnsafeMutablePointer<SystemProcess>) {
    state.withLock { $0.queue.append(UInt(bitPattern: process)) }
  }
  /// Makes processes that have their places as contexts; the caller ends them and frees the places.
  static func makeProcesses(
    _ count: Int, in system: MemorySystem
  ) throws -> UnsafeMutablePointer<SystemProcess> {
    let processes = UnsafeMutablePointer<SystemProcess>.allocate(capacity: count)
    for index in 0..<count {
      (processes + index).initialize(to: try system.makeProcess())
      processes[index].context = UnsafeMutableRawPointer(processes + index)
    }
    return processes
  }
  func end() { state.withLock { $0.isOver = true } }

  /// Runs what is runnable until the end, on so many threads.
  func run(
    threads: Int, _ body: @escaping @Sendable (UnsafeMutablePointer<SystemProcess>) -> Void
  ) {
    let group = DispatchGroup()
    for _ in 0..<threads {
      group.enter()
      Thread.detachNewThread {
        while true {
          let (next, isOver) = self.state.withLock { ($0.queue.popLast(), $0.isOver) }
          if let process = UnsafeMutablePointer<SystemProcess>(bitPattern: next ?? 0) {
            body(process)
          } else if isOver {
            break
          } else {
            sched_yield()
          }
        }
        group.leave()
      }
    }
    group.wait()
  }
}
