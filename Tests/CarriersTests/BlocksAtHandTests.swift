@testable import Carriers
import Testing

/// Blocks that were freed and wait for the next request of their size.
@Suite struct BlocksAtHandTests {
  @Test(arguments: BlockStrategy.allCases)
  func blocksAtHandAreToldApartToTheByte(strategy: BlockStrategy) throws {
    let allocator = BlockAllocator(
      configuration: MemoryConfiguration(strategies: [.ets: strategy]))
    let sizes = (0..<100).map { 20 + $0 * 7 }
    var blocks = try sizes.map { try allocator.allocate(byteCount: $0, kind: .ets) }
    var atHand = MemoryUsage()
    #expect(allocator.statistics.blocksAtHand == atHand)
    for block in blocks.prefix(30) { allocator.free(block, kind: .ets) }
    let hasHeaders = strategy != .sizeClasses
    let freed = blocks.prefix(30).reduce(0) { $0 + $1.byteCount }
    blocks.removeFirst(30)
    let used = blocks.reduce(0) { $0 + $1.byteCount }
    func expect(count: Int, byteCount: Int) {
      let told = allocator.statistics
      #expect(told.blocksAtHand.blockCount == (hasHeaders ? count : 0))
      #expect(told.blocksAtHand.byteCount == (hasHeaders ? byteCount : 0))
    }
    expect(count: 30, byteCount: freed)
    #expect(allocator.memory(by: .ets).byteCount == used)
    #expect(allocator.memory(by: .ets).blockCount == 70)
    #expect(allocator.memory().ets == used)
    // One of them serves the next request of its size.
    let again = try allocator.allocate(byteCount: sizes[29], kind: .ets)
    expect(count: 29, byteCount: freed - again.byteCount)
    #expect(allocator.memory(by: .ets).byteCount == used + again.byteCount)
    allocator.trim()
    expect(count: 0, byteCount: 0)
    #expect(allocator.memory(by: .ets).byteCount == used + again.byteCount)
    #expect(allocator.firstFault() == nil)
    for block in blocks + [again] { allocator.free(block, kind: .ets) }
    #expect(allocator.memory(by: .ets) == MemoryUsage())
    atHand = allocator.statistics.blocksAtHand
    allocator.trim()
    #expect(allocator.statistics.blocksAtHand == MemoryUsage())
    #expect(hasHeaders == (atHand.blockCount > 0))
  }
}
