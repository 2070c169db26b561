import Carriers
import Heaps
import Synchronization
import Terms

/// A table of objects outside every heap: Erlang's ETS.
///
/// ```swift
/// let table = try registry.makeTable(named: name, options: TableOptions(type: .set), owner: pid)
/// try table.insert(object, by: pid)
/// let objects = try table.lookup(key, by: pid, on: &process.heap)
/// ```
/// A value that says which table is meant; it does not keep the table. What it is asked of a table
/// that has ended is ``TableError/noTable``. Objects are copied in and out; calls that give terms
/// build them on a heap without collecting it: on its free words, or in a fragment beside it.
///
/// Any thread may call anything, with a heap that is its own. Readers never wait for writers of
/// single objects, and write nothing that other threads read.
public struct Table: Equatable, @unchecked Sendable {
  // Unchecked: the record is reached as told under "Access".
  let record: UnsafeMutablePointer<TableRecord>
  /// A number that no other table of the registry ever has: greater than that of any older one.
  public let number: UInt64

  init(record: UnsafeMutablePointer<TableRecord>, number: UInt64) {
    self.record = record
    self.number = number
  }

  /// The place of the key in each object, from 1.
  public var keyPosition: Int { record.pointee.options.keyPosition }

  /// Whether the table has not ended at this moment.
  public var isAlive: Bool { record.pointee.life.load(ordering: .relaxed) == number }
}

// MARK: Access

/// How threads and the end of a table keep out of each other's way.
///
/// Who reads or writes is inside a ``ThreadReader``'s section and has looked at the gate. Who wants
/// the table for itself takes the locks of all parts, holds them outside any section, closes the gate
/// and waits until all have left:
///
///     reader   section  gate == number ?  read ...           leave
///     writer   section  gate == number ?  take the part's lock, or leave and try again  ...  leave
///     alone    take all locks   gate = 0   wait for readers  ...   gate = number, or the end
///
/// The gate of a table that is private has a bit more: who finds it closed looks whether it is open to
/// the owner.
extension Table {
  /// Runs a piece of work that reads, on a table that stays as it is but for single objects.
  @inline(__always)
  func reading<Result>(
    by caller: Term, _ body: (TableStorage) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    let reader = try beginReading(by: caller)
    defer { reader.leave() }
    return try body(record.pointee.storage)
  }

  /// Enters a section in which the table stays.
  /// - Returns: who is to leave it.
  @inline(__always)
  private func beginReading(by caller: Term) throws(TableError) -> ThreadReader {
    let reader = record.pointee.allocator._withUnsafeGuaranteedRef { $0.reader }
    reader.enter()
    // Acquiring: pairs with the opening of the gate.
    while record.pointee.gate.load(ordering: .acquiring) != number {
      if isOpen(to: caller) { break }
      reader.leave()
      try waitAtGate(caller)
      reader.enter()
    }
    return reader
  }

  /// Runs a piece of work that writes to the part of a key.
  @inline(__always)
  func writing<Result>(
    key: Term, by caller: Term, _ body: (TablePart, UInt) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    var hash: UInt = 0
    let (part, reader) = try beginWriting { () throws(TableError) in
      // Behind the gate: what it says is true until the section ends.
      try checkWriter(caller)
      hash = try self.hash(key)
      return record.pointee.storage.part(of: hash)
    }
    defer { endWriting(to: part, reader) }
    let result = try body(part, hash)
    if record.pointee.options.limit != nil { evict(from: part) }
    return result
  }

  /// Runs a piece of work on a part that nobody else writes to.
  func withPart<Result>(
    _ index: Int, _ body: (TablePart) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    let (part, reader) = try beginWriting { record.pointee.storage.parts[index] }
    defer { endWriting(to: part, reader) }
    let result = try body(part)
    if record.pointee.options.limit != nil { evict(from: part) }
    return result
  }

  /// Where there is no working memory for that, the next who writes does it: what was asked for is
  /// done.
  @inline(never)
  private func evict(from part: TablePart) {
    guard let limit = record.pointee.options.limit else { return }
    try? part.evict(beyond: limit, record.pointee.storage.notes)
  }

  /// The hash of a key; of no meaning in an ordered table.
  @inline(__always)
  private func hash(_ key: Term) throws(TableError) -> UInt {
    if key.isImmediate { return record.pointee.storage.hash(immediate: key) }
    return try hashSlowly(key)
  }

  @inline(never)
  private func hashSlowly(_ key: Term) throws(TableError) -> UInt {
    try record.pointee.storage.hash(key)
  }

  /// Has a part for the calling thread: enters a section and takes the part's lock.
  /// - Parameter choose: asked for the part inside the section.
  /// - Returns: the part, and what ``endWriting(to:_:)`` is given.
  @inline(__always)
  private func beginWriting(
    _ choose: () throws(TableError) -> TablePart
  ) throws(TableError) -> (part: TablePart, reader: ThreadReader) {
    let reader = record.pointee.allocator._withUnsafeGuaranteedRef { $0.reader }
    var tries = 0
    while true {
      reader.enter()
      // Acquiring: pairs with the opening of the gate.
      if record.pointee.gate.load(ordering: .acquiring) == number || isOpen() {
        let part: TablePart
        do {
          part = try choose()
        } catch {
          reader.leave()
          throw error
        }
        if part.takeLock() { return (part, reader) }
        reader.leave()
        tries += 1
        TableLock.pause(tries)
      } else {
        reader.leave()
        try waitAtGate()
      }
    }
  }

