import Carriers
import ETS
import Heaps
import Synchronization
import Terms

/// The processes of a system by their pids, and their names.
///
/// ```
///   identifier of a pid - 1 = place:   | 16 records | 32 records | 64 records | ...
/// ```
/// Records are found without a lock, by threads that say that they read (``ThreadReader``); one is
/// used again when nobody reads any more who may have found it.
final class ProcessTable: @unchecked Sendable {
  // Unchecked: the blocks are changed under the lock, and read by addresses that are atomic.

  let environment: HeapEnvironment
  let allocator: UncountedAllocator
  /// Who hears of what, in raw memory: a look at it is no access that has to be checked.
  let listening: UnsafeMutablePointer<Listening>
  /// The addresses of the blocks, or 0.
  let blocks: UnsafeMutablePointer<Atomic<UInt>>
  let state = Guarded(State())
  /// The pids by their names.
  let names: NameDirectory
  private let lastReference = Atomic<Int>(0)

  struct State: ~Copyable {
    /// The records that were made.
    var recordCount = 0
    /// What the serials of new records begin with.
    var firstSerial: UInt32 = 0
    var inUse = 0
    var free: [Int] = []
    /// Records of ended processes that somebody may still have found.
    var ended: [Int] = []
    /// Some more, and the epoch after which nobody reads them.
    var leaving: [Int] = []
    var leavingEpoch: UInt64 = 0
    var namesByPid: [Term: [Term]] = [:]
  }

  private static var firstBlockBits: Int { 4 }
  static var mostBlocks: Int { 25 }
  /// So many ends share an epoch.
  private static var endsOfEpoch: Int { 64 }

  init(environment: HeapEnvironment, listener: (any ProcessListener)?) {
    self.environment = environment
    allocator = UncountedAllocator(environment.allocator)
    names = NameDirectory(allocator: environment.allocator, kind: .fixed)
    listening = .allocate(capacity: 1)
    listening.initialize(to: Listening(listener))
    blocks = .allocate(capacity: Self.mostBlocks)
    for number in 0..<Self.mostBlocks { (blocks + number).initialize(to: Atomic(0)) }
  }

  deinit {
    state.withLock { freeBlocks(at: takeBlocks(), &$0) }
    blocks.deinitialize(count: Self.mostBlocks)
    blocks.deallocate()
    listening.pointee.end()
    listening.deallocate()
  }

  /// Has another one listen, where there is no process and no other thread.
  func listen(with listener: any ProcessListener) {
    precondition(count == 0, "a listener that comes after the first process")
    listening.pointee.end()
    listening.pointee = Listening(listener)
  }

  static func byteCount(ofBlock number: Int) -> Int {
    MemoryLayout<ProcessRecord>.stride << (firstBlockBits + number)
  }

  private func record(at index: Int) -> ProcessRecord.Pointer? {
    let (number, place) = Self.place(of: index)
    return number < Self.mostBlocks ? block(number).map { $0 + place } : nil
  }

  /// The number of the block of a record, and its place there.
  static func place(of index: Int) -> (block: Int, place: Int) {
    let shifted = index + 1 << firstBlockBits
    let number = Int.bitWidth - 1 - shifted.leadingZeroBitCount - firstBlockBits
    return (number, shifted - 1 << (firstBlockBits + number))
  }

  private func block(_ number: Int) -> ProcessRecord.Pointer? {
    // Acquiring: pairs with the releasing store in `makeBlock`.
    ProcessRecord.Pointer(bitPattern: blocks[number].load(ordering: .acquiring))
  }

  /// The record of a pid.
  ///
  /// Others than the process's owner look while they read (``ThreadReader``).
  /// - Returns: nothing where there is no such process.
  func record(of pid: Term) -> ProcessRecord.Pointer? {
    guard pid.isLocalPid else { return nil }
    let identifier = LocalIdentifier.identifier(of: pid.identifierNumber)
    guard identifier > 0, let record = record(at: Int(identifier) - 1),
      record.pointee.pid.load(ordering: .acquiring) == pid.bits
    else { return nil }
    return record
  }

