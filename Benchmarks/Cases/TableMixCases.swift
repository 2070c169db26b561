import Dispatch
import Glibc
import Tenure

/// One and two threads that read and write one table, and the longest insertion as a table grows.
func tableMixCases(_ peers: [any Peer]) -> [BenchmarkCase] {
  var cases: [BenchmarkCase] = []
  for threads in [1, 2] {
    for reads in [100, 90, 50] {
      for keys in MixKeys.allCases {
        cases.append(
          BenchmarkCase(
            name: "ets/set/mix/\(threads)/\(reads)/\(keys.rawValue)", unit: "ns/operation",
            peers: peers, isLong: true
          ) { effort in
            try measureMix(threads: threads, reads: reads, keys, effort)
          })
      }
    }
  }
  cases.append(
    BenchmarkCase(name: "ets/set/growth/10000000", unit: "us", peers: [], isLong: true) { _ in
      try measureGrowth(size: 10_000_000)
    })
  return cases
}

/// How the threads choose keys.
enum MixKeys: String, CaseIterable {
  /// Each as often as any other.
  case uniform
  /// The k-th as often as 1/k (Zipf).
  case zipf
}

/// The owner of the tables: none of the processes made here, with which they would end.
private let mixOwner = Term.pid(99)
private let mixTableSize = 100_000
private let mixOperations = 1_000_000

/// The time for each operation of all threads together, in a table with `write_concurrency`.
private func measureMix(
  threads: Int, reads: Int, _ keys: MixKeys, _ effort: Effort
) throws -> Measurement {
  var samples: [Double] = []
  for repetition in 0..<effort.warmUps + effort.repetitions {
    let system = MemorySystem()
    var options = TableOptions(type: .set, protection: .public)
    options.writeConcurrency = .on
    options.readConcurrency = true
    let table = try system.tables.makeTable(named: .ok, options: options, owner: mixOwner)
    let workers = try (0..<threads).map { try MixWorker(table, system, thread: $0, reads, keys) }
    for key in 0..<mixTableSize { try workers[0].insert(key) }
    let failures = UnsafeMutableBufferPointer<Bool>.allocate(capacity: threads)
    failures.initialize(repeating: false)
    defer { failures.deallocate() }
    nonisolated(unsafe) let (all, failed) = (workers, failures)
    let time = elapsed {
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        do { try all[thread].run() } catch { failed[thread] = true }
      }
    }
    precondition(!failures.contains(true), "a thread of a benchmark failed")
    if repetition >= effort.warmUps {
      samples.append(time / Double(threads * mixOperations))
    }
    try table.delete(by: mixOwner)
  }
  return Measurement(samples: samples, check: "\(threads * mixOperations)")
}

/// A thread's process and its operations.
private final class MixWorker {
  private let table: Table
  private let process: UnsafeMutablePointer<Process>
  /// A key, negative to write it.
  private var plan: [Int32] = []

  init(
    _ table: Table, _ system: MemorySystem, thread: Int, _ reads: Int, _ keys: MixKeys
  ) throws {
    self.table = table
    process = .allocate(capacity: 1)
    process.initialize(to: try system.makeProcess())
    plan.reserveCapacity(mixOperations)
    var state: UInt64 = UInt64(thread) &* 7919 &+ 1
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    for _ in 0..<mixOperations {
      let choice = next()
      let key =
        switch keys {
        case .uniform: Int32(choice * Double(mixTableSize))
        // Where each k comes as often as 1/k, its logarithm is uniform.
        case .zipf: Int32(exp(choice * log(Double(mixTableSize)))) - 1
        }
      plan.append(next() * 100 < Double(reads) ? key : -1 - key)
    }
  }

  deinit {
    process.deinitialize(count: 1)
    process.deallocate()
  }

  func run() throws {
    var roots = NoRoots()
    for key in plan {
      try process.pointee.ensureFree(words: 5, roots: &roots)
      if key >= 0 {
        _ = try table.lookup(.small(Int(key)), by: mixOwner, on: &process.pointee.heap)
      } else {
        try insert(Int(-1 - key))
      }
    }
  }

  func insert(_ key: Int) throws {
    var roots = NoRoots()
    try process.pointee.ensureFree(words: 3, roots: &roots)
    let object = process.pointee.heap.build { $0.makePair(.small(key)) }
    try table.insert(object, by: mixOwner)
  }
}

/// The most entries that one insertion may move.
private let mostMoved = 64

/// The largest processor time of one insertion while a table grows.
private func measureGrowth(size: Int) throws -> Measurement {
  let bench = try TableBench(type: .set, size: size, isShuffled: false)
  let longest = try bench.longestInsertion()
  // How many it is depends on the table's seed.
  let moved = try bench.mostMoved()
  if moved > mostMoved { throw CaseFailure("an insertion moved \(moved) entries") }
  return Measurement(samples: [longest / 1000], check: "at most \(mostMoved) moved")
}
