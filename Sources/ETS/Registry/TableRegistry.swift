import Carriers
import Heaps
import Synchronization
import Terms

/// The tables of a system: who owns them, and what they are called.
///
/// Owners are known by their pids; that a pid's process ended is what ``end(owner:)`` is told.
public final class TableRegistry: Sendable {
  /// Where the memory of the tables comes from.
  public let environment: HeapEnvironment
  /// The names of the atoms in the tables.
  public let atoms: AtomTable
  private let listener: (any OwnershipListener)?
  private let state: Guarded<State>
  /// The addresses of the records of named tables.
  let names: NameDirectory
  let concerns = TableConcerns()
  /// The tables there are, for who would not take the lock where there are none.
  private let tableCount = Atomic<Int>(0)

  struct State {
    /// By number.
    var tables: [UInt64: Table] = [:]
    /// Records that no table has.
    var free: [UnsafeMutablePointer<TableRecord>] = []
    var records: [UnsafeMutablePointer<TableRecord>] = []
    var lastNumber: UInt64 = 0
    /// Who names funs.
    var funs: (any FunNaming & Sendable)?
  }

  /// Makes a registry without tables.
  /// - Parameters:
  ///   - environment: what the heaps share that results are built on.
  ///   - atoms: the names of the atoms in the tables.
  ///   - listener: hears whom tables go to, and knows who lives.
  public init(
    environment: HeapEnvironment, atoms: AtomTable, listener: (any OwnershipListener)? = nil
  ) {
    self.environment = environment
    self.atoms = atoms
    self.listener = listener
    state = Guarded(State())
    names = NameDirectory(allocator: environment.allocator, kind: .ets)
  }

  deinit {
    state.withLock { state in
      for table in state.tables.values { table.destroyStorage() }
      for record in state.records {
        record.deinitialize(count: 1)
        environment.allocator.free(
          at: record, byteCount: MemoryLayout<TableRecord>.size, kind: .ets)
      }
    }
  }

  func withState<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try state.withLock(body)
  }

  /// Says who names funs, by which the tables of type `ordered_set` that are made from now on sort those in
  /// keys: the same that specifications are compiled with. Without one, funs stand in the order of
  /// their entry words.
  public func nameFuns(by funs: any FunNaming & Sendable) { withState { $0.funs = funs } }

  /// Whether a process that is to own a table lives.
  func isAlive(_ pid: Term) -> Bool { listener?.isAlive(pid) ?? true }

  /// Makes a process the owner of a table, under the registry's lock, while which the table cannot
  /// end. It is charged to the budget afterwards, by ``tell(_:)``.
  /// - Parameter budget: the new owner's.
  /// - Returns: what is to be told.
  func handOver(
    _ table: Table, to owner: Term, data: Term, _ budget: MemoryBudget?
  ) -> TableTransfer {
    table.claims.heirData?.changeBudget(to: budget)
    let transfer = TableTransfer(
      table: table, name: table.isNamed ? table.name : nil, from: table.owner, to: owner,
      data: data)
    // Releasing: pairs with the acquiring load in `checkOwner`, for who has not been told yet.
    table.record.pointee.owner.store(owner.bits, ordering: .releasing)
    concerns.settle(transfer.from, table)
    concerns.add(table, to: owner)
    return transfer
  }

  /// What the tables of a process are charged to.
  func budget(of owner: Term) -> MemoryBudget? { listener?.tableBudget(of: owner) }

  /// Charges a table that has another owner to that one's budget, and tells it.
  func tell(_ transfer: TableTransfer) {
    guard let listener else { return }
    // Others may pass it on meanwhile: who comes last sees the last owner.
    var owner: Term
    repeat {
      owner = transfer.table.owner
      let budget = budget(of: owner)
      // One that ended is charged to nobody.
      try? transfer.table.forEachPart { $0.changeBudget(to: budget) }
      try? transfer.table.whileAlive { transfer.table.claims.heirData?.changeBudget(to: budget) }
    } while transfer.table.owner != owner
    listener.tableChangedOwner(transfer)
  }
}

// MARK: Making and finding

