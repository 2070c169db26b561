import Tenure

/// Full sweeps of a heap that holds one live structure and no garbage.
func sweepCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  LiveShape.allCases.map { shape in
    BenchmarkCase(
      name: "sweep/\(shape.rawValue)", unit: "ns/word",
      peers: [
        ErlangScript(module: "sweep", runtime: erlang),
        MemoryCopy { shape.words },
      ]
    ) { effort in
      try measureSweeps(of: shape, effort)
    }
  }
}

/// The structure's only root is a word on the stack, as it is in Erlang.
private func measureSweeps(of shape: LiveShape, _ effort: Effort) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  var heap = try shape.makeHeap(in: environment)
  var roots = NoRoots()
  // Untimed in every run: the spaces that later sweeps reuse are not there yet.
  for _ in 0..<2 { try heap.collectGarbage(roots: &roots) }
  let samples = try effort.samples(per: Double(shape.words)) {
    try heap.collectGarbage(roots: &roots)
  }
  return Measurement(samples: samples, check: shape.digest(heap.pop()))
}

/// Room for any of the structures, so that building one causes no collection.
let roomyHeapWords = 4_000_000

extension LiveShape {
  /// A heap with the structure on it, whose only root is a word on the stack.
  func makeHeap(in environment: HeapEnvironment) throws -> ProcessHeap {
    var heap = try ProcessHeap(
      environment: environment, options: HeapOptions(minimumWords: roomyHeapWords))
    var roots = NoRoots()
    try heap.ensureFree(words: words + 1, roots: &roots)
    heap.push(heap.build(build))
    return heap
  }
}