  /// Ends what ``beginWriting(_:)`` began.
  @inline(__always)
  private func endWriting(to part: TablePart, _ reader: ThreadReader) {
    part.releaseLock()
    reader.leave()
  }

  /// Runs a piece of work while nobody else reads or writes.
  func alone<Result>(
    _ body: (TableStorage) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    try closeGate()
    defer { openGate() }
    // What writes may have to wait for readers, and does so from within a section.
    let reader = record.pointee.allocator._withUnsafeGuaranteedRef { $0.reader }
    reader.enter()
    defer { reader.leave() }
    return try evictingBehind(body)
  }

  private func evictingBehind<Result>(
    _ body: (TableStorage) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    let result = try body(record.pointee.storage)
    for part in record.pointee.storage.parts { evict(from: part) }
    return result
  }

  /// Takes the table for the calling thread alone.
  func closeGate() throws(TableError) {
    // A part cannot go while its lock is held, and its lock cannot be had but through the gate.
    var index = 0
    var count = 1
    while index < count {
      let (_, reader) = try beginWriting {
        count = record.pointee.storage.parts.count
        return record.pointee.storage.parts[index]
      }
      reader.leave()
      index += 1
    }
    record.pointee.gate.store(0, ordering: .sequentiallyConsistent)
    record.pointee.environment.allocator.waitForReaders()
  }

  /// Lets the others in again.
  func openGate() {
    setGate()
    for part in record.pointee.storage.parts { part.releaseLock() }
  }

  /// The entry of a key; none where there is none. Within a section.
  ///
  /// What is frequent stands here: a key that is one word, in an index by hash. It takes what it
  /// needs of the record, for a copy of the storage costs as much as the search.
  @inline(__always)
  func find(_ key: Term) throws(TableError) -> TableEntry {
    guard key.isImmediate else { return try findSlowly(key) }
    let hash = record.pointee.storage.hash(immediate: key)
    return try record.pointee.storage.part(of: hash).find(key, hash: hash)
  }

  @inline(never)
  private func findSlowly(_ key: Term) throws(TableError) -> TableEntry {
    try record.pointee.storage.find(key)
  }

  /// Notes that the objects of a key were read, where a limit's policy asks for that. Within a
  /// section.
  @inline(__always)
  func noteReading(of key: Term) throws(TableError) {
    if record.pointee.storage.notesReadings { try noteReadingSlowly(of: key) }
  }

  @inline(never)
  private func noteReadingSlowly(of key: Term) throws(TableError) {
    let hash = try record.pointee.storage.hash(key)
    record.pointee.storage.notes?.note(hash, by: record.pointee.environment.allocator.reader)
  }

  /// Says who may enter.
  func setGate() {
    let isOwners = protection == .private
    record.pointee.gate.store(isOwners ? number | Self.ownersGate : number, ordering: .releasing)
  }

  /// What the gate of a table has beside its number that others than its owner have no access to.
  static var ownersGate: UInt64 { 1 << 63 }

  /// Whether the gate is open, or open to the owner alone and the caller is the owner, or nobody: who
  /// asks what any process may know.
  @inline(never)
  private func isOpen(to caller: Term = .none) -> Bool { isOpenAtSight(to: caller) }

  /// ``isOpen(to:)`` without a call.
  @inline(__always)
  func isOpenAtSight(to caller: Term) -> Bool {
    // Acquiring: pairs with the opening of the gate.
    let gate = record.pointee.gate.load(ordering: .acquiring)
    return gate == number || gate == number | Self.ownersGate && (caller.isNone || owner == caller)
  }

  /// Waits until the gate may be open, or finds that the table has ended, or is another's.
  @inline(never)
  private func waitAtGate(_ caller: Term = .none) throws(TableError) {
    try checkLife()
    if !caller.isNone && protection == .private { try checkOwner(caller) }
    TableLock.pause(.max)
  }

  /// Who may read and write.
  public var protection: TableProtection {
    TableProtection(number: record.pointee.protection.load(ordering: .relaxed))
  }

  @inline(__always)
  private func checkLife() throws(TableError) {
    if record.pointee.life.load(ordering: .acquiring) != number { throw .noTable }
  }

  @inline(__always)
  func checkOwner(_ caller: Term) throws(TableError) {
    try checkLife()
    // Acquiring: pairs with the releasing store in `TableRegistry.handOver`.
    if record.pointee.owner.load(ordering: .acquiring) != caller.bits { throw .noAccess }
  }

  /// Whether a process may write.
  @inline(__always)
  func checkWriter(_ caller: Term) throws(TableError) {
    if record.pointee.protection.load(ordering: .relaxed) != TableProtection.public.number {
      try checkOwner(caller)
    }
  }
}