extension TableRegistry {
  /// Makes a table, as `ets:new/2`.
  /// - Parameters:
  ///   - name: an atom.
  ///   - options: its type, and the rest.
  ///   - owner: the pid of the process that it ends with, and that does not end in the meantime: with
  ///     one that has ended it would stay.
  /// - Throws: ``TableError``; then nothing is held.
  public func makeTable(
    named name: Term, options: TableOptions = TableOptions(), owner: Term
  ) throws(TableError) -> Table {
    if !name.isAtom { throw .invalidOption("the name is no atom") }
    if options.keyPosition < 1 {
      throw .invalidOption("a key position of \(options.keyPosition)")
    }
    if let limit = options.limit, let problem = limit.problem(ofType: options.type) {
      throw .invalidOption(problem)
    }
    let budget = budget(of: owner)
    return try withState { state throws(TableError) in
      if options.isNamed && names.value(of: name) != 0 { throw .nameTaken(name) }
      let record = try takeRecord(&state)
      do throws(TableError) {
        // It finds nothing before the record has a number.
        if options.isNamed { try setName(name, of: record) }
        record.pointee.storage = try TableStorage(
          options: options.asTold, environment: environment, atoms: atoms, funs: state.funs,
          budget: budget)
      } catch {
        if options.isNamed { names.remove(name) }
        state.free.append(record)
        throw error
      }
      state.lastNumber += 1
      let table = Table(record: record, number: state.lastNumber)
      record.pointee.options = options.asTold
      record.pointee.isPlain = options.type != .orderedSet && options.limit == nil
      record.pointee.protection.store(options.protection.number, ordering: .relaxed)
      record.pointee.owner.store(owner.bits, ordering: .relaxed)
      record.pointee.name.store(name.bits, ordering: .relaxed)
      // Releasing: pairs with the acquiring load in `table(named:)`.
      record.pointee.life.store(table.number, ordering: .releasing)
      table.setGate()
      state.tables[table.number] = table
      concerns.add(table, to: owner)
      tableCount.add(1, ordering: .relaxed)
      return table
    }
  }

