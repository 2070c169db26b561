/// The limits on the bytes outside a heap that its binaries keep alive, in words.
///
/// A process that holds large binaries by small handles seldom fills its heap; so what the handles
/// hold counts as a heap of its own, and a collection is due when that grows beyond its limit.
/// (`erl_gc.c` of OTP 25 calls it the virtual binary heap.)
public struct VirtualHeap: Equatable, BitwiseCopyable, Sendable {
  /// The words that handles of the young generation may hold before a collection is due
  /// (`bin_vheap_block_size`).
  public package(set) var youngLimit: Int
  /// The words held by handles of the old generation (`bin_old_vheap_size`).
  public var oldWords = 0
  /// The words from which on a full sweep is due (`bin_old_vheap_block_size`).
  public package(set) var oldLimit: Int

  /// The limits of a process that has just begun.
  package init(minimumWords: Int) {
    youngLimit = minimumWords
    oldLimit = minimumWords
  }

  /// Takes account of a minor collection.
  /// - Parameters:
  ///   - youngWords: what the handles hold that stayed young.
  ///   - promotedWords: what those hold that became old.
  package mutating func collectedMinor(youngWords: Int, promotedWords: Int, minimumWords: Int) {
    oldWords += promotedWords
    youngLimit = Self.limit(after: youngWords, limit: youngLimit, minimumWords: minimumWords)
  }

  /// Takes account of a full sweep.
  /// - Parameters:
  ///   - before: what the handles of the young generation held when it began.
  ///   - after: what all handles hold.
  package mutating func sweptFully(before: Int, after: Int, minimumWords: Int) {
    oldLimit = Self.limit(after: before, limit: oldLimit, minimumWords: minimumWords)
    oldWords = 0
    youngLimit = Self.limit(after: after, limit: youngLimit, minimumWords: minimumWords)
  }

  /// The limit that follows another: by steps of the golden ratio until at most three quarters are
  /// in use, or half as much where less than a quarter is.
  static func limit(after words: Int, limit: Int, minimumWords: Int) -> Int {
    var next = limit
    if words / 3 > next / 4 {
      while words / 3 > next / 4 { next = Int(Double(next) * 1.618) }
    } else if words < next / 4 {
      next /= 2
    }
    return max(next, minimumWords)
  }
}
