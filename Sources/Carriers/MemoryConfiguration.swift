/// The levers of a system's memory.
public struct MemoryConfiguration: Sendable, Equatable {
  /// The most bytes the system may hold committed; `nil` leaves the limit to the machine.
  public var budgetBytes: Int?
  /// The number, counted from 1, of the request to the operating system that fails, once.
  public var failingRequest: Int?
  /// Whether carriers, their steps and reservations are as small as they can be, so that rare
  /// paths (a full carrier, a new reservation, a block that must move) are common.
  public var usesTinyCarriers: Bool
  /// The most committed bytes of freed memory to keep for reuse, of small blocks and of large
  /// ones each; 0 keeps none. `nil` keeps half of what is in use, or 64 MiB of small
  /// blocks' memory and 128 MiB of large blocks' where that is more.
  public var carrierCacheLimitBytes: Int?
  /// How long, in milliseconds, memory of small blocks is kept for reuse: idle carriers at most so
  /// long, free pages within carriers up to twice. Looked at where such memory is given back, and by
  /// ``BlockAllocator/decay()``.
  public var carrierDecayMilliseconds: Int
  /// How blocks of a kind are placed in carriers; size classes where nothing is said.
  public var strategies: [MemoryKind: BlockStrategy]
  /// Whether the kernel is asked for huge pages under large blocks.
  public var usesHugePages: Bool
  /// Whether to look for callers' mistakes, at a price: large blocks stand between pages that nobody
  /// may touch and go back to the system at once, freed blocks are filled with a pattern that must
  /// still be there when they are used again, and each block that is freed must be one, in use, of
  /// the kind it was allocated for. What is found ends the program with a message that names the
  /// address and the kind.
  public var isHardened: Bool
  /// Whether to keep a list of all calls, for ``BlockAllocator/takeRecordedCalls()``: a trace by
  /// which allocators are compared. It grows until it is taken.
  public var recordsCalls: Bool

  /// Makes a configuration; each lever has the default an ordinary system wants.
  public init(
    budgetBytes: Int? = nil, failingRequest: Int? = nil, usesTinyCarriers: Bool = false,
    carrierCacheLimitBytes: Int? = nil, carrierDecayMilliseconds: Int = 10_000,
    strategies: [MemoryKind: BlockStrategy] = [:], usesHugePages: Bool = true,
    isHardened: Bool = false, recordsCalls: Bool = false
  ) {
    self.budgetBytes = budgetBytes
    self.failingRequest = failingRequest
    self.usesTinyCarriers = usesTinyCarriers
    self.carrierCacheLimitBytes = carrierCacheLimitBytes
    self.carrierDecayMilliseconds = carrierDecayMilliseconds
    self.strategies = strategies
    self.usesHugePages = usesHugePages
    self.isHardened = isHardened
    self.recordsCalls = recordsCalls
  }
}
