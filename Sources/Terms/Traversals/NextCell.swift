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

  /// Runs through two lists while their heads are the same words.
  /// - Returns: the cells whose heads differ, or where one list ends; the same twice where both
  ///   lists share the rest.
  @inline(__always)
  static func skipEqualHeads(
    _ left: Term, _ right: Term, _ leftStep: inout NextCell, _ rightStep: inout NextCell
  ) -> (left: Term, right: Term) {
    var (left, right, leftCell, rightCell) = (left, right, leftStep, rightStep)
    while left.isCons && right.isCons && left.cons[0] == right.cons[0] {
      left = leftCell.tail(of: left)
      right = rightCell.tail(of: right)
      if left == right { break }
    }
    (leftStep, rightStep) = (leftCell, rightCell)
    return (left, right)
  }
}
