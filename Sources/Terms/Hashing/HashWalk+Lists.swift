extension HashWalk {
  /// Runs through the cells of a list up to its tail or to a cell whose head holds terms.
  ///
  /// Bytes are packed in fours, since most lists of bytes are text.
  @inline(__always)
  mutating func openList(_ list: Term, _ position: inout Position) throws(ScratchExhausted) {
    var cell = list.consWords
    while true {
      if Self.isByte(cell[0]) {
        let end = Self.addText(from: &cell, to: &position.hash)
        if end { return position.enter(cell + 1, 1) }
      }
      if !Rule.isPortable { position.hash.mark(.head) }
      let (head, isLast) = (Term(bits: cell[0]), !Term(bits: cell[1]).isCons)
      let marksTail = isLast && !Rule.isPortable
      if head.isImmediate {
        position.hash = rule.adding(immediate: head, to: position.hash)
      } else if head.isTuple {
        try push(marksTail ? .tail : .words, cell + 1, 1)
        return openTuple(head, &position)
      } else if head.isCons || head.boxedHoldsTerms {
        try push(marksTail ? .tail : .words, cell + 1, 1)
        return position.enter(cell, 1)
      } else {
        position.hash = rule.adding(boxed: head, to: position.hash)
      }
      if isLast {
        if marksTail { position.hash.mark(.tail) }
        return position.enter(cell + 1, 1)
      }
      cell = Term(bits: cell[1]).consWords
    }
  }

  @inline(__always)
  private static func isByte(_ word: UInt) -> Bool { word & ~0xFF0 == 0xF }

  /// Adds the bytes from a cell on.
  /// - Parameter cell: becomes the first cell of no byte, or the last of all.
  /// - Returns: whether the bytes went up to the last cell.
  @inline(__always)
  private static func addText(
    from cell: inout UnsafeMutablePointer<UInt>, to hash: inout JenkinsHash
  ) -> Bool {
    var (packed, length) = (UInt32(0), UInt32(0))
    var isLast = false
    while isByte(cell[0]) {
      packed = packed << 8 | UInt32(truncatingIfNeeded: cell[0] >> 4)
      length &+= 1
      if length == 4 {
        hash.add(packed, .text)
        (packed, length) = (0, 0)
      }
      let tail = Term(bits: cell[1])
      isLast = !tail.isCons
      if isLast { break }
      cell = tail.consWords
    }
    if length > 0 {
      if Rule.isPortable { hash.add(packed, .text) } else { hash.add(packed, length, .textRest) }
    }
    return isLast
  }
}
