import Tenure
import TestKit

/// Work on terms that are there: comparing, measuring, copying.
func termCases(_ erlang: ErlangRuntime) -> [BenchmarkCase] {
  let peers = [ErlangScript(module: "term", runtime: erlang)]
  let shapes = TermWork.allCases.flatMap { work in
    LiveShape.allCases.filter { $0 != .map }.map { shape in
      BenchmarkCase(
        name: "term/\(work.rawValue)/\(shape.rawValue)", unit: "ns/word", peers: peers
      ) { effort in
        try measure(work, on: shape, effort)
      }
    }
  }
  return shapes + [
    BenchmarkCase(name: "term/phash2/records", unit: "ns/word", peers: peers) { effort in
      try measureRecordHash(effort)
    }
  ]
}

private enum TermWork: String, CaseIterable {
  /// `=:=` of two equal terms at unlike addresses.
  case compare
  /// Standard order of two equal terms at unlike addresses.
  case order
  /// The words of a copy.
  case size
  /// Measuring, memory for the copy, and copying into it.
  case copy
  /// The hash of `phash2/1`.
  case phash2
}

private func measure(
  _ work: TermWork, on shape: LiveShape, _ effort: Effort
) throws -> Measurement {
  let environment = HeapEnvironment(allocator: BlockAllocator())
  let (allocator, scratch) = (environment.allocator, environment.scratch)
  // Where terms of a process lie, so that pages are as large as there.
  let block = try allocator.allocate(
    byteCount: 2 * shape.words * MemoryLayout<UInt>.stride, kind: .processHeap)
  defer { allocator.free(block, kind: .processHeap) }
  let memory = block.base.bindMemory(to: UInt.self, capacity: 2 * shape.words)
  var cursor = WordCursor(top: memory, limit: memory + 2 * shape.words)
  let (left, right) = (shape.build(&cursor), shape.build(&cursor))
  let atoms = AtomTable()
  let order = TermOrder(atoms: atoms, scratch: scratch)
  let hasher = PortableHash(atoms: atoms, scratch: scratch)
  var check = ""
  let samples = try effort.samples(per: Double(shape.words)) {
    switch work {
    case .compare:
      check = String(try TermEquality.isExactlyEqual(left, right, scratch: scratch))
    case .order:
      check = String(try order.compare(left, right) >= 0)
    case .size:
      check = String(try TermSize.flatWords(of: left, scratch: scratch))
    case .phash2:
      let hash: Int = try hasher.hash(left)
      check = String(hash)
    case .copy:
      let words = try TermSize.flatWords(of: left, scratch: scratch)
      let block = try allocator.allocate(
        byteCount: words * MemoryLayout<UInt>.stride, kind: .processHeap)
      let target = block.base.bindMemory(to: UInt.self, capacity: words)
      var cursor = WordCursor(top: target, limit: target + words)
      var list = OffHeapList()
      let copy = TermCopy.copy(left, words: words, into: &cursor, list: &list)
      allocator.free(block, kind: .processHeap)
      check = copy.isImmediate ? "no copy" : String(words)
    }
  }
  return Measurement(samples: samples, check: check)
}

/// The hash of a term of 100,000 words of many kinds, 20 times for one sample.
private func measureRecordHash(_ effort: Effort) throws -> Measurement {
  let scratch = HeapEnvironment(allocator: BlockAllocator()).scratch
  let atoms = AtomTable()
  let binaries = MallocBinaries()
  let decoder = ExternalDecoder(atoms: atoms, scratch: scratch, binaries: binaries)
  let decoded = try EtfShape.mixed.whole(count: 3448).bytes.withUnsafeBytes {
    try DecodedExternalTerm($0, by: decoder)
  }
  let words = try TermSize.flatWords(of: decoded.term, scratch: scratch)
  let hasher = PortableHash(atoms: atoms, scratch: scratch)
  var hash = 0
  let samples = try effort.samples(per: Double(20 * words)) {
    for _ in 0..<20 { hash = try hasher.hash(decoded.term) }
  }
  return Measurement(samples: samples, check: String(hash))
}
