import Tenure

/// Minor collections in which everything built since the last collection is alive: its first
/// survival, within the young generation, and its second, into the old one.
func minorCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "minor", runtime: erlang)]
  let first = LiveShape.allCases.map { shape in
    BenchmarkCase(name: "minor/\(shape.rawValue)", unit: "ns/word", peers: peers) { effort in
      try measureSurvivals(of: shape, isPromoted: false, effort)
    }
  }
  let second = LiveShape.allCases.map { shape in
    BenchmarkCase(name: "minor/\(shape.rawValue)/promoted", unit: "ns/word", peers: peers) {
      try measureSurvivals(of: shape, isPromoted: true, $0)
    }
  }
  return first + second
}

/// Each collection is one of a kind in the life of a heap, so each sample has a heap of its own,
/// all in one environment as the processes of one node are.
private func measureSurvivals(
  of shape: LiveShape, isPromoted: Bool, _ effort: Effort
) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  var samples: [Double] = []
  var check = ""
  // The erl script always warms up once.
  for round in 0..<(effort.repetitions + 1) {
    let (nanoseconds, digest) = try survive(shape, isPromoted: isPromoted, environment)
    check = digest
    if round > 0 { samples.append(nanoseconds / Double(shape.words)) }
  }
  return Measurement(samples: samples, check: check)
}

private func survive(
  _ shape: LiveShape, isPromoted: Bool, _ environment: HeapEnvironment
) throws -> (nanoseconds: Double, digest: String) {
  var heap = try ProcessHeap(
    environment: environment, options: HeapOptions(minimumWords: roomyHeapWords))
  var roots = NoRoots()
  // Without older data the next collection would be a full sweep, as in Erlang.
  try heap.ensureFree(words: 21, roots: &roots)
  let anchor = (0..<10).map { Term.small($0) }
  heap.push(heap.build { $0.makeList(anchor) })
  try heap.collectGarbage(roots: &roots)

  try heap.ensureFree(words: shape.words + 1, roots: &roots)
  heap.push(heap.build(shape.build))
  let before = heap.counters.minorCollections
  if isPromoted { try heap.collectGarbage(fully: false, roots: &roots) }
  let nanoseconds = try elapsed { try heap.collectGarbage(fully: false, roots: &roots) }
  let collections = heap.counters.minorCollections - before
  guard collections == (isPromoted ? 2 : 1) else {
    throw CaseFailure("\(collections) minor collections: the rest were full sweeps")
  }
  return (nanoseconds, shape.digest(heap.pop()))
}
