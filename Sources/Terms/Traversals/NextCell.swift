/// Where the next cell of a list is likely to be: as far from this one as this is from the last.
///
/// The address of the next cell then is a sum and no load, so that a processor that guesses the
/// branch runs ahead instead of waiting for each tail in turn.
struct NextCell {
  private var step: UInt = 0

  /// The tail of a cell.
  @inline(__always)
  mutating func tail(of cell: Term) -> Term {
    let likely = cell.bits &+ step
    let tail = cell.cons[1].bits
    if tail == likely { return Term(bits: likely) }
    step = tail &- cell.bits
    return Term(bits: tail)
  }
}

/// A ``NextCell`` for each of two lists that a comparison runs through.
struct CellSteps {
  private var left = NextCell()
  private var right = NextCell()

  /// The tails of two cells.
  @inline(__always)
  mutating func tails(of leftCell: Term, _ rightCell: Term) -> (left: Term, right: Term) {
    (left.tail(of: leftCell), right.tail(of: rightCell))
  }

  /// Runs through two lists while their heads are the same words; of other terms does nothing.
  /// - Returns: the cells whose heads differ, or where one list ends; the same twice where both
  ///   lists share the rest.
  @inline(__always)
  mutating func skipEqualHeads(
    _ leftList: Term, _ rightList: Term
  ) -> (left: Term, right: Term) {
    var steps = self
    var lists = (left: leftList, right: rightList)
    while lists.left.isCons && lists.right.isCons && lists.left.cons[0] == lists.right.cons[0] {
      lists = steps.tails(of: lists.left, lists.right)
      if lists.left == lists.right { break }
    }
    self = steps
    return lists
  }
}
