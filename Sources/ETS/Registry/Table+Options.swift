import Carriers
import Heaps
import Synchronization
import Terms

/// Who gets a table when its owner ends.
public enum TableHeir {
  /// Nobody: the table ends too.
  case none
  /// The process of a local pid, which is told a term then; that is copied as it is set.
  case process(Term, data: Term)
}

// MARK: What may change

extension Table {
  /// Says who gets the table when its owner ends, and who may use it, as `ets:setopts/2`.
  /// - Parameters:
  ///   - heir: nothing to leave it as it is.
  ///   - protection: nothing to leave it as it is.
  ///   - caller: the owner.
  /// - Throws: ``TableError``; then nothing has changed.
  public func setOptions(
    heir: TableHeir? = nil, protection: TableProtection? = nil, by caller: Term
  ) throws(TableError) {
    try checkSetting(by: caller)
    let kept = try keptData(of: heir, caller)
    if let protection, protection != self.protection {
      try setProtection(protection, by: caller)
    }
    guard let heir else { return }
    // The old data goes outside the lock.
    let old = try whileAlive { () throws(TableError) in
      if owner != caller { throw .notOwner }
      let old = claims.heirData
      claims.heirData = kept
      if case .process(let pid, _) = heir { claims.heir = pid } else { claims.heir = .none }
      return old
    }
    withExtendedLifetime(old) {}
  }

  /// As ``setOptions(heir:protection:by:)``, of the heir alone.
  /// - Parameters:
  ///   - pid: of the heir; nobody where it is nil.
  ///   - data: what the heir will be told; it is copied now.
  public func setHeir(_ pid: Term?, data: Term, by caller: Term) throws(TableError) {
    try setOptions(heir: pid.map { .process($0, data: data) } ?? TableHeir.none, by: caller)
  }

  private func checkSetting(by caller: Term) throws(TableError) {
    try check(.writing, by: caller)
    if owner != caller { throw .notOwner }
  }

  private func keptData(of heir: TableHeir?, _ caller: Term) throws(TableError) -> KeptTerm? {
    guard case .process(let pid, let data) = heir else { return nil }
    if !pid.isLocalPid { throw .invalidOption("the heir is no local process") }
    return try KeptTerm(
      copying: data, environment: record.pointee.environment,
      budget: record.pointee.registry.budget(of: caller))
  }

  /// Changes who may read and write, while nobody does.
  private func setProtection(
    _ protection: TableProtection, by caller: Term
  ) throws(TableError) {
    try alone { _ throws(TableError) in
      if owner != caller { throw .notOwner }
      record.pointee.protection.store(protection.number, ordering: .relaxed)
    }
  }
}
