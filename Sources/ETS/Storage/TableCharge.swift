import Carriers

/// What a part of a table is charged to, and for what beside its arena, which charges by itself.
struct TableCharge {
  /// Its owner's, if that has one.
  private(set) var budget: MemoryBudget?
  private let besideByteCount: Int

  /// Charges a budget.
  /// - Parameter besideByteCount: the bytes of a part that are not in its arena.
  init(_ budget: MemoryBudget?, besideByteCount: Int) {
    self.budget = budget
    self.besideByteCount = besideByteCount
  }

  func begin() throws(MemoryError) { try budget?.charge(byteCount: besideByteCount) }

  func end() { budget?.credit(byteCount: besideByteCount) }

  /// Charges another one, whatever its limit.
  mutating func change(to new: MemoryBudget?) {
    if new === budget { return }
    new?.chargeBeyondLimit(byteCount: besideByteCount)
    end()
    budget = new
  }
}
