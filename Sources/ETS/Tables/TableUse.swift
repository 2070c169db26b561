import Terms

extension Table {
  /// Sees that a process may use the table, without using it: as every call does first.
  /// - Throws: ``TableError``: that there is no table, or no access; for objects to be replaced also that the
  ///   table's type does not do that.
  public func check(_ use: TableUse, by caller: Term) throws(TableError) {
    if !isAlive { throw .noTable }
    switch use {
    case .reading: if protection == .private { try checkOwner(caller) }
    case .writing: try checkWriter(caller)
    case .replacing:
      try checkWriter(caller)
      if record.pointee.options.type == .bag { throw .unsupported(type: .bag) }
    }
  }
}

/// What a process would do with a table.
public enum TableUse: Sendable {
  /// Look at objects.
  case reading
  /// Insert objects, take them out, or change them.
  case writing
  /// Replace objects by what is made of them, as `ets:select_replace/2`.
  case replacing
}
