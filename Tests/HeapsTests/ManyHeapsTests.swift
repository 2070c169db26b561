import Carriers
import Heaps
import Stress
import TestKit
import Terms
import Testing

/// Many heaps of one system: their memory comes from few mappings, and all of it goes back.
@Suite struct ManyHeapsTests {
  /// So many heaps, and the most bytes of memory each may take with all that belongs to it.
  struct Crowd: Sendable, CustomTestStringConvertible {
    var count: Int
    var options: HeapOptions
    var mostBytes: Int
    var testDescription: String { "\(count) heaps from \(options.minimumWords) words on" }
  }

  @Test(arguments: [
    Crowd(count: 10_000, options: HeapOptions(), mostBytes: 2200),
    Crowd(count: 100_000, options: HeapOptions(), mostBytes: 2200),
    Crowd(count: 100_000, options: .small(), mostBytes: 600),
  ])
  func heapsAreMadeAndReleased(_ crowd: Crowd) throws {
    let count = crowd.count
    let allocator = BlockAllocator()
    let environment = HeapEnvironment(allocator: allocator)
    let heaps = UnsafeMutablePointer<ProcessHeap>.allocate(capacity: count)
    defer { heaps.deallocate() }
    for number in 0..<count {
      (heaps + number).initialize(
        to: try ProcessHeap(environment: environment, options: crowd.options))
      heaps[number].push(.small(number))
    }
    #expect(allocator.allocatedBlockCount == 2 * count)
    #expect(allocator.memory(by: .processHeap).blockCount == count)
    let bytes = allocator.statistics.pages.committedBytes
    let blocks = allocator.statistics.blocks.byteCount
    #expect(blocks / count <= crowd.mostBytes, "\(blocks / count) bytes a heap")
    // Little of what is committed is in no block, but for the last step of each carrier.
    #expect(bytes < blocks + blocks / 20, "\(bytes / count) bytes committed for each heap")
    #expect(MemoryLayout<HeapState>.size == 240)
    // A request for each step by which carriers are committed, not for each heap.
    #expect(allocator.statistics.pages.requestCount < count / 16)
    // Every other one goes, and others take the places.
    for number in stride(from: 0, to: count, by: 2) { (heaps + number).deinitialize(count: 1) }
    #expect(allocator.allocatedBlockCount == count)
    for number in stride(from: 0, to: count, by: 2) {
      (heaps + number).initialize(
        to: try ProcessHeap(environment: environment, options: crowd.options))
    }
    #expect(allocator.statistics.pages.committedBytes == bytes)
    for number in stride(from: 1, to: count, by: 2) where heaps[number].pop() != .small(number) {
      Issue.record("the stack of heap \(number) is another")
      break
    }
    heaps.deinitialize(count: count)
    #expect(allocator.allocatedBlockCount == 0)
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }

  @Test func heapsThatCollectInTurnDoNotDisturbEachOther() throws {
    let environment = HeapEnvironment(
      allocator: BlockAllocator(configuration: MemoryConfiguration(usesTinyCarriers: true)))
    let programs = try (0..<40).map { number in
      try HeapProgram(
        .init(
          "heap \(number)", seed: UInt64(100 + number), steps: 400,
          options: .tiny(), dropsEvery: 60),
        environment: environment)
    }
    for program in programs { program.isAlone = false }
    for program in programs { try program.run() }
    for program in programs { program.check("after all the others") }
    for program in programs { #expect(program.complaints.isEmpty) }
    var census = ReferenceCensus()
    census.count(environment.literals)
    for program in programs { program.countReferences(in: &census) }
    #expect(census.firstDamage(in: environment) == nil)
  }
}
