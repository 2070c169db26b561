import Tenure

/// Arithmetic with integers of many decimal digits.
func bignumCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  BignumWork.allCases.flatMap { work in
    [(100, 50_000), (1_000, 2_000), (10_000, 40)].map { digits, count in
      BenchmarkCase(
        name: "bignum/\(work.rawValue)/\(digits)", unit: "ns/op",
        peers: [ErlangScript(module: "bignum", runtime: erlang)]
      ) { effort in
        try measure(work, digits: digits, count: count, effort)
      }
    }
  }
}

private enum BignumWork: String, CaseIterable {
  /// Two numbers of so many digits.
  case multiply
  /// A number of twice as many digits by one of so many.
  case divide
  /// Decimal text.
  case print
}

/// Results are dropped: the words they take are used again by the next.
private func measure(
  _ work: BignumWork, digits: Int, count: Int, _ effort: Effort
) throws -> Measurement {
  let scratch = HeapEnvironment(allocator: BlockAllocator()).scratch
  let capacity = 200_000
  let memory = UnsafeMutablePointer<UInt>.allocate(capacity: capacity)
  defer { memory.deallocate() }
  var cursor = WordCursor(top: memory, limit: memory + capacity)
  func compute(_ operation: IntegerOperation, _ a: Term, _ b: Term) throws -> Term {
    try IntegerArithmetic.compute(operation, a, b, into: &cursor, scratch: scratch)
  }
  var power = Term.small(1)
  let start = cursor.top
  // 10^digits, in steps of 10^10 that take their words anew.
  var halves = [start, start + 50_000]
  for _ in 0..<digits / 10 {
    cursor.top = halves[0]
    power = try compute(.multiply, power, .small(10_000_000_000))
    halves.swapAt(0, 1)
  }
  cursor.top = start + 100_000
  let left = try compute(.divide, power, .small(7))
  let right = try compute(.divide, power, .small(13))
  let product = try compute(.add, compute(.multiply, left, right), .small(1))
  let free = cursor.top
  var result = Term.small(0)
  var text: [UInt8] = []
  let samples = try effort.samples(per: Double(count)) {
    for _ in 0..<count {
      cursor.top = free
      switch work {
      case .multiply: result = try compute(.multiply, left, right)
      case .divide: result = try compute(.divide, product, right)
      case .print:
        text.removeAll(keepingCapacity: true)
        try IntegerArithmetic.appendText(left, base: 10, to: &text, scratch: scratch)
      }
    }
  }
  if let last = text.last {
    return Measurement(samples: samples, check: String(text.count * 1000 + Int(last)))
  }
  let check = try compute(.remainder, result, .small(1_000_003))
  return Measurement(samples: samples, check: String(check.smallValue))
}
