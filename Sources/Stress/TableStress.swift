import Carriers
import ETS
import Heaps
import TestKit
import Terms

extension NamedStress {
  static let ets = NamedStress(
    "ets", "threads that share tables of all kinds, which end, change hands and refuse"
  ) { TableStress(seed: $0).run() }
}

/// Threads make tables, use their own and each other's, give them away, and end: the tables, and
/// the processes that the threads are. Objects tell when they are damaged; a table that one thread
/// alone writes must hold what a model of it holds. At the end nothing may be left.
final class TableStress: @unchecked Sendable {
  // Unchecked: what threads share is under a lock, or made before they begin.

  /// What all threads know, under the lock.
  struct State {
    /// Tables that anybody may use; what is no table any more stays until another takes its place.
    var tables: [Table?]
    /// The processes that ended.
    var dead: Set<Term> = []
    /// The processes that are.
    var living: [Term]
    var complaints: [String] = []
  }

  /// Hears of each table that goes to another process.
  private final class Listener: OwnershipListener {
    let state: @Sendable () -> TableStress?
    init(_ state: @escaping @Sendable () -> TableStress?) { self.state = state }

    func isAlive(_ pid: Term) -> Bool {
      state()?.state.withLock { !$0.dead.contains(pid) } ?? true
    }

    func tableChangedOwner(_ transfer: TableTransfer) {
      let number = Term.small(Int(transfer.table.number))
      let data = transfer.data
      if !data.isTuple(arity: 2) || data.tupleElements[0] != number
        || data.tupleElements[1] != transfer.from
      {
        state()?.complain("table \(transfer.table.number) changes hands with other data")
      }
    }
  }

  static let placeCount = 6
  let seed: UInt64
  let isRefusing: Bool
  let source: PageSource
  let allocator: BlockAllocator
  let environment: HeapEnvironment
  let atoms = AtomTable()
  let state: Guarded<State>
  /// Names for tables.
  let names: [Term]
  private let threadCount: Int
  /// Binaries that objects share; the number of each stands in its bytes.
  private(set) var binaries: [OffHeapBinary] = []
  /// `'$_'` of all objects, and `true` of those whose key is even.
  private(set) var specifications: [MatchSpecification] = []
  private var tables: TableRegistry?

  /// The registry of all tables.
  var registry: TableRegistry {
    guard let tables else { preconditionFailure("no registry before the round or after it") }
    return tables
  }

  init(seed: UInt64) {
    self.seed = seed
    var random = SeededGenerator(seed: seed ^ 0xE75)
    var configuration = MemoryConfiguration()
    configuration.usesTinyCarriers = random.next() % 2 == 0
    configuration.carrierCacheLimitBytes = [nil, 0, 1 << 18].randomElement(using: &random) ?? nil
    configuration.carrierDecayMilliseconds = [0, 50, 10_000].randomElement(using: &random) ?? 0
    isRefusing = random.next() % 3 == 0
    if isRefusing { configuration.failingRequest = 1 + Int(random.next() % 80) }
    threadCount = 2 + Int(random.next() % 5)
    source = PageSource(configuration: configuration)
    allocator = BlockAllocator(configuration: configuration, source: source)
    environment = HeapEnvironment(allocator: allocator)
    let reader = TermReader(words: 64, atoms: atoms)
    names = (0..<4).map { reader.read("name\($0)") }
    state = Guarded(
      State(
        tables: Array(repeating: nil, count: Self.placeCount),
        living: (0..<threadCount).map { .pid(1 + UInt($0)) }))
  }

  /// Runs it; answers what went wrong.
  func run() -> String? {
    do {
      try prepare()
    } catch {
      return "\(error)"
    }
    let refusal = StressThreads.run(threadCount) { [self] number in
      do {
        var thread = try twice { () throws(HeapError) in try TableStressThread(number, of: self) }
        thread.work()
      } catch {
        complain("thread \(number): \(error)")
      }
    }
    if let refusal { return refusal }
    let fault = faultOfOwners()
    for binary in binaries { binary.release(to: environment.binaries) }
    specifications = []
    tables = nil
    return state.withLock { $0.complaints.first } ?? fault ?? faultOfMemory()
  }

  /// Makes what all threads use.
  private func prepare() throws {
    tables = TableRegistry(
      environment: environment, atoms: atoms, listener: Listener { [weak self] in self })
    let reader = TermReader(words: 256, atoms: atoms)
    let even = "[{{'$1','_','_','_'},[{'==',{'rem','$1',2},0}],[true]}]"
    for text in ["[{'_',[],['$_']}]", even] {
      let term = reader.read(text)
      specifications.append(
        try twice { () throws(MatchSpecificationError) in
          try MatchSpecification(compiling: term, atoms: atoms, environment: environment)
        })
    }
    for number in 0..<8 {
      let binary = try twice { () throws(BinaryRefused) in
        try environment.binaries.makeBinary(byteCount: 100 + 900 * number)
      }
      for index in 0..<binary.capacity {
        binary.bytes.storeBytes(of: UInt8(number), toByteOffset: index, as: UInt8.self)
      }
      binaries.append(binary)
    }
  }

  /// Does something again that was refused: no two requests of a round are.
  private func twice<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if isRefusing, let result = try? body() { return result }
    return try body()
  }

  func complain(_ text: String) { state.withLock { $0.complaints.append(text) } }
}

// MARK: The end

extension TableStress {
  /// A table without a living owner, before all processes end; those that end with them then.
  private func faultOfOwners() -> String? {
    let orphan = state.withLock { state in
      let orphan = registry.tables.first { state.dead.contains($0.owner) }
      state.dead.formUnion(state.living)
      return orphan
    }
    for pid in state.withLock({ $0.dead }) { registry.end(owner: pid) }
    if let orphan { return "table \(orphan.number) is left to a process that ended" }
    if let table = registry.tables.first { return "table \(table.number) outlives all processes" }
    return nil
  }

  private func faultOfMemory() -> String? {
    if let fault = allocator.firstFault() { return fault }
    let left = allocator.allocatedBlockCount
    if left != 0 { return "\(left) blocks are left" }
    allocator.trim()
    let pages = source.statistics
    return pages.committedBytes == 0 ? nil : "\(pages.committedBytes) bytes are left committed"
  }
}
