import Tenure

/// Short-lived cells, with the collections they cause, in a heap of the usual first size.
func allocateCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "allocate", runtime: erlang)]
  return [
    BenchmarkCase(name: "allocate/cons", unit: "ns/cell", peers: peers) { effort in
      try measureAllocation(cells: 20_000_000, effort) { heap, slots in
        try replaceCells(count: 20_000_000, &heap, slots)
      }
    },
    BenchmarkCase(name: "allocate/list/100", unit: "ns/cell", peers: peers) { effort in
      try measureAllocation(cells: 200_000 * 100, effort) { heap, slots in
        try dropLists(count: 200_000, length: 100, &heap, slots)
      }
    },
  ]
}

private func measureAllocation(
  cells: Int, _ effort: Effort,
  _ work: (inout ProcessHeap, UnsafeMutablePointer<Term>) throws -> Int
) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  let slots = UnsafeMutablePointer<Term>.allocate(capacity: 1)
  defer { slots.deallocate() }
  var answer = 0
  let samples = try effort.samples(per: Double(cells)) {
    var heap = try ProcessHeap(environment: environment)
    slots.initialize(to: .nil)
    answer = try work(&heap, slots)
  }
  return Measurement(samples: samples, check: String(answer))
}

/// Each cell replaces the last one, which is garbage from then on. Answers the last head.
private func replaceCells(
  count: Int, _ heap: inout ProcessHeap, _ slot: UnsafeMutablePointer<Term>
) throws(HeapError) -> Int {
  var roots = RootSlots(base: slot, count: 1)
  var number = count
  while number > 0 {
    try heap.ensureFree(words: 2, roots: &roots)
    slot.pointee = heap.build { $0.makeCons(.small(number), .nil) }
    number -= 1
  }
  return slot.pointee.cons[0].smallValue
}

/// Lists of `length` cells, each dropped once its first element is read. Answers their sum.
private func dropLists(
  count: Int, length: Int, _ heap: inout ProcessHeap, _ slot: UnsafeMutablePointer<Term>
) throws(HeapError) -> Int {
  var roots = RootSlots(base: slot, count: 1)
  var sum = 0
  var number = count
  while number > 0 {
    slot.pointee = .nil
    for _ in 0..<length {
      try heap.ensureFree(words: 2, roots: &roots)
      slot.pointee = heap.build { $0.makeCons(.small(number), slot.pointee) }
    }
    sum += slot.pointee.cons[0].smallValue
    number -= 1
  }
  return sum
}
