import TestKit
import Testing

@testable import Carriers

@Suite struct OwnedArenaTests {
  @Test func recordsFitTheirPlaces() {
    #expect(MemoryLayout<ArenaPage.Header>.size == ArenaPage.headerByteCount)
    #expect(MemoryLayout<ArenaRun.Record>.size <= ArenaRun.byteCount)
    #expect(MemoryLayout<ArenaLargeLinks>.size <= ArenaLargeLinks.byteCount)
  }

  @Test func anEmptyArenaIsCheap() throws {
    let allocator = BlockAllocator()
    let arena = try OwnedArena(allocator: allocator, kind: .ets)
    #expect(arena.heldByteCount <= 25 * 8)
    // A table of nothing but its first buckets and a few objects.
    let buckets = try arena.allocate(byteCount: 256)
    let objects = try (1...4).map { try arena.allocate(byteCount: $0 * 40) }
    #expect(arena.heldByteCount <= 300 * 8)
    #expect(arena.byteCount == 256 + 40 + 80 + 120 + 160)
    #expect(allocator.memory(by: .ets).byteCount == arena.heldByteCount)
    for (index, object) in objects.enumerated() {
      arena.free(object, byteCount: (index + 1) * 40)
    }
    arena.free(buckets, byteCount: 256)
    #expect(arena.byteCount == 0)
    #expect(arena.blockCount == 0)
  }

  @Test func aMillionObjectsGoAtOnce() throws {
    let allocator = BlockAllocator()
    let arena = try OwnedArena(allocator: allocator, kind: .ets)
    for _ in 0..<100_000 { _ = try arena.allocate(byteCount: 40) }
    #expect(arena.byteCount == 4_000_000)
    #expect(arena.heldByteCount <= 4_000_000 * 109 / 100)
    let blocks = allocator.memory(by: .ets).blockCount
    #expect(blocks < 40)
    arena.freeAll()
    #expect(arena.byteCount == 0)
    #expect(allocator.memory(by: .ets).blockCount == 1)
    let again = try arena.allocate(byteCount: 40)
    arena.free(again, byteCount: 40)
  }

  @Test func anArenaThatShrinksGivesRunsBack() throws {
    let allocator = BlockAllocator()
    let arena = try OwnedArena(allocator: allocator, kind: .ets)
    let blocks = try (0..<100_000).map { _ in try arena.allocate(byteCount: 40) }
    let held = arena.heldByteCount
    for block in blocks.dropFirst(1_000) { arena.free(block, byteCount: 40) }
    #expect(arena.heldByteCount < held / 10)
    for block in blocks.prefix(1_000) { arena.free(block, byteCount: 40) }
    #expect(arena.byteCount == 0)
    #expect(arena.heldByteCount < held / 10)
  }

  @Test(arguments: [0, -1, Int.min, Int.max])
  func aSizeThatIsNoneIsATypedError(byteCount: Int) throws {
    let arena = try OwnedArena(allocator: BlockAllocator(), kind: .ets)
    let error = MemoryError.invalidSize(byteCount: byteCount)
    do {
      _ = try arena.allocate(byteCount: byteCount)
      Issue.record("\(byteCount) bytes were allocated")
    } catch let thrown {
      #expect(thrown == error)
    }
  }

