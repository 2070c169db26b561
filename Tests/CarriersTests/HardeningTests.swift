import Foundation
import Testing

@testable import Carriers

/// What a hardened allocator finds.
@Suite struct HardeningTests {
  private static func allocator(_ strategy: BlockStrategy = .sizeClasses) -> BlockAllocator {
    BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.ets: strategy], isHardened: true))
  }

  @Test func aFaultNamesAddressAndKind() throws {
    let address = try #require(UnsafeMutableRawPointer(bitPattern: 0x1230))
    let fault = BlockFault(address: address, kind: .ets, reason: .otherKind(.message))
    #expect(fault.description.contains("0x0000000000001230"))
    #expect(fault.description.contains("(tables)"))
    #expect(fault.description.contains("(messages)"))
  }

  /// In every build: a message that only a debug build prints would not help.
  @Test func theMessageOfADoubleFreeIsPrinted() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = BlockAllocator()
      let block = try allocator.allocate(byteCount: 100, kind: .ets)
      allocator.free(block, kind: .ets)
      allocator.free(block, kind: .ets)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("(tables) is freed twice"))
  }

  @Test(arguments: BlockStrategy.allCases)
  func ordinaryWorkIsNotTakenForAFault(strategy: BlockStrategy) throws {
    let allocator = Self.allocator(strategy)
    var blocks: [MemoryBlock] = []
    for step in 0..<1_000 {
      let size = 1 + step * 7_919 % (step % 50 == 0 ? 600_000 : 3_000)
      let block = try allocator.allocate(byteCount: size, kind: .ets)
      memset(block.base, 0xAB, block.byteCount)
      blocks.append(block)
      if step % 3 != 0 {
        allocator.free(blocks.remove(at: step * 31 % blocks.count), kind: .ets)
      }
      if step % 100 == 0 { allocator.trim() }
    }
    for block in blocks { allocator.free(block, kind: .ets) }
    #expect(allocator.allocatedBlockCount == 0)
    allocator.trim()
    #expect(allocator.statistics.pages.committedBytes == 0)
  }

  /// The first request that gets a part of a free block leaves in the rest what was written there.
  @Test func aWriteIntoTheRestOfAFreeBlockIsFound() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = HardeningTests.allocator(.bestFit)
      let blocks = try (0..<3).map { _ in
        try allocator.allocate(byteCount: 1_000, kind: .ets)
      }
      for block in blocks[0..<2] { allocator.free(block, kind: .ets) }
      blocks[1].base.storeBytes(of: 1, toByteOffset: 504, as: UInt.self)
      _ = try allocator.allocate(byteCount: 900, kind: .ets)
      _ = try allocator.allocate(byteCount: 1_000, kind: .ets)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("was written to"))
  }

  @Test func aPointerFromElsewhereIsRefused() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = HardeningTests.allocator()
      _ = try allocator.allocate(byteCount: 100, kind: .ets)
      let foreign = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 16)
      allocator.free(at: foreign, byteCount: 100, kind: .ets)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("(tables) is freed, and is none of this allocator"))
  }

  @Test func aBlockOfAnotherAllocatorIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let block = try HardeningTests.allocator(.bestFit).allocate(byteCount: 100, kind: .ets)
      HardeningTests.allocator(.bestFit).free(block, kind: .ets)
    }
  }

  @Test func aResizeAsAnotherKindIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let allocator = BlockAllocator(
        configuration: MemoryConfiguration(strategies: [.ets: .goodFit, .code: .goodFit]))
      let block = try allocator.allocate(byteCount: 1000, kind: .ets)
      _ = try allocator.resizeInPlace(block, toByteCount: 800, kind: .code)
    }
    await #expect(processExitsWith: .failure) {
      let allocator = BlockAllocator()
      let block = try allocator.allocate(byteCount: 1 << 20, kind: .ets)
      _ = try allocator.resizeInPlace(block, toByteCount: 1 << 19, kind: .code)
    }
  }

  @Test func anotherKindIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator(.goodFit)
      allocator.free(try allocator.allocate(byteCount: 100, kind: .code), kind: .ets)
    }
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator()
      allocator.free(try allocator.allocate(byteCount: 100, kind: .code), kind: .fixed)
    }
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator()
      allocator.free(try allocator.allocate(byteCount: 1 << 20, kind: .code), kind: .fixed)
    }
  }

  @Test func anAddressWithinABlockIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator()
      let block = try allocator.allocate(byteCount: 100, kind: .ets)
      allocator.free(at: block.base + 16, byteCount: 84, kind: .ets)
    }
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator(.bestFit)
      let block = try allocator.allocate(byteCount: 100, kind: .ets)
      memset(block.base, 0, block.byteCount)
      allocator.free(at: block.base + 16, byteCount: 84, kind: .ets)
    }
  }

  @Test func aWriteToAFreeBlockIsSeenAtItsNextUse() async throws {
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator()
      let block = try allocator.allocate(byteCount: 100, kind: .ets)
      allocator.free(block, kind: .ets)
      block.base.storeBytes(of: 7, toByteOffset: 40, as: UInt8.self)
      _ = try allocator.allocate(byteCount: 100, kind: .ets)
    }
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator(.goodFit)
      let blocks = try (0..<3).map { _ in try allocator.allocate(byteCount: 100, kind: .ets) }
      allocator.free(blocks[1], kind: .ets)
      blocks[1].base.storeBytes(of: 7, toByteOffset: 40, as: UInt8.self)
      _ = try allocator.allocate(byteCount: 100, kind: .ets)
    }
  }

  @Test func aFreeOnAnotherThreadThatWasFreedAlreadyIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator()
      let other = allocator.makeInstanceHandle()
      let block = try other.allocate(byteCount: 100, kind: .ets)
      allocator.free(block, kind: .ets)
      allocator.free(block, kind: .ets)
    }
  }

  @Test func nobodyTouchesWhatStandsBesideALargeBlock() async {
    await #expect(processExitsWith: .failure) {
      let block = try HardeningTests.allocator().allocate(byteCount: 1 << 20, kind: .ets)
      block.base.storeBytes(of: 7, toByteOffset: block.byteCount, as: UInt8.self)
    }
    await #expect(processExitsWith: .failure) {
      let block = try HardeningTests.allocator().allocate(byteCount: 1 << 20, kind: .ets)
      (block.base - 1).storeBytes(of: 7, as: UInt8.self)
    }
    await #expect(processExitsWith: .failure) {
      let allocator = HardeningTests.allocator()
      let block = try allocator.allocate(byteCount: 1 << 20, kind: .ets)
      allocator.free(block, kind: .ets)
      block.base.storeBytes(of: 7, as: UInt8.self)
    }
  }

  @Test func aLargeBlockStillGrowsWhereItStands() throws {
    let allocator = Self.allocator()
    let block = try allocator.allocate(byteCount: 1 << 20, kind: .ets)
    let grown = try #require(
      try allocator.resizeInPlace(block, toByteCount: 3 << 20, kind: .ets))
    grown.base.storeBytes(of: 7, toByteOffset: grown.byteCount - 1, as: UInt8.self)
    #expect(allocator.statistics.largeCommittedBytes == 3 << 20)
    let shrunk = try #require(
      try allocator.resizeInPlace(grown, toByteCount: 1 << 20, kind: .ets))
    #expect(allocator.statistics.largeCommittedBytes == 1 << 20)
    allocator.free(shrunk, kind: .ets)
    #expect(allocator.statistics.pages.reservedBytes == 0)
  }
}
