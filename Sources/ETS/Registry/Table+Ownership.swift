import Carriers
import Heaps
import Synchronization
import Terms

extension Table {
  /// The pid of the owner.
  public var owner: Term { Term(bits: record.pointee.owner.load(ordering: .relaxed)) }

  /// The atom that it is named, or was named when it was made.
  public var name: Term { Term(bits: record.pointee.name.load(ordering: .relaxed)) }

  /// Whether its name finds it.
  public var isNamed: Bool { record.pointee.options.isNamed }

  func isOwned(by pid: Term) -> Bool { isAlive && owner == pid }

  /// Ends the table, as `ets:delete/1`.
  /// - Throws: ``TableError``, where it ended already or the caller may not write.
  /// - Complexity: O(runs of pages + handles of binaries), whatever is in it.
  public func delete(by caller: Term) throws(TableError) {
    try check(.writing, by: caller)
    try record.pointee.registry.delete(self)
  }

  /// Gives the table another name, as `ets:rename/2`: where its name finds it, the new one does from now on
  /// and the old one does not.
  /// - Throws: ``TableError/nameTaken(_:)`` where the name finds another table, or this one already.
  public func rename(to name: Term, by caller: Term) throws(TableError) {
    try check(.writing, by: caller)
    if !name.isAtom { throw .invalidOption("the name is no atom") }
    let registry = record.pointee.registry
    try whileAlive { () throws(TableError) in
      try checkWriter(caller)
      if record.pointee.options.isNamed {
        if registry.names.value(of: name) != 0 { throw .nameTaken(name) }
        try registry.setName(name, of: record)
        registry.names.remove(self.name)
      }
      record.pointee.name.store(name.bits, ordering: .relaxed)
    }
  }

  /// Makes another process the owner, as `ets:give_away/3`. Who has fixed the table still has.
  /// - Parameters:
  ///   - pid: of a process that lives and is not the caller.
  ///   - data: what it is told.
  ///   - caller: the owner.
  public func giveAway(to pid: Term, data: Term, by caller: Term) throws(TableError) {
    let registry = record.pointee.registry
    try check(.writing, by: caller)
    if !pid.isLocalPid || !registry.isAlive(pid) { throw .noProcess(pid) }
    let budget = registry.budget(of: pid)
    let transfer = try whileAlive { () throws(TableError) in
      if owner != caller { throw .notOwner }
      if pid == caller { throw .isOwner }
      return registry.handOver(self, to: pid, data: data, budget)
    }
    registry.tell(transfer)
    registry.endTables(ofDead: pid)
  }

  /// What processes have of the table. Read out first: a change through the record would count as one
  /// of the record.
  var claims: TableClaims { record.pointee.claims }

  /// Runs a piece of work under the registry's lock, while which the table cannot end: else its
  /// record might be that of another table when it is written.
  func whileAlive<Result>(
    _ body: () throws(TableError) -> Result
  ) throws(TableError) -> Result {
    try record.pointee.registry.withState { _ throws(TableError) in
      if !isAlive { throw .noTable }
      return try body()
    }
  }

  /// The pid of the heir.
  public var heir: Term? {
    try? whileAlive { claims.heir.isNone ? nil : claims.heir }
  }

  func destroyStorage() { record.pointee.storage.destroy(record.pointee.environment) }
}

// MARK: Fixation

extension Table {
  /// Keeps every object findable where it stands until a release, as `ets:safe_fixtable/2`: what is
  /// deleted meanwhile keeps its place in a traversal. Each fix needs a release.
  public func fix(by caller: Term) throws(TableError) {
    try check(.reading, by: caller)
    try whileAlive {
      if let index = claims.fixations.firstIndex(where: { $0.process == caller }) {
        claims.fixations[index].count += 1
      } else {
        claims.fixations.append(
          TableFixation(process: caller, count: 1, since: MonotonicTime.nanoseconds()))
        record.pointee.registry.concerns.settle(caller, self)
      }
    }
    try forEachPart { $0.fix() }
  }

  /// Ends what ``fix(by:)`` began; nothing where the caller fixed nothing.
  public func release(by caller: Term) throws(TableError) {
    try check(.reading, by: caller)
    let isFixed = try whileAlive {
      guard let index = claims.fixations.firstIndex(where: { $0.process == caller })
      else { return false }
      claims.fixations[index].count -= 1
      if claims.fixations[index].count == 0 {
        claims.fixations.remove(at: index)
        record.pointee.registry.concerns.settle(caller, self)
      }
      return true
    }
    if isFixed { try unfix() }
  }

  /// Who fixed the table, and how often.
  public var fixations: [TableFixation] {
    (try? whileAlive { claims.fixations }) ?? []
  }

  /// Ends all that a process fixed, as it ends.
  func releaseAll(of process: Term) {
    let count = try? whileAlive {
      guard let index = claims.fixations.firstIndex(where: { $0.process == process })
      else { return 0 }
      let count = claims.fixations.remove(at: index).count
      record.pointee.registry.concerns.settle(process, self)
      return count
    }
    for _ in 0..<(count ?? 0) { try? unfix() }
  }

  /// Releases all parts; others use them between two pieces of the work.
  func unfix() throws(TableError) {
    for index in 0..<(try partCount()) {
      var isDone = false
      while !isDone { isDone = try withPart(index) { $0.unfix(atMost: Self.linesAtOnce) } }
    }
  }

  /// The lines looked at in one hold of a part's lock.
  private static var linesAtOnce: Int { 256 }

  /// Runs a piece of work on each part, under its lock.
  func forEachPart(_ body: (TablePart) -> Void) throws(TableError) {
    for index in 0..<(try partCount()) { try withPart(index) { part in body(part) } }
  }

  /// The parts, each with a lock.
  func partCount() throws(TableError) -> Int { try counting { $0.parts.count } }
}
