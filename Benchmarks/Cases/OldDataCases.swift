import Tenure

/// Minor collections of a churn of short-lived data, beside a million old words and beside none:
/// what is old must cost nothing.
func oldDataCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  [("none", 10), ("1M", 500_000)].map { name, cells in
    BenchmarkCase(
      name: "minor/old/\(name)", unit: "ns/gc",
      peers: [ErlangScript(module: "old", runtime: erlang)]
    ) { effort in
      try measureChurn(oldCells: cells, effort)
    }
  }
}

/// The collections of a sample.
private let rounds = 200
/// Cells of a list that is dropped before each collection, and of one that lives until the next.
private let (droppedCells, keptCells) = (10_000, 100)

private func measureChurn(oldCells: Int, _ effort: Effort) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  // Larger than what any rule would make of the young block because of the old one.
  var heap = try ProcessHeap(
    environment: environment, options: HeapOptions(minimumWords: 196_650))
  let slots = UnsafeMutablePointer<Term>.allocate(capacity: 2)
  slots.initialize(repeating: .nil, count: 2)
  defer { slots.deallocate() }
  var roots = RootSlots(base: slots, count: 2)
  try heap.ensureFree(words: 2 * oldCells, roots: &roots)
  slots[0] = heap.build { buildCells(oldCells, &$0) }
  // Old after a full sweep, and a minor collection that promotes it. The old block that this makes
  // has room for as much as is young then, dead or alive.
  try heap.collectGarbage(roots: &roots)
  try heap.ensureFree(words: 2 * droppedCells, roots: &roots)
  _ = heap.build { buildCells(droppedCells, &$0) }
  try heap.collectGarbage(fully: false, roots: &roots)

  let before = heap.counters
  var sum = 0
  var samples: [Double] = []
  for _ in 0..<effort.warmUps + effort.repetitions {
    var nanoseconds = 0.0
    for _ in 0..<rounds {
      try heap.ensureFree(words: 2 * (droppedCells + keptCells), roots: &roots)
      slots[1] = heap.build { buildCells(droppedCells, &$0) }
      sum += slots[1].cons[0].smallValue
      slots[1] = heap.build { buildCells(keptCells, &$0) }
      nanoseconds += try elapsed { try heap.collectGarbage(fully: false, roots: &roots) }
    }
    samples.append(nanoseconds / Double(rounds))
  }
  let minors = heap.counters.minorCollections - before.minorCollections
  guard minors == rounds * (effort.warmUps + effort.repetitions) else {
    throw CaseFailure("\(minors) minor collections: some were full sweeps, or there were others")
  }
  let perSample = sum / (effort.warmUps + effort.repetitions)
  return Measurement(
    samples: Array(samples.dropFirst(effort.warmUps)),
    check: "\(perSample + length(slots[0]))")
}

private func buildCells(_ count: Int, _ cursor: inout WordCursor) -> Term {
  var list = Term.nil
  for number in 1...count { list = cursor.makeCons(.small(number), list) }
  return list
}

private func length(_ list: Term) -> Int {
  var count = 0
  var rest = list
  while rest.isCons {
    count += 1
    rest = rest.cons[1]
  }
  return count
}
