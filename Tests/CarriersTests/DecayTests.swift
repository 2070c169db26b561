import Foundation
import Synchronization
import TestKit
import Testing

@testable import Carriers

/// What nobody used for the decay time goes back, without a call to trim.
@Suite struct DecayTests {
  /// As many bytes as are in memory after a while of calls to `decay`.
  private static func residentByteCount(
    of allocator: BlockAllocator, rounds: Int
  ) throws -> Int {
    var seen = 0
    while seen < rounds {
      if allocator.decay() { seen += 1 } else { usleep(500) }
    }
    return try CarrierResidency.byteCount(of: allocator)
  }

  @Test(arguments: BlockStrategy.allCases, [false, true])
  func freePagesGoBackAfterTheDecayTime(strategy: BlockStrategy, isHardened: Bool) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(
        carrierDecayMilliseconds: 2, strategies: [.ets: strategy], usesHugePages: false,
        isHardened: isHardened))
    let size = 3_000
    let blocks = try (0..<4_000).map { _ in
      let block = try allocator.allocate(byteCount: size, kind: .ets)
      memset(block.base, 1, size)
      return block
    }
    let whole = try CarrierResidency.byteCount(of: allocator)
    // Of each run of forty blocks one stays, so no carrier is empty.
    for (index, block) in blocks.enumerated() where index % 40 != 0 {
      allocator.free(block, kind: .ets)
    }
    let left = try Self.residentByteCount(of: allocator, rounds: 3)
    #expect(left < whole / 4, "\(left) of \(whole) bytes")
    #expect(allocator.firstFault() == nil)
    for (index, block) in blocks.enumerated() where index % 40 == 0 {
      #expect(block.base.load(fromByteOffset: size - 1, as: UInt8.self) == 1)
      allocator.free(block, kind: .ets)
    }
    // Then nothing but heads, and one slab or carrier that is kept.
    let rest = try Self.residentByteCount(of: allocator, rounds: 3)
    #expect(rest < 256 << 10, "\(rest) bytes")
    // What went back is there again when it is needed.
    let again = try (0..<500).map { _ in try allocator.allocate(byteCount: size, kind: .ets) }
    for block in again {
      memset(block.base, 2, size)
      allocator.free(block, kind: .ets)
    }
    #expect(allocator.memory(by: .ets) == MemoryUsage())
  }

  @Test(arguments: [BlockStrategy.sizeClasses, .bestFit])
  func whatWasJustFreedStays(strategy: BlockStrategy) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(
        carrierDecayMilliseconds: 60_000, strategies: [.ets: strategy]))
    let blocks = try (0..<1_000).map { _ in
      let block = try allocator.allocate(byteCount: 3_000, kind: .ets)
      memset(block.base, 1, 3_000)
      return block
    }
    for block in blocks.dropFirst() { allocator.free(block, kind: .ets) }
    let before = try CarrierResidency.byteCount(of: allocator)
    #expect(!allocator.decay())
    #expect(try CarrierResidency.byteCount(of: allocator) == before)
    allocator.free(blocks[0], kind: .ets)
  }

  /// Others whose slabs come and go begin the rounds, and look at their own memory alone.
  @Test func pagesOfAnIdleThreadGoBackBesideABusyOne() throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(carrierDecayMilliseconds: 2, usesHugePages: false))
    let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let done = DoneFlag()
    Thread {
      begun.signal()
      while !done.isSet.load(ordering: .acquiring) {
        let blocks = (0..<200).compactMap { _ in
          try? allocator.allocate(byteCount: 3_000, kind: .code)
        }
        for block in blocks { allocator.free(block, kind: .code) }
      }
      ended.signal()
    }.start()
    begun.wait()
    defer {
      done.isSet.store(true, ordering: .releasing)
      ended.wait()
    }
    let blocks = try (0..<4_000).map { _ in
      let block = try allocator.allocate(byteCount: 3_000, kind: .ets)
      memset(block.base, 1, 3_000)
      return block
    }
    for (index, block) in blocks.enumerated() where index % 40 != 0 {
      allocator.free(block, kind: .ets)
    }
    let left = try Self.residentByteCount(of: allocator, rounds: 3)
    #expect(left < 4_000 * 3_000 / 4, "\(left) bytes")
    for (index, block) in blocks.enumerated() where index % 40 == 0 {
      allocator.free(block, kind: .ets)
    }
  }

  /// A time that is longer than there are nanoseconds for is for ever.
  @Test func aTimeWithoutEndIsNone() throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(carrierDecayMilliseconds: .max))
    allocator.free(try allocator.allocate(byteCount: 100, kind: .ets), kind: .ets)
    #expect(!allocator.decay())
  }

  /// Without a call to `decay` too, where slabs come and go.
  @Test func workOfOneClassLetsPagesOfAnotherGo() throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(carrierDecayMilliseconds: 2, usesHugePages: false))
    let blocks = try (0..<4_000).map { _ in
      let block = try allocator.allocate(byteCount: 3_000, kind: .ets)
      memset(block.base, 1, 3_000)
      return block
    }
    let whole = try CarrierResidency.byteCount(of: allocator)
    for (index, block) in blocks.enumerated() where index % 40 != 0 {
      allocator.free(block, kind: .ets)
    }
    // Some milliseconds; longer where other work takes the processor.
    let end = MonotonicTime.nanoseconds() + 5_000_000_000
    var left = whole
    while left >= whole / 3 && MonotonicTime.nanoseconds() < end {
      let others = try (0..<3_000).map { _ in try allocator.allocate(byteCount: 64, kind: .code) }
      for block in others { allocator.free(block, kind: .code) }
      left = try CarrierResidency.byteCount(of: allocator)
    }
    #expect(left < whole / 3, "\(left) of \(whole) bytes")
    for (index, block) in blocks.enumerated() where index % 40 == 0 {
      allocator.free(block, kind: .ets)
    }
  }
}