  /// Runs a piece of work with the record of a pid, which stays that of its process meanwhile.
  @inline(__always)
  func reading<Result>(
    _ pid: Term, _ body: (ProcessRecord.Pointer) -> Result
  ) -> Result? {
    let reader = allocator.reader
    reader.enter()
    defer { reader.leave() }
    return record(of: pid).map(body)
  }

  // MARK: Beginnings and ends

  /// Takes a record for a new process, which nobody knows yet.
  func begin(
    limit: LimitedMailbox?, member: GroupMember?, keepsSharing: Bool
  ) throws(HeapError) -> ProcessRecord.Pointer {
    try state.withLock { state throws(HeapError) in
      let index = try takeIndex(&state)
      guard let record = record(at: index) else { preconditionFailure("no record \(index)") }
      let number = LocalIdentifier.number(
        identifier: UInt(index + 1), serial: UInt(record.pointee.serial))
      guard let number else {
        state.free.append(index)
        throw .outOfMemory(.invalidSize(byteCount: index))
      }
      state.inUse += 1
      record.pointee.serial &+= 1
      record.pointee.contextBits.store(0, ordering: .relaxed)
      record.pointee.limit = limit
      record.pointee.isLimited = limit != nil
      record.pointee.member = member
      record.pointee.isGrouped = member != nil
      record.pointee.keepsSharing = keepsSharing
      record.pointee.isNamed.store(false, ordering: .relaxed)
      record.pointee.isDying.store(false, ordering: .relaxed)
      record.pointee.outer.store(ProcessRecord.empty, ordering: .relaxed)
      // Releasing: pairs with the acquiring load of who looks for it.
      record.pointee.pid.store(Term.pid(number).bits, ordering: .releasing)
      return record
    }
  }

  private func takeIndex(_ state: inout State) throws(HeapError) -> Int {
    if let index = state.free.popLast() { return index }
    recycle(&state)
    if let index = state.free.popLast() { return index }
    let index = state.recordCount
    if record(at: index) == nil { try makeBlock(holding: index) }
    guard let record = record(at: index) else { preconditionFailure("no record \(index)") }
    record.initialize(to: ProcessRecord(index: index, allocator: allocator))
    record.pointee.serial = state.firstSerial
    state.recordCount += 1
    return index
  }

  private func makeBlock(holding index: Int) throws(HeapError) {
    let number = Self.place(of: index).block
    let byteCount = number < Self.mostBlocks ? Self.byteCount(ofBlock: number) : 0
    do {
      let block = try environment.allocator.allocate(byteCount: byteCount, kind: .fixed)
      // Whoever looks for a record that was not made finds no pid.
      block.base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
      blocks[number].store(UInt(bitPattern: block.base), ordering: .releasing)
    } catch {
      throw .outOfMemory(error)
    }
  }

  /// Makes records free that nobody can have found any more.
  private func recycle(_ state: inout State) {
    let allocator = environment.allocator
    if !state.leaving.isEmpty && allocator.readersHavePassed(state.leavingEpoch) {
      for index in state.leaving { record(at: index)?.pointee.forgetLimits() }
      state.free.append(contentsOf: state.leaving)
      state.leaving.removeAll(keepingCapacity: true)
    }
    if state.leaving.isEmpty && state.ended.count >= Self.endsOfEpoch {
      swap(&state.leaving, &state.ended)
      state.leavingEpoch = allocator.endEpoch()
    }
  }

