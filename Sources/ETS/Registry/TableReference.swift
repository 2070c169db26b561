import Terms

/// What programs know a table by that has no name: a local reference of three numbers.
///
/// ```
/// | the table's number, its lowest 18 bits | the bits above | a mark that no other reference has |
/// ```
extension WordCursor {
  /// Builds the reference to a table: 3 words.
  public mutating func makeReference(to table: Table) -> Term {
    makeLocalReference(
      UInt32(table.number & TableReference.lowMask),
      UInt32(truncatingIfNeeded: table.number >> TableReference.lowBits), TableReference.mark)
  }
}

extension TableRegistry {
  /// The table that a term is the name or the reference of; nothing where there is none.
  public func table(identifiedBy term: Term) -> Table? {
    if term.isAtom { return table(named: term) }
    return TableReference.number(of: term).flatMap { table(number: $0) }
  }
}

extension Table {
  /// Whether a term is the reference of this table, which has not ended: a quicker question than
  /// ``TableRegistry/table(identifiedBy:)`` for who asks about the same table again.
  public func isIdentified(by term: Term) -> Bool {
    isAlive && TableReference.number(of: term) == number
  }
}

extension Term {
  /// Whether it is a reference to a table of some registry, which may have ended.
  public var isTableReference: Bool { TableReference.number(of: self) != nil }
}

private enum TableReference {
  static var mark: UInt32 { 0x7AB1E }
  static var lowBits: UInt64 { 18 }
  static var lowMask: UInt64 { 1 << lowBits - 1 }

  /// The number of the table that a reference leads to.
  static func number(of term: Term) -> UInt64? {
    guard term.isBoxed(.reference) else { return nil }
    let words = UnsafePointer(term.boxed)
    guard LocalReference.numberCount(at: words) == 3, LocalReference.number(2, at: words) == mark
    else { return nil }
    return UInt64(LocalReference.number(0, at: words))
      | UInt64(LocalReference.number(1, at: words)) << lowBits
  }
}
