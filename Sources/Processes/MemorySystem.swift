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
  /// The most atoms.
  public var atomLimit: Int
  /// Hears of each collection of each process.
  public var listener: (any CollectionListener)?
  /// Hears of tables that change their owner, and knows who lives.
  public var ownershipListener: (any OwnershipListener)?

  /// Makes a configuration; the defaults are those of an ordinary system.
  public init(
    memory: MemoryConfiguration = MemoryConfiguration(), levers: HeapLevers = HeapLevers(),
    heapOptions: HeapOptions = HeapOptions(), atomLimit: Int = 1_048_576,
    listener: (any CollectionListener)? = nil,
    ownershipListener: (any OwnershipListener)? = nil
  ) {
    self.memory = memory
    self.levers = levers
    self.heapOptions = heapOptions
    self.atomLimit = atomLimit
    self.listener = listener
    self.ownershipListener = ownershipListener
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
  /// The tables of its processes. What ends a process tells ``TableRegistry/end(owner:)``.
  public let tables: TableRegistry
  private let nextProcessNumber = Atomic<UInt>(1)

  /// Makes a system that holds no process yet.
  public init(configuration: SystemConfiguration = SystemConfiguration()) {
    self.configuration = configuration
    atoms = AtomTable(limit: configuration.atomLimit)
    heaps = HeapEnvironment(
      allocator: BlockAllocator(configuration: configuration.memory),
      levers: configuration.levers, listener: configuration.listener)
    tables = TableRegistry(
      environment: heaps, atoms: atoms, listener: configuration.ownershipListener)
  }

  /// The allocator that all memory of the system comes from.
  public var allocator: BlockAllocator { heaps.allocator }

  /// What the system holds, in the figures of `erlang:memory/0`: its blocks, and the table of atoms,
  /// which stands beside them.
  ///
  /// Exact while no other thread allocates or frees.
  public func memory() -> MemoryReport {
    var report = allocator.memory()
    report.add(byteCount: atoms.byteCount, of: .atom)
    return report
  }

  /// Makes a process with an empty heap.
  /// - Throws: ``HeapError/outOfMemory(_:)``; then nothing is held.
  public func makeProcess(options: HeapOptions? = nil) throws(HeapError) -> Process {
    let heap = try ProcessHeap(
      environment: heaps, options: options ?? configuration.heapOptions)
    let number = nextProcessNumber.add(1, ordering: .relaxed).oldValue
    return Process(pid: .pid(number), heap: heap)
  }
}
