import Tenure

/// Operations on tables in memory: keys that come in order, and shuffled.
func tableCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "tables", runtime: erlang)]
  var cases: [BenchmarkCase] = []
  for type in [TableType.set, .bag, .orderedSet] {
    let sizes: [Int] =
      switch type {
      case .set: [10_000, 100_000, 1_000_000]
      case .bag, .duplicateBag: [100_000]
      case .orderedSet: [10_000, 1_000_000]
      }
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
    for walk in TableWalkCase.allCases {
      let size = type == .orderedSet ? 1_000_000 : 100_000
      cases.append(
        BenchmarkCase(
          name: "ets/\(type.rawValue)/\(walk.rawValue)/\(size)", unit: "ns/object", peers: peers,
          isLong: type == .orderedSet || walk != .list
        ) { effort in
          try measureWalk(type, walk, size: size, effort)
        })
    }
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
  return cases + compressedTableCases(peers) + tableMixCases(peers)
}

/// A way over all objects.
enum TableWalkCase: String, CaseIterable {
  case list, foldl, select
  case selectGuard = "select_guard"
}

/// What is done with each key.
enum TableOperation: String, CaseIterable {
  case insert, lookup, member, delete, next
  case lookupElement = "lookup_element"
  case updateCounter = "update_counter"

  func isOf(_ type: TableType) -> Bool {
    switch type {
    case .set: self != .next
    case .orderedSet: [.insert, .lookup, .delete, .next].contains(self)
    case .bag, .duplicateBag: self == .insert || self == .lookup
    }
  }
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

private func measureWalk(
  _ type: TableType, _ walk: TableWalkCase, size: Int, _ effort: Effort
) throws -> Measurement {
  let bench = try TableBench(type: type, size: size, isShuffled: true)
  try bench.fill()
  var samples: [Double] = []
  var check = 0
  for repetition in 0..<effort.warmUps + effort.repetitions {
    let start = Clock.nanoseconds
    check = try bench.walk(walk)
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
