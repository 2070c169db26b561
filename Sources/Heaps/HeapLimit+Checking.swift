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

/// A heap that is beyond its limit, told to its listeners.
public struct LimitEvent: Sendable, CustomStringConvertible {
  /// Whose heap it is, if the roots say so.
  public let owner: HeapOwner?
  /// How much is too much.
  public let excess: LimitExcess
  /// Both generations as the collection found them.
  public let figures: HeapFigures
  /// The words that were asked for.
  public let neededWords: Int
  /// The collections that were to run, in their order: a minor one that is due but cannot run comes
  /// before its full sweep. Where the limit kills, none comes behind the first that is beyond it.
  public let collections: [Collection]

  /// A collection that was to run.
  public struct Collection: Sendable {
    /// Which one.
    public let kind: CollectionEvent.Kind
    /// Whether it would need more than the limit.
    public let isBeyondLimit: Bool
    /// Both generations with the new blocks that it would take.
    public let figures: HeapFigures
  }

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
    let listener = limit.reports ? environment.listener : nil
    let own = ownListener
    if listener != nil || own != nil {
      let event = LimitEvent(
        owner: owner, excess: excess, figures: figures, neededWords: sizing.neededWords,
        collections: collections(sizing, excess))
      listener?.reachedLimit(event)
      own?.reachedLimit(event)
    }
    if limit.kills { throw .limitReached(excess) }
  }

  /// The collections that are to run, up to the one that ends the process.
  private func collections(
    _ sizing: CollectionState, _ excess: LimitExcess
  ) -> [LimitEvent.Collection] {
    let limited = state.pointee.options.growth.limitedCollections(sizing)
    var collections: [LimitEvent.Collection] = []
    for one in [limited.first, limited.last].compactMap(\.self) {
      var figures = figures
      figures.youngBlockWords += one.toSpaceWords
      figures.oldBlockWords += one.newOldBlockWords
      let isBeyond = one.words + excess.binaryWords > excess.limit.words
      collections.append(.init(kind: one.kind, isBeyondLimit: isBeyond, figures: figures))
      if isBeyond && excess.limit.kills { break }
    }
    return collections
  }

  private func wordsOfBinaries(countedBy limit: HeapLimit) throws(HeapError) -> Int {
    if !limit.includesSharedBinaries { return 0 }
    var byteCount = 0
    try forEachDistinctBinary { byteCount += $0.capacity }
    return byteCount / MemoryLayout<UInt>.stride
  }
}