  /// Random calls on arenas beside a list of who holds which bytes.
  @Test(arguments: [BlockStrategy.sizeClasses, .carrierOrderedBestFit], [false, true])
  func blocksNeverMeet(strategy: BlockStrategy, tiny: Bool) throws {
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    let configuration = MemoryConfiguration(
      usesTinyCarriers: tiny, strategies: [.ets: strategy])
    let source = PageSource(configuration: configuration)
    do {
      let allocator = BlockAllocator(configuration: configuration, source: source)
      let budget = MemoryBudget(limitBytes: 1 << 30)
      let arena = try OwnedArena(allocator: allocator, kind: .ets, budget: budget)
      var model: [(base: UnsafeMutableRawPointer, size: Int, mark: UInt64)] = []
      for step in 0..<30_000 {
        let choice = random.next() % 100
        if model.isEmpty || choice < (model.count < 1_500 ? 55 : 40) {
          let large = random.next() % 50 == 0
          let size = Int.random(in: 1...(large ? 40_000 : 1 << (4 + step % 7)), using: &random)
          let base = try arena.allocate(byteCount: size)
          model.append((base, size, random.next()))
          Self.fill(model[model.count - 1])
        } else if choice < 95 {
          let entry = model.remove(at: Int(random.next() % UInt64(model.count)))
          #expect(Self.isIntact(entry), "seed \(seed), step \(step)")
          arena.free(entry.base, byteCount: entry.size)
        } else if choice < 99 {
          let index = Int(random.next() % UInt64(model.count))
          let size = Int.random(in: 1...50_000, using: &random)
          let entry = model[index]
          if try arena.resizeInPlace(entry.base, fromByteCount: entry.size, toByteCount: size) {
            model[index].size = size
            Self.fill(model[index])
          }
        } else if random.next() % 20 == 0 {
          arena.freeAll()
          model = []
        }
        if step % 1_000 == 0 {
          let sum = model.reduce(0) { $0 + OwnedArena.usableByteCount(for: $1.size) }
          #expect(arena.byteCount == sum, "seed \(seed), step \(step)")
          #expect(arena.blockCount == model.count)
          #expect(allocator.memory(by: .ets).byteCount == arena.heldByteCount)
          #expect(budget.usedBytes == arena.heldByteCount)
          #expect(model.allSatisfy(Self.isIntact), "seed \(seed), step \(step)")
          let sorted = model.sorted { $0.base < $1.base }
          #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.base + $0.size <= $1.base })
        }
      }
    }
    #expect(source.statistics.reservedBytes == 0)
  }

  @Test func aRefusalAtAnyRequestLeavesAnArenaWhole() throws {
    var request = 0
    var failures = 0
    repeat {
      request += 1
      let configuration = MemoryConfiguration(
        failingRequest: request, usesTinyCarriers: true, carrierCacheLimitBytes: 0)
      let source = PageSource(configuration: configuration)
      failures = 0
      do {
        let allocator = BlockAllocator(configuration: configuration, source: source)
        let arena = try Self.makeArena(allocator, &failures)
        var count = 0
        for step in 0..<3_000 {
          do throws(MemoryError) {
            _ = try arena.allocate(byteCount: step % 20 == 0 ? 3_000 : 16 + step % 300)
            count += 1
          } catch {
            failures += 1
          }
          #expect(arena.blockCount == count)
        }
        #expect(allocator.memory(by: .ets).byteCount == arena.heldByteCount)
        arena.freeAll()
        #expect(allocator.allocatedBlockCount == 1)
      }
      #expect(failures <= 1)
      #expect(source.statistics.reservedBytes == 0)
    } while failures == 1
    #expect(request > 20)
  }

  /// The arena itself may be refused; the next attempt is not.
  private static func makeArena(
    _ allocator: BlockAllocator, _ failures: inout Int
  ) throws(MemoryError) -> OwnedArena {
    do throws(MemoryError) {
      return try OwnedArena(allocator: allocator, kind: .ets)
    } catch {
      failures += 1
      return try OwnedArena(allocator: allocator, kind: .ets)
    }
  }

  @Test func freeingWithAnotherSizeStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let arena = try OwnedArena(allocator: BlockAllocator(), kind: .ets)
      let blocks = try (0..<200).map { _ in try arena.allocate(byteCount: 40) }
      arena.free(blocks[199], byteCount: 48)
    }
  }

  private static func fill(_ entry: (base: UnsafeMutableRawPointer, size: Int, mark: UInt64)) {
    entry.base.storeBytes(of: UInt8(truncatingIfNeeded: entry.mark), as: UInt8.self)
    entry.base.storeBytes(
      of: UInt8(truncatingIfNeeded: entry.mark), toByteOffset: entry.size - 1, as: UInt8.self)
  }

  private static func isIntact(
    _ entry: (base: UnsafeMutableRawPointer, size: Int, mark: UInt64)
  ) -> Bool {
    let mark = UInt8(truncatingIfNeeded: entry.mark)
    return entry.base.load(as: UInt8.self) == mark
      && entry.base.load(fromByteOffset: entry.size - 1, as: UInt8.self) == mark
  }
}
