import Carriers
import Foundation
import Heaps
import Processes

/// Threads with a heap each.
enum TestThreads {
  /// Runs a piece of work on so many threads, side by side.
  /// - Returns: what they threw.
  static func run(
    _ count: Int, of system: MemorySystem,
    _ body: @escaping @Sendable (Int, inout ProcessHeap) throws -> Void
  ) -> [String] {
    let group = DispatchGroup()
    let failures = Failures()
    for number in 0..<count {
      group.enter()
      Thread.detachNewThread {
        do {
          var process = try system.makeProcess()
          try body(number, &process.heap)
        } catch {
          failures.add("thread \(number): \(error)")
        }
        group.leave()
      }
    }
    group.wait()
    return failures.all
  }

  private final class Failures: Sendable {
    private let texts = Guarded<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
  }
}
