import Carriers
import ETS
import Heaps
import Synchronization
import Terms

/// How a system is made: budgets, levers, and who listens.
public struct SystemConfiguration: Sendable {
  /// The levers of memory below the heaps: budget, failing requests, carriers.
  public var memory: MemoryConfiguration
  /// The levers of the heaps: zeal, verifier.
  public var levers: HeapLevers
  /// What a process's heap is made with where nothing else is said.
  public var heapOptions: HeapOptions
  /// How terms are copied that leave a process, where nothing else is said.
  public var messageCopying: MessageCopying
  /// The most atoms.
  public var atomLimit: Int
  /// Hears of each collection of each process.
  public var listener: (any CollectionListener)?
  /// Runs the processes: hears which of them became runnable.
  public var processListener: (any ProcessListener)?

  /// Makes a configuration; the defaults are those of an ordinary system.
  public init(
    memory: MemoryConfiguration = MemoryConfiguration(), levers: HeapLevers = HeapLevers(),
    heapOptions: HeapOptions = HeapOptions(),
    messageCopying: MessageCopying = MessageCopying(), atomLimit: Int = 1_048_576,
    listener: (any CollectionListener)? = nil,
    processListener: (any ProcessListener)? = nil
  ) {
    self.memory = memory
    self.levers = levers
    self.heapOptions = heapOptions
    self.messageCopying = messageCopying
    self.atomLimit = atomLimit
    self.listener = listener
    self.processListener = processListener
  }
}

/// The memory of one machine: atoms, literals, tables, and the processes made in it.
///
/// A value the embedder owns; two systems of one program never notice each other.
public final class MemorySystem: Sendable {
  /// What it was made with.
  public let configuration: SystemConfiguration
  /// The names of atoms.
  public let atoms: AtomTable
  /// What its heaps share.
  public let heaps: HeapEnvironment
  /// The tables of its processes. With its owner's end a table goes to its heir, which is sent
  /// `{'ETS-TRANSFER', Table, From, Data}`, or ends.
  public let tables: TableRegistry
  let processes: ProcessTable
  let releaser: LiteralReleaser
  let life = SystemLife()

  /// Makes a system that holds no process yet.
  public init(configuration: SystemConfiguration = SystemConfiguration()) {
    self.configuration = configuration
    atoms = AtomTable(limit: configuration.atomLimit)
    heaps = HeapEnvironment(
      allocator: BlockAllocator(configuration: configuration.memory),
      levers: configuration.levers, listener: configuration.listener)
    processes = ProcessTable(environment: heaps, listener: configuration.processListener)
    releaser = LiteralReleaser(processes: processes)
    tables = TableRegistry(environment: heaps, atoms: atoms, listener: processes)
  }

  deinit { life.end() }

  /// The allocator that all memory of the system comes from.
  public var allocator: BlockAllocator { heaps.allocator }

  /// What the system holds, in the figures of `erlang:memory/0`: its blocks, and the table of atoms,
  /// which stands beside them. Swift's own objects are not among it: those in which a process notes
  /// its links, monitors and requests, and the handles of terms kept from Swift; what these hold of
  /// the heap is.
  ///
  /// Exact while no other thread allocates or frees.
  public func memory() -> MemoryReport {
    var report = allocator.memory()
    report.add(byteCount: atoms.byteCount, of: .atom)
    return report
  }

  /// Gives back to the operating system what nobody uses, as far as that can be: freed blocks that
  /// are kept for reuse, the records of processes where there is no process, and the names of
  /// tables where there is no table.
  public func trim() {
    processes.trim()
    tables.trim()
    allocator.trim()
  }

  /// Makes a process with an empty heap and an empty mailbox.
  /// - Parameters:
  ///   - options: what its heap is made with; by default what the system was.
  ///   - mailboxLimit: the most that waits for it; by default there is no limit.
  ///   - group: whose budget it is charged to; by default to nobody's.
  /// - Throws: ``HeapError``; then nothing is held.
  public func makeProcess(
    options: HeapOptions? = nil, mailboxLimit: MailboxLimit? = nil, group: ProcessGroup? = nil
  ) throws(HeapError) -> Process {
    let heap = try ProcessHeap(
      environment: heaps, options: options ?? configuration.heapOptions)
    let limit = mailboxLimit.map { LimitedMailbox(limit: $0) }
    let member = group.map { GroupMember(group: $0) }
    let record = try processes.begin(
      limit: limit, member: member, keepsSharing: configuration.messageCopying.keepsSharing)
    group?.processBegan()
    record.pointee.heap = heap.state
    var process = Process(record: record, heap: heap, system: self)
    if releaser.asksSenders.load(ordering: .relaxed) { try releaser.ask(process.pid) }
    if group != nil { try process.settle() }
    return process
  }

