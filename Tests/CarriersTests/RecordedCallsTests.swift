import Carriers
import Testing

@Suite struct RecordedCallsTests {
  @Test(arguments: BlockStrategy.allCases)
  func callsAreKeptInTheirOrder(strategy: BlockStrategy) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.ets: strategy], recordsCalls: true))
    let small = try allocator.allocate(byteCount: 100, kind: .ets)
    let large = try allocator.allocate(byteCount: 1 << 20, kind: .code)
    _ = try allocator.resizeInPlace(large, toByteCount: 2 << 20, kind: .code)
    allocator.free(small, kind: .ets)
    allocator.free(large, kind: .code)
    let calls = allocator.takeRecordedCalls()
    #expect(calls.map(\.byteCount) == [100, 1 << 20, 0, 2 << 20, 0, 0])
    #expect(calls.map(\.kind) == [.ets, .code, .code, .code, .ets, .code])
    #expect(calls[0].address == UInt(bitPattern: small.base))
    #expect(calls[4].address == calls[0].address)
    #expect(allocator.takeRecordedCalls().isEmpty)
  }

  @Test func nothingIsKeptUnlessItIsAskedFor() throws {
    let allocator = BlockAllocator()
    allocator.free(try allocator.allocate(byteCount: 100, kind: .ets), kind: .ets)
    #expect(allocator.takeRecordedCalls().isEmpty)
  }
}
