/// Maps of many keys, whose pairs were read into cells side by side.
enum ExternalHashMaps {
  /// The words that a map of so many pairs takes, with room to spare.
  ///
  /// Each leaf is a cell of two words; all nodes together have a slot for each leaf and for each
  /// node but the root, and a header. A tree of well spread hashes has 0.36 nodes a leaf (1 / ln 16;
  /// Knuth, The Art of Computer Programming 3, 6.3). A term made to have more of them is found out
  /// when it is built.
  static func words(pairs: Int) -> Int {
    let nodes = pairs / 2 + 16
    return 3 * pairs + 2 * nodes
  }
}

extension ExternalBuilder {
  /// Builds the nodes of a map over cells, each the key and value of a leaf.
  mutating func hashMap(
    cells: UnsafeMutablePointer<UInt>, count: Int, offset: Int
  ) throws(ExternalFormatError) -> Term {
    let reason: ExternalFormatError.Reason
    do throws(ScratchExhausted) {
      var pairs = try HashedPairs<InternalKeyHash>(capacity: count, scratch: decoder.scratch)
      for index in 0..<count { try pairs.add(Term(bits: cells[2 * index])) }
      try pairs.survey(base: .none, baseWins: false)
      if pairs.newKeys < count {
        reason = .duplicateKey
      } else if pairs.nodeWords > cursor.remainingWords {
        reason = .moreWords(cursor.top - start + pairs.nodeWords)
      } else {
        for index in 0..<count { pairs.setLeaf(.cons(at: cells + 2 * index), index) }
        return try pairs.emit(base: .none, size: count, cursor: &cursor)
      }
    } catch {
      reason = .scratch(error)
    }
    throw .init(reason, offset: offset)
  }
}
