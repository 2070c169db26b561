import Tenure

/// The heaps of 100,000 processes that do nothing: making them, giving them back, their bytes.
func processHeapCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "process_heap", runtime: erlang)]
  return [("default", HeapOptions()), ("small", HeapOptions.small())].flatMap { name, options in
    HeapFigure.allCases.map { figure in
      // The peer has no heap below its least size.
      BenchmarkCase(
        name: "process/heap/\(name)/\(figure.rawValue)", unit: figure.unit,
        peers: name == "default" ? peers : []
      ) { effort in
        try measure(figure, options, effort)
      }
    }
  }
}

private enum HeapFigure: String, CaseIterable {
  case make, release, bytes

  var unit: String { self == .bytes ? "bytes" : "ns" }
}

private let heapCount = 100_000

private func measure(
  _ figure: HeapFigure, _ options: HeapOptions, _ effort: Effort
) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  let heaps = UnsafeMutablePointer<ProcessHeap>.allocate(capacity: heapCount)
  defer { heaps.deallocate() }
  var samples: [Double] = []
  for round in 0..<effort.warmUps + effort.repetitions {
    let making = try elapsed {
      for number in 0..<heapCount {
        (heaps + number).initialize(
          to: try ProcessHeap(environment: environment, options: options))
      }
    }
    let bytes = environment.allocator.statistics.pages.committedBytes
    let releasing = elapsed { heaps.deinitialize(count: heapCount) }
    if round < effort.warmUps { continue }
    let sample =
      switch figure {
      case .make: making
      case .release: releasing
      case .bytes: Double(bytes)
      }
    samples.append(sample / Double(heapCount))
  }
  guard environment.allocator.allocatedBlockCount == 0 else {
    throw CaseFailure("\(environment.allocator.allocatedBlockCount) blocks are left")
  }
  return Measurement(samples: samples, check: "\(heapCount)")
}
