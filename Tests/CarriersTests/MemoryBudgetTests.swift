import Synchronization
import Testing

@testable import Carriers

@Suite struct MemoryBudgetTests {
  private final class Recorder: MemoryBudgetListener {
    let levels = Guarded<[MemoryBudget.Level]>([])

    func budget(_ budget: MemoryBudget, changedTo level: MemoryBudget.Level) {
      levels.withLock { $0.append(level) }
    }
  }

  @Test func levelsAreToldAsTheyChange() throws {
    let recorder = Recorder()
    let budget = MemoryBudget(limitBytes: 1_000, listener: recorder)
    try budget.charge(byteCount: 700)
    #expect(budget.level == .normal)
    try budget.charge(byteCount: 100)
    try budget.charge(byteCount: 150)
    #expect(throws: MemoryError.budgetExceeded(byteCount: 51, budget: 1_000)) {
      try budget.charge(byteCount: 51)
    }
    #expect(budget.usedBytes == 950)
    try budget.charge(byteCount: 50)
    budget.credit(byteCount: 900)
    #expect(
      recorder.levels.withLock { $0 } == [.warn, .collect, .refuse, .collect, .normal])
    #expect(budget.peakBytes == 1_000)
    #expect(budget.refusedCount == 1)
  }

  @Test func aGroupIsRefusedWhatItsParentLacks() throws {
    let whole = MemoryBudget(limitBytes: 1_000)
    let one = MemoryBudget(limitBytes: 800, parent: whole)
    let other = MemoryBudget(limitBytes: 800, parent: whole)
    try one.charge(byteCount: 600)
    #expect(throws: MemoryError.budgetExceeded(byteCount: 500, budget: 1_000)) {
      try other.charge(byteCount: 500)
    }
    #expect(throws: MemoryError.budgetExceeded(byteCount: 201, budget: 800)) {
      try one.charge(byteCount: 201)
    }
    #expect(whole.usedBytes == 600)
    #expect(other.usedBytes == 0)
    one.credit(byteCount: 600)
    try other.charge(byteCount: 800)
    #expect(whole.usedBytes == 800)
  }

  @Test func theSystemIsNotAskedWhereABudgetRefuses() throws {
    let allocator = BlockAllocator()
    let budget = MemoryBudget(limitBytes: 64 << 10)
    let arena = try OwnedArena(allocator: allocator, kind: .ets, budget: budget)
    var refusal: MemoryError?
    var count = 0
    while refusal == nil {
      do throws(MemoryError) {
        _ = try arena.allocate(byteCount: 100)
        count += 1
      } catch { refusal = error }
    }
    guard case .budgetExceeded(_, 65_536) = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(count > 200)
    #expect(arena.blockCount == count)
    #expect(budget.usedBytes == arena.heldByteCount)
    #expect(budget.usedBytes <= 64 << 10)
    arena.freeAll()
    _ = try arena.allocate(byteCount: 100)
  }
}
