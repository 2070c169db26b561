import Carriers
import Testing

@Suite struct BlockAllocatorTests {
  @Test(arguments: [1, 16, 17, 1864, 229_520, 245_760, 245_761, 262_144, 5_000_000])
  func aBlockHoldsWhatWasAskedFor(byteCount: Int) throws {
    let allocator = BlockAllocator()
    let block = try allocator.allocate(byteCount: byteCount, kind: .processHeap)
    #expect(block.byteCount >= byteCount)
    #expect(block.byteCount <= byteCount + max(15, byteCount / 8, 4095))
    #expect(UInt(bitPattern: block.base) % 16 == 0)
    let bytes = UnsafeMutableRawBufferPointer(start: block.base, count: block.byteCount)
    for index in stride(from: 0, to: bytes.count, by: 8) { bytes[index] = 0xAB }
    bytes[bytes.count - 1] = 0xCD
    #expect(bytes[0] == (bytes.count == 1 ? 0xCD : 0xAB))
    #expect(allocator.memory(by: .processHeap).byteCount == block.byteCount)
    #expect(allocator.allocatedBlockCount == 1)
    allocator.free(block, kind: .processHeap)
    #expect(allocator.allocatedBlockCount == 0)
    #expect(allocator.memory(by: .processHeap) == MemoryUsage())
  }

  @Test(arguments: [0, -1, Int.min, Int.max, Int.max - 4096])
  func aSizeThatIsNoneIsATypedError(byteCount: Int) throws {
    let allocator = BlockAllocator()
    let error = MemoryError.invalidSize(byteCount: byteCount)
    #expect(throws: error) { try allocator.allocate(byteCount: byteCount, kind: .code) }
    let block = try allocator.allocate(byteCount: 1 << 20, kind: .code)
    #expect(throws: error) {
      try allocator.resizeInPlace(block, toByteCount: byteCount, kind: .code)
    }
    allocator.free(block, kind: .code)
  }

  @Test func anAbsurdSizeSurfacesTheErrno() throws {
    let allocator = BlockAllocator()
    let error = #expect(throws: MemoryError.self) {
      try allocator.allocate(byteCount: 1 << 60, kind: .fixed)
    }
    guard case .refused(let byteCount, let errno) = error else {
      Issue.record("\(String(describing: error)) is no refusal")
      return
    }
    #expect(byteCount >= 1 << 60)
    #expect(byteCount <= 1 << 60 + 1 << 21)
    #expect(errno == 12)  // ENOMEM
    #expect(allocator.statistics.pages.reservedBytes == 0)
    #expect(allocator.statistics.pages.committedBytes == 0)
    #expect(allocator.statistics.pages.peakCommittedBytes == 0)
  }

  /// Who keeps no more of a block than its address and the size it was given last can free it.
  @Test(arguments: [false, true])
  func aBlockThatShrankIsFreedByItsNewSize(usesTinyCarriers: Bool) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(usesTinyCarriers: usesTinyCarriers))
    var shrunk = 0
    for exponent in 5..<19 {
      for byteCount in [1 << exponent, 1 << exponent + 16, 3 << (exponent - 1)] {
        for divisor in [10, 11, 14, 19, 20] {
          let smaller = byteCount * 10 / divisor
          let block = try allocator.allocate(byteCount: byteCount, kind: .processHeap)
          let kept = MemoryBlock(base: block.base, byteCount: byteCount)
          let resized = try allocator.resizeInPlace(
            kept, toByteCount: smaller, kind: .processHeap)
          if resized != nil { shrunk += 1 }
          allocator.free(
            at: block.base, byteCount: resized == nil ? byteCount : smaller, kind: .processHeap)
        }
      }
    }
    #expect(shrunk > 100)
    #expect(allocator.allocatedBlockCount == 0)
  }
}
