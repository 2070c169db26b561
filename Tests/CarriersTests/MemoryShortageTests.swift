import Carriers
import TestKit
import Testing

/// What happens where memory is refused: everything before is intact, and nothing leaks.
@Suite struct MemoryShortageTests {
  @Test(arguments: BlockStrategy.allCases)
  func aRefusalAtAnyRequestLeavesEverythingWhole(strategy: BlockStrategy) throws {
    #expect(try Self.run(failing: nil, strategy).errors.isEmpty)
    // How many requests there are differs by some: which carrier comes first is decided by where the
    // kernel puts them.
    var request = 0
    var isReached = true
    while isReached {
      request += 1
      let outcome = try Self.run(failing: request, strategy)
      isReached = outcome.requestCount >= request
      #expect(outcome.errors == (isReached ? [.injectedFailure(request: request)] : []))
    }
    #expect(request > 50)
  }

  @Test func aRefusalInALargeSystemCostsOneAttempt() throws {
    var request = 0
    var failureCount = 0
    repeat {
      request += 1
      failureCount = 0
      let source = PageSource(configuration: MemoryConfiguration(failingRequest: request))
      let allocator = BlockAllocator(source: source)
      var blocks: [MemoryBlock] = []
      while blocks.count < 250 {
        do throws(MemoryError) {
          blocks.append(try allocator.allocate(byteCount: 200_000, kind: .code))
        } catch {
          #expect(error == .injectedFailure(request: request))
          failureCount += 1
        }
      }
      #expect(Set(blocks.map { UInt(bitPattern: $0.base) }).count == 250)
      for block in blocks { allocator.free(block, kind: .code) }
      allocator.trim()
      #expect(failureCount <= 1)
      #expect(source.statistics.committedBytes == 0)
    } while failureCount == 1
    #expect(request > 100)
  }

  /// Allocates, resizes and frees by a fixed plan; tries again what failed.
  private static func run(
    failing request: Int?, _ strategy: BlockStrategy
  ) throws -> (errors: [MemoryError], requestCount: Int) {
    let configuration = MemoryConfiguration(
      failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 1 << 18,
      strategies: [.oldHeap: strategy])
    let source = PageSource(configuration: configuration)
    var errors: [MemoryError] = []
    do {
      let allocator = BlockAllocator(configuration: configuration, source: source)
      var model = BlockModel()
      var generator = SeededGenerator(seed: 7)
      for _ in 0..<400 {
        let plan = generator.next() % 8
        let size = Int.random(
          in: 1...(1 << Int.random(in: 5...18, using: &generator)), using: &generator)
        let index = Int.random(in: 0..<1000, using: &generator)
        for attempt in 0..<2 {
          do throws(MemoryError) {
            try step(plan: plan, size: size, index: index, &model, allocator)
            break
          } catch {
            errors.append(error)
            #expect(attempt == 0, "the request after a failed one fails too")
            #expect(model.isWhole())
            #expect(allocator.allocatedBlockCount == model.entries.count)
          }
        }
      }
      #expect(model.isWhole())
      while !model.entries.isEmpty {
        let entry = model.remove(at: 0)
        allocator.free(entry.block, kind: entry.kind)
      }
      #expect(allocator.allocatedBlockCount == 0)
      allocator.forEachBlock { Issue.record("\($0) is left") }
      allocator.trim()
      #expect(source.statistics.committedBytes == 0)
    }
    #expect(source.statistics.reservedBytes == 0)
    return (errors, source.statistics.requestCount)
  }

  private static func step(
    plan: UInt64, size: Int, index: Int, _ model: inout BlockModel, _ allocator: BlockAllocator
  ) throws(MemoryError) {
    if plan < 4 || model.entries.isEmpty {
      model.add(try allocator.allocate(byteCount: size, kind: .oldHeap), kind: .oldHeap)
    } else if plan < 6 {
      let entry = model.entries[index % model.entries.count]
      let size = entry.block.byteCount + size
      if let resized = try allocator.resizeInPlace(entry.block, toByteCount: size, kind: entry.kind)
      {
        model.resize(at: index % model.entries.count, to: resized)
      }
    } else {
      let entry = model.remove(at: index % model.entries.count)
      allocator.free(entry.block, kind: entry.kind)
    }
  }

