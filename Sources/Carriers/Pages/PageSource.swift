import CAlloc

/// Where a system's memory comes from: each request to the operating system is made here.
///
/// Counts the requests, fails the one it was told to, and keeps committed bytes within the
/// budget. Thread-safe. Only slow paths come here: each call is a system call.
public final class PageSource: Sendable {
  /// What the system holds of the machine.
  public struct Statistics: Equatable, Sendable {
    /// Bytes of addresses, with or without memory behind them.
    public internal(set) var reservedBytes = 0
    /// Bytes that may be touched; what was never touched costs no memory yet.
    public internal(set) var committedBytes = 0
    /// The most bytes that were committed at once.
    public internal(set) var peakCommittedBytes = 0
    /// Requests for addresses or memory, those that failed included.
    public internal(set) var requestCount = 0
    /// Requests that failed, for whatever reason.
    public internal(set) var failedRequestCount = 0

    /// Nothing held yet.
    public init() {}
  }

  /// The bytes of a page.
  public let pageByteCount: Int
  /// What is committed is charged to this.
  public let budget: MemoryBudget?
  private let failingRequest: Int?
  private let counters = Guarded(Statistics())
  private let unreleased = Guarded<[ReservedRange]>([])

  /// Makes a source that holds nothing.
  /// - Parameter budget: bounds what is committed; by default one of the configuration's bytes,
  ///   where it says any.
  public init(
    configuration: MemoryConfiguration = MemoryConfiguration(), budget: MemoryBudget? = nil
  ) {
    pageByteCount = Int(ca_page_size())
    self.budget = budget ?? configuration.budgetBytes.map { MemoryBudget(limitBytes: $0) }
    failingRequest = configuration.failingRequest
  }

  /// What is held now.
  public var statistics: Statistics { counters.withLock { $0 } }

  /// Reserves addresses, which may not be touched before they are committed.
  /// - Parameters:
  ///   - byteCount: rounded up to pages.
  ///   - alignment: a power of two; that of a page at least.
  public func reserve(
    byteCount: Int, alignment: Int = 1
  ) throws(MemoryError) -> UnsafeMutableRawPointer {
    let rounded = try roundedToPages(byteCount)
    precondition(alignment > 0, "an alignment of \(alignment)")
    precondition(alignment & (alignment - 1) == 0, "\(alignment) is no power of two")
    try admit(committing: 0)
    var base: UnsafeMutableRawPointer?
    let refusal = ca_reserve(rounded, max(alignment, pageByteCount), &base)
    guard refusal == 0, let base else {
      throw refuse(byteCount: rounded, errno: refusal, committing: 0)
    }
    counters.withLock { $0.reservedBytes += rounded }
    return base
  }

  /// Makes reserved pages usable; what was never written reads zero.
  /// - Precondition: whole pages of a reservation, none of them committed.
  public func commit(_ base: UnsafeMutableRawPointer, byteCount: Int) throws(MemoryError) {
    assertPages(base, byteCount)
    try admit(committing: byteCount)
    let refusal = ca_commit(base, byteCount)
    if refusal != 0 { throw refuse(byteCount: byteCount, errno: refusal, committing: byteCount) }
    counters.withLock { $0.peakCommittedBytes = max($0.peakCommittedBytes, $0.committedBytes) }
  }

  /// Gives pages back and keeps their addresses.
  ///
  /// Where the kernel refuses even this (it may have to split a mapping), the pages stay
  /// committed, and the answer is `false`.
  /// - Precondition: whole pages of a reservation, all of them committed.
  @discardableResult
  public func decommit(_ base: UnsafeMutableRawPointer, byteCount: Int) -> Bool {
    assertPages(base, byteCount)
    ca_unpoison(base, byteCount)
    if ca_decommit(base, byteCount) != 0 { return false }
    budget?.credit(byteCount: byteCount)
    counters.withLock { $0.committedBytes -= byteCount }
    return true
  }

