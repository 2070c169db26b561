/// The one empty tuple of the program: a tuple header of arity 0, in memory that never moves.
///
/// Its header word is 0, which on a heap would read as the mark of a moved cons cell; therefore
/// `{}` never stands on a heap.
private let theEmptyTuple: Term = {
  let word = UnsafeMutablePointer<UInt>.allocate(capacity: 1)
  word.initialize(to: Header.tuple(arity: 0).bits)
  return .boxed(at: word)
}()

extension Term {
  /// `{}`, the only term that all systems of a program share.
  public static var emptyTuple: Term { theEmptyTuple }
}
