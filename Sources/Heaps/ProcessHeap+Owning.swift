import Terms

extension ProcessHeap {
  /// Whether a term is one of this heap, a literal or an immediate. Of an immediate that says little:
  /// it does not tell of which system it is.
  /// - Complexity: O(fragments + log literals).
  public func owns(_ term: Term) -> Bool {
    if term.isImmediate || term.bits == Term.emptyTuple.bits { return true }
    if !term.isCons && !term.isBoxed { return false }
    return state.pointee.holds(term.address)
      || environment.literals.contains(term.bits)
  }

  /// Traps in debug builds where a term is of another heap.
  package func assertOwns(_ term: Term) {
    assert(
      owns(term), "the word 0x\(String(term.bits, radix: 16)) is no term of this process's heap")
  }
}
