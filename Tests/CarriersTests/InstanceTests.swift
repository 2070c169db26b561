import Foundation
import Synchronization
import TestKit
import Testing

@testable import Carriers

@Suite struct InstanceTests {
  @Test func aHandleAllocatesAndFrees() throws {
    let allocator = BlockAllocator()
    var blocks: [MemoryBlock] = []
    do {
      let instance = allocator.makeInstanceHandle()
      for byteCount in [1, 16, 100, 8192, 8193, 200_000, 245_760, 245_761, 1 << 20] {
        let block = try instance.allocate(byteCount: byteCount, kind: .ets)
        #expect(block.byteCount >= byteCount)
        block.base.storeBytes(of: 7, toByteOffset: block.byteCount - 1, as: UInt8.self)
        blocks.append(block)
      }
      for byteCount in [0, -1, Int.min, Int.max] {
        #expect(throws: MemoryError.invalidSize(byteCount: byteCount)) {
          try instance.allocate(byteCount: byteCount, kind: .ets)
        }
      }
      #expect(allocator.memory(by: .ets).blockCount == blocks.count)
      for block in blocks.prefix(5) { instance.free(block, kind: .ets) }
      instance.trim()
    }
    // The handle is gone, its blocks are not.
    #expect(allocator.memory(by: .ets).blockCount == blocks.count - 5)
    for block in blocks.dropFirst(5) { allocator.free(block, kind: .ets) }
    #expect(allocator.memory(by: .ets) == MemoryUsage())
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }

  @Test func theNextHandleGetsWhatTheLastOneOwned() throws {
    let allocator = BlockAllocator()
    var first: UnsafeMutableRawPointer?
    do {
      let instance = allocator.makeInstanceHandle()
      let block = try instance.allocate(byteCount: 100, kind: .ets)
      first = block.base
      instance.free(block, kind: .ets)
    }
    let instance = allocator.makeInstanceHandle()
    let block = try instance.allocate(byteCount: 100, kind: .ets)
    #expect(block.base == first)
    instance.free(block, kind: .ets)
  }

  /// What a handle keeps of freed blocks makes way for what it asks for.
  @Test(arguments: [SizeClassOrBlocks.sizeClasses, .blocks])
  func aHandleGivesBackBeforeItIsRefused(way: SizeClassOrBlocks) throws {
    func allocator(budgetBytes: Int?) -> BlockAllocator {
      BlockAllocator(
        configuration: MemoryConfiguration(
          budgetBytes: budgetBytes,
          strategies: way == .blocks ? [.ets: .goodFit, .message: .goodFit] : [:]))
    }
    let probe = allocator(budgetBytes: nil)
    let first = probe.makeInstanceHandle()
    first.free(try first.allocate(byteCount: 3000, kind: .ets), kind: .ets)
    let kept = probe.statistics.pages.committedBytes
    #expect(kept > 0)

    let instance = allocator(budgetBytes: kept).makeInstanceHandle()
    for kind in [MemoryKind.ets, .message, .ets] {
      instance.free(try instance.allocate(byteCount: 3000, kind: kind), kind: kind)
    }
  }

  enum SizeClassOrBlocks { case sizeClasses, blocks }

  @Test func aBlockOfAnotherInstanceGoesToItsOwner() throws {
    let allocator = BlockAllocator()
    let one = allocator.makeInstanceHandle()
    let other = allocator.makeInstanceHandle()
    // More than a slab, so that the owner looks for room, and finds what the other freed.
    let blocks = try (0..<3_000).map { _ in try one.allocate(byteCount: 64, kind: .message) }
    for block in blocks { other.free(block, kind: .message) }
    #expect(allocator.memory(by: .message) == MemoryUsage())
    let carriers = allocator.statistics.carrierCount
    let again = try (0..<3_000).map { _ in try one.allocate(byteCount: 64, kind: .message) }
    #expect(allocator.statistics.carrierCount == carriers)
    #expect(Set(again.map(\.base)).isSubset(of: Set(blocks.map(\.base) + again.map(\.base))))
    #expect(Set(again.map(\.base)).intersection(blocks.map(\.base)).count > 2_000)
    for block in again { one.free(block, kind: .message) }
    // What the other freed last reaches the first now.
    other.trim()
    one.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }

  @Test func hardlyUsedSlabsMoveToWhoNeedsThem() throws {
    let allocator = BlockAllocator()
    let one = allocator.makeInstanceHandle()
    let other = allocator.makeInstanceHandle()
    let blocks = try (0..<20_000).map { _ in try one.allocate(byteCount: 64, kind: .message) }
    var kept: [MemoryBlock] = []
    for (index, block) in blocks.enumerated() {
      if index % 20 == 0 { kept.append(block) } else { one.free(block, kind: .message) }
    }
    #expect(allocator.core.pooledSlabCount > 5)
    let carriers = allocator.statistics.carrierCommittedBytes
    let others = try (0..<10_000).map { _ in try other.allocate(byteCount: 64, kind: .message) }
    #expect(allocator.statistics.carrierCommittedBytes <= carriers + 65_536)
    #expect(allocator.memory(by: .message).blockCount == 11_000)
    // In the pool, in the other's hands, or still here: a block is freed wherever its slab is.
    for block in kept { one.free(block, kind: .message) }
    for block in others { one.free(block, kind: .message) }
    #expect(allocator.memory(by: .message) == MemoryUsage())
    one.trim()
    other.trim()
    one.trim()
    #expect(allocator.core.pooledSlabCount == 0)
    #expect(allocator.statistics.pages.committedBytes == 0)
  }

  @Test func aThreadThatEndsLeavesItsInstanceToTheNext() throws {
    let allocator = BlockAllocator()
    for _ in 0..<20 {
      Self.onThread {
        let blocks = (0..<100).map { _ in try? allocator.allocate(byteCount: 500, kind: .ets) }
        for block in blocks { if let block { allocator.free(block, kind: .ets) } }
      }
    }
    #expect(allocator.registry.count <= 2)
    #expect(allocator.allocatedBlockCount == 0)
  }

  @Test func threadsOutliveAllocators() {
    // A thread that remembers instances of allocators that are gone ends all the same.
    Self.onThread {
      for _ in 0..<50 {
        let allocator = BlockAllocator()
        let block = try? allocator.allocate(byteCount: 500, kind: .ets)
        if let block { allocator.free(block, kind: .ets) }
      }
    }
  }

  @Test func aThreadMayUseAllocatorsInTurn() throws {
    let allocators = (0..<5).map { _ in BlockAllocator() }
    var blocks: [(Int, MemoryBlock)] = []
    for step in 0..<1_000 {
      let index = step * 7 % 5
      blocks.append((index, try allocators[index].allocate(byteCount: 40, kind: .fixed)))
    }
    for allocator in allocators { #expect(allocator.allocatedBlockCount == 200) }
    for (index, block) in blocks { allocators[index].free(block, kind: .fixed) }
    for allocator in allocators { #expect(allocator.allocatedBlockCount == 0) }
  }

  private static func onThread(_ work: @escaping @Sendable () -> Void) {
    let thread = Thread(block: work)
    thread.start()
    while !thread.isFinished { usleep(500) }
    // A thread says that it is finished a little before its destructors have run.
    usleep(2_000)
  }
}

/// Carriers of blocks with headers, as they go from one instance to another.
@Suite struct CarrierMigrationTests {
  @Test(arguments: BlockStrategy.allCases.filter { $0 != .sizeClasses })
  func hardlyUsedCarriersMoveToWhoNeedsThem(strategy: BlockStrategy) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.ets: strategy]))
    let one = allocator.makeInstanceHandle()
    let other = allocator.makeInstanceHandle()
    let blocks = try (0..<20_000).map { step in
      try one.allocate(byteCount: 100 + step % 900, kind: .ets)
    }
    let carriers = allocator.statistics.carrierCount
    // One in fifty stays: every carrier is hardly used.
    for (index, block) in blocks.enumerated() where index % 50 != 0 {
      one.free(block, kind: .ets)
    }
    one.trim()
    #expect(allocator.core.pooledCarrierCount > 0)
    let pool = try #require(allocator.report().pool.first { $0.kind == .ets })
    #expect(pool.mbcs.carrierCount == allocator.core.pooledCarrierCount)
    #expect(pool.mbcs.blockCount > 0)
    #expect(allocator.firstFault() == nil)
    // Some of them while they are nobody's.
    let kept = blocks.enumerated().filter { $0.offset % 50 == 0 }.map(\.element)
    for block in kept.prefix(200) { other.free(block, kind: .ets) }
    #expect(allocator.memory(by: .ets).blockCount == kept.count - 200)
    // The other one takes them and asks the system for few of its own.
    let more = try (0..<15_000).map { step in
      try other.allocate(byteCount: 100 + step % 900, kind: .ets)
    }
    #expect(allocator.core.pooledCarrierCount == 0)
    #expect(allocator.statistics.carrierCount <= carriers + 1)
    // Blocks are freed through whoever comes by, their first owner with them.
    for block in kept.dropFirst(200) { one.free(block, kind: .ets) }
    for block in more { other.free(block, kind: .ets) }
    one.trim()
    other.trim()
    one.trim()
    #expect(allocator.memory(by: .ets) == MemoryUsage())
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes <= 2 * 128 << 10)
  }

  /// What is freed in a carrier that nobody owns: its pages go back, and it serves larger requests.
  @Test(
    arguments: BlockStrategy.allCases.filter { $0 != .sizeClasses }, [false, true])
  func blocksFreedInThePoolJoin(strategy: BlockStrategy, isHardened: Bool) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(
        strategies: [.ets: strategy], usesHugePages: false, isHardened: isHardened))
    let one = allocator.makeInstanceHandle()
    let other = allocator.makeInstanceHandle()
    let blocks = try (0..<4_000).map { _ in try one.allocate(byteCount: 3_000, kind: .ets) }
    // Two of each run of four go, so that what is free is small, then all but each fortieth.
    for (index, block) in blocks.enumerated() where index % 4 < 2 { one.free(block, kind: .ets) }
    one.trim()
    let pooled = allocator.core.pooledCarrierCount
    #expect(pooled > 1)
    let kept = blocks.enumerated().filter { $0.offset % 4 >= 2 }
    for (index, block) in kept where index % 40 != 2 { other.free(block, kind: .ets) }
    #expect(allocator.core.pooledCarrierCount == pooled)
    let before = try CarrierResidency.byteCount(of: allocator)
    if !isHardened {
      // A request that what was free when the carriers were left is too small for.
      let carriers = allocator.statistics.carrierCount
      let large = try other.allocate(byteCount: 30_000, kind: .ets)
      #expect(allocator.statistics.carrierCount == carriers)
      other.free(large, kind: .ets)
    }
    other.trim()
    one.trim()
    allocator.trim()
    #expect(allocator.firstFault() == nil)
    allocator.core.forEachPooledCarrier { carrier in
      // None waits, and neighbours are one: no more free blocks than blocks in use and one.
      var free = 0
      var used = 0
      carrier.forEachBlock { if $0.isFree { free += 1 } else { used += 1 } }
      #expect(free <= used + 1)
    }
    let left = try CarrierResidency.byteCount(of: allocator)
    if !isHardened { #expect(left < before / 2, "\(left) of \(before) bytes") }
    for (index, block) in kept where index % 40 == 2 { one.free(block, kind: .ets) }
    other.trim()
    one.trim()
    #expect(allocator.memory(by: .ets) == MemoryUsage())
  }
}