  // AddressSanitizer needs mappings itself, and ends the process where it gets none.
  @Test(.disabled(if: MemoryPoison.isActive))
  func runningOutOfMappingsIsAnErrorAndLosesNothing() async {
    // In a process of its own: the kernel counts mappings by process.
    await #expect(processExitsWith: .success) {
      let source = PageSource()
      let allocator = BlockAllocator(
        configuration: MemoryConfiguration(usesTinyCarriers: true), source: source)
      // Side by side these are one mapping, and more when some are taken out.
      let size = source.pageByteCount
      var neighbours = try (0..<100).map { _ in try source.reserve(byteCount: size) }
      var blocks: [MemoryBlock] = []
      var refusals = 0
      while refusals < 100 && blocks.count < 200_000 {
        do throws(MemoryError) {
          blocks.append(try allocator.allocate(byteCount: 20_000, kind: .oldHeap))
        } catch {
          guard case .refused(_, 12) = error else { throw error }  // ENOMEM
          refusals += 1
          for _ in 0..<10 { allocator.free(blocks.remove(at: blocks.count / 2), kind: .oldHeap) }
        }
      }
      precondition(refusals == 100, "\(blocks.count) blocks and no refusal")
      while let block = try? allocator.allocate(byteCount: 20_000, kind: .oldHeap) {
        blocks.append(block)
      }
      let reserved = source.statistics.reservedBytes
      for index in stride(from: 98, to: 0, by: -2) {
        source.release(neighbours.remove(at: index), byteCount: size, committedByteCount: 0)
      }
      let released = reserved - source.statistics.reservedBytes
      precondition(released < 49 * size, "no release was refused: the test shows nothing")
      for neighbour in neighbours {
        source.release(neighbour, byteCount: size, committedByteCount: 0)
      }
      for block in blocks { allocator.free(block, kind: .oldHeap) }
      allocator.trim()
      precondition(source.statistics.committedBytes == 0, "\(source.statistics)")
      precondition(source.statistics.reservedBytes == 0, "\(source.statistics)")
    }
  }

  @Test func theBudgetIsNeverExceeded() throws {
    let budget = 8 << 20
    let allocator = BlockAllocator(configuration: MemoryConfiguration(budgetBytes: budget))
    var model = BlockModel()
    var thrown: MemoryError?
    while thrown == nil, model.entries.count < 10_000 {
      do throws(MemoryError) {
        model.add(try allocator.allocate(byteCount: 1864, kind: .processHeap), kind: .processHeap)
      } catch { thrown = error }
    }
    guard case .budgetExceeded(_, budget) = thrown else {
      Issue.record("\(String(describing: thrown)) instead of an exceeded budget")
      return
    }
    #expect(model.entries.count > 4_000)
    #expect(model.isWhole())
    #expect(allocator.statistics.pages.peakCommittedBytes <= budget)
    for _ in 0..<model.entries.count {
      let entry = model.remove(at: 0)
      allocator.free(entry.block, kind: entry.kind)
    }
    let block = try allocator.allocate(byteCount: 7 << 20, kind: .oldHeap)
    allocator.free(block, kind: .oldHeap)
  }

  @Test func cachedMemoryIsGivenBackBeforeTheBudgetRefuses() throws {
    let allocator = BlockAllocator(configuration: MemoryConfiguration(budgetBytes: 32 << 20))
    let large = try allocator.allocate(byteCount: 24 << 20, kind: .processHeap)
    allocator.free(large, kind: .processHeap)
    #expect(allocator.statistics.cachedBytes >= 24 << 20)
    let others = try (0..<24).map { _ in
      try allocator.allocate(byteCount: 1 << 20, kind: .processHeap)
    }
    #expect(allocator.statistics.cachedBytes == 0)
    let refusal = #expect(throws: MemoryError.self) {
      try allocator.allocate(byteCount: 16 << 20, kind: .code)
    }
    guard case .budgetExceeded(let byteCount, 32 << 20) = refusal else {
      Issue.record("\(String(describing: refusal)) instead of an exceeded budget")
      return
    }
    #expect(byteCount >= 16 << 20)
    for block in others { allocator.free(block, kind: .processHeap) }
    let again = try allocator.allocate(byteCount: 16 << 20, kind: .code)
    allocator.free(again, kind: .code)
  }

  @Test func growingBeyondTheBudgetLeavesTheBlock() throws {
    let allocator = BlockAllocator(configuration: MemoryConfiguration(budgetBytes: 4 << 20))
    let block = try allocator.allocate(byteCount: 1 << 20, kind: .oldHeap)
    block.base.storeBytes(of: 42, as: Int.self)
    #expect(throws: MemoryError.self) {
      try allocator.resizeInPlace(block, toByteCount: 5 << 20, kind: .oldHeap)
    }
    #expect(block.base.load(as: Int.self) == 42)
    #expect(allocator.memory(by: .oldHeap).byteCount == block.byteCount)
    allocator.free(block, kind: .oldHeap)
  }
}
