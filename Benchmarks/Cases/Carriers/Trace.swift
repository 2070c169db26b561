import Foundation
import Tenure

/// What is asked of an allocator: the workloads that the literature compares them by, each written
/// anew in its spirit, not ported.
enum Trace: String, CaseIterable {
  /// One block of 64 bytes, allocated and freed again at once.
  case pair
  /// The same on each of two threads at a time.
  case pairs
  /// Random blocks of 16 to 512 bytes, a thousand alive.
  case small
  /// Random blocks of 2 to 64 KB, three hundred alive.
  case medium
  /// A server's work (Larson and Krishnan): random blocks of 8 to 1,000 bytes replace each other,
  /// and threads hand theirs on to the next thread.
  case larson
  /// One thread allocates, the other frees (xmalloc).
  case xmalloc
  /// Bursts of blocks of very different sizes, some of which stay, some change threads (mstress).
  case mstress
  /// Runs of equal small blocks, freed in another order (sh6bench).
  case sh6
  /// The same on each thread, and some freed by the next one (sh8bench).
  case sh8
  /// Recorded from the programs of these names: processes come and go, growing maps and binaries,
  /// heaps that are collected.
  case spawning
  case mapBuilding = "map_building"
  case binaryAppend = "binary_append"
  case churn

  /// The program that the trace is recorded from, where it is.
  var program: String? {
    switch self {
    case .spawning, .mapBuilding, .binaryAppend, .churn: rawValue
    default: nil
    }
  }

  /// The threads that take part.
  var threadCount: Int {
    switch self {
    case .pair, .small, .medium, .sh6, .spawning, .mapBuilding, .binaryAppend, .churn: 1
    case .pairs, .larson, .xmalloc, .mstress, .sh8: 2
    }
  }

  /// Runs it.
  /// - Parameters:
  ///   - scale: how long, about a tenth of a second each.
  ///   - script: what was recorded, where the trace is of a program.
  ///   - makeDoor: called on the thread that uses the door.
  func run<Door: TraceDoor & ~Copyable>(
    scale: Int, script: TraceScript?, _ makeDoor: @escaping @Sendable () -> Door
  ) -> TraceResult {
    let hall = TraceHall(threadCount: threadCount)
    let counts = TraceThreads.run(count: threadCount) { thread in
      let door = makeDoor()
      var work = TraceWork(thread: thread, hall: hall)
      switch self {
      case .pair, .pairs: work.pair(door, rounds: scale * 4_000_000)
      case .small:
        work.replace(door, alive: 1_000, sizes: 16...512, rounds: scale * 2_000_000)
      case .medium:
        work.replace(door, alive: 300, sizes: 2_048...65_536, rounds: scale * 500_000)
      case .larson: work.larson(door, rounds: scale * 40)
      case .xmalloc: work.exchange(door, batches: scale * 10_000)
      case .mstress: work.bursts(door, rounds: scale * 300)
      case .sh6: work.runs(door, rounds: scale * 400, givesAway: false)
      case .sh8: work.runs(door, rounds: scale * 400, givesAway: true)
      case .spawning, .mapBuilding, .binaryAppend, .churn:
        if let script { work.replay(door, script: script, steps: scale * 1_000_000) }
      }
      return work
    }
    let operations = counts.works.reduce(0) { $0 + $1.operationCount }
    let check = counts.works.reduce(UInt64(0)) { $0 &+ $1.check }
    return TraceResult(nanoseconds: counts.nanoseconds / Double(operations), check: check)
  }
}