  /// Has another one run the processes than the configuration says, which a listener that knows the
  /// system needs.
  /// - Precondition: there is no process, and no other thread has the system.
  public func listen(with listener: any ProcessListener) { processes.listen(with: listener) }

  /// Sends what was prepared (``Process/prepare(_:copying:)``).
  /// - Parameter receiver: a pid.
  /// - Returns: whether there is such a process.
  /// - Throws: ``PreparedMessageError``; then nothing was sent.
  @discardableResult
  public func send(
    _ message: consuming PreparedMessage, to receiver: Term
  ) throws(PreparedMessageError) -> Bool {
    send(try message.take(for: self), to: receiver)
  }

  /// Sends a term that no process has: it is built where it is sent from.
  /// - Parameters:
  ///   - receiver: a pid.
  ///   - words: the most words of the term.
  ///   - body: builds it, of immediates, literals and of itself.
  /// - Returns: whether there is such a process.
  /// - Throws: ``MessageError`` where there is no memory for it; then nothing was sent.
  @discardableResult
  public func send(
    to receiver: Term, words: Int, _ body: (inout WordCursor) -> Term
  ) throws(MessageError) -> Bool {
    send(try heaps.makeMessage(words: words) { cursor, _ in body(&cursor) }, to: receiver)
  }

  private func send(_ message: Message, to receiver: Term) -> Bool {
    // No limit keeps it away, so it is counted when it is fetched.
    message.signal = .told
    if processes.deliverSignal(message, to: receiver) { return true }
    heaps.free(message)
    return false
  }

  /// Releases areas of literals that nothing leads to any more but what processes hold: each process
  /// copies onto its heap what it still uses, as Erlang's do where code is purged or a persistent
  /// term is replaced, and then the memory of the areas returns.
  ///
  /// Every process is asked as by ``garbageCollect(_:type:async:)``, and answers when it next handles
  /// signals and then ensures, or calls ``Process/answerRequests(roots:)``; one that ends has answered.
  /// Meanwhile whoever sends copies literals of the areas instead of referring to them.
  /// - Parameters:
  ///   - areas: areas of this system, each once and for all.
  ///   - answer: called once, on any thread: with `true` when the memory has returned, or with
  ///     `false` where there was none to ask the processes; then the areas are there as before, and
  ///     may be released later. It must not use a process.
  /// - Precondition: nobody but processes, in what they show as roots, holds terms of the areas or
  ///   gets some from now on.
  /// - Complexity: for each process that of `ProcessHeap.copyLiterals(of:roots:)`.
  public func release(
    _ areas: [LiteralArea], answer: @escaping @Sendable (Bool) -> Void = { _ in }
  ) { releaser.release(areas, answer) }

  // MARK: Queries

  /// The pids of all processes, the lowest first (`processes/0`).
  public var pids: [Term] { processes.pids }

  /// The number of processes.
  public var processCount: Int { processes.count }

  /// Whether a pid's process has not ended (`is_process_alive/1`).
  public func isAlive(_ pid: Term) -> Bool { processes.isAlive(pid) }

  // MARK: Names

  /// Gives a process a name, an atom, by which it can be sent to (`register/2`); it is free again
  /// with the process's end.
  /// - Returns: `false` where there is no such process or the name is taken.
  /// - Throws: `MemoryError` where there is no memory to note it; then the name is free.
  public func register(_ name: Term, as pid: Term) throws(MemoryError) -> Bool {
    if !name.isAtom { return false }
    return try processes.register(name, as: pid)
  }

  /// Frees a name (`unregister/1`).
  /// - Returns: `false` where nobody has it.
  public func unregister(_ name: Term) -> Bool { processes.unregister(name) }

  /// Who has a name (`whereis/1`).
  public func pid(named name: Term) -> Term? { processes.pid(named: name) }

  /// A name of a process (`process_info(Pid, registered_name)`).
  public func name(of pid: Term) -> Term? { processes.names(of: pid).first }

  /// All names, in no order (`registered/0`).
  public var registeredNames: [Term] { processes.allNames }
}
