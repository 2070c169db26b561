import Foundation
import Tenure
import TestKit

/// The allocator against others, by traces; each server of a trace has a process of its own.
func carrierCases() -> [BenchmarkCase] {
  let written = Trace.allCases.filter { $0 != .medium && $0.program == nil }
  let recorded = Trace.allCases.filter { $0.program != nil }
  let classes = written.flatMap { trace in
    [TraceServer.handle, .door].map { carrierCase(trace, $0) }
  }
  let strategies: [TraceServer] = [
    .goodFit, .carrierOrderedBestFit, .bestFit, .addressOrderedFirstFit,
  ]
  let divided = [Trace.small, .medium].flatMap { trace in
    strategies.map { carrierCase(trace, $0, peers: [MallocPeer.all(trace)[0]]) }
  }
  let peaks = [Trace.larson, .xmalloc, .mstress, .sh6, .sh8].map(peakCase)
  let doors = ([.medium] + recorded).map { carrierCase($0, .door) }
  return classes + divided + doors + peaks + returnCases()
}

private func carrierCase(
  _ trace: Trace, _ server: TraceServer, peers: [MallocPeer]? = nil
) -> BenchmarkCase {
  BenchmarkCase(
    name: "carrier/\(trace)/\(server)", unit: "ns/block", peers: peers ?? MallocPeer.all(trace)
  ) { effort in
    let answer = try CarrierChild.measureOurs(trace, server, effort)
    return Measurement(samples: answer.nanoseconds, check: answer.check)
  }
}

private func peakCase(_ trace: Trace) -> BenchmarkCase {
  BenchmarkCase(
    name: "carrier/\(trace)/peak", unit: "MiB",
    peers: MallocPeer.all(trace, measuresPeak: true)
  ) { effort in
    let answer = try CarrierChild.measureOurs(trace, .door, effort)
    return Measurement(
      samples: [Double(answer.peakByteCount) / Double(1 << 20)], check: answer.check)
  }
}

/// How much of 1 GB stays in memory when 95 % of it is freed at random and the rest trimmed.
private func returnCases() -> [BenchmarkCase] {
  [
    BenchmarkCase(name: "carrier/return/mixed", unit: "resident/live") { _ in
      try measureReturn(largestExponent: 20) { live, _, resident in
        Measurement(samples: [Double(resident) / Double(live)], check: "1 GB")
      }
    },
    BenchmarkCase(name: "carrier/return/small", unit: "resident/pages") { _ in
      try measureReturn(largestExponent: 10) { _, pages, resident in
        Measurement(samples: [Double(resident) / Double(pages)], check: "1 GB")
      }
    },
  ]
}

/// - Parameter largestExponent: sizes are from 16 bytes to two to this power, as many in each
///   doubling.
private func measureReturn(
  largestExponent: Double, _ answer: (_ live: Int, _ pages: Int, _ resident: Int) -> Measurement
) throws -> Measurement {
  let before = ResidentMemory.currentByteCount() ?? 0
  let allocator = BlockAllocator()
  var random = SystemRandomNumberGenerator()
  let blocks = try SparseBlocks.make(
    in: allocator, byteCount: 1 << 30, largestExponent: largestExponent, using: &random)
  allocator.trim()
  let ownBytes = blocks.count * MemoryLayout<MemoryBlock>.stride
  let resident = (ResidentMemory.currentByteCount() ?? 0) - before - ownBytes
  let live = blocks.reduce(0) { $0 + $1.byteCount }
  let measurement = answer(live, SparseBlocks.pageByteCount(under: blocks), resident)
  for block in blocks { allocator.free(block, kind: .ets) }
  return measurement
}
