import Heaps
import Tenure

/// Copies of one structure into a message, which is then thrown away.
func messageCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let script = ErlangScript(module: "message", runtime: erlang)
  let copies = [MessageCopyWay.keep, .flatten].flatMap { way in
    LiveShape.allCases.map { shape in
      BenchmarkCase(
        name: "message/copy/\(shape.rawValue)/\(way.rawValue)", unit: "ns/word", peers: [script]
      ) { effort in
        try measureCopies(of: shape, by: way, effort)
      }
    }
  }
  let shared = [MessageCopyWay.keep, .flatten].map { way in
    BenchmarkCase(name: "message/shared/\(way.rawValue)", unit: "us", peers: [script]) { effort in
      try measureSharedCopies(by: way, effort)
    }
  }
  let pingPong = BenchmarkCase(name: "message/pingpong", unit: "ns/message", peers: [script]) {
    effort in
    try measurePingPong(effort)
  }
  let aside = BenchmarkCase(name: "message/aside", unit: "ns/message", peers: []) { effort in
    try measurePingPong(effort, keepsOffHeap: true)
  }
  let polled = BenchmarkCase(name: "message/polled", unit: "ns/message", peers: []) { effort in
    try measurePolling(effort)
  }
  let backlog = BenchmarkCase(name: "message/backlog", unit: "ns/message", peers: []) { effort in
    try measureBacklog(effort)
  }
  let hoard = BenchmarkCase(name: "message/hoard", unit: "ns/message", peers: []) { effort in
    try measureBacklog(effort, hoards: true)
  }
  let life = BenchmarkCase(name: "process/life", unit: "ns", peers: [script]) { effort in
    try measureLives(effort)
  }
  return copies + shared + [pingPong, aside, polled, backlog, hoard, life]
}

/// Whether sharing is kept; ERTS always flattens.
private enum MessageCopyWay: String {
  case keep, flatten

  var copying: MessageCopying { self == .keep ? MessageCopying() : .flattening() }
}

private func measureCopies(
  of shape: LiveShape, by way: MessageCopyWay, _ effort: Effort
) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  let heap = try shape.makeHeap(in: environment)
  let term = heap.pop()
  let samples = try effort.samples(per: Double(shape.words)) {
    environment.free(try heap.makeMessage(of: term, copying: way.copying).message)
  }
  let (message, _) = try heap.makeMessage(of: term, copying: way.copying)
  defer { environment.free(message) }
  guard message.words == shape.words else {
    throw CaseFailure("\(message.words) words of a copy of \(shape.words)")
  }
  return Measurement(samples: samples, check: shape.digest(message.term))
}

/// So many levels of `{X, X}`: 2^20 paths through 20 tuples.
private let sharedLevels = 20

private func measureSharedCopies(by way: MessageCopyWay, _ effort: Effort) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  let heap = try ProcessHeap(environment: environment)
  let term = heap.build { cursor in
    (0..<sharedLevels).reduce(Term.small(1)) { inner, _ in cursor.makeTuple(inner, inner) }
  }
  let samples = try effort.samples(per: 1000) {
    environment.free(try heap.makeMessage(of: term, copying: way.copying).message)
  }
  let (message, _) = try heap.makeMessage(of: term, copying: way.copying)
  defer { environment.free(message) }
  let words = try TermSize.flatWords(of: message.term, scratch: environment.scratch)
  return Measurement(samples: samples, check: String(words))
}

/// Two processes of one thread that send `{ping, Pid, N}` to and fro, and look whether something came
/// without waiting for it.
private func measurePolling(_ effort: Effort) throws -> Measurement {
  let system = MemorySystem()
  let ping = try system.atoms.atom("ping")
  var one = try system.makeProcess()
  var other = try system.makeProcess()
  let rounds = 100_000
  var roots = NoRoots()
  var last = 0

  func hop(_ sender: inout Process, _ receiver: inout Process, _ number: Int) throws {
    try sender.ensureFree(words: 4, roots: &roots)
    let term = sender.heap.build { $0.makeTuple(ping, sender.pid, .small(number)) }
    _ = try sender.send(term, to: receiver.pid)
    guard let message = try receiver.nextMessage() else { throw CaseFailure("nothing came") }
    last = message.tupleElements[2].smallValue
    receiver.removeMessage()
  }

  let samples = try effort.samples(per: Double(2 * rounds)) {
    for number in 1...rounds {
      try hop(&one, &other, number)
      try hop(&other, &one, number)
    }
  }
  return Measurement(samples: samples, check: String(last))
}

/// Processes that are made, sent one message, receive it and end.
private func measureLives(_ effort: Effort) throws -> Measurement {
  let system = MemorySystem()
  var parent = try system.makeProcess()
  let lives = 100_000
  var roots = NoRoots()
  var sum = 0
  let samples = try effort.samples(per: Double(lives)) {
    sum = 0
    for number in 1...lives {
      var child = try system.makeProcess()
      try parent.ensureFree(words: 3, roots: &roots)
      let term = parent.heap.build { $0.makeTuple(parent.pid, .small(number)) }
      _ = try parent.send(term, to: child.pid)
      guard let message = try child.nextMessage() else { throw CaseFailure("nothing came") }
      sum += message.tupleElements[1].smallValue
      child.removeMessage()
    }
  }
  return Measurement(samples: samples, check: String(sum))
}
