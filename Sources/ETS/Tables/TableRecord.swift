import Carriers
import Heaps
import Synchronization
import Terms

/// What a table is made of, in memory that stays a record's as long as the registry lives: so that
/// an old ``Table`` can be told from the one that has its record now.
struct TableRecord: ~Copyable {
  /// The table's number while everybody may enter; 0 while nobody may. See ``TableAccess``.
  let gate = Atomic<UInt64>(0)
  /// The table's number from its making to its end; else 0.
  let life = Atomic<UInt64>(0)
  unowned(unsafe) let environment: HeapEnvironment
  unowned(unsafe) let registry: TableRegistry
  let allocator: Unmanaged<BlockAllocator>
  var options = TableOptions()
  var storage = TableStorage()
  /// The pid of the owner.
  let owner = Atomic<UInt>(0)
  /// The atom that it was named with last.
  let name = Atomic<UInt>(0)
  /// Who is to have the table when its owner ends, and what to tell; under the registry's lock.
  var heir = Term.none
  var heirData = TableEntry.none
  /// Who fixed the table how often; under the registry's lock.
  var fixations: [TableFixation] = []

  init(registry: TableRegistry) {
    self.registry = registry
    environment = registry.environment
    allocator = .passUnretained(registry.environment.allocator)
  }

  /// Whether only the owner reads and writes, so that nothing needs a lock.
  var isPrivate: Bool { options.protection == .private }
}

/// How often a process fixed a table, and since when.
public struct TableFixation: Equatable, Sendable {
  /// The process.
  public let process: Term
  /// How often it fixed the table without releasing it.
  public internal(set) var count: Int
  /// When it did first, in nanoseconds of a clock that never goes back.
  public let since: UInt64
}

/// The parts of a table in which its objects are.
struct TableStorage {
  /// The parts by hash: one, or 16 where many write at once.
  private(set) var parts: UnsafeMutableBufferPointer<HashPart> = .init(start: nil, count: 0)

  static var manyParts: Int { 16 }

  /// No parts.
  init() {}

  /// Makes the parts of a table.
  init(options: TableOptions, environment: HeapEnvironment) throws(TableError) {
    let isShared = options.protection != .private
    let many = options.writeConcurrency != .off && isShared
    let count = many ? Self.manyParts : 1
    let block: MemoryBlock
    do {
      block = try environment.allocator.allocate(
        byteCount: count * MemoryLayout<HashPart>.stride, kind: .ets)
    } catch {
      throw .outOfMemory(error)
    }
    let base = block.base.bindMemory(to: HashPart.self, capacity: count)
    let seed = UInt.random(in: .min ... .max)
    for index in 0..<count {
      do {
        let options = HashPartOptions(
          seed: seed, keyPosition: options.keyPosition, type: options.type, hasReaders: isShared)
        (base + index).initialize(to: try HashPart(options: options, environment: environment))
      } catch {
        for made in 0..<index { base[made].destroy() }
        environment.allocator.free(block, kind: .ets)
        throw error
      }
    }
    parts = UnsafeMutableBufferPointer(start: base, count: count)
  }

  /// Gives all memory back.
  func destroy(_ environment: HeapEnvironment) {
    for part in parts { part.destroy() }
    environment.allocator.free(
      at: UnsafeMutableRawPointer(parts.baseAddress.unsafelyUnwrapped),
      byteCount: parts.count * MemoryLayout<HashPart>.stride, kind: .ets)
  }

  /// The hash of a key; the same for all parts.
  @inline(__always)
  func hash(_ key: Term) throws(TableError) -> UInt {
    try parts.baseAddress.unsafelyUnwrapped[0].hash(key)
  }

  /// The part that a hash belongs to.
  @inline(__always)
  func part(of hash: UInt) -> HashPart {
    parts.baseAddress.unsafelyUnwrapped[TableHash.part(of: hash) & (parts.count &- 1)]
  }

  /// The objects there are.
  var objectCount: Int {
    var count = 0
    for part in parts { count += part.objectCount }
    return count
  }

  /// The bytes of all blocks.
  var byteCount: Int {
    var count = parts.count * MemoryLayout<HashPart>.stride
    for part in parts { count += part.byteCount }
    return count
  }
}
