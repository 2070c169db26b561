import Tenure

/// Operations on tables in memory: keys that come in order, and shuffled.
func tableCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "tables", runtime: erlang)]
  var cases: [BenchmarkCase] = []
  for type in [TableType.set, .bag] {
    let sizes = type == .set ? [10_000, 100_000, 1_000_000] : [100_000]
    for size in sizes {
      for operation in TableOperation.allCases where operation.isOf(type) {
        for order in ["ordered", "shuffled"] {
          cases.append(
            BenchmarkCase(
              name: "ets/\(type.rawValue)/\(operation.rawValue)/\(size)/\(order)",
              unit: "ns/operation", peers: peers, isLong: size > 10_000
            ) { effort in
              try measure(type, operation, size: size, isShuffled: order == "shuffled", effort)
            })
        }
      }
    }
    cases.append(
      BenchmarkCase(name: "ets/\(type.rawValue)/list/100000", unit: "ns/object", peers: peers) {
        effort in try measureList(type, size: 100_000, effort)
      })
  }
  for size in [100_000, 200_000, 500_000, 1_000_000, 2_000_000] {
    cases.append(
      BenchmarkCase(
        name: "ets/set/words/\(size)", unit: "words/object", peers: peers, isLong: size > 100_000
      ) { _ in
        let bench = try TableBench(type: .set, size: size, isShuffled: false)
        try bench.fill()
        return Measurement(samples: [try bench.wordsPerObject()], check: "\(size)")
      })
  }
  cases.append(
    BenchmarkCase(
      name: "ets/set/end/1000000", unit: "us", peers: peers, isLong: true
    ) { effort in
      try measureEnd(size: 1_000_000, effort)
    })
  return cases
}

/// What is done with each key.
private enum TableOperation: String, CaseIterable {
  case insert, lookup, member, delete
  case lookupElement = "lookup_element"
  case updateCounter = "update_counter"

  func isOf(_ type: TableType) -> Bool { type == .set || self == .insert || self == .lookup }
}

private func measure(
  _ type: TableType, _ operation: TableOperation, size: Int, isShuffled: Bool, _ effort: Effort
) throws -> Measurement {
  let rounds = max(1, 1_000_000 / size)
  var samples: [Double] = []
  var check = 0
  for repetition in 0..<effort.warmUps + effort.repetitions {
    let bench = try TableBench(type: type, size: size, isShuffled: isShuffled)
    var time: UInt64 = 0
    check = 0
    if operation == .insert || operation == .delete {
      for _ in 0..<rounds {
        if operation == .delete { try bench.fill() }
        let start = Clock.nanoseconds
        if operation == .insert { try bench.fill() } else { try bench.deleteAll() }
        time += Clock.nanoseconds - start
        check += try bench.count()
        try bench.empty()
      }
    } else {
      try bench.fill()
      let start = Clock.nanoseconds
      for _ in 0..<rounds { check += try bench.round(operation) }
      time = Clock.nanoseconds - start
    }
    if repetition >= effort.warmUps {
      samples.append(Double(time) / Double(rounds * size))
    }
  }
  return Measurement(samples: samples, check: "\(check)")
}

private func measureList(_ type: TableType, size: Int, _ effort: Effort) throws -> Measurement {
  let bench = try TableBench(type: type, size: size, isShuffled: true)
  try bench.fill()
  var samples: [Double] = []
  var check = 0
  for repetition in 0..<effort.warmUps + effort.repetitions {
    let start = Clock.nanoseconds
    check = try bench.listLength()
    let time = Clock.nanoseconds - start
    if repetition >= effort.warmUps { samples.append(Double(time) / Double(size)) }
  }
  return Measurement(samples: samples, check: "\(check)")
}

private func measureEnd(size: Int, _ effort: Effort) throws -> Measurement {
  var samples: [Double] = []
  for repetition in 0..<effort.warmUps + effort.repetitions {
    let bench = try TableBench(type: .set, size: size, isShuffled: false)
    try bench.fill()
    let start = Clock.nanoseconds
    try bench.end()
    let time = Clock.nanoseconds - start
    if repetition >= effort.warmUps { samples.append(Double(time) / 1000) }
  }
  return Measurement(samples: samples, check: "\(size)")
}

/// A table of objects {Key, Number}, a process, and the order of the keys.
private final class TableBench {
  private let system = MemorySystem()
  private let registry: TableRegistry
  private let table: Table
  private let process: UnsafeMutablePointer<Process>
  private let owner: Term
  private let keys: UnsafeMutableBufferPointer<Term>

  init(type: TableType, size: Int, isShuffled: Bool) throws {
    registry = TableRegistry(environment: system.heaps, atoms: system.atoms)
    owner = .pid(1)
    table = try registry.makeTable(
      named: .ok, options: TableOptions(type: type), owner: owner)
    keys = Self.keys(size, isShuffled: isShuffled)
    process = .allocate(capacity: 1)
    process.initialize(to: try system.makeProcess())
  }

  private static func keys(
    _ size: Int, isShuffled: Bool
  ) -> UnsafeMutableBufferPointer<Term> {
    let keys = UnsafeMutableBufferPointer<Term>.allocate(capacity: size)
    for index in 0..<size { keys.initializeElement(at: index, to: .small(index)) }
    if !isShuffled { return keys }
    var state = 1
    for index in stride(from: size - 1, to: 0, by: -1) {
      state = (state &* 1_103_515_245 &+ 12345) & 0x7FFF_FFFF
      keys.swapAt(index, (state >> 8) % (index + 1))
    }
    return keys
  }

  deinit {
    keys.deallocate()
    process.deinitialize(count: 1)
    process.deallocate()
  }

  func fill() throws {
    var roots = NoRoots()
    for key in keys {
      try process.pointee.ensureFree(words: 3, roots: &roots)
      let object = process.pointee.heap.build { cursor in
        let words = cursor.makeTuple(arity: 2)
        words[1] = key.bits
        words[2] = key.bits
        return Term.boxed(at: words)
      }
      try table.insert(object, by: owner)
    }
  }

  func deleteAll() throws {
    for key in keys { try table.delete(key, by: owner) }
  }

  func empty() throws { try table.deleteAllObjects(by: owner) }

  func count() throws -> Int { try table.objectCount() }

  func end() throws { try table.delete(by: owner) }

  func wordsPerObject() throws -> Double {
    Double(try table.information().words) / Double(keys.count)
  }

  func round(_ operation: TableOperation) throws -> Int {
    var sum = 0
    var roots = NoRoots()
    switch operation {
    case .lookup:
      for key in keys {
        try process.pointee.ensureFree(words: 5, roots: &roots)
        let list = try table.lookup(key, by: owner, on: &process.pointee.heap)
        sum += Term(bits: list.cons[0].boxed[2]).smallValue
      }
    case .member:
      for key in keys where try table.contains(key, by: owner) { sum += 1 }
    case .lookupElement:
      for key in keys {
        sum += try table.lookupElement(key, 2, by: owner, on: &process.pointee.heap).smallValue
      }
    case .updateCounter:
      let step = CounterStep(position: 2, increment: .small(1))
      for key in keys {
        sum += try table.updateCounter(key, step: step, by: owner, on: &process.pointee.heap)
          .smallValue
      }
    case .insert, .delete:
      break
    }
    return sum
  }

  func listLength() throws -> Int {
    var roots = NoRoots()
    var rest = try table.list(by: owner, on: &process.pointee.heap)
    var length = 0
    while rest.isCons {
      length += 1
      rest = rest.cons[1]
    }
    try process.pointee.ensureFree(words: 0, roots: &roots)
    return length
  }
}
