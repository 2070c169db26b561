import Tenure

/// Objects with strings, lists and tuples in a compressed table.
func compressedTableCases(_ peers: [ErlangScript]) -> [BenchmarkCase] {
  CompressedWork.allCases.map { work in
    BenchmarkCase(
      name: "ets/compressed/\(work.rawValue)/\(CompressedBench.size)", unit: work.unit,
      peers: peers, isLong: true
    ) { effort in
      try measure(work, effort)
    }
  }
}

private enum CompressedWork: String, CaseIterable {
  case words, insert, lookup

  var unit: String { self == .words ? "words/object" : "ns/operation" }
}

private func measure(_ work: CompressedWork, _ effort: Effort) throws -> Measurement {
  var samples: [Double] = []
  var check = 0
  for repetition in 0..<effort.warmUps + effort.repetitions {
    let bench = try CompressedBench()
    let insertion = try bench.fill()
    let sample: Double
    switch work {
    case .words:
      sample = try bench.wordsPerObject()
      check = CompressedBench.size
    case .insert:
      sample = insertion
      check = CompressedBench.size
    case .lookup: (sample, check) = try bench.lookups()
    }
    if repetition >= effort.warmUps { samples.append(sample) }
  }
  return Measurement(samples: samples, check: "\(check)")
}

private final class CompressedBench {
  static let size = 100_000

  private let system = MemorySystem()
  private let registry: TableRegistry
  private let table: Table
  private let process: UnsafeMutablePointer<Process>
  private let owner = Term.pid(1)

  init() throws {
    var options = TableOptions(type: .set)
    options.isCompressed = true
    registry = TableRegistry(environment: system.heaps, atoms: system.atoms)
    table = try registry.makeTable(named: .ok, options: options, owner: owner)
    process = .allocate(capacity: 1)
    process.initialize(to: try system.makeProcess())
  }

  deinit {
    process.deinitialize(count: 1)
    process.deallocate()
  }

  /// Inserts `{Number, Text of ten characters, {ok, Number, [1, ..., 8]}}` for each number.
  /// - Returns: the nanoseconds of one insertion, the object's making included.
  func fill() throws -> Double {
    var roots = NoRoots()
    let start = Clock.nanoseconds
    for number in 0..<Self.size {
      try process.pointee.ensureFree(words: 64, roots: &roots)
      let object = process.pointee.heap.build { cursor in
        let text = cursor.makeList(String(1_000_000_000 + number).utf8.map { Term.small(Int($0)) })
        let list = cursor.makeList((1...8).map { Term.small($0) })
        let inner = cursor.makeTuple(.ok, .small(number), list)
        return cursor.makeTuple(.small(number), text, inner)
      }
      try table.insert(object, by: owner)
    }
    return Double(Clock.nanoseconds - start) / Double(Self.size)
  }

  func wordsPerObject() throws -> Double {
    Double(try table.information().words) / Double(Self.size)
  }

  /// - Returns: the nanoseconds of one lookup, and the sum of what was found.
  func lookups() throws -> (Double, Int) {
    var roots = NoRoots()
    var sum = 0
    let start = Clock.nanoseconds
    for number in 0..<Self.size {
      try process.pointee.ensureFree(words: 64, roots: &roots)
      let found = try table.lookup(.small(number), by: owner, on: &process.pointee.heap)
      let inner = Term(bits: found.cons[0].boxed[3])
      sum += Term(bits: inner.boxed[2]).smallValue
    }
    return (Double(Clock.nanoseconds - start) / Double(Self.size), sum)
  }
}
