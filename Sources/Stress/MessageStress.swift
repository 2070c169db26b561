import Carriers
import ETS
import Heaps
import Processes
import Synchronization
import TestKit
import Terms

extension NamedStress {
  static let messages = NamedStress(
    "messages", "10,000 processes that send, link, watch, kill and use tables", threads: 16
  ) { seed, threads in
    MessageStress(seed: seed, threads: threads, processes: 10_000).run()
  }
}

/// A system whose processes do at random what processes do, run by several threads. What each does
/// follows from the seed, but for who of the threads comes first.
///
/// Messages tell who sent them, their number, and a hash of what they hold; who receives looks whether
/// they come whole and in their order. At the end nothing may be held.
public final class MessageStress: @unchecked Sendable {
  // Unchecked: what threads share is atomic, under a lock, or made before they begin.

  /// What is shared by all, under the lock.
  struct Shared {
    var complaints: [String] = []
    var toBeBorn: Int
  }

  let seed: UInt64
  let isRefusing: Bool
  let threadCount: Int
  let pool = StressPool()
  let system: MemorySystem
  let literals: StressLiterals
  let names: [Term]
  let options: HeapOptions
  /// Places for pids, found by anybody.
  let pids: UnsafeMutablePointer<Atomic<UInt>>
  let placeCount: Int
  let shared: Guarded<Shared>
  /// Some of the processes are in one of these.
  let groups: [ProcessGroup]
  let questions = Atomic<Int>(0)
  let answers = Atomic<Int>(0)
  let timers = StressTimers()
  private(set) var tables: [Table] = []
  /// How many tables processes may still make.
  let tablesLeft = Atomic<Int>(MessageStress.mostTables)

  /// The records of tables are kept for reuse: so many are there before a round begins.
  private static var mostTables: Int { 400 }

  /// Makes a round.
  /// - Parameter processes: how many live at once at most; twice as many live in all.
  public init(seed: UInt64, threads: Int, processes: Int) {
    self.seed = seed
    var random = SeededGenerator(seed: seed ^ 0x3E55A6E)
    var memory = MemoryConfiguration()
    memory.usesTinyCarriers = random.next() % 4 == 0
    memory.carrierDecayMilliseconds = [0, 50, 10_000].randomElement(using: &random) ?? 0
    isRefusing = random.next() % 4 == 0
    if isRefusing { memory.failingRequest = 1 + Int(random.next() % 200) }
    let verifies = random.next() % 3 == 0
    options = random.next() % 2 == 0 ? .small() : HeapOptions()
    system = MemorySystem(
      configuration: SystemConfiguration(
        memory: memory, levers: HeapLevers(verifies: verifies), processListener: pool))
    literals = StressLiterals(system: system)
    let atoms = system.atoms
    names = (0..<32).map { number in (try? atoms.atom("name\(number)")) ?? .ok }
    threadCount = threads
    placeCount = processes
    pids = .allocate(capacity: processes)
    for place in 0..<processes { (pids + place).initialize(to: Atomic(0)) }
    shared = Guarded(Shared(toBeBorn: processes))
    let whole = MemoryBudget(limitBytes: 1 << 33)
    groups = [1 << 32, 4 << 20].map {
      ProcessGroup(budget: MemoryBudget(limitBytes: $0, parent: whole))
    }
  }

  deinit {
    pids.deinitialize(count: placeCount)
    pids.deallocate()
  }

  /// Runs the round; answers what went wrong.
  public func run() -> String? {
    prepareTables(times: Self.mostTables / TableType.allCases.count + 2)
    endTables()
    system.trim()
    let before = system.memory().total
    let blocksBefore = system.allocator.allocatedBlockCount
    prepareTables(times: 1)
    for place in 0..<placeCount { bear(at: place) }
    let refusal = StressThreads.run(threadCount) { [self] _ in
      pool.work(for: self, threads: threadCount)
    }
    if let refusal { return refusal }
    timers.removeAll()
    endTables()
    literals.end()
    system.trim()
    return shared.withLock { $0.complaints.first }
      ?? fault(bytesBefore: before, blocksBefore: blocksBefore)
  }

  /// What is left of all.
  private func fault(bytesBefore: Int, blocksBefore: Int) -> String? {
    let asked = questions.load(ordering: .relaxed)
    let answered = answers.load(ordering: .relaxed)
    if asked != answered { return "\(asked) questions got \(answered) answers" }
    if system.processCount > 0 { return "\(system.processCount) processes are left" }
    if !system.registeredNames.isEmpty { return "names are left: \(system.registeredNames)" }
    if let table = system.tables.tables.first { return "table \(table.number) is left" }
    for group in groups {
      let usage = group.usage
      if usage.totalBytes != 0 || usage.processCount != 0 || group.budget.usedBytes != 0 {
        return "a group holds \(usage), and of its budget \(group.budget.usedBytes) bytes"
      }
    }
    if let fault = system.allocator.firstFault() { return fault }
    let blocks = system.allocator.allocatedBlockCount - blocksBefore
    if blocks != 0 { return "\(blocks) blocks are left: \(kindsLeft)" }
    let left = system.memory().total - bytesBefore
    return left == 0 ? nil : "\(left) bytes are held more than at the beginning"
  }

  /// How many blocks are left of which kind and size.
  private var kindsLeft: String {
    var counts: [String: Int] = [:]
    system.allocator.forEachBlock { counts["\($0.kind) of \($0.byteCount)", default: 0] += 1 }
    return counts.sorted { $0.value > $1.value }.prefix(8).map { "\($0.value) \($0.key)" }
      .joined(separator: ", ")
  }

  /// Tables of all kinds that anybody may use, of no process that ends.
  private func prepareTables(times: Int) {
    for number in 0..<(times * TableType.allCases.count) {
      let type = TableType.allCases[number % TableType.allCases.count]
      var options = TableOptions(type: type, protection: .public)
      options.writeConcurrency = number % 2 == 0 ? .on : .off
      let table = try? system.tables.makeTable(named: .ok, options: options, owner: Self.nobody)
      if let table { tables.append(table) }
    }
  }

  private func endTables() {
    system.tables.end(owner: Self.nobody)
    tables = []
  }

  /// A pid that no process has.
  private static var nobody: Term { .pid(1 << 50) }

  /// Makes a process at a place, and has it run.
  func bear(at place: Int) {
    guard let process = StressProcess.make(in: self, at: place) else { return }
    pool.add(process)
  }

  /// Makes another process at the place of one that ended, if there are to be more.
  func succeed(at place: Int) {
    pids[place].store(0, ordering: .relaxed)
    let isBorn = shared.withLock { shared in
      shared.toBeBorn -= 1
      return shared.toBeBorn >= 0
    }
    if isBorn { bear(at: place) }
  }

  /// The pid at some place; it may have ended.
  func anyPid(_ random: inout SeededGenerator) -> Term? {
    let place = Int(random.next() % UInt64(placeCount))
    let bits = pids[place].load(ordering: .relaxed)
    return bits == 0 ? nil : Term(bits: bits)
  }

  func complain(_ text: String) { shared.withLock { $0.complaints.append(text) } }
}
