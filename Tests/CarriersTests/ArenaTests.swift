import Carriers
import Testing

@Suite struct ArenaTests {
  @Test(arguments: [4096, 1 << 16, 1 << 20, 1 << 21, 1 << 30])
  func aReservationIsAligned(alignment: Int) throws {
    let source = PageSource()
    for byteCount in [1, 4096, 3 << 20] {
      let base = try source.reserve(byteCount: byteCount, alignment: alignment)
      #expect(UInt(bitPattern: base) % UInt(alignment) == 0)
      let rounded = (byteCount + source.pageByteCount - 1) & ~(source.pageByteCount - 1)
      #expect(source.statistics.reservedBytes == rounded)
      try source.commit(base, byteCount: rounded)
      base.storeBytes(of: 7, toByteOffset: rounded - 1, as: UInt8.self)
      source.release(base, byteCount: rounded, committedByteCount: rounded)
    }
    #expect(source.statistics.reservedBytes == 0)
    #expect(source.statistics.committedBytes == 0)
  }

  @Test func aPrefixGrowsAndShrinksInPlace() throws {
    let source = PageSource()
    let page = source.pageByteCount
    do {
      var arena = try Arena(reservedByteCount: 100 * page - 1, source: source)
      #expect(arena.reservedByteCount == 100 * page)
      #expect(arena.committedByteCount == 0)
      try arena.commit(toByteCount: page + 1)
      #expect(arena.committedByteCount == 2 * page)
      let base = arena.base
      base.storeBytes(of: 41, as: Int.self)
      base.storeBytes(of: 42, toByteOffset: page, as: Int.self)
      try arena.commit(toByteCount: 1)
      #expect(arena.committedByteCount == 2 * page)
      try arena.commit(toByteCount: 100 * page)
      #expect(arena.base == base)
      #expect(base.load(as: Int.self) == 41)
      arena.decommit(toByteCount: page)
      #expect(arena.committedByteCount == page)
      #expect(source.statistics.committedBytes == page)
      try arena.commit(toByteCount: 2 * page)
      #expect(base.load(as: Int.self) == 41)
      #expect(base.load(fromByteOffset: page, as: Int.self) == 0)
      arena.decommit(toByteCount: 0)
      #expect(arena.committedByteCount == 0)
      try arena.commit(toByteCount: page)
      #expect(base.load(as: Int.self) == 0)
    }
    #expect(source.statistics.reservedBytes == 0)
    #expect(source.statistics.committedBytes == 0)
    #expect(source.statistics.peakCommittedBytes == 100 * page)
  }

  @Test func beyondItsReservationAnArenaDoesNotGrow() throws {
    let source = PageSource()
    var arena = try Arena(reservedByteCount: 1 << 16, source: source)
    try arena.commit(toByteCount: 1 << 16)
    var thrown: MemoryError?
    do { try arena.commit(toByteCount: 1 << 16 + 1) } catch { thrown = error }
    #expect(thrown == .invalidSize(byteCount: 1 << 16 + 1))
    #expect(arena.committedByteCount == 1 << 16)
  }

  @Test func aRefusedArenaHoldsNothing() {
    let source = PageSource()
    var thrown: MemoryError?
    do { _ = try Arena(reservedByteCount: 1 << 60, source: source) } catch { thrown = error }
    #expect(thrown == .refused(byteCount: 1 << 60, errno: 12))  // ENOMEM
    #expect(source.statistics.reservedBytes == 0)
    #expect(source.statistics.requestCount == 1)
    #expect(source.statistics.failedRequestCount == 1)
    do { _ = try Arena(reservedByteCount: 0, source: source) } catch { thrown = error }
    #expect(thrown == .invalidSize(byteCount: 0))
  }

  @Test func theRequestWithTheNumberFailsOnce() throws {
    let source = PageSource(configuration: MemoryConfiguration(failingRequest: 3))
    var arena = try Arena(reservedByteCount: 1 << 20, source: source)
    try arena.commit(toByteCount: 4096)
    var thrown: MemoryError?
    do { try arena.commit(toByteCount: 8192) } catch { thrown = error }
    #expect(thrown == .injectedFailure(request: 3))
    #expect(arena.committedByteCount == 4096)
    try arena.commit(toByteCount: 8192)
    #expect(arena.committedByteCount == 8192)
  }

  @Test func theBudgetCountsCommittedBytes() throws {
    let source = PageSource(configuration: MemoryConfiguration(budgetBytes: 1 << 16))
    var first = try Arena(reservedByteCount: 1 << 30, source: source)
    var second = try Arena(reservedByteCount: 1 << 30, source: source)
    try first.commit(toByteCount: 1 << 15)
    try second.commit(toByteCount: 1 << 15)
    var thrown: MemoryError?
    do { try first.commit(toByteCount: 1 << 15 + 1) } catch { thrown = error }
    #expect(thrown == .budgetExceeded(byteCount: source.pageByteCount, budget: 1 << 16))
    second.decommit(toByteCount: 0)
    try first.commit(toByteCount: 1 << 16)
    #expect(source.statistics.peakCommittedBytes == 1 << 16)
  }
}
