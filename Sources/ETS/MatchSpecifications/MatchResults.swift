import Terms

/// Words for what a run builds: blocks of working memory, each larger than the one before, whose
/// words never move while the run lasts.
///
/// ```
/// | block before | its own words | word ... |
/// ```
/// At the next run the largest block is used again and the others are given back.
struct MatchResults: ~Copyable {
  private let scratch: any ScratchProvider
  private var block: UnsafeMutablePointer<UInt>?
  private var top: UnsafeMutablePointer<UInt>
  private var limit: UnsafeMutablePointer<UInt>
  private static var headerWords: Int { 2 }

  init(scratch: any ScratchProvider) {
    self.scratch = scratch
    (top, limit) = (Term.emptyTuple.boxed, Term.emptyTuple.boxed)
  }

  deinit {
    var block = block
    while let current = block { block = free(current) }
  }

  /// Gives a block back.
  /// - Returns: the one before.
  private func free(_ block: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt>? {
    let before = UnsafeMutablePointer<UInt>(bitPattern: block[0])
    scratch.freeScratch(block, byteCount: Int(block[1]) * MemoryLayout<UInt>.stride)
    return before
  }

  /// Forgets all that was built.
  @inline(__always)
  mutating func reset() {
    guard let block else { return }
    top = block + Self.headerWords
    if block[0] != 0 { freeBlocks(before: block) }
  }

  @inline(never)
  private func freeBlocks(before block: UnsafeMutablePointer<UInt>) {
    var before = UnsafeMutablePointer<UInt>(bitPattern: block[0])
    while let current = before { before = free(current) }
    block[0] = 0
  }

  /// A cursor over at least so many words, for builders; see ``commit(_:)``.
  @inline(__always)
  mutating func cursor(words: Int) throws(ScratchExhausted) -> WordCursor {
    if words > limit - top { try grow(words) }
    return WordCursor(top: top, limit: limit)
  }

  /// Keeps what a cursor was moved over.
  @inline(__always)
  mutating func commit(_ cursor: WordCursor) { top = cursor.top }

  @inline(never)
  private mutating func grow(_ words: Int) throws(ScratchExhausted) {
    let before = block.map { Int($0[1]) } ?? 0
    let count = max(64, 2 * before, words + Self.headerWords)
    let memory = try scratch.allocateScratch(byteCount: count * MemoryLayout<UInt>.stride)
    let grown = memory.bindMemory(to: UInt.self, capacity: count)
    grown[0] = UInt(bitPattern: block)
    grown[1] = UInt(count)
    block = grown
    top = grown + Self.headerWords
    limit = grown + count
  }
}
