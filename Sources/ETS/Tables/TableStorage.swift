import Carriers
import Heaps
import Terms

/// The parts of a table in which its objects are: one, or 16 by hash where many write at once.
struct TableStorage {
  private(set) var parts: UnsafeMutableBufferPointer<TablePart> = .init(start: nil, count: 0)
  private var seed: UInt = 0
  /// Which keys were read lately, where the limit's policy asks.
  private(set) var notes: RecencyNotes?
  /// Whether it counts which objects are read.
  private(set) var notesReadings = false

  private static var manyParts: Int { 16 }

  /// No parts.
  init() {}

  /// Makes the parts of a table.
  /// - Parameters:
  ///   - funs: who names funs in keys that have an order.
  ///   - budget: bounds what they hold.
  init(
    options: TableOptions, environment: HeapEnvironment, atoms: AtomTable,
    funs: (any FunNaming)?, budget: MemoryBudget?
  ) throws(TableError) {
    let isDivided =
      options.writeConcurrency != .off && options.type != .orderedSet && options.limit == nil
    let count = isDivided ? Self.manyParts : 1
    notesReadings = options.limit?.policy == .evictLeastRecentlyUsed
    let block: MemoryBlock
    do {
      block = try environment.allocator.allocate(
        byteCount: count * MemoryLayout<TablePart>.stride, kind: .ets)
    } catch {
      throw .outOfMemory(error)
    }
    let base = block.base.bindMemory(to: TablePart.self, capacity: count)
    let besideByteCount = block.byteCount + (notesReadings ? RecencyNotes.byteCount : 0)
    seed = UInt.random(in: .min ... .max)
    for index in 0..<count {
      do throws(TableError) {
        let part = try Self.part(
          options, seed: seed, environment: environment, atoms: atoms,
          funs: funs, budget: budget, besideByteCount: index == 0 ? besideByteCount : 0)
        (base + index).initialize(to: part)
      } catch {
        for made in 0..<index { base[made].destroy() }
        environment.allocator.free(block, kind: .ets)
        throw error
      }
    }
    parts = UnsafeMutableBufferPointer(start: base, count: count)
    if notesReadings {
      do {
        notes = try RecencyNotes(allocator: environment.allocator)
      } catch {
        destroy(environment)
        throw .outOfMemory(error)
      }
    }
  }

  private static func part(
    _ options: TableOptions, seed: UInt, environment: HeapEnvironment,
    atoms: AtomTable, funs: (any FunNaming)?, budget: MemoryBudget?, besideByteCount: Int
  ) throws(TableError) -> TablePart {
    if options.type == .orderedSet {
      return .ordered(
        try OrderedTree(
          options: OrderedTreeOptions(
            keyPosition: options.keyPosition, limit: options.limit,
            isCompressed: options.isCompressed, funs: funs),
          environment: environment, atoms: atoms, budget: budget,
          besideByteCount: besideByteCount))
    }
    return .hashed(
      try HashPart(
        options: HashPartOptions(
          seed: seed, keyPosition: options.keyPosition, type: options.type,
          limit: options.limit,
          isCompressed: options.isCompressed),
        environment: environment, budget: budget, besideByteCount: besideByteCount))
  }

  /// Gives all memory back.
  func destroy(_ environment: HeapEnvironment) {
    notes?.free(to: environment.allocator)
    for part in parts { part.destroy() }
    environment.allocator.free(
      at: UnsafeMutableRawPointer(parts.baseAddress.unsafelyUnwrapped),
      byteCount: parts.count * MemoryLayout<TablePart>.stride, kind: .ets)
  }

  /// The tree of an ordered table.
  @inline(__always)
  var tree: OrderedTree? {
    if case .ordered(let tree) = parts.baseAddress.unsafelyUnwrapped[0] { return tree }
    return nil
  }

  /// The entry of a key; none where there is none.
  func find(_ key: Term) throws(TableError) -> TableEntry {
    let hash = try hash(key)
    return try part(of: hash).find(key, hash: hash)
  }

  /// The hash of a key that is one word.
  @inline(__always)
  func hash(immediate key: Term) -> UInt { TableHash.hash(immediate: key, seed: seed) }

  /// The hash of a key; 0 in an ordered table.
  @inline(__always)
  func hash(_ key: Term) throws(TableError) -> UInt {
    switch parts.baseAddress.unsafelyUnwrapped[0] {
    case .hashed(let part): try part.hash(key)
    case .ordered: 0
    }
  }

  /// The part that a hash belongs to.
  @inline(__always)
  func part(of hash: UInt) -> TablePart {
    parts.baseAddress.unsafelyUnwrapped[TableHash.part(of: hash) & (parts.count &- 1)]
  }

  /// The objects there are.
  var objectCount: Int {
    var count = 0
    for part in parts { count += part.objectCount }
    return count
  }

  /// The bytes of the blocks that no part has.
  var ownByteCount: Int {
    parts.count * MemoryLayout<TablePart>.stride + (notes?.byteCount ?? 0)
  }
}