  /// Gives the memory of committed pages back; they stay usable, and read zero. A kernel that
  /// refuses leaves them as they are.
  func discard(_ base: UnsafeMutableRawPointer, byteCount: Int) {
    assertPages(base, byteCount)
    _ = ca_discard(base, byteCount)
  }

  /// Ends a reservation.
  /// - Parameter committedByteCount: the bytes of it that are committed.
  public func release(
    _ base: UnsafeMutableRawPointer, byteCount: Int, committedByteCount: Int
  ) {
    assertPages(base, byteCount)
    ca_unpoison(base, byteCount)
    counters.withLock {
      $0.committedBytes -= committedByteCount
      assert($0.committedBytes >= 0, "more decommitted than committed")
    }
    budget?.credit(byteCount: committedByteCount)
    let range = ReservedRange(
      base: base, reservedByteCount: byteCount, committedByteCount: 0, colour: 0)
    if !end(range) { return }
    // A mapping less: what was refused before may work now.
    while let range = unreleased.withLock({ $0.popLast() }), end(range) {}
  }

  /// Ends a reservation, or keeps it for later where the kernel refuses even that: neighbours
  /// are one mapping, and to cut one out may need one more than there may be.
  private func end(_ range: ReservedRange) -> Bool {
    let byteCount = range.reservedByteCount
    if ca_release(range.base, byteCount) == 0 {
      counters.withLock { $0.reservedBytes -= byteCount }
      return true
    }
    _ = ca_discard(range.base, byteCount)
    unreleased.withLock { $0.append(range) }
    return false
  }

  /// Asks for huge pages under a range; a kernel without them goes on with small ones.
  public func adviseHugePages(_ base: UnsafeMutableRawPointer, byteCount: Int) {
    _ = ca_advise_huge_pages(base, byteCount)
  }

  /// Brings committed pages in at once, cheaper than one fault each; a kernel that cannot
  /// leaves it to the first touch.
  public func prefault(_ base: UnsafeMutableRawPointer, byteCount: Int) {
    assertPages(base, byteCount)
    _ = ca_prefault(base, byteCount)
  }

  /// The size rounded up to whole pages; so far below the largest number that it may be doubled.
  /// - Throws: ``MemoryError/invalidSize(byteCount:)`` where there is no such number.
  func roundedToPages(_ byteCount: Int) throws(MemoryError) -> Int {
    guard byteCount > 0, byteCount <= Int.max / 4,
      let rounded = byteCount.roundedUp(toMultipleOf: pageByteCount)
    else { throw .invalidSize(byteCount: byteCount) }
    return rounded
  }

  /// Counts a request and takes its bytes out of the budget, before the kernel is asked: so two
  /// threads cannot exceed it together.
  private func admit(committing byteCount: Int) throws(MemoryError) {
    try counters.withLock { counters throws(MemoryError) in
      counters.requestCount += 1
      if counters.requestCount == failingRequest {
        counters.failedRequestCount += 1
        throw .injectedFailure(request: counters.requestCount)
      }
    }
    do {
      try budget?.charge(byteCount: byteCount)
    } catch {
      counters.withLock { $0.failedRequestCount += 1 }
      throw error
    }
    counters.withLock { $0.committedBytes += byteCount }
  }

  private func refuse(byteCount: Int, errno: Int32, committing: Int) -> MemoryError {
    counters.withLock {
      $0.committedBytes -= committing
      $0.failedRequestCount += 1
    }
    budget?.credit(byteCount: committing)
    return .refused(byteCount: byteCount, errno: errno)
  }

  private func assertPages(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
    assert(byteCount > 0, "a range of \(byteCount) bytes")
    assert(byteCount % pageByteCount == 0, "\(byteCount) bytes are no whole pages")
    assert(UInt(bitPattern: base) % UInt(pageByteCount) == 0, "\(base) is no start of a page")
  }
}
