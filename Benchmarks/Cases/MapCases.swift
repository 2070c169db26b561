import Tenure
import TestKit

/// Values of keys that a map has, and other values for them, in maps of either kind.
func mapCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "map", runtime: erlang)]
  return [8, 32, 1000, 1_000_000].flatMap { size in
    [
      BenchmarkCase(name: "map/get/\(size)", unit: "ns/operation", peers: peers) { effort in
        try measureMap(size: size, effort) { (bench, rounds) throws(MapFailure) in
          try bench.gets(rounds: rounds)
        }
      },
      BenchmarkCase(name: "map/put/\(size)", unit: "ns/operation", peers: peers) { effort in
        try measureMap(size: size, effort) { (bench, rounds) throws(MapFailure) in
          try bench.puts(rounds: rounds)
          return try bench.gets(rounds: 1)
        }
      },
    ]
  }
}

private let operationCount = 2_000_000

private func measureMap(
  size: Int, _ effort: Effort, _ work: (inout MapBench, Int) throws(MapFailure) -> Int
) throws -> Measurement {
  let picks = max(1000, size)
  var samples: [Double] = []
  var answer = 0
  for repetition in 0..<effort.warmUps + effort.repetitions {
    var bench = try MapBench(size: size, picks: picks)
    let start = Clock.nanoseconds
    answer = try work(&bench, operationCount / picks)
    let time = Clock.nanoseconds - start
    if repetition >= effort.warmUps { samples.append(Double(time) / Double(operationCount)) }
  }
  return Measurement(samples: samples, check: String(answer))
}

private enum MapFailure: Error {
  case scratch(ScratchExhausted)
  case heap(HeapError)
  case missingKey
}

/// A heap with a map and a list of some of its keys.
private struct MapBench: ~Copyable {
  private var heap: ProcessHeap
  private let order: TermOrder
  private let scratch = MallocScratch()
  /// The map, all keys, and the keys that are left of a round.
  private let slots: UnsafeMutablePointer<Term>

  init(size: Int, picks: Int) throws {
    slots = .allocate(capacity: 3)
    slots.initialize(repeating: .nil, count: 3)
    order = TermOrder(atoms: AtomTable(), scratch: scratch)
    heap = try Self.filledHeap(size: size, picks: picks, order, slots)
  }

  private static func filledHeap(
    size: Int, picks: Int, _ order: TermOrder, _ slots: UnsafeMutablePointer<Term>
  ) throws -> ProcessHeap {
    var heap = try ProcessHeap(environment: HeapEnvironment(allocator: BlockAllocator()))
    var roots = RootSlots(base: slots, count: 3)
    var builder = try MapBuilder(pairs: size, order: order)
    for index in 0..<size { try builder.add(key: key(index)) }
    try heap.ensureFree(words: try builder.plan(), roots: &roots)
    var cursor = heap.cursor
    try builder.begin(cursor: &cursor)
    for index in 0..<size { try builder.fill(key(index), .small(index), cursor: &cursor) }
    slots[0] = try builder.finish(cursor: &cursor)
    heap.commit(cursor)
    try heap.ensureFree(words: 2 * picks, roots: &roots)
    var state = 1
    for _ in 0..<picks {
      state = (state &* 1_103_515_245 &+ 12345) & 0x7FFF_FFFF
      let key = key((state >> 8) % size)
      slots[1] = heap.build { $0.makeCons(key, slots[1]) }
    }
    try heap.collectGarbage(roots: &roots)
    return heap
  }

  deinit { slots.deallocate() }

  private static func key(_ index: Int) -> Term {
    .small((index &* 2_654_435_761) & 0xFF_FFFF_FFFF)
  }

  /// The sum of the values of all keys, so many times.
  func gets(rounds: Int) throws(MapFailure) -> Int {
    var sum = 0
    let map = slots[0]
    do {
      for _ in 0..<rounds {
        var keys = slots[1]
        while keys.isCons {
          let cell = keys.cons
          guard let value = try TermMap.value(of: cell[0], in: map, scratch: scratch) else {
            throw MapFailure.missingKey
          }
          sum += value.smallValue
          keys = cell[1]
        }
      }
    } catch let error as ScratchExhausted {
      throw .scratch(error)
    } catch {
      throw .missingKey
    }
    return sum
  }

  /// Puts a number more for each key that comes.
  mutating func puts(rounds: Int) throws(MapFailure) {
    var number = 0
    for _ in 0..<rounds {
      slots[2] = slots[1]
      while slots[2].isCons {
        try put(.small(number))
        slots[2] = slots[2].cons[1]
        number += 1
      }
    }
  }

  @inline(__always)
  private mutating func put(_ value: Term) throws(MapFailure) {
    let plan: MapPlan
    do {
      plan = try TermMap.planPut(slots[2].cons[0], in: slots[0], order: order)
    } catch {
      throw .scratch(error)
    }
    do {
      var roots = RootSlots(base: slots, count: 3)
      try heap.ensureFree(words: plan.words, roots: &roots)
    } catch {
      throw .heap(error)
    }
    do {
      var cursor = heap.cursor
      slots[0] = try TermMap.put(
        slots[2].cons[0], value, in: slots[0], plan: plan, order: order, cursor: &cursor)
      heap.commit(cursor)
    } catch {
      throw .scratch(error)
    }
  }
}
