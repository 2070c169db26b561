import Terms

/// A collection that would have needed more than its heap's limit.
public struct LimitExcess: Equatable, Sendable, CustomStringConvertible {
  /// The words the collection would have or might have needed.
  public let words: Int
  /// Of these, the words of binaries outside the heap; 0 where they do not count.
  public let binaryWords: Int
  /// The limit.
  public let limit: HeapLimit

  /// One line that says how much it would have been.
  public var description: String {
    "a heap of \(words) words is over its limit of \(limit.words)"
  }
}

/// A heap that is beyond its limit, told to the listener of the system.
public struct LimitEvent: Sendable, CustomStringConvertible {
  /// Whose heap it is, if the roots say so.
  public let owner: HeapOwner?
  /// How much is too much.
  public let excess: LimitExcess
  /// Both generations as the collection found them.
  public let figures: HeapFigures

  /// The report of Erlang's logger: what came near the limit and what is in it.
  public var description: String {
    let lines = [
      ("Process:", owner.map(\.description) ?? "unknown"),
      ("Context:", "maximum heap size reached"), ("Max Heap Size:", "\(excess.limit.words)"),
      ("Total Heap Size:", "\(excess.words)"), ("Kill:", "\(excess.limit.kills)"),
      ("Error Logger:", "\(excess.limit.reports)"),
      ("Message Queue Len:", "\(owner?.messageCount ?? 0)"),
      ("GC Info:", "[" + figures.named.map { "{\($0),\($1)}" }.joined(separator: ",") + "]"),
    ]
    return lines.map { name, value in
      "     " + name + String(repeating: " ", count: 20 - name.count) + value
    }.joined(separator: "\n")
  }
}

extension ProcessHeap {
  /// What the heap may set; a change counts from the next collection on.
  public var options: HeapOptions { state.pointee.options }

  /// Changes what the heap may set.
  /// - Returns: the options before.
  /// - Throws: ``HeapOptionsError``; nothing has changed then.
  @discardableResult
  public mutating func setOptions(_ options: HeapOptions) throws(HeapOptionsError) -> HeapOptions {
    try options.validate()
    defer { state.pointee.options = options }
    return state.pointee.options
  }

  /// Looks at the limit before a collection.
  /// - Throws: ``HeapError/limitReached(_:)`` where the process is to end; nothing has changed then.
  func checkLimit(
    _ sizing: CollectionState, _ environment: HeapEnvironment, owner: HeapOwner?
  ) throws(HeapError) {
    let limit = state.pointee.options.limit
    let binaryWords = try wordsOfBinaries(countedBy: limit)
    let words = state.pointee.options.growth.spaceWords(sizing) + binaryWords
    if words <= limit.words { return }
    let excess = LimitExcess(words: words, binaryWords: binaryWords, limit: limit)
    if limit.reports {
      environment.listener?.reachedLimit(
        LimitEvent(owner: owner, excess: excess, figures: figures))
    }
    if limit.kills { throw .limitReached(excess) }
  }

  private func wordsOfBinaries(countedBy limit: HeapLimit) throws(HeapError) -> Int {
    if !limit.includesSharedBinaries { return 0 }
    var byteCount = 0
    try forEachDistinctBinary { byteCount += $0.capacity }
    return byteCount / MemoryLayout<UInt>.stride
  }
}
