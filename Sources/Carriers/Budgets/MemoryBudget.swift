import Synchronization

/// A limit on what a group of owners holds, or a whole system.
///
/// It is asked before the operating system is: a refusal costs nothing and changes nothing. A
/// budget may stand in another one, which must have room too. Thread-safe.
public final class MemoryBudget: Sendable {
  /// How much of a budget is in use.
  public enum Level: Int, Comparable, Sendable {
    /// Enough is left.
    case normal
    /// Somebody should look.
    case warn
    /// Owners should collect garbage now.
    case collect
    /// A request was refused; this ends when something is given back.
    case refuse

    /// In the order of growing need.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// The most bytes.
  public let limitBytes: Int
  /// From how many bytes on the level is ``Level/warn``.
  public let warnBytes: Int
  /// From how many bytes on it is ``Level/collect``.
  public let collectBytes: Int
  private let parent: MemoryBudget?
  private let listener: (any MemoryBudgetListener)?
  private let used = Atomic<Int>(0)
  private let peak = Atomic<Int>(0)
  private let refusals = Atomic<Int>(0)
  private let levelValue = Atomic<Int>(0)

  /// Makes a budget of which nothing is in use.
  /// - Parameters:
  ///   - warnBytes: by default three quarters of the limit.
  ///   - collectBytes: by default nine tenths.
  ///   - parent: a budget that what is charged here is charged to as well.
  ///   - listener: hears of each change of the level.
  public init(
    limitBytes: Int, warnBytes: Int? = nil, collectBytes: Int? = nil,
    parent: MemoryBudget? = nil, listener: (any MemoryBudgetListener)? = nil
  ) {
    precondition(limitBytes >= 0, "a budget of \(limitBytes) bytes")
    self.limitBytes = limitBytes
    self.warnBytes = warnBytes ?? limitBytes / 4 * 3
    self.collectBytes = collectBytes ?? limitBytes / 10 * 9
    self.parent = parent
    self.listener = listener
  }

  /// The bytes in use.
  public var usedBytes: Int { used.load(ordering: .relaxed) }

  /// The most bytes that were in use at once.
  public var peakBytes: Int { peak.load(ordering: .relaxed) }

  /// Requests that were refused here.
  public var refusedCount: Int { refusals.load(ordering: .relaxed) }

  /// The level now.
  public var level: Level { Level(rawValue: levelValue.load(ordering: .relaxed)) ?? .normal }

  /// Takes bytes out of the budget, and of those it stands in.
  /// - Throws: ``MemoryError/budgetExceeded(byteCount:budget:)``; then nothing is taken.
  public func charge(byteCount: Int) throws(MemoryError) {
    precondition(byteCount >= 0, "\(byteCount) bytes are charged")
    try parent?.charge(byteCount: byteCount)
    var before = used.load(ordering: .relaxed)
    while true {
      if before > limitBytes - byteCount {
        parent?.credit(byteCount: byteCount)
        refusals.add(1, ordering: .relaxed)
        setLevel(.refuse)
        throw .budgetExceeded(byteCount: byteCount, budget: limitBytes)
      }
      let (isDone, now) = used.weakCompareExchange(
        expected: before, desired: before + byteCount, ordering: .relaxed)
      if isDone { break }
      before = now
    }
    note(used: before + byteCount)
  }

  /// What is in use beyond the limit, here or where it stands in; nothing where all is within.
  package var excess: MemoryError? {
    let now = usedBytes
    if now > limitBytes { return .budgetExceeded(byteCount: now - limitBytes, budget: limitBytes) }
    return parent?.excess
  }

  /// Puts bytes back.
  public func credit(byteCount: Int) {
    let now = used.subtract(byteCount, ordering: .relaxed).newValue
    assert(now >= 0, "more bytes are credited than were charged")
    note(used: now)
    parent?.credit(byteCount: byteCount)
  }

  /// Takes or puts back bytes that are held already: by which what was got is not what was asked for,
  /// or that nobody could refuse.
  package func chargeBeyondLimit(byteCount: Int) {
    if byteCount == 0 { return }
    note(used: used.add(byteCount, ordering: .relaxed).newValue)
    parent?.chargeBeyondLimit(byteCount: byteCount)
  }

  private func note(used now: Int) {
    var before = peak.load(ordering: .relaxed)
    while now > before {
      let (isDone, other) = peak.weakCompareExchange(
        expected: before, desired: now, ordering: .relaxed)
      if isDone { break }
      before = other
    }
    setLevel(now >= collectBytes ? .collect : now >= warnBytes ? .warn : .normal)
  }

  private func setLevel(_ level: Level) {
    let before = levelValue.load(ordering: .relaxed)
    if before == level.rawValue { return }
    let isFirst = levelValue.compareExchange(
      expected: before, desired: level.rawValue, ordering: .relaxed
    ).exchanged
    if isFirst { listener?.budget(self, changedTo: level) }
  }
}

/// Hears of a budget's level.
public protocol MemoryBudgetListener: Sendable {
  /// The level changed, in either direction. Called by the thread that changed it, in the middle of
  /// a request: do little, and ask for no memory under the same budget.
  ///
  /// A budget that tables are charged to changes while one of them is locked, so whoever hears of it
  /// uses no table; that of a group's mailboxes and heaps alone may send messages.
  func budget(_ budget: MemoryBudget, changedTo level: MemoryBudget.Level)
}