  private func takeRecord(
    _ state: inout State
  ) throws(TableError) -> UnsafeMutablePointer<TableRecord> {
    if let record = state.free.popLast() { return record }
    do {
      let block = try environment.allocator.allocate(
        byteCount: MemoryLayout<TableRecord>.size, kind: .ets)
      let record = block.base.bindMemory(to: TableRecord.self, capacity: 1)
      record.initialize(to: TableRecord(registry: self))
      state.records.append(record)
      return record
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// The table with a name, as `ets:whereis/1`.
  ///
  /// Takes no lock, as every call by a name begins with it.
  public func table(named name: Term) -> Table? {
    let reader = environment.allocator.reader
    reader.enter()
    defer { reader.leave() }
    while true {
      let address = names.value(of: name)
      guard let record = UnsafeMutablePointer<TableRecord>(bitPattern: address) else { return nil }
      // Acquiring: the name is read again afterwards.
      let number = record.pointee.life.load(ordering: .acquiring)
      if number == 0 { return nil }
      // A record is another table's only after its name was taken back: where both are still the
      // same, the name was this table's in between.
      if names.value(of: name) == address
        && record.pointee.life.load(ordering: .relaxed) == number
      {
        return Table(record: record, number: number)
      }
    }
  }

  /// Gives back what names need, where there is no table.
  public func trim() {
    withState { state in if state.tables.isEmpty { names.trim() } }
  }

  /// Has a name find a table; under the registry's lock.
  func setName(
    _ name: Term, of record: UnsafeMutablePointer<TableRecord>
  ) throws(TableError) {
    do {
      try names.set(name, to: UInt(bitPattern: record))
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// The table with a number.
  public func table(number: UInt64) -> Table? { withState { $0.tables[number] } }

  /// Whether there is a table at all, or was a moment ago.
  package var hasTables: Bool { tableCount.load(ordering: .relaxed) > 0 }

  /// All tables, as `ets:all/0`, the youngest first.
  public var tables: [Table] {
    withState { $0.tables.values.sorted { $0.number > $1.number } }
  }
}

// MARK: Ends

extension TableRegistry {
  /// Ends a process as an owner: its tables go to their heirs, or end; the tables that it fixed are
  /// released.
  ///
  /// What gives it a table meanwhile finds out that it does not live, and ends that table in turn.
  /// - Precondition: the listener's ``OwnershipListener/isAlive(_:)`` denies it already.
  public func end(owner: Term) {
    // Most processes end without a table, most of the time where there is none.
    if !hasTables { return }
    for table in tables(concerning: owner) {
      table.releaseAll(of: owner)
      // Another thread may end the owner too: what it did with the table is done.
      while table.isOwned(by: owner) {
        guard let heir = heir(of: table, besides: owner) else {
          try? delete(table, ownedBy: owner)
          break
        }
        if pass(table, from: owner, to: heir) { endTables(ofDead: heir) }
      }
    }
  }

  /// Ends a process that was made an owner where it ended in between: its end may have come before
  /// it had the table.
  func endTables(ofDead pid: Term) {
    if !isAlive(pid) { end(owner: pid) }
  }

  /// The tables that a process owns or fixed.
  func tables(concerning process: Term) -> [Table] {
    withState { state in concerns.numbers(of: process).compactMap { state.tables[$0] } }
  }

  /// The heir of a table, where there is one that lives.
  private func heir(of table: Table, besides owner: Term) -> Term? {
    guard let heir = table.heir, heir != owner, isAlive(heir) else { return nil }
    return heir
  }

  /// Gives a table of a process that ends to its heir.
  /// - Returns: `false` where it is no more the process's, or has another heir; nobody is told then.
  private func pass(_ table: Table, from owner: Term, to heir: Term) -> Bool {
    let record = table.record
    let budget = budget(of: heir)
    // The heir may set other data, or end the table, as soon as it has it.
    let data: KeptTerm?
    let transfer: TableTransfer
    do {
      (data, transfer) = try table.whileAlive { () throws(TableError) in
        if !table.isOwned(by: owner) || record.pointee.claims.heir != heir { throw .noAccess }
        let data = record.pointee.claims.heirData
        return (data, handOver(table, to: heir, data: data?.term ?? .undefined, budget))
      }
    } catch {
      return false
    }
    tell(transfer)
    withExtendedLifetime(data) {}
    return true
  }

  /// Ends a table.
  /// - Parameter owner: whose it has still to be, where that matters.
  /// - Throws: ``TableError/noTable`` where it ended already, or has another owner.
  /// - Complexity: O(runs of pages + handles of binaries).
  func delete(_ table: Table, ownedBy owner: Term? = nil) throws(TableError) {
    let record = table.record
    try table.closeGate()
    let storage: TableStorage
    let data: KeptTerm?
    do throws(TableError) {
      (storage, data) = try takeOut(table, ownedBy: owner)
    } catch {
      table.openGate()
      throw error
    }
    withExtendedLifetime(data) {}
    storage.destroy(environment)
    withState { state in
      record.pointee.storage = TableStorage()
      state.free.append(record)
    }
  }

  /// Takes a table out of the registry: of those who end it only one does.
  /// - Returns: what it held, and what its heir was to be told.
  private func takeOut(
    _ table: Table, ownedBy owner: Term?
  ) throws(TableError) -> (TableStorage, KeptTerm?) {
    try withState { state throws(TableError) in
      let record = table.record
      if !table.isAlive || owner.map({ $0 != table.owner }) ?? false { throw .noTable }
      record.pointee.life.store(0, ordering: .releasing)
      record.pointee.gate.store(0, ordering: .relaxed)
      let claims = record.pointee.claims
      let data = claims.heirData
      claims.heirData = nil
      claims.heir = .none
      concerns.remove(table, from: table.owner)
      for fixation in claims.fixations { concerns.remove(table, from: fixation.process) }
      claims.fixations = []
      state.tables[table.number] = nil
      tableCount.subtract(1, ordering: .relaxed)
      let name = Term(bits: record.pointee.name.load(ordering: .relaxed))
      if names.value(of: name) == UInt(bitPattern: record) { names.remove(name) }
      return (record.pointee.storage, data)
    }
  }
}
