import Dispatch
import Glibc
import Synchronization
import Tenure

/// Whole processes: a million with some state, and two on two threads.
func processCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let script = ErlangScript(module: "process", runtime: erlang, flags: ["+P", "2000000"])
  let million = [("default", HeapOptions()), ("small", HeapOptions.small())].map { name, options in
    // The peer has no heap below its least size; a million of its processes are measured once.
    BenchmarkCase(
      name: "process/million/\(name)", unit: "bytes", peers: name == "default" ? [script] : [],
      isLong: true
    ) { _ in
      try measureMillion(options)
    }
  }
  let threads = BenchmarkCase(
    name: "message/threads", unit: "ns/message",
    peers: [ErlangScript(module: "message", runtime: erlang)]
  ) { effort in
    try measureThreads(effort)
  }
  return million + [threads]
}

/// A million processes with a state of 104 bytes each, a tuple of 12; all that is committed for
/// them, and what the embedder holds of each.
private func measureMillion(_ options: HeapOptions) throws -> Measurement {
  let count = 1_000_000
  let system = MemorySystem()
  let processes = UnsafeMutablePointer<Process>.allocate(capacity: count)
  defer { processes.deallocate() }
  var roots = NoRoots()
  for number in 0..<count {
    (processes + number).initialize(to: try system.makeProcess(options: options))
    try processes[number].ensureFree(words: 13, roots: &roots)
    let state = processes[number].heap.build { cursor in
      cursor.makeTuple(of: (0..<12).map { Term.small(number + $0) })
    }
    try processes[number].ensureFree(words: 1, roots: &roots)
    processes[number].heap.push(state)
  }
  let bytes =
    system.allocator.statistics.pages.committedBytes + count * MemoryLayout<Process>.stride
  var sum = 0
  for number in 0..<count { sum += processes[number].heap.pop().tupleElements[11].smallValue }
  (processes + 0).deinitialize(count: count)
  guard system.processCount == 0 else { throw CaseFailure("processes are left") }
  return Measurement(samples: [Double(bytes) / Double(count)], check: String(sum))
}

/// Tells the player whose process became runnable.
private struct PlayerListener: ProcessListener {
  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    let player = Unmanaged<Player>.fromOpaque(context).takeUnretainedValue()
    player.isRunnable.store(true, ordering: .releasing)
  }
}

/// One end of a ping-pong between two threads.
private final class Player: @unchecked Sendable {
  // Unchecked: the thread that plays has it alone.
  var process: Process
  let pid: Term
  let isRunnable = Atomic<Bool>(false)

  init(_ system: MemorySystem) throws {
    process = try system.makeProcess()
    pid = process.pid
    process.context = Unmanaged.passUnretained(self).toOpaque()
  }

  func send(_ name: Term, _ number: Int, to pid: Term) throws {
    var roots = NoRoots()
    try process.ensureFree(words: 4, roots: &roots)
    let term = process.heap.build { $0.makeTuple(name, process.pid, .small(number)) }
    _ = try process.send(term, to: pid)
  }

  /// Waits for the next message: parked, until the listener hears of it.
  func receive() throws -> Int {
    while true {
      if let message = try process.nextMessage() {
        let number = message.tupleElements[2].smallValue
        process.removeMessage()
        return number
      }
      if !process.park() { continue }
      var looks = 0
      while !isRunnable.exchange(false, ordering: .acquiring) {
        looks += 1
        if looks % 10_000 == 0 { sched_yield() }
      }
    }
  }
}

/// Two processes on two threads that send `{ping, Pid, N}` to and fro; who waits is parked,
/// and its thread looks again and again whether it became runnable, as a scheduler of ERTS does for a while.
private func measureThreads(_ effort: Effort) throws -> Measurement {
  let system = MemorySystem(
    configuration: SystemConfiguration(processListener: PlayerListener()))
  let ping = try system.atoms.atom("ping")
  let rounds = 100_000
  let (one, other) = (try Player(system), try Player(system))
  let failed = Atomic<Bool>(false)
  var last = 0
  let samples = try effort.samples(per: Double(2 * rounds)) {
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      do {
        for _ in 1...rounds { try other.send(ping, try other.receive(), to: one.pid) }
      } catch { failed.store(true, ordering: .relaxed) }
    }
    for number in 1...rounds {
      try one.send(ping, number, to: other.pid)
      last = try one.receive()
    }
    group.wait()
  }
  if failed.load(ordering: .relaxed) { throw CaseFailure("the other thread failed") }
  return Measurement(samples: samples, check: String(last))
}