  /// Takes a process out of reach: nobody finds it any more, and nothing can be sent to it.
  /// - Returns: the oldest of what was sent and not fetched, and the senders that wait for room.
  func close(
    _ record: ProcessRecord.Pointer
  ) -> (oldest: Message?, waiting: [LimitedMailbox.WaitingSender]) {
    let pid = Term(bits: record.pointee.pid.load(ordering: .relaxed))
    // In one order with `register`: it sees that there is no process, or this sees its name.
    record.pointee.pid.store(0, ordering: .sequentiallyConsistent)
    if record.pointee.isNamed.load(ordering: .sequentiallyConsistent) {
      state.withLock { state in
        for name in state.namesByPid.removeValue(forKey: pid) ?? [] { names.remove(name) }
      }
    }
    if record.pointee.isLimited, let limit = record.pointee.limit { return limit.close(record) }
    return (record.pointee.take(leaving: ProcessRecord.closed), [])
  }

  /// Gives the record of a closed process back.
  func end(_ record: ProcessRecord.Pointer) {
    record.pointee.relations = nil
    record.pointee.endHandles(environment)
    record.pointee.exitReason = .none
    record.pointee.trapsExits = false
    record.pointee.hasEnded = false
    record.pointee.keepsMessagesOnHeap = false
    record.pointee.admitsSenders = true
    record.pointee.heap = nil
    record.pointee.hasSentToSelf = false
    record.pointee.isQueueLong = false
    record.pointee.looksAtMessage = false
    state.withLock { state in
      state.inUse -= 1
      if allocator.hasSeveralThreads {
        state.ended.append(record.pointee.index)
        return
      }
      record.pointee.forgetLimits()
      let index = record.pointee.index
      if state.inUse > 0 { return state.free.append(index) }
      let addresses = takeBlocks()
      if allocator.hasSeveralThreads {
        // One that came meanwhile may have found a block before.
        putBack(addresses)
        state.ended.append(index)
      } else {
        freeBlocks(at: addresses, &state)
        names.trim()
      }
    }
  }

  /// A number for a reference, which no other of the system has.
  func makeReferenceNumber() -> Int { lastReference.add(1, ordering: .relaxed).newValue }

  // MARK: Queries

  /// The pids of all processes, the lowest first.
  var pids: [Term] {
    state.withLock { state in
      (0..<state.recordCount).compactMap { index in
        let bits = record(at: index).unsafelyUnwrapped.pointee.pid.load(ordering: .relaxed)
        return bits == 0 ? nil : Term(bits: bits)
      }
    }
  }

  /// The number of processes.
  var count: Int { state.withLock { $0.inUse } }

  /// Calls with every record that was made, be there a process or not.
  func forEachRecord(_ body: (ProcessRecord.Pointer) -> Void) {
    let count = state.withLock { $0.recordCount }
    for index in 0..<count {
      if let record = record(at: index) { body(record) }
    }
  }

  // MARK: Names

  func register(_ name: Term, as pid: Term) throws(MemoryError) -> Bool {
    try state.withLock { state throws(MemoryError) in
      guard names.value(of: name) == 0, let record = record(of: pid) else { return false }
      record.pointee.isNamed.store(true, ordering: .sequentiallyConsistent)
      if record.pointee.pid.load(ordering: .sequentiallyConsistent) != pid.bits { return false }
      try names.set(name, to: pid.bits)
      state.namesByPid[pid, default: []].append(name)
      return true
    }
  }

  func unregister(_ name: Term) -> Bool {
    state.withLock { state in
      let bits = names.value(of: name)
      if bits == 0 { return false }
      let pid = Term(bits: bits)
      names.remove(name)
      state.namesByPid[pid]?.removeAll { $0 == name }
      if state.namesByPid[pid]?.isEmpty == true { state.namesByPid[pid] = nil }
      return true
    }
  }

  /// Who has a name; without a lock, for every message to a name asks.
  func pid(named name: Term) -> Term? {
    let reader = allocator.reader
    reader.enter()
    defer { reader.leave() }
    let bits = names.value(of: name)
    return bits == 0 ? nil : Term(bits: bits)
  }

  func names(of pid: Term) -> [Term] { state.withLock { $0.namesByPid[pid] ?? [] } }

  var allNames: [Term] {
    state.withLock { _ in
      var all: [Term] = []
      names.forEach { name, _ in all.append(name) }
      return all
    }
  }
}
