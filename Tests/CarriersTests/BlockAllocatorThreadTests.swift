import Foundation
import Synchronization
import TestKit
import Testing

@testable import Carriers

@Suite struct BlockAllocatorThreadTests {
  /// Blocks on their way from the thread that allocated them to the one that frees them.
  private final class Exchange: Sendable {
    struct Parcel: Sendable {
      let block: MemoryBlock
      let pattern: UInt64
    }

    let allocator: BlockAllocator
    // The thread sanitizer reports Swift's own `Mutex` falsely.
    let parcels = Guarded<[Parcel]>([])
    let damagedCount = Atomic(0)

    init(strategy: BlockStrategy) {
      allocator = BlockAllocator(
        configuration: MemoryConfiguration(
          usesTinyCarriers: true, carrierCacheLimitBytes: 1 << 18, strategies: [.fixed: strategy]))
    }

    func send(byteCount: Int, pattern: UInt64) throws {
      let block = try allocator.allocate(byteCount: byteCount, kind: .fixed)
      block.base.storeBytes(of: pattern, as: UInt64.self)
      block.base.storeBytes(of: pattern, toByteOffset: block.byteCount - 8, as: UInt64.self)
      parcels.withLock { $0.append(Parcel(block: block, pattern: pattern)) }
    }

    func receive(number: Int) {
      let parcel = parcels.withLock { $0.isEmpty ? nil : $0.remove(at: number % $0.count) }
      guard let parcel else { return }
      let block = parcel.block
      let first = block.base.load(as: UInt64.self)
      let last = block.base.load(fromByteOffset: block.byteCount - 8, as: UInt64.self)
      if first != parcel.pattern || last != parcel.pattern {
        damagedCount.add(1, ordering: .relaxed)
      }
      allocator.free(block, kind: .fixed)
    }

    func work(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      for _ in 0..<20_000 {
        let bits = generator.next()
        let most = bits & 0x7F0 == 0 ? 100_000 : 4_000
        if bits & 6 != 6 {
          try send(byteCount: 16 + Int(bits >> 32) % most, pattern: bits)
        }
        if bits & 1 != 0 { receive(number: Int(bits >> 40)) }
      }
    }
  }

  @Test(arguments: BlockStrategy.allCases)
  func threadsShareAnAllocatorAndFreeEachOthersBlocks(strategy: BlockStrategy) async throws {
    let exchange = Exchange(strategy: strategy)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed: UInt64 in 1...2 { group.addTask { try exchange.work(seed: seed) } }
      try await group.waitForAll()
    }
    #expect(exchange.damagedCount.load(ordering: .relaxed) == 0)
    let restCount = exchange.parcels.withLock { $0.count }
    #expect(restCount > 1_000)
    #expect(exchange.allocator.allocatedBlockCount == restCount)
    for _ in 0..<restCount { exchange.receive(number: 0) }
    #expect(exchange.damagedCount.load(ordering: .relaxed) == 0)
    exchange.allocator.trim()
    #expect(exchange.allocator.statistics.pages.committedBytes == 0)
  }

  private final class Witness: Sendable {
    let seen = Atomic(UInt(1))
  }

  @Test func eachThreadHasItsOwnSlot() {
    let mine = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    defer { mine.deallocate() }
    ThreadSlot.pointer = mine
    let witness = Witness()
    let thread = Thread {
      witness.seen.store(UInt(bitPattern: ThreadSlot.pointer), ordering: .relaxed)
    }
    thread.start()
    while !thread.isFinished { usleep(1_000) }
    #expect(witness.seen.load(ordering: .relaxed) == 0)
    #expect(ThreadSlot.pointer == mine)
    ThreadSlot.pointer = nil
  }
}
