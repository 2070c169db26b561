import Foundation
import TestKit
import Testing

@testable import Carriers

@Suite struct ReportTests {
  @Test func memoryIsTheSumOverOwners() throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.processHeap: .carrierOrderedBestFit]))
    var expected = MemoryReport()
    var blocks: [(MemoryBlock, MemoryKind)] = []
    for (index, kind) in MemoryKind.allCases.enumerated() {
      for byteCount in [10 + index, 5_000 * (index + 1), 300_000] {
        let block = try allocator.allocate(byteCount: byteCount, kind: kind)
        blocks.append((block, kind))
        expected.add(byteCount: block.byteCount, of: kind)
      }
    }
    let report = allocator.memory()
    #expect(report.total == expected.total)
    #expect(report.total == blocks.reduce(0) { $0 + $1.0.byteCount })
    #expect(report.processes == expected.processes)
    #expect(report.system == report.total - report.processes)
    #expect(report.binary == expected.binary)
    #expect(report.code == expected.code)
    #expect(report.ets == expected.ets)
    #expect(report.atom == expected.atom)
    #expect(report.committed >= report.total)
    #expect(report.reserved >= report.committed)
    #expect(report.json.hasPrefix("{\"total\": \(report.total), \"processes\": "))
    let parsed = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
    #expect((parsed as? [String: Any])?["ets"] as? Int == report.ets)
    for (block, kind) in blocks { allocator.free(block, kind: kind) }
    #expect(allocator.memory().total == 0)
  }

  @Test(arguments: BlockStrategy.allCases)
  func aWalkFindsEachBlockOnce(strategy: BlockStrategy) throws {
    var random = SeededGenerator(seed: 5)
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.ets: strategy]))
    var blocks: [MemoryBlock] = []
    for _ in 0..<5_000 {
      let size = Int.random(in: 1...(1 << Int.random(in: 4...18, using: &random)), using: &random)
      blocks.append(try allocator.allocate(byteCount: size, kind: .ets))
      if random.next() % 2 == 0 {
        let index = Int(random.next() % UInt64(blocks.count))
        allocator.free(blocks.remove(at: index), kind: .ets)
      }
    }
    allocator.trim()
    var found: [UInt: Int] = [:]
    allocator.forEachBlock { block in
      #expect(block.kind == .ets)
      #expect(found.updateValue(block.byteCount, forKey: block.address) == nil)
    }
    let expected = Dictionary(
      uniqueKeysWithValues: blocks.map { (UInt(bitPattern: $0.base), $0.byteCount) })
    #expect(found == expected)

    let report = allocator.report()
    let total = report.total(of: .ets)
    let usage = allocator.memory(by: .ets)
    #expect(total.mbcs.blockCount + total.sbcs.blockCount == usage.blockCount)
    #expect(total.mbcs.blockBytes + total.sbcs.blockBytes == usage.byteCount)
    #expect(total.mbcs.carrierBytes >= total.mbcs.blockBytes)
    #expect(report.sizeHistogram.reduce(0, +) == blocks.count)
    #expect(total.allocationCount - total.freeCount == total.mbcs.blockCount)
    let ratios = try #require(report.fragmentation().first)
    #expect(ratios.kind == .ets)
    let mbcsUsage = try #require(ratios.mbcs.usage)
    #expect(mbcsUsage > 0 && mbcsUsage <= 1)
    let parsed = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
    #expect((parsed as? [String: Any])?["instances"] != nil)
    let peaks = (parsed as? [String: Any])?["blocks_size_max"] as? [String: Int]
    #expect(try #require(peaks?["ets"]) >= usage.byteCount)
    #expect(report.segments.usedBytes >= total.sbcs.blockBytes)
    #expect(report.description.contains("tables"))
    for block in blocks { allocator.free(block, kind: .ets) }
    #expect(allocator.report().total(of: .ets).mbcs.blockCount == 0)
  }

  @Test func threadsAreSeenInReportsWhileTheyWork() async throws {
    let allocator = BlockAllocator()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          var blocks: [MemoryBlock] = []
          for step in 0..<20_000 {
            if let block = try? allocator.allocate(byteCount: 16 + step % 900, kind: .message) {
              blocks.append(block)
            }
            if step % 3 == 0 { allocator.free(blocks.removeLast(), kind: .message) }
          }
          for block in blocks { allocator.free(block, kind: .message) }
        }
      }
      for _ in 0..<50 {
        var strangerCount = 0
        allocator.forEachBlock { block in
          let isKnown = block.kind == .message && (16...1_024).contains(block.byteCount)
          if !isKnown { strangerCount += 1 }
        }
        #expect(strangerCount == 0)
        _ = allocator.report()
        allocator.trim()
      }
    }
    #expect(allocator.memory(by: .message) == MemoryUsage())
    #expect(allocator.report().total(of: .message).mbcs.blockCount == 0)
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }
}
