import Synchronization
import Tenure

/// Runs the process that became runnable last.
private final class OneRunnable: ProcessListener {
  let context = Atomic<UInt>(0)

  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    self.context.store(UInt(bitPattern: context), ordering: .relaxed)
  }

  func take() -> UnsafeMutablePointer<Process>? {
    let bits = context.load(ordering: .relaxed)
    context.store(0, ordering: .relaxed)
    return UnsafeMutablePointer(bitPattern: bits)
  }
}

/// Two processes of one thread that send `{ping, Pid, N}` to and fro: who waits is parked, and run again
/// when the listener hears of it.
/// - Parameter keepsOffHeap: no message may be written onto the heap of a receiver that is parked.
func measurePingPong(_ effort: Effort, keepsOffHeap: Bool = false) throws -> Measurement {
  let listener = OneRunnable()
  let system = MemorySystem(configuration: SystemConfiguration(processListener: listener))
  let ping = try system.atoms.atom("ping")
  let pair = UnsafeMutablePointer<Process>.allocate(capacity: 2)
  defer { pair.deallocate() }
  for index in 0...1 {
    (pair + index).initialize(to: try system.makeProcess())
    pair[index].context = UnsafeMutableRawPointer(pair + index)
    if keepsOffHeap { pair[index].setKeepsMessagesOnHeap(false) }
  }
  defer { (pair + 0).deinitialize(count: 2) }
  let pids = [pair[0].pid, pair[1].pid]
  let rounds = 100_000
  var roots = NoRoots()
  var last = 0

  func send(_ process: UnsafeMutablePointer<Process>, _ number: Int) throws {
    try process.pointee.ensureFree(words: 4, roots: &roots)
    let pid = process.pointee.pid
    let term = process.pointee.heap.build { $0.makeTuple(ping, pid, .small(number)) }
    _ = try process.pointee.send(term, to: pid == pids[0] ? pids[1] : pids[0])
    if !process.pointee.park() { throw CaseFailure("something came too early") }
  }

  let samples = try effort.samples(per: Double(2 * rounds)) {
    if pair[1].park() { system.unpark(pids[0]) }
    try send(pair, 1)
    for number in 1..<(2 * rounds) {
      guard let process = listener.take(), try process.pointee.nextMessage() != nil else {
        throw CaseFailure("nobody is runnable")
      }
      process.pointee.removeMessage()
      // An answer bears the number of its round.
      try send(process, number / 2 + 1)
    }
    guard let process = listener.take(), let message = try process.pointee.nextMessage() else {
      throw CaseFailure("nobody is runnable")
    }
    last = message.tupleElements[2].smallValue
    process.pointee.removeMessage()
  }
  return Measurement(samples: samples, check: String(last))
}

/// A hundred thousand small messages that are received one after the other by a process whose heap has
/// room for a million words, and then a minor collection.
/// - Parameter hoards: whether they are kept in a list.
func measureBacklog(_ effort: Effort, hoards: Bool = false) throws -> Measurement {
  let system = MemorySystem()
  let count = 100_000
  var roots = NoRoots()
  var sum = 0
  let samples = try effort.samples(per: Double(count)) {
    sum = 0
    var sender = try system.makeProcess()
    var receiver = try system.makeProcess(options: HeapOptions(minimumWords: 1_000_000))
    for number in 0..<count {
      try sender.ensureFree(words: 4, roots: &roots)
      let pid = sender.pid
      let term = sender.heap.build { $0.makeTuple(.ok, pid, .small(number)) }
      _ = try sender.send(term, to: receiver.pid)
    }
    receiver.heap.push(.nil)
    while let message = try receiver.nextMessage() {
      sum += message.tupleElements[2].smallValue
      if hoards {
        let list = receiver.heap.pop()
        receiver.heap.push(receiver.heap.build { $0.makeCons(message, list) })
      }
      receiver.removeMessage()
      try receiver.ensureFree(words: 2, roots: &roots)
    }
    try receiver.collectGarbage(fully: false, roots: &roots)
  }
  return Measurement(samples: samples, check: String(sum))
}
